/* SPDX-License-Identifier: MIT */
/*
 * disas: the disassembly of every instruction that is translated, for comparison with our own disassembler.
 *
 * Arguments: out=FILE (else the log), unique=on|off (on: each pair of address and opcode once).
 * One line per instruction, in order of translation, the fields separated by one tab:
 *   <pc, 8 hex digits> <opcode, 4 or 8 hex digits, as in trace> <text>
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static FILE *out;
static bool unique = true;

/* Open-addressing set of (pc, opcode); 0 marks a free slot, so the pair is kept plus one. */
static uint64_t *seen;
static size_t capacity, count;

static bool insert(uint64_t *table, size_t size, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (size - 1);
    while (table[at] && table[at] != key) {
        at = (at + 1) & (size - 1);
    }
    bool added = !table[at];
    table[at] = key;
    return added;
}

static bool first_time(uint32_t pc, uint32_t opcode)
{
    if (2 * (count + 1) > capacity) {
        size_t bigger = capacity ? 2 * capacity : 1 << 12;
        uint64_t *table = calloc(bigger, sizeof *table);
        if (!table) {
            abort();
        }
        for (size_t i = 0; i < capacity; i++) {
            if (seen[i]) {
                insert(table, bigger, seen[i]);
            }
        }
        free(seen);
        seen = table;
        capacity = bigger;
    }
    bool added = insert(seen, capacity, ((uint64_t)pc << 32 | opcode) + 1);
    count += added;
    return added;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t pc = (uint32_t)qemu_plugin_insn_vaddr(insn), opcode = peer_opcode(tb, i);
        int digits = 2 * (int)peer_size(tb, i, NULL);
        if (unique && !first_time(pc, opcode)) {
            continue;
        }
        char *text = qemu_plugin_insn_disas(insn);
        if (out) {
            fprintf(out, "%08x\t%0*x\t%s\n", pc, digits, opcode, text ? text : "");
        } else {
            peer_log("%08x\t%0*x\t%s\n", pc, digits, opcode, text ? text : "");
        }
        free(text);
    }
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    if (out && fclose(out)) {
        perror("disas: write");
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        const char *file = peer_value(argv[i], "out");
        int r = file ? 1 : peer_bool(argv[i], "unique", &unique);
        if (file && !(out = fopen(file, "wb"))) {
            fprintf(stderr, "disas: cannot write %s: %s\n", file, strerror(errno));
            return -1;
        }
        if (r == 0) {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
        }
        if (r <= 0) {
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
