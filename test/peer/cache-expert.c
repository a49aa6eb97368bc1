/* SPDX-License-Identifier: MIT */
/*
 * cache-expert: the model of cache-qemu with its default geometry and LRU, written for speed by someone who knows the machine
 * and the program: physical addresses are virtual ones, memory ends below 0x40000000 and everything above is I/O. It is what
 * our inlined models are measured against.
 *
 * The tricks: the ways of a set are kept in the order of their use, so that a hit on the first one changes nothing; a fetch
 * is checked once per line and block, since nothing can push the line out in between; accesses are counted inline, fetches
 * by the block. Only a miss looks at the instruction.
 *
 * Argument: l2=on|off (off). Output at exit: the header and the first row of cache-qemu's, then per instruction with a miss
 * the sums only (the list is what cache-qemu is for): `instructions: N, data misses: N, fetch misses: N, L2 misses: N`.
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum { LINE_SHIFT = 6, L1_SETS = 32, L1_WAYS = 8, L2_SETS = 2048, L2_WAYS = 16 };
static const uint64_t io_start = 0x40000000;

typedef struct {
    uint32_t line;
    uint32_t dmisses, imisses, l2misses;
} Insn;

static uint32_t l1d[L1_SETS][L1_WAYS], l1i[L1_SETS][L1_WAYS], l2[L2_SETS][L2_WAYS];
static uint64_t fetches, fetch_misses, accesses, io_accesses, data_misses, l2_accesses, l2_misses;
static uint64_t instructions, instruction_dmisses, instruction_imisses, instruction_l2misses;
static bool use_l2;
static Insn **insns;
static size_t n_insns;

/* Moves `line` to the front of its set, which it does not head; false if it was not there. */
static inline bool to_front(uint32_t *set, unsigned ways, uint32_t line)
{
    uint32_t moving = set[0];
    for (unsigned i = 1; i < ways; i++) {
        uint32_t here = set[i];
        set[i] = moving;
        if (here == line) {
            set[0] = line;
            return true;
        }
        moving = here;
    }
    set[0] = line;
    return false;
}

static __attribute__((noinline)) void second_level(Insn *insn, uint32_t line)
{
    uint32_t *set = l2[line % L2_SETS];
    l2_accesses++;
    if (set[0] != line && !to_front(set, L2_WAYS, line)) {
        l2_misses++;
        insn->l2misses++;
    }
}

static __attribute__((noinline)) void data_off_front(Insn *insn, uint32_t *set, uint32_t line)
{
    if (to_front(set, L1_WAYS, line)) {
        return;
    }
    data_misses++;
    insn->dmisses++;
    if (use_l2) {
        second_level(insn, line);
    }
}

static __attribute__((noinline)) void fetch_off_front(Insn *insn, uint32_t *set)
{
    if (to_front(set, L1_WAYS, insn->line)) {
        return;
    }
    fetch_misses++;
    insn->imisses++;
    if (use_l2) {
        second_level(insn, insn->line);
    }
}

static void on_mem(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)info;
    uint32_t line = (uint32_t)vaddr >> LINE_SHIFT;
    uint32_t *set = l1d[line % L1_SETS];
    if (set[0] == line) {
        return;
    }
    if (vaddr >= io_start) {
        io_accesses++;
        return;
    }
    data_off_front(udata, set, line);
}

static void on_fetch(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    Insn *insn = udata;
    uint32_t *set = l1i[insn->line % L1_SETS];
    if (set[0] != insn->line) {
        fetch_off_front(insn, set);
    }
}

static Insn *new_insn(uint32_t line)
{
    if (n_insns % 4096 == 0) {
        insns = realloc(insns, (n_insns + 4096) * sizeof *insns);
        if (!insns) {
            abort();
        }
    }
    Insn *insn = peer_keep(sizeof *insn);
    *insn = (Insn){.line = line};
    insns[n_insns++] = insn;
    return insn;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    uint32_t last = UINT32_MAX;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &fetches, n);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *source = qemu_plugin_tb_get_insn(tb, i);
        uint32_t line = (uint32_t)qemu_plugin_insn_vaddr(source) >> LINE_SHIFT;
        Insn *insn = new_insn(line);
        if (line != last) {
            qemu_plugin_register_vcpu_insn_exec_cb(source, on_fetch, QEMU_PLUGIN_CB_NO_REGS, insn);
            last = line;
        }
        qemu_plugin_register_vcpu_mem_cb(source, on_mem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, insn);
        qemu_plugin_register_vcpu_mem_inline(source, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &accesses, 1);
    }
}

static double percent(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all * 100.0 : 0.0;
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    uint64_t data = accesses - io_accesses;
    for (size_t i = 0; i < n_insns; i++) {
        const Insn *insn = insns[i];
        instructions += (insn->dmisses | insn->imisses | insn->l2misses) != 0;
        instruction_dmisses += insn->dmisses;
        instruction_imisses += insn->imisses;
        instruction_l2misses += insn->l2misses;
    }
    peer_log("core #, data accesses, data misses, dmiss rate, insn accesses, insn misses, imiss rate%s\n",
             use_l2 ? ", l2 accesses, l2 misses, l2 miss rate" : "");
    peer_log("%-8d%-14" PRIu64 " %-12" PRIu64 " %9.4lf%%  %-14" PRIu64 " %-12" PRIu64 " %9.4lf%%", 0, data, data_misses,
             percent(data_misses, data), fetches, fetch_misses, percent(fetch_misses, fetches));
    if (use_l2 && l2_accesses && l2_misses) {
        peer_log("  %-12" PRIu64 " %-11" PRIu64 " %10.4lf%%", l2_accesses, l2_misses, percent(l2_misses, l2_accesses));
    }
    peer_log("\ninstructions: %" PRIu64 ", data misses: %" PRIu64 ", fetch misses: %" PRIu64 ", L2 misses: %" PRIu64 "\n",
             instructions, instruction_dmisses, instruction_imisses, instruction_l2misses);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        int r = peer_bool(argv[i], "l2", &use_l2);
        if (r == 0) {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
        }
        if (r <= 0) {
            return -1;
        }
    }
    /* A line that no address has. */
    memset(l1d, 0xff, sizeof l1d);
    memset(l1i, 0xff, sizeof l1i);
    memset(l2, 0xff, sizeof l2);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
