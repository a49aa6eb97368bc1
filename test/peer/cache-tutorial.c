/* SPDX-License-Identifier: MIT */
/*
 * cache-tutorial: the tutorial's Cortex-A9 cache model, as docs/tutorial-cache.md specifies it (arguments, model, output).
 * This API version cannot read Rt of a DCISW. If the instruction before it is `str Rt, [...]` (A32, in the same block) the
 * value is taken from what that one stored; else the DCISW is counted but invalidates nothing.
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum { LINE_SHIFT = 5, MAX_WAYS = 8 };

typedef struct {
    bool valid[MAX_WAYS];
    uint32_t tag[MAX_WAYS];
    unsigned turn; /* the round-robin victim */
} Set;

typedef struct {
    const char *name;
    bool has_stores, round_robin;
    unsigned ways, sets, set_bits;
    uint32_t random;
    Set *set;
    uint64_t load_hits, load_misses, store_hits, store_misses, compulsory, evictions;
} Cache;

static Cache icache = {.name = "icache", .ways = 4, .sets = 256, .set_bits = 8};
static Cache dcache = {.name = "dcache", .has_stores = true, .ways = 4, .sets = 256, .set_bits = 8};
static Cache l2cache = {.name = "l2cache", .has_stores = true, .round_robin = true, .ways = 8, .sets = 2048, .set_bits = 11};

static uint32_t text_begin, text_end;
static const uint8_t *ram_host; /* where guest address 0 lies in this process */
static uint32_t stored;         /* by the last `str Rt` before a DCISW */
static uint64_t insn_count, load_count, store_count, cp_count;

static unsigned victim(Cache *cache, Set *set)
{
    if (!cache->round_robin) {
        cache->random *= 48271u;
        return cache->random % cache->ways;
    }
    unsigned way = set->turn;
    set->turn = (way + 1) % cache->ways;
    return way;
}

/* One access; every cache here allocates on every miss it can have. Returns whether it hit. */
static bool access_line(Cache *cache, uint32_t address, bool store)
{
    Set *set = &cache->set[(address >> LINE_SHIFT) & (cache->sets - 1)];
    uint32_t tag = address >> (LINE_SHIFT + cache->set_bits);
    unsigned empty = cache->ways;
    for (unsigned way = 0; way < cache->ways; way++) {
        if (!set->valid[way]) {
            if (empty == cache->ways) {
                empty = way;
            }
        } else if (set->tag[way] == tag) {
            *(store ? &cache->store_hits : &cache->load_hits) += 1;
            return true;
        }
    }
    *(store ? &cache->store_misses : &cache->load_misses) += 1;
    unsigned way = empty;
    if (way < cache->ways) {
        cache->compulsory++;
    } else {
        way = victim(cache, set);
        cache->evictions++;
    }
    set->valid[way] = true;
    set->tag[way] = tag;
    return false;
}

static void on_fetch(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    uint32_t pc = (uint32_t)(uintptr_t)udata;
    insn_count++;
    if (!access_line(&icache, pc, false)) {
        access_line(&l2cache, pc, false);
    }
}

static void on_dcisw(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    bool rt_known = udata != NULL;
    cp_count++;
    uint32_t set = stored >> 4 & 0x3ff;
    if (rt_known && set < dcache.sets) {
        dcache.set[set].valid[stored >> 30] = false;
    }
}

static void on_store_of_rt(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)info;
    (void)udata;
    memcpy(&stored, ram_host + vaddr, sizeof stored);
}

/* Whether `opcode` is an A32 `str Rt, [Rn, #imm]` of this Rt. */
static bool stores(uint32_t opcode, uint32_t rt)
{
    return (opcode & 0x0e500000) == 0x04000000 && opcode >> 28 == 14 && (opcode >> 12 & 15) == rt;
}

static void on_iciallu(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    (void)udata;
    cp_count++;
    for (unsigned i = 0; i < icache.sets; i++) {
        memset(icache.set[i].valid, 0, sizeof icache.set[i].valid);
    }
    icache.compulsory = 0;
}

static void on_data(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)udata;
    struct qemu_plugin_hwaddr *hw = qemu_plugin_get_hwaddr(info, vaddr);
    uint32_t address = (uint32_t)(hw && !qemu_plugin_hwaddr_is_io(hw) ? qemu_plugin_hwaddr_phys_addr(hw) : vaddr);
    if (address >= text_begin && address < text_end) {
        return;
    }
    bool store = qemu_plugin_mem_is_store(info);
    *(store ? &store_count : &load_count) += 1;
    if (!access_line(&dcache, address, store)) {
        access_line(&l2cache, address, store);
    }
}

static bool is_mcr_p15_c7(uint32_t opcode, size_t size, uint32_t crm_opc2)
{
    if (size != 4) {
        return false;
    }
    bool a32 = (opcode & 0x0fff0fff) == (0x0e070f10 | crm_opc2) && opcode >> 28 != 15;
    bool t32 = (opcode & 0xffff) == 0xee07 && (opcode >> 16 & 0x0fff) == (0x0f10 | crm_opc2);
    return a32 || t32;
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t pc = qemu_plugin_insn_vaddr(insn);
        uint32_t opcode = peer_opcode(tb, i);
        size_t size = peer_size(tb, i, NULL);
        if (!ram_host) {
            const uint8_t *host = qemu_plugin_insn_haddr(insn);
            ram_host = host ? host - pc : NULL;
        }
        if (pc >= text_begin && pc < text_end) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_fetch, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)pc);
        }
        qemu_plugin_register_vcpu_mem_cb(insn, on_data, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
        if (is_mcr_p15_c7(opcode, size, 0x46)) {
            struct qemu_plugin_insn *before = i > 0 ? qemu_plugin_tb_get_insn(tb, i - 1) : NULL;
            bool known = before && ram_host && stores(peer_opcode(tb, i - 1), opcode >> 12 & 15);
            if (known) {
                qemu_plugin_register_vcpu_mem_cb(before, on_store_of_rt, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, NULL);
            }
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_dcisw, QEMU_PLUGIN_CB_NO_REGS, known ? insn : NULL);
        } else if (is_mcr_p15_c7(opcode, size, 0x05)) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_iciallu, QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
    }
}

/* "<name> <what>:" and the number, its last digit in column 34. */
static void line(const char *name, const char *what, uint64_t value)
{
    char label[64];
    int n = snprintf(label, sizeof label, "%s%s%s:", name, *name ? " " : "", what);
    peer_log("%s%*" PRIu64 "\n", label, 34 - n, value);
}

static void rate(const char *name, const char *what, uint64_t hits, uint64_t misses)
{
    char label[64];
    int n = snprintf(label, sizeof label, "%s %s:", name, what);
    uint64_t all = hits + misses;
    peer_log("%s%*.5f%%\n", label, 34 - n, all ? (double)misses / (double)all * 100 : 0.0);
}

static void report(const Cache *c)
{
    line(c->name, "load hits", c->load_hits);
    line(c->name, "load misses", c->load_misses);
    rate(c->name, "load miss rate", c->load_hits, c->load_misses);
    if (c->has_stores) {
        line(c->name, "store hits", c->store_hits);
        line(c->name, "store misses", c->store_misses);
        rate(c->name, "store miss rate", c->store_hits, c->store_misses);
    }
    line(c->name, "compulsory misses", c->compulsory);
    line(c->name, "evictions", c->evictions);
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    line("", "insn count", insn_count);
    line("", "load count", load_count);
    line("", "store count", store_count);
    line("", "cp count", cp_count);
    report(&icache);
    report(&dcache);
    report(&l2cache);
}

/* "0x100000", "100000", "0x100000=on" or "arg=0x100000". */
static bool parse_address(const char *argument, uint32_t *result)
{
    const char *value = peer_value(argument, "arg");
    const char *text = value ? value : argument;
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 16);
    if (errno || end == text || *text == '-' || number > UINT32_MAX || (*end && strcmp(end, "=on"))) {
        peer_log("Not a hexadecimal address: %s\n", text);
        return false;
    }
    *result = (uint32_t)number;
    return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    if (strcmp(info->target_name, "arm")) {
        qemu_plugin_outs("ERROR: Architecture not supported!\n");
        return 1;
    }
    if (argc != 2) {
        qemu_plugin_outs("Wrong number of arguments to plugin!\n");
        return 1;
    }
    if (!parse_address(argv[0], &text_begin) || !parse_address(argv[1], &text_end)) {
        return 1;
    }
    Cache *all[] = {&icache, &dcache, &l2cache};
    for (int i = 0; i < 3; i++) {
        all[i]->set = calloc(all[i]->sets, sizeof(Set));
        if (!all[i]->set) {
            return 1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
