/* SPDX-License-Identifier: MIT */
/*
 * cache-qemu: a cache model with the options, the semantics and the output of the cache plugin that comes with QEMU 6.1 and
 * later, which Debian does not package. Written from a description, not from its source.
 *
 * Arguments (default): icachesize, dcachesize (16384), iblksize, dblksize (64), iassoc, dassoc (8), l2=on|off (off),
 *   l2cachesize (2097152), l2blksize (64), l2assoc (16), evict=lru|fifo|rand (lru), limit (32), cores (vCPUs in system mode,
 *   else 1). l2cachesize, l2blksize or l2assoc imply l2=on. lock=on (off), which QEMU's does not have since it always does it:
 *   a mutex around each access to a cache, so that the costs can be compared.
 *
 * Model: each core (vCPU modulo cores) has its own L1D, L1I and unified L2. An executed instruction accesses L1I with its
 * physical address (QEMU's uses a host address, which has the same set); a data access that is not I/O accesses L1D with its
 * physical address; a miss in L1 accesses L2 with the same address. Every access is to the one block of its first byte, and
 * every miss fills: the first invalid way, else the victim. lru: the way touched longest ago; fifo: the way filled longest
 * ago; rand: an xorshift generator of ours (QEMU's is seeded by chance, so its figures cannot be compared).
 *
 * Output at exit: a header, a row per core, a sum row if there are several, then the instructions with the most misses.
 */
#include <pthread.h>

#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum Policy { LRU, FIFO, RAND };

typedef struct {
    uint64_t tag;
    uint64_t stamp; /* of the last touch (lru) or of the fill (fifo); 0: invalid */
} Way;

typedef struct {
    unsigned assoc, sets, block_shift;
    Way *ways;
    uint64_t clock, accesses, misses;
    pthread_mutex_t lock;
} Cache;

typedef struct Insn {
    uint64_t addr, dmisses, imisses, l2misses;
    char *text;
    const char *symbol;
    struct Insn *next; /* of all, for the report */
    struct Insn *chain; /* of the hash bucket */
} Insn;

static enum Policy policy = LRU;
static uint64_t icachesize = 16384, iblksize = 64, iassoc = 8, dcachesize = 16384, dblksize = 64, dassoc = 8;
static uint64_t l2cachesize = 2097152, l2blksize = 64, l2assoc = 16, limit = 32, cores;
static bool use_l2;
static Cache *l1d, *l1i, *l2;
static Insn *all_insns, *buckets[1 << 14];
static size_t n_insns;

static uint64_t next_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static bool use_locks;

static bool find_block(Cache *cache, uint64_t address)
{
    uint64_t block = address >> cache->block_shift;
    Way *ways = cache->ways + (block & (cache->sets - 1)) * cache->assoc;
    Way *victim = ways;
    cache->accesses++;
    cache->clock++;
    for (unsigned i = 0; i < cache->assoc; i++) {
        if (ways[i].stamp && ways[i].tag == block) {
            if (policy == LRU) {
                ways[i].stamp = cache->clock;
            }
            return true;
        }
        if (ways[i].stamp < victim->stamp) {
            victim = &ways[i];
        }
    }
    cache->misses++;
    if (policy == RAND && victim->stamp) {
        victim = &ways[next_random() % cache->assoc];
    }
    victim->tag = block;
    victim->stamp = cache->clock;
    return false;
}

static bool access_block(Cache *cache, uint64_t address)
{
    if (!use_locks) {
        return find_block(cache, address);
    }
    pthread_mutex_lock(&cache->lock);
    bool hit = find_block(cache, address);
    pthread_mutex_unlock(&cache->lock);
    return hit;
}

static void on_mem(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    Insn *insn = udata;
    struct qemu_plugin_hwaddr *hw = qemu_plugin_get_hwaddr(info, vaddr);
    if (hw && qemu_plugin_hwaddr_is_io(hw)) {
        return;
    }
    uint64_t address = hw ? qemu_plugin_hwaddr_phys_addr(hw) : vaddr;
    unsigned core = vcpu % (unsigned)cores;
    if (!access_block(&l1d[core], address)) {
        insn->dmisses++;
        if (use_l2 && !access_block(&l2[core], address)) {
            insn->l2misses++;
        }
    }
}

static void on_exec(unsigned int vcpu, void *udata)
{
    Insn *insn = udata;
    unsigned core = vcpu % (unsigned)cores;
    if (!access_block(&l1i[core], insn->addr)) {
        insn->imisses++;
        if (use_l2 && !access_block(&l2[core], insn->addr)) {
            insn->l2misses++;
        }
    }
}

/* The instruction's physical address: by its place in this process, the MMU being off for the first one. */
static uint64_t address_of(const struct qemu_plugin_insn *source)
{
    static const uint8_t *ram;
    uint64_t vaddr = qemu_plugin_insn_vaddr(source);
    const uint8_t *host = qemu_plugin_insn_haddr(source);
    if (!host) {
        return vaddr;
    }
    if (!ram) {
        ram = host - vaddr;
    }
    return (uint64_t)(host - ram);
}

static Insn *find_insn(struct qemu_plugin_insn *source)
{
    uint64_t addr = address_of(source);
    Insn **bucket = &buckets[(addr >> 1) % (sizeof buckets / sizeof *buckets)];
    for (Insn *insn = *bucket; insn; insn = insn->chain) {
        if (insn->addr == addr) {
            return insn;
        }
    }
    Insn *insn = calloc(1, sizeof *insn);
    if (!insn) {
        abort();
    }
    insn->addr = addr;
    insn->text = qemu_plugin_insn_disas(source);
    insn->symbol = qemu_plugin_insn_symbol(source);
    insn->next = all_insns;
    all_insns = insn;
    insn->chain = *bucket;
    *bucket = insn;
    n_insns++;
    return insn;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *source = qemu_plugin_tb_get_insn(tb, i);
        Insn *insn = find_insn(source);
        qemu_plugin_register_vcpu_mem_cb(source, on_mem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, insn);
        qemu_plugin_register_vcpu_insn_exec_cb(source, on_exec, QEMU_PLUGIN_CB_NO_REGS, insn);
    }
}

static double percent(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all * 100.0 : 0.0;
}

typedef struct {
    uint64_t daccess, dmiss, iaccess, imiss, l2access, l2miss;
} Totals;

static void row(const Totals *t)
{
    peer_log("%-14" PRIu64 " %-12" PRIu64 " %9.4lf%%  %-14" PRIu64 " %-12" PRIu64 " %9.4lf%%", t->daccess, t->dmiss,
             percent(t->dmiss, t->daccess), t->iaccess, t->imiss, percent(t->imiss, t->iaccess));
    if (use_l2 && t->l2access && t->l2miss) {
        peer_log("  %-12" PRIu64 " %-11" PRIu64 " %10.4lf%%", t->l2access, t->l2miss, percent(t->l2miss, t->l2access));
    }
    qemu_plugin_outs("\n");
}

static size_t sort_field;

static uint64_t field(const Insn *insn)
{
    uint64_t value;
    memcpy(&value, (const char *)insn + sort_field, sizeof value);
    return value;
}

static int by_field(const void *a, const void *b)
{
    const Insn *x = *(Insn *const *)a, *y = *(Insn *const *)b;
    if (field(x) != field(y)) {
        return field(x) > field(y) ? -1 : 1;
    }
    return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void top(const char *what, size_t offset, Insn **sorted)
{
    peer_log("\naddress, %s, instruction\n", what);
    sort_field = offset;
    qsort(sorted, n_insns, sizeof *sorted, by_field);
    for (size_t i = 0; i < n_insns && i < limit; i++) {
        const Insn *insn = sorted[i];
        peer_log("0x%" PRIx64, insn->addr);
        if (insn->symbol) {
            peer_log(" (%s)", insn->symbol);
        }
        peer_log(", %" PRIu64 ", %s\n", field(insn), insn->text);
    }
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    Totals sum = {0};
    qemu_plugin_outs("core #, data accesses, data misses, dmiss rate, insn accesses, insn misses, imiss rate");
    qemu_plugin_outs(use_l2 ? ", l2 accesses, l2 misses, l2 miss rate\n" : "\n");
    for (unsigned i = 0; i < cores; i++) {
        Totals t = {l1d[i].accesses, l1d[i].misses, l1i[i].accesses, l1i[i].misses, 0, 0};
        if (use_l2) {
            t.l2access = l2[i].accesses;
            t.l2miss = l2[i].misses;
        }
        peer_log("%-8d", (int)i);
        row(&t);
        sum.daccess += t.daccess;
        sum.dmiss += t.dmiss;
        sum.iaccess += t.iaccess;
        sum.imiss += t.imiss;
        sum.l2access += t.l2access;
        sum.l2miss += t.l2miss;
    }
    if (cores > 1) {
        peer_log("%-8s", "sum");
        row(&sum);
    }
    Insn **sorted = malloc((n_insns + 1) * sizeof *sorted);
    if (!sorted) {
        abort();
    }
    size_t n = 0;
    for (Insn *insn = all_insns; insn; insn = insn->next) {
        sorted[n++] = insn;
    }
    top("data misses", offsetof(Insn, dmisses), sorted);
    top("fetch misses", offsetof(Insn, imisses), sorted);
    if (use_l2) {
        top("L2 misses", offsetof(Insn, l2misses), sorted);
    }
    free(sorted);
}

static Cache *make(const char *name, uint64_t size, uint64_t block, uint64_t assoc)
{
    if (!block || !assoc || size % block || size % (block * assoc) || block & (block - 1) || !size) {
        fprintf(stderr, "%s cannot be constructed from given parameters\n", name);
        if (block && size % block) {
            fprintf(stderr, "cache size must be divisible by block size\n");
        } else if (block && assoc && size % (block * assoc)) {
            fprintf(stderr, "cache size must be divisible by set size (assoc * block size)\n");
        } else if (block & (block - 1)) {
            fprintf(stderr, "block size must be a power of two\n");
        }
        return NULL;
    }
    Cache *caches = calloc(cores, sizeof *caches);
    for (unsigned i = 0; caches && i < cores; i++) {
        caches[i].assoc = (unsigned)assoc;
        caches[i].sets = (unsigned)(size / (block * assoc));
        caches[i].block_shift = (unsigned)__builtin_ctzll(block);
        caches[i].ways = calloc(size / block, sizeof(Way));
        pthread_mutex_init(&caches[i].lock, NULL);
    }
    return caches;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    cores = info->system_emulation ? (uint64_t)info->system.smp_vcpus : 1;
    static const struct {
        const char *name;
        uint64_t *value;
        bool l2;
    } numbers[] = {{"icachesize", &icachesize, false}, {"iblksize", &iblksize, false},   {"iassoc", &iassoc, false},
                   {"dcachesize", &dcachesize, false}, {"dblksize", &dblksize, false},   {"dassoc", &dassoc, false},
                   {"l2cachesize", &l2cachesize, true}, {"l2blksize", &l2blksize, true}, {"l2assoc", &l2assoc, true},
                   {"limit", &limit, false},           {"cores", &cores, false}};
    for (int i = 0; i < argc; i++) {
        int r = peer_bool(argv[i], "l2", &use_l2);
        r = r ? r : peer_bool(argv[i], "lock", &use_locks);
        for (size_t k = 0; r == 0 && k < sizeof numbers / sizeof *numbers; k++) {
            r = peer_u64(argv[i], numbers[k].name, numbers[k].value);
            use_l2 = use_l2 || (r == 1 && numbers[k].l2);
        }
        const char *evict = peer_value(argv[i], "evict");
        if (r == 0 && evict) {
            static const char *const names[] = {"lru", "fifo", "rand"};
            int k = 0;
            while (k < 3 && strcmp(evict, names[k])) {
                k++;
            }
            if (k == 3) {
                fprintf(stderr, "invalid eviction policy: %s\n", argv[i]);
                return -1;
            }
            policy = (enum Policy)k;
            r = 1;
        }
        if (r == 0) {
            fprintf(stderr, "option parsing failed: %s\n", argv[i]);
        }
        if (r <= 0) {
            return -1;
        }
    }
    if (!cores) {
        fprintf(stderr, "option parsing failed: cores=0\n");
        return -1;
    }
    l1d = make("dcache", dcachesize, dblksize, dassoc);
    l1i = l1d ? make("icache", icachesize, iblksize, iassoc) : NULL;
    l2 = l1i && use_l2 ? make("L2 cache", l2cachesize, l2blksize, l2assoc) : NULL;
    if (!l1d || !l1i || (use_l2 && !l2)) {
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
