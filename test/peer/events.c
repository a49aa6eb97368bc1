/* SPDX-License-Identifier: MIT */
/*
 * events: one kind of event counted in one way and nothing else, to measure what that costs.
 *
 * Argument: mode=inline (an inline addition per instruction), block (one per block, by its length), exec (a callback per
 * instruction), mem (a callback per access). Output at exit: `events: N`.
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const char *mode = "inline";
static uint64_t events;

static void on_exec(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    (void)udata;
    events++;
}

static void on_mem(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)info;
    (void)vaddr;
    (void)udata;
    events++;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    if (!strcmp(mode, "block")) {
        qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &events, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        if (!strcmp(mode, "inline")) {
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &events, 1);
        } else if (!strcmp(mode, "exec")) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_exec, QEMU_PLUGIN_CB_NO_REGS, NULL);
        } else {
            qemu_plugin_register_vcpu_mem_cb(insn, on_mem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
        }
    }
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    peer_log("events: %" PRIu64 "\n", events);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    static const char *const modes[] = {"inline", "block", "exec", "mem"};
    for (int i = 0; i < argc; i++) {
        const char *value = peer_value(argv[i], "mode");
        int k = 0;
        while (value && k < 4 && strcmp(value, modes[k])) {
            k++;
        }
        if (!value || k == 4) {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
            return -1;
        }
        mode = modes[k];
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
