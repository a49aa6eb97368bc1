/* Which blocks ran, written to a file of its own: header lines, then a record for each block. */
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint32_t start;
    uint16_t size;
    uint16_t ran;
} Entry;

static GPtrArray *entries;
static GByteArray *header;
static const char *name = "coverage.bin";

static void finish(qemu_plugin_id_t id, void *data) {
    FILE *file = fopen(name, "wb");
    guint ran = 0;
    (void)id;
    (void)data;
    if (!file) {
        qemu_plugin_outs("cannot write the file\n");
        return;
    }
    fwrite(header->data, 1, header->len, file);
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = g_ptr_array_index(entries, i);
        if (!entry->ran) continue;
        ran++;
        fwrite(entry, sizeof *entry, 1, file);
    }
    fprintf(file, "%u of %u\n", ran, entries->len);
    fclose(file);
    g_autoptr(GError) error = NULL;
    g_autofree gchar *contents = NULL;
    gsize length = 0;
    if (!g_file_get_contents(name, &contents, &length, &error)) qemu_plugin_outs(error->message);
    g_autofree gchar *text = g_strdup_printf("wrote %u blocks, %zu bytes\n", ran, length);
    qemu_plugin_outs(text);
}

static void ran(unsigned int vcpu, void *userdata) {
    Entry *entry = userdata;
    (void)vcpu;
    entry->ran = 1;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    Entry *entry = g_new0(Entry, 1);
    (void)id;
    entry->start = (uint32_t)qemu_plugin_tb_vaddr(tb);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        entry->size = (uint16_t)(entry->size + qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, i)));
    }
    g_ptr_array_add(entries, entry);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, ran, QEMU_PLUGIN_CB_NO_REGS, entry);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    static const char text[] = "COVERAGE 1\n";
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!g_str_has_prefix(argv[i], "filename=")) return -1;
        name = g_strdup(argv[i] + 9);
    }
    entries = g_ptr_array_new_with_free_func(g_free);
    header = g_byte_array_new();
    g_byte_array_append(header, (const guint8 *)text, sizeof text - 1);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
