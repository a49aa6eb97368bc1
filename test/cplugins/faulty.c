/* What a plugin can do wrong, by its argument. */
#include <glib.h>
#include <qemu-plugin.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const char *how = "";
/* How many callbacks go well; if any, each instruction and each access has one. */
static unsigned long after;

static void executed(unsigned int vcpu, void *userdata) {
    volatile int *nowhere = (volatile int *)0xfffffff0u;
    (void)vcpu;
    (void)userdata;
    if (after && --after) return;
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

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    (void)info;
    (void)vaddr;
    executed(vcpu, userdata);
}

static unsigned long oddities;

/* Not of the type that it is handed over as. */
static void odd(void) { oddities++; }

static void at_exit(qemu_plugin_id_t id, void *userdata) {
    (void)id;
    (void)userdata;
    g_autofree char *text = g_strdup_printf("called %lu times\n", oddities);
    qemu_plugin_outs(text);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    if (!strcmp(how, "how=type")) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, (qemu_plugin_vcpu_udata_cb_t)(void *)odd, QEMU_PLUGIN_CB_NO_REGS, NULL);
        return;
    }
    for (size_t i = 0; after && i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, NULL);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    if (argc) how = g_strdup(argv[0]);
    if (argc > 1) after = strtoul(argv[1] + strlen("after="), NULL, 10);
    if (!strcmp(how, "how=type")) qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
