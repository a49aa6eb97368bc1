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

/* An opcode's bytes as one little-endian number: an A32 word as written in the manual, a 32-bit T32 opcode with its first
 * halfword in the low half. */
static inline uint32_t peer_opcode(const struct qemu_plugin_insn *insn)
{
    const uint8_t *bytes = qemu_plugin_insn_data(insn);
    size_t size = qemu_plugin_insn_size(insn);
    uint32_t value = 0;
    for (size_t i = 0; i < size && i < 4; i++) {
        value |= (uint32_t)bytes[i] << (8 * i);
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
