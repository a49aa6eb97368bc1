/* Blocks by how often they ran: a hash table keyed by address and size, counted inline or by callback. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint64_t start;
    uint64_t runs;
    int translations;
    unsigned long insns;
} Block;

static GMutex lock;
static GHashTable *blocks;
static bool inlined;
static int limit = 20;

static gint by_runs(gconstpointer a, gconstpointer b) {
    const Block *x = a, *y = b;
    if (x->runs != y->runs) return x->runs > y->runs ? -1 : 1;
    return x->start < y->start ? -1 : 1;
}

static void report(qemu_plugin_id_t id, void *userdata) {
    (void)id;
    g_autoptr(GString) text = g_string_new("collected ");
    GList *sorted, *it;
    int shown = 0;

    g_mutex_lock(&lock);
    g_string_append_printf(text, "%d entries of %s\n", g_hash_table_size(blocks), (const char *)userdata);
    sorted = g_list_sort(g_hash_table_get_values(blocks), by_runs);
    for (it = sorted; it && (limit == 0 || shown < limit); it = it->next, shown++) {
        Block *block = it->data;
        g_string_append_printf(text, "0x%016" PRIx64 ", %d, %lu, %" PRIu64 "\n", block->start, block->translations,
                               block->insns, block->runs);
    }
    g_list_free(sorted);
    g_mutex_unlock(&lock);
    qemu_plugin_outs(text->str);
}

static void executed(unsigned int vcpu, void *userdata) {
    Block *block = userdata;
    (void)vcpu;
    g_mutex_lock(&lock);
    block->runs++;
    g_mutex_unlock(&lock);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    uint64_t pc = qemu_plugin_tb_vaddr(tb);
    size_t insns = qemu_plugin_tb_n_insns(tb);
    uint64_t key = pc ^ (uint64_t)insns << 40;
    Block *block;
    (void)id;

    g_mutex_lock(&lock);
    block = g_hash_table_lookup(blocks, &key);
    if (!block) {
        uint64_t *copy = g_new(uint64_t, 1);
        *copy = key;
        block = g_new0(Block, 1);
        block->start = pc;
        block->insns = insns;
        g_hash_table_insert(blocks, copy, block);
    }
    block->translations++;
    g_mutex_unlock(&lock);
    if (inlined) {
        qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->runs, 1);
    } else {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, block);
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        g_auto(GStrv) tokens = g_strsplit(argv[i], "=", 2);
        if (g_strcmp0(tokens[0], "inline") == 0) {
            if (!qemu_plugin_bool_parse(tokens[0], tokens[1], &inlined)) {
                fprintf(stderr, "boolean argument parsing failed: %s\n", argv[i]);
                return -1;
            }
        } else if (g_strcmp0(tokens[0], "limit") == 0) {
            limit = (int)g_ascii_strtoll(tokens[1], NULL, 0);
        } else {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
            return -1;
        }
    }
    blocks = g_hash_table_new(g_int64_hash, g_int64_equal);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, report, g_strdup(info->target_name));
    return 0;
}
