/* SPDX-License-Identifier: MIT */
/*
 * What happens to a plugin over its life: vCPUs, idle and resume, a reset that registers anew, the flush that follows,
 * uninstall. `test/peer/plugins/lifecycle.ts` prints the same.
 *
 *     reset=N      qemu_plugin_reset at the N-th executed block
 *     uninstall=N  qemu_plugin_uninstall at the N-th executed block
 *     idle=on      each idle and resume after the first block (QEMU's vCPUs are idle before they start, too)
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static qemu_plugin_id_t self;
static uint64_t blocks, translated, reset_at, uninstall_at;
static int show_idle;
static const char *phase = "first";

static void count_vcpu(qemu_plugin_id_t id, unsigned int vcpu)
{
    (void)id;
    peer_log("there is vcpu %u\n", vcpu);
}

static void on_init(qemu_plugin_id_t id, unsigned int vcpu)
{
    peer_log("init %u, %d of %d vcpus\n", vcpu, qemu_plugin_n_vcpus(), qemu_plugin_n_max_vcpus());
    qemu_plugin_vcpu_for_each(id, count_vcpu);
}

static void on_vcpu_exit(qemu_plugin_id_t id, unsigned int vcpu)
{
    (void)id;
    peer_log("exit of vcpu %u\n", vcpu);
}

static void on_idle(qemu_plugin_id_t id, unsigned int vcpu)
{
    (void)id;
    if (show_idle && blocks) {
        peer_log("idle %u after %" PRIu64 " blocks\n", vcpu, blocks);
    }
}

static void on_resume(qemu_plugin_id_t id, unsigned int vcpu)
{
    (void)id;
    if (show_idle && blocks) {
        peer_log("resume %u after %" PRIu64 " blocks\n", vcpu, blocks);
    }
}

static void on_flush(qemu_plugin_id_t id)
{
    (void)id;
    peer_log("flush\n");
}

static void report(void)
{
    peer_log("%s: %" PRIu64 " blocks, %" PRIu64 " translated\n", phase, blocks, translated);
}

static void at_exit(qemu_plugin_id_t id, void *userdata)
{
    (void)id, (void)userdata;
    report();
}

static void on_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

static void on_reset(qemu_plugin_id_t id)
{
    report();
    phase = "second";
    blocks = translated = 0;
    qemu_plugin_register_flush_cb(id, on_flush);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_trans);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
}

static void on_uninstall(qemu_plugin_id_t id)
{
    (void)id;
    report();
    peer_log("uninstalled\n");
}

static void on_exec(unsigned int vcpu, void *userdata)
{
    (void)vcpu, (void)userdata;
    blocks++;
    if (blocks == reset_at && *phase == 'f') {
        qemu_plugin_reset(self, on_reset);
    }
    if (blocks == uninstall_at) {
        qemu_plugin_uninstall(self, on_uninstall);
    }
}

static void on_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    translated++;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_exec, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    self = id;
    for (int i = 0; i < argc; i++) {
        const char *value;
        if ((value = peer_value(argv[i], "reset"))) {
            reset_at = strtoull(value, NULL, 0);
        } else if ((value = peer_value(argv[i], "uninstall"))) {
            uninstall_at = strtoull(value, NULL, 0);
        } else if ((value = peer_value(argv[i], "idle"))) {
            show_idle = strcmp(value, "on") == 0;
        } else {
            return -1;
        }
    }
    peer_log("%s, system %d, %d of %d\n", info->target_name, info->system_emulation, info->system.smp_vcpus,
             info->system.max_vcpus);
    qemu_plugin_vcpu_for_each(id, count_vcpu);
    qemu_plugin_register_vcpu_init_cb(id, on_init);
    qemu_plugin_register_vcpu_exit_cb(id, on_vcpu_exit);
    qemu_plugin_register_vcpu_idle_cb(id, on_idle);
    qemu_plugin_register_vcpu_resume_cb(id, on_resume);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_trans);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
