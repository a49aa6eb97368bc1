/* Instructions by mnemonic: disassembly, opcode bytes, arrays, and inline counters of two kinds. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdlib.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    char *mnemonic;
    uint64_t executed;
    uint64_t accesses;
    GArray *opcodes;
} Class;

static GHashTable *classes;
static uint64_t total, accesses;

static int by_count(const void *a, const void *b) {
    const Class *const *x = a, *const *y = b;
    if ((*x)->executed != (*y)->executed) return (*x)->executed > (*y)->executed ? -1 : 1;
    return strcmp((*x)->mnemonic, (*y)->mnemonic);
}

static void collect(gpointer key, gpointer value, gpointer data) {
    (void)key;
    g_ptr_array_add(data, value);
}

static void report(qemu_plugin_id_t id, void *data) {
    GString *out = g_string_sized_new(64);
    GPtrArray *sorted = g_ptr_array_new();
    (void)id;
    (void)data;
    g_hash_table_foreach(classes, collect, sorted);
    qsort(sorted->pdata, sorted->len, sizeof(void *), by_count);
    for (guint i = 0; i < sorted->len; i++) {
        Class *class = g_ptr_array_index(sorted, i);
        uint32_t first = g_array_index(class->opcodes, uint32_t, 0);
        g_string_append_printf(out, "%-10s %8" PRIu64 " %8" PRIu64 " first 0x%08x of %u, %5.2f%%\n", class->mnemonic,
                               class->executed, class->accesses, first, class->opcodes->len,
                               100.0 * (double)class->executed / (double)total);
    }
    g_string_append_printf(out, "%" PRIu64 " instructions, %" PRIu64 " accesses", total, accesses);
    g_string_append_c(out, '\n');
    qemu_plugin_outs(out->str);
    g_string_free(out, TRUE);
    g_ptr_array_free(sorted, TRUE);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        g_autofree char *text = qemu_plugin_insn_disas(insn);
        g_auto(GStrv) words = g_strsplit(text, " ", 2);
        Class *class = g_hash_table_lookup(classes, words[0]);
        uint32_t opcode = 0;
        memcpy(&opcode, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
        if (!class) {
            class = g_new0(Class, 1);
            class->mnemonic = g_strdup(words[0]);
            class->opcodes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            g_hash_table_insert(classes, class->mnemonic, class);
        }
        g_array_append_val(class->opcodes, opcode);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &class->executed, 1);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &total, 1);
        qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &class->accesses, 1);
        qemu_plugin_register_vcpu_mem_inline(insn, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &accesses, 1);
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info;
    (void)argv;
    if (argc) return -1;
    classes = g_hash_table_new(g_str_hash, g_str_equal);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
