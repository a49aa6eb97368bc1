/* What a plugin can do wrong, by its argument. */
#include <glib.h>
#include <qemu-plugin.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const char *how = "";

static void executed(unsigned int vcpu, void *userdata) {
    volatile int *nowhere = (volatile int *)0xfffffff0u;
    (void)vcpu;
    (void)userdata;
    if (!strcmp(how, "how=memory")) *nowhere = 1;
    if (!strcmp(how, "how=assert")) g_assert(vcpu > 7);
    if (!strcmp(how, "how=exit")) exit(3);
    if (!strcmp(how, "how=hungry")) for (;;) memset(g_malloc(1 << 24), 1, 1 << 24);
    if (!strcmp(how, "how=lock")) {
        static GMutex mutex;
        g_mutex_lock(&mutex);
        g_mutex_lock(&mutex);
    }
    if (!strcmp(how, "how=null")) ((void (*)(void))userdata)();
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    if (argc) how = g_strdup(argv[0]);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
