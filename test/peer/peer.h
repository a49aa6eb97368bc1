/* SPDX-License-Identifier: MIT */
/* What the peer plugins share: option parsing, formatted output to the log, an opcode's value, and an arena. */
#ifndef TCGSCOPE_PEER_H
#define TCGSCOPE_PEER_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin.h"

/* printf to the plugin log, any length. */
__attribute__((format(printf, 1, 2))) static inline void peer_log(const char *format, ...)
{
    char fixed[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(fixed, sizeof fixed, format, args);
    va_end(args);
    if (n < (int)sizeof fixed) {
        qemu_plugin_outs(fixed);
        return;
    }
    char *text = malloc((size_t)n + 1);
    if (!text) {
        abort();
    }
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    qemu_plugin_outs(text);
    free(text);
}

/* The value of `argument` if it is `name=value`, else NULL. */
static inline const char *peer_value(const char *argument, const char *name)
{
    size_t n = strlen(name);
    return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

/* Parses `argument` as the boolean `name`: 1 done, 0 another option, -1 not a boolean (said on stderr). */
static inline int peer_bool(const char *argument, const char *name, bool *result)
{
    const char *value = peer_value(argument, name);
    if (!value) {
        return 0;
    }
    if (!qemu_plugin_bool_parse(name, value, result)) {
        fprintf(stderr, "boolean argument parsing failed: %s\n", argument);
        return -1;
    }
    return 1;
}

/* Parses `argument` as the unsigned number `name` (decimal, or hexadecimal after 0x): 1, 0 or -1 as peer_bool. */
static inline int peer_u64(const char *argument, const char *name, uint64_t *result)
{
    const char *value = peer_value(argument, name);
    if (!value) {
        return 0;
    }
    char *end;
    errno = 0;
    uint64_t number = strtoull(value, &end, 0);
    if (errno || end == value || *end || *value == '-') {
        fprintf(stderr, "option parsing failed: %s\n", argument);
        return -1;
    }
    *result = number;
    return 1;
}

/*
 * The size of instruction `i` of a block. Not always qemu_plugin_insn_size(): at the end of a page QEMU 7.2 looks at the
 * halfword behind a T32 instruction and adds it to that instruction's bytes (a page is 1 KiB on the machines we compare).
 * *unsure, if not NULL, is set if a size of 4 could be a 16-bit instruction with such an addition.
 */
static inline size_t peer_size(const struct qemu_plugin_tb *tb, size_t i, bool *unsure)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    size_t size = qemu_plugin_insn_size(insn);
    uint64_t at = qemu_plugin_insn_vaddr(insn);
    if (i + 1 < n) {
        return (size_t)(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i + 1)) - at);
    }
    if (size == 6) {
        return 4;
    }
    const uint8_t *bytes = qemu_plugin_insn_data(insn);
    if (size == 4 && (at & 0x3ff) == 0x3fc && bytes[1] < 0xe8) {
        for (size_t k = 0; k < i; k++) {
            const struct qemu_plugin_insn *other = qemu_plugin_tb_get_insn(tb, k);
            if ((qemu_plugin_insn_vaddr(other) & 2) || qemu_plugin_insn_size(other) == 2) {
                return 2;
            }
        }
        if (unsure) {
            *unsure = true;
        }
    }
    return size;
}

/* The bytes of instruction `i` as one little-endian number: an A32 word as written in the manual, a 32-bit T32 opcode with
 * its first halfword in the low half. */
static inline uint32_t peer_opcode(const struct qemu_plugin_tb *tb, size_t i)
{
    const uint8_t *bytes = qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i));
    size_t size = peer_size(tb, i, NULL);
    uint32_t value = 0;
    for (size_t k = 0; k < size && k < 4; k++) {
        value |= (uint32_t)bytes[k] << (8 * k);
    }
    return value;
}

/* Memory for the life of the process: callbacks keep pointers to it, and a retranslation does not end the old ones. */
static inline void *peer_keep(size_t size)
{
    static char *at;
    static size_t left;
    size = (size + 15) & ~(size_t)15;
    if (size > left) {
        left = size > (1u << 20) ? size : (1u << 20);
        at = malloc(left);
        if (!at) {
            fprintf(stderr, "out of memory\n");
            abort();
        }
    }
    void *result = at;
    at += size;
    left -= size;
    return result;
}

#endif
