/* SPDX-License-Identifier: MIT */
/*
 * counts: the same events counted by inline operations and by callbacks, which must agree.
 *
 * No arguments. At exit, decimal:
 *   tbs: inline N, callback N
 *   insns: inline N, callback N, by block N
 *   accesses: inline N, callback N
 *   loads: N, stores: N
 *   translated: N blocks, N insns
 * The inline access counter is registered for reads and writes together: QEMU 7.2 miscounts an inline operation that asks
 * for one of them only. "by block" adds a block's length each time it starts; it is the larger one where an exception leaves a block early.
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t inline_tbs, inline_insns, inline_by_block, inline_accesses;
static uint64_t called_tbs, called_insns, called_loads, called_stores;
static uint64_t translated_tbs, translated_insns;

static void on_tb(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    (void)udata;
    called_tbs++;
}

static void on_insn(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    (void)udata;
    called_insns++;
}

static void on_mem(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)vaddr;
    (void)udata;
    *(qemu_plugin_mem_is_store(info) ? &called_stores : &called_loads) += 1;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    translated_tbs++;
    translated_insns += n;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &inline_tbs, 1);
    qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &inline_by_block, n);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_tb, QEMU_PLUGIN_CB_NO_REGS, NULL);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &inline_insns, 1);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, NULL);
        qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &inline_accesses, 1);
        qemu_plugin_register_vcpu_mem_cb(insn, on_mem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    peer_log("tbs: inline %" PRIu64 ", callback %" PRIu64 "\n", inline_tbs, called_tbs);
    peer_log("insns: inline %" PRIu64 ", callback %" PRIu64 ", by block %" PRIu64 "\n", inline_insns, called_insns,
             inline_by_block);
    peer_log("accesses: inline %" PRIu64 ", callback %" PRIu64 "\n", inline_accesses, called_loads + called_stores);
    peer_log("loads: %" PRIu64 ", stores: %" PRIu64 "\n", called_loads, called_stores);
    peer_log("translated: %" PRIu64 " blocks, %" PRIu64 " insns\n", translated_tbs, translated_insns);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    if (argc) {
        fprintf(stderr, "option parsing failed: %s\n", argv[0]);
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
