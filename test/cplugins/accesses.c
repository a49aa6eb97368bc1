/* Accesses by device or page, in the style of a first memory plugin: hwaddr, a hash table of pages, a sorted list. */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <string.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint64_t page;
    const char *name;
    uint64_t reads, writes;
    uint64_t bytes;
    int cpus;
} Page;

static GRWLock lock;
static GHashTable *pages;
static enum qemu_plugin_mem_rw rw = QEMU_PLUGIN_MEM_RW;
static uint64_t mask = ~(uint64_t)0xfff;
static uint64_t unknown, big_endian, sign_extended;

static gint by_address(gconstpointer a, gconstpointer b, gpointer data) {
    const Page *x = a, *y = b;
    g_assert(data == NULL);
    return x->page < y->page ? -1 : x->page > y->page;
}

static void report(qemu_plugin_id_t id, void *data) {
    GHashTableIter iter;
    gpointer value;
    GPtrArray *all = g_ptr_array_new();
    (void)id;
    (void)data;
    g_rw_lock_reader_lock(&lock);
    g_hash_table_iter_init(&iter, pages);
    while (g_hash_table_iter_next(&iter, NULL, &value)) g_ptr_array_add(all, value);
    GList *sorted = NULL;
    for (guint i = 0; i < all->len; i++) sorted = g_list_prepend(sorted, g_ptr_array_index(all, i));
    sorted = g_list_sort_with_data(sorted, by_address, NULL);
    for (GList *it = sorted; it; it = g_list_next(it)) {
        Page *page = it->data;
        g_autofree char *line = g_strdup_printf("0x%08" PRIx64 " %-12s r=%" PRIu64 " w=%" PRIu64 " bytes=%" PRIu64 " cpus=%x\n",
                                                page->page, page->name ? page->name : "?", page->reads, page->writes,
                                                page->bytes, (unsigned)page->cpus);
        qemu_plugin_outs(line);
    }
    g_rw_lock_reader_unlock(&lock);
    g_autofree char *end = g_strdup_printf("%u pages, %" PRIu64 " unknown, %" PRIu64 " big-endian, %" PRIu64 " sign-extended\n",
                                           all->len, unknown, big_endian, sign_extended);
    qemu_plugin_outs(end);
    g_list_free(sorted);
    g_ptr_array_free(all, TRUE);
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *userdata) {
    struct qemu_plugin_hwaddr *hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
    uint64_t address = hwaddr ? qemu_plugin_hwaddr_phys_addr(hwaddr) : vaddr;
    Page *page;
    (void)userdata;
    g_rw_lock_writer_lock(&lock);
    if (!hwaddr) unknown++;
    if (qemu_plugin_mem_is_big_endian(info)) big_endian++;
    if (qemu_plugin_mem_is_sign_extended(info)) sign_extended++;
    address &= mask;
    page = g_hash_table_lookup(pages, GUINT_TO_POINTER((guint)(address >> 8)));
    if (!page) {
        page = g_new0(Page, 1);
        page->page = address;
        if (hwaddr && qemu_plugin_hwaddr_is_io(hwaddr)) page->name = qemu_plugin_hwaddr_device_name(hwaddr);
        else page->name = "RAM";
        g_hash_table_insert(pages, GUINT_TO_POINTER((guint)(address >> 8)), page);
    }
    if (qemu_plugin_mem_is_store(info)) page->writes++;
    else page->reads++;
    page->bytes += UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    page->cpus |= 1 << vcpu;
    g_rw_lock_writer_unlock(&lock);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, rw, NULL);
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        g_auto(GStrv) tokens = g_strsplit(argv[i], "=", 2);
        if (g_str_has_prefix(argv[i], "track=")) {
            rw = !strcmp(tokens[1], "r") ? QEMU_PLUGIN_MEM_R : !strcmp(tokens[1], "w") ? QEMU_PLUGIN_MEM_W : QEMU_PLUGIN_MEM_RW;
        } else if (g_str_has_prefix(argv[i], "pagesize=")) {
            mask = ~(g_ascii_strtoull(tokens[1], NULL, 10) - 1);
        } else {
            return -1;
        }
    }
    if (!info->system_emulation) return -1;
    g_rw_lock_init(&lock);
    pages = g_hash_table_new(NULL, g_direct_equal);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
