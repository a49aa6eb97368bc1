/* Each executed instruction with its accesses, one line late, for the symbols that match: a log of a bounded length. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static GPtrArray *last;
static GArray *only;
static gchar **prefixes;
static long lines = 4000;
static GMutex lock;

static void flush(GString *line) {
    if (!line->len) return;
    if (lines-- > 0) {
        g_string_append_c(line, '\n');
        qemu_plugin_outs(line->str);
    }
    g_string_truncate(line, 0);
}

static void executed(unsigned int vcpu, void *userdata) {
    g_mutex_lock(&lock);
    while (vcpu >= last->len) g_ptr_array_add(last, g_string_new(NULL));
    GString *line = g_ptr_array_index(last, vcpu);
    flush(line);
    g_string_printf(line, "%u, ", vcpu);
    g_string_append(line, userdata);
    g_mutex_unlock(&lock);
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    GString *line = g_ptr_array_index(last, vcpu);
    struct qemu_plugin_hwaddr *hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
    (void)userdata;
    g_string_append(line, qemu_plugin_mem_is_store(info) ? ", store" : ", load");
    if (hwaddr) {
        g_string_append_printf(line, ", 0x%08" PRIx64 ", %s", qemu_plugin_hwaddr_phys_addr(hwaddr),
                               qemu_plugin_hwaddr_device_name(hwaddr));
    } else {
        g_string_append_printf(line, ", 0x%08" PRIx64, vaddr);
    }
}

static bool wanted(const char *text, uint64_t vaddr) {
    if (only->len) {
        for (guint i = 0; i < only->len; i++) {
            if (g_array_index(only, uint64_t, i) == vaddr) return true;
        }
        return false;
    }
    if (!prefixes) return true;
    for (int i = 0; prefixes[i]; i++) {
        if (g_str_has_prefix(text, prefixes[i])) return true;
    }
    return false;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        char *text = qemu_plugin_insn_disas(insn);
        const char *symbol = qemu_plugin_insn_symbol(insn);
        uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
        if (wanted(text, vaddr)) {
            char *line = g_strdup_printf("0x%" PRIx64 ", \"%s\" <%s>", vaddr, text, symbol ? symbol : "?");
            qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_R_REGS, line);
            qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_RW, NULL);
        }
        g_free(text);
    }
}

static void finish(qemu_plugin_id_t id, void *data) {
    (void)id;
    (void)data;
    for (guint i = 0; i < last->len; i++) flush(g_ptr_array_index(last, i));
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    only = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    for (int i = 0; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "insn=")) {
            prefixes = g_strsplit(argv[i] + 5, "+", -1);
        } else if (g_str_has_prefix(argv[i], "at=")) {
            uint64_t address = g_ascii_strtoull(argv[i] + 3, NULL, 16);
            g_array_append_val(only, address);
        } else if (g_str_has_prefix(argv[i], "lines=")) {
            lines = atol(argv[i] + 6);
        } else {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
            return -1;
        }
    }
    last = g_ptr_array_sized_new((guint)info->system.smp_vcpus);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
