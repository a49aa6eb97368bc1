/* A data cache with random replacement from GLib's generator, and a tree of the lines that miss most. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum { SETS = 32, WAYS = 4, LINE_BITS = 5 };

typedef struct {
    uint64_t tag;
    gboolean valid;
} Line;

static Line *lines;
static GRand *rng;
static GTree *missing;
static uint64_t hits, misses, evictions;

static gint compare(gconstpointer a, gconstpointer b) {
    guint x = GPOINTER_TO_UINT(a), y = GPOINTER_TO_UINT(b);
    return x < y ? -1 : x > y;
}

static gboolean show(gpointer key, gpointer value, gpointer out) {
    if (GPOINTER_TO_UINT(value) > 3) {
        g_string_append_printf(out, "%08x %u\n", GPOINTER_TO_UINT(key) << LINE_BITS, GPOINTER_TO_UINT(value));
    }
    return FALSE;
}

static void report(qemu_plugin_id_t id, void *data) {
    g_autoptr(GString) out = g_string_new("");
    (void)id;
    (void)data;
    g_string_printf(out, "hits %" PRIu64 " misses %" PRIu64 " evictions %" PRIu64 " rate %.4f%%\n", hits, misses, evictions,
                    100.0 * (double)misses / (double)(hits + misses));
    g_tree_foreach(missing, show, out);
    g_string_append_printf(out, "%d lines\n", g_tree_nnodes(missing));
    qemu_plugin_outs(out->str);
    g_tree_destroy(missing);
    g_rand_free(rng);
    g_free(lines);
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    uint64_t tag = vaddr >> LINE_BITS;
    Line *set = lines + (tag % SETS) * WAYS;
    int way;
    (void)vcpu;
    (void)userdata;
    (void)info;
    for (way = 0; way < WAYS; way++) {
        if (set[way].valid && set[way].tag == tag) {
            hits++;
            return;
        }
    }
    misses++;
    gpointer key = GUINT_TO_POINTER((guint)tag);
    g_tree_replace(missing, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_tree_lookup(missing, key)) + 1));
    for (way = 0; way < WAYS && set[way].valid; way++) continue;
    if (way == WAYS) {
        way = g_rand_int_range(rng, 0, WAYS);
        evictions++;
    }
    set[way] = (Line){tag, TRUE};
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    for (size_t i = 0; i < n; i++) {
        qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i), accessed, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, NULL);
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    guint32 seed = 42;
    (void)info;
    if (argc == 1) seed = (guint32)g_ascii_strtoull(argv[0], NULL, 0);
    lines = g_new0(Line, SETS * WAYS);
    rng = g_rand_new_with_seed(seed);
    missing = g_tree_new(compare);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
