/* The life of a plugin and its vCPUs: what is called, in which order, and a plugin that takes itself out. */
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static qemu_plugin_id_t self;
static unsigned long blocks, limit = 50, uninstalled;
static const char *mode = "run";

static void say(const char *text) {
    qemu_plugin_outs(text);
    qemu_plugin_outs("\n");
}

static void vcpu_init(qemu_plugin_id_t id, unsigned int vcpu) {
    char text[64];
    snprintf(text, sizeof text, "init %d: vCPU %u of %d, at most %d", id == self, vcpu, qemu_plugin_n_vcpus(),
             qemu_plugin_n_max_vcpus());
    say(text);
}

static void each(qemu_plugin_id_t id, unsigned int vcpu) {
    char text[32];
    (void)id;
    snprintf(text, sizeof text, "each %u", vcpu);
    say(text);
}

static void gone(qemu_plugin_id_t id) {
    uninstalled++;
    say(id == self ? "uninstalled" : "another?");
}

static void at_exit(qemu_plugin_id_t id, void *data) {
    char text[64];
    qemu_plugin_vcpu_for_each(id, each);
    snprintf(text, sizeof text, "exit %s after %lu blocks", (const char *)data, blocks);
    say(text);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    if (!qemu_plugin_tb_n_insns(tb)) abort();
    if (++blocks == limit && !strcmp(mode, "leave")) qemu_plugin_uninstall(id, gone);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    char text[128];
    self = id;
    for (int i = 0; i < argc; i++) {
        snprintf(text, sizeof text, "argv[%d] = %s", i, argv[i]);
        say(text);
        if (!strncmp(argv[i], "mode=", 5)) mode = argv[i] + 5;
    }
    snprintf(text, sizeof text, "%s system=%d vcpus=%d max=%d path=%s code=%" PRIu64, info->target_name,
             info->system_emulation, info->system.smp_vcpus, info->system.max_vcpus,
             qemu_plugin_path_to_binary() ? "?" : "none", qemu_plugin_entry_code());
    say(text);
    if (!strcmp(mode, "refuse")) return 3;
    qemu_plugin_register_vcpu_init_cb(id, vcpu_init);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, at_exit, "good");
    return 0;
}
