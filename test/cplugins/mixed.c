/*
 * Counters that translated code adds to and callbacks read and change, at the same instructions: what each callback sees
 * is part of the result. Up to version 1 the counters are plain variables, later ones a scoreboard's, which callbacks reach
 * by calls or, with `find=on`, by pointers.
 */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint64_t insns;
    uint64_t blocks;
    uint64_t accesses;
    /* Only callbacks touch it. */
    uint64_t calls;
    /* Stored inline, if the version can. */
    uint64_t last;
    uint64_t ticks;
    uint64_t hash;
} Counts;

static bool by_pointer;

#if QEMU_PLUGIN_VERSION < 2

static Counts counts;
#define GET(vcpu, member) ((void)(vcpu), counts.member)
#define SET(vcpu, member, value) ((void)(vcpu), (void)(counts.member = (value)))
#define INLINE(place, insn, member, n) \
    qemu_plugin_register_vcpu_##place##_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &counts.member, n)
#define INLINE_MEM(insn, member, n) \
    qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &counts.member, n)

#else

static struct qemu_plugin_scoreboard *board;
#define ENTRY(member) qemu_plugin_scoreboard_u64_in_struct(board, Counts, member)
#define GET(vcpu, member) \
    (by_pointer ? ((Counts *)qemu_plugin_scoreboard_find(board, vcpu))->member : qemu_plugin_u64_get(ENTRY(member), vcpu))
#define SET(vcpu, member, value) set(vcpu, offsetof(Counts, member), value)
#define INLINE(place, insn, member, n) \
    qemu_plugin_register_vcpu_##place##_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, ENTRY(member), n)
#define INLINE_MEM(insn, member, n)                                                                             \
    qemu_plugin_register_vcpu_mem_inline_per_vcpu(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, ENTRY(member), n)

static void set(unsigned int vcpu, size_t offset, uint64_t value) {
    if (by_pointer) {
        memcpy((char *)qemu_plugin_scoreboard_find(board, vcpu) + offset, &value, sizeof value);
    } else {
        qemu_plugin_u64_set((qemu_plugin_u64){board, offset}, vcpu, value);
    }
}

#endif

/* Only the first vCPU is followed: which of several runs when is the emulator's affair. */
static void mix(unsigned int vcpu, uint64_t value) {
    uint64_t hash = GET(vcpu, hash);
    SET(vcpu, hash, (hash ^ value) * 1099511628211u);
}

static void executed(unsigned int vcpu, void *userdata) {
    mix(vcpu, GET(vcpu, insns) + (uintptr_t)userdata);
    uint64_t calls = GET(vcpu, calls) + 1;
    SET(vcpu, calls, calls);
    /* What translated code goes on adding to. */
    if (calls % 1000 == 0) SET(vcpu, insns, GET(vcpu, insns) + 1000000);
}

static void entered(unsigned int vcpu, void *userdata) {
    (void)userdata;
    mix(vcpu, GET(vcpu, blocks));
    if (GET(vcpu, blocks) % 64 == 0) SET(vcpu, blocks, GET(vcpu, blocks) + 3);
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    (void)userdata;
    mix(vcpu, GET(vcpu, accesses) * 2 + qemu_plugin_mem_is_store(info) + vaddr);
}

#if QEMU_PLUGIN_VERSION >= 3
static void tick(unsigned int vcpu, void *userdata) {
    (void)userdata;
    SET(vcpu, ticks, GET(vcpu, ticks) + 1);
    SET(vcpu, accesses, 0);
}
#endif

static bool conditional;

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, entered, QEMU_PLUGIN_CB_NO_REGS, NULL);
    INLINE(tb_exec, tb, blocks, 1);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        /* Callbacks are called before what is inline, whatever came first. */
        if (i % 2) INLINE(insn_exec, insn, insns, 1);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS,
                                               (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
        if (i % 2 == 0) INLINE(insn_exec, insn, insns, 1);
        INLINE_MEM(insn, accesses, 1);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
#if QEMU_PLUGIN_VERSION >= 3
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_STORE_U64, ENTRY(last),
                                                            qemu_plugin_insn_vaddr(insn));
        if (conditional) {
            qemu_plugin_register_vcpu_insn_exec_cond_cb(insn, tick, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_COND_GE,
                                                        ENTRY(accesses), 50, NULL);
        }
#endif
    }
}

static void finish(qemu_plugin_id_t id, void *data) {
    (void)id;
    (void)data;
    char line[256];
    snprintf(line, sizeof line, "insns %" PRIu64 " blocks %" PRIu64 " accesses %" PRIu64 " calls %" PRIu64 " hash %" PRIx64 "\n",
             GET(0, insns), GET(0, blocks), GET(0, accesses), GET(0, calls), GET(0, hash));
    qemu_plugin_outs(line);
#if QEMU_PLUGIN_VERSION >= 2
    snprintf(line, sizeof line, "last %s ticks %" PRIu64 " all insns %" PRIu64 "\n", GET(0, last) ? "seen" : "none",
             GET(0, ticks), qemu_plugin_u64_sum(ENTRY(insns)));
    qemu_plugin_outs(line);
    qemu_plugin_scoreboard_free(board);
#endif
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "find=on")) by_pointer = true;
        if (!strcmp(argv[i], "cond=on")) conditional = true;
    }
#if QEMU_PLUGIN_VERSION >= 2
    board = qemu_plugin_scoreboard_new(sizeof(Counts));
#endif
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
