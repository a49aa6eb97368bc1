/* SPDX-License-Identifier: MIT */
/*
 * trace: an ordered record of what a guest does, as text or as a hash.
 *
 * Arguments: insns=on|off (on), mem=on|off (on), tb=on|off (off), values=on|off (off), hash=on|off (off),
 *   out=FILE    text record of the events
 *   from=N      first event written to FILE (0)          limit=N   stop recording after N events (none)
 *   ram=N       size of the memory at address 0 (128 MiB), for values=on
 *
 * Events, numbered from 0 in the order of the callbacks. Numbers are lower-case hexadecimal without 0x unless said
 * otherwise; addresses and opcodes have 8 digits (a 16-bit opcode 4):
 *   T <pc> <n>                     tb=on: a block of n (decimal) instructions was translated
 *   X <pc>                         tb=on: a block is about to run
 *   I <pc> <opcode>                insns=on: an instruction is about to run; a 32-bit T32 opcode has its first halfword low
 *   L <vaddr> <size><s><e> <phys> <device>[ <value>]     mem=on: a load happened; size in bytes (decimal), s: "s" if
 *   S <vaddr> <size><s><e> <phys> <device>[ <value>]     sign-extended, e: "b" if big-endian; device: "ram" for memory,
 *                                  else QEMU's device name; value: values=on, memory's bytes at phys after the access as a
 *                                  little-endian number of 2*size digits, only for RAM at 0..ram
 *
 * hash=on: two 32-bit lanes, both 0x811c9dc5 at first, take each event as 32-bit words:
 *   a = (a ^ w) * 0x01000193        b = rotl(b ^ w, 13) * 0x9e3779b1        (mod 2^32)
 *   T: 0x54000000 | n, pc           X: 0x58000000, pc          I: 0x49000000 | size, pc, opcode
 *   L, S: 0x4d000000 | log2(size) | store << 4 | sign-extended << 5 | big-endian << 6 | io << 7 | has a value << 8, vaddr,
 *         phys, then the value's low word if it has one, and its high word if the size is 8
 * At exit, to the log, all decimal but the hashes:
 *   trace: insns=N loads=N stores=N tbs=N execs=N[ hash=<a><b> plain=<a><b> memory=<a><b>]
 * plain is the hash without T and X, memory that of L and S alone.
 */
#include "peer.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

typedef struct {
    uint32_t pc, opcode, size;
    bool unsure; /* of its size, see peer_size() */
} Insn;

static bool want_insns = true, want_mem = true, want_tb, want_values, want_hash;
static uint64_t from, limit = UINT64_MAX, ram = 128u << 20;
static FILE *out;

static uint64_t events;
static uint64_t n_insns, n_loads, n_stores, n_tbs, n_execs;

typedef struct {
    uint32_t a, b;
} Hash;
static Hash everything = {0x811c9dc5, 0x811c9dc5}, plain = {0x811c9dc5, 0x811c9dc5}, memory = {0x811c9dc5, 0x811c9dc5};

static const uint8_t *ram_host; /* where guest address 0 lies in this process, once known */

static char buffer[1 << 20];
static size_t used;

static void flush(void)
{
    if (out && fwrite(buffer, 1, used, out) != used) {
        perror("trace: write");
        exit(1);
    }
    used = 0;
}

static inline void put_char(char c)
{
    buffer[used++] = c;
}

static inline void put_hex(uint64_t value, unsigned digits)
{
    while (digits--) {
        put_char("0123456789abcdef"[(value >> (4 * digits)) & 15]);
    }
}

static inline void put_decimal(uint64_t value)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n) {
        put_char(digits[--n]);
    }
}

static inline void put_string(const char *s)
{
    for (int i = 0; s[i] && i < 200; i++) {
        put_char(s[i]);
    }
}

static inline void mix_into(Hash *hash, uint32_t word)
{
    hash->a = (hash->a ^ word) * 0x01000193u;
    uint32_t b = hash->b ^ word;
    hash->b = (b << 13 | b >> 19) * 0x9e3779b1u;
}

static inline void mix(char kind, uint32_t word)
{
    mix_into(&everything, word);
    if (kind != 'T' && kind != 'X') {
        mix_into(&plain, word);
    }
    if (kind == 'L' || kind == 'S') {
        mix_into(&memory, word);
    }
}

/* True if the event that begins now is to be recorded at all. */
static inline bool recording(void)
{
    return events < limit;
}

/* True if its text is wanted too; leaves room for it in the buffer. */
static inline bool writing(void)
{
    if (!out || events < from) {
        return false;
    }
    if (used > sizeof buffer - 512) {
        flush();
    }
    return true;
}

/* One event. `at` is the pc, or an access's virtual address. */
typedef struct {
    char kind; /* T, X, I, L or S */
    uint32_t at, n, phys;
    Insn *insn;
    unsigned shift;
    bool sign, big, io, has_value;
    uint64_t value;
    const char *device;
} Event;

static void hash_event(const Event *e)
{
    switch (e->kind) {
    case 'T':
        mix(e->kind, 0x54000000 | e->n);
        mix(e->kind, e->at);
        break;
    case 'X':
        mix(e->kind, 0x58000000);
        mix(e->kind, e->at);
        break;
    case 'I':
        mix(e->kind, 0x49000000 | e->insn->size);
        mix(e->kind, e->at);
        mix(e->kind, e->insn->opcode);
        break;
    default:
        mix(e->kind, 0x4d000000u | e->shift | (e->kind == 'S') << 4 | e->sign << 5 | e->big << 6 | e->io << 7 | e->has_value << 8);
        mix(e->kind, e->at);
        mix(e->kind, e->phys);
        if (e->has_value) {
            mix(e->kind, (uint32_t)e->value);
            if (e->shift == 3) {
                mix(e->kind, (uint32_t)(e->value >> 32));
            }
        }
    }
}

static void write_event(const Event *e)
{
    put_char(e->kind);
    put_char(' ');
    put_hex(e->at, 8);
    put_char(' ');
    switch (e->kind) {
    case 'T':
        put_decimal(e->n);
        break;
    case 'X':
        used--; /* no field follows */
        break;
    case 'I':
        put_hex(e->insn->opcode, 2 * e->insn->size);
        break;
    default:
        put_decimal(1u << e->shift);
        put_string(e->sign ? "s" : "");
        put_string(e->big ? "b" : "");
        put_char(' ');
        put_hex(e->phys, 8);
        put_char(' ');
        put_string(e->device);
        if (e->has_value) {
            put_char(' ');
            put_hex(e->value, 2u << e->shift);
        }
    }
    put_char('\n');
}

static void emit(const Event *e)
{
    if (!recording()) {
        return;
    }
    if (want_hash) {
        hash_event(e);
    }
    if (writing()) {
        write_event(e);
    }
    events++;
}

/* An instruction whose size is unsure waits, with the accesses it makes, for the place where the guest goes on: 2 bytes
 * further means that it has 16 bits. (A 16-bit branch is never unsure: the translator does not look behind it.) */
static Event waiting[40];
static unsigned n_waiting;

static void settle(uint32_t next)
{
    Insn *insn = waiting[0].insn;
    if (next == insn->pc + 2) {
        insn->size = 2;
        insn->opcode &= 0xffff;
    }
    insn->unsure = false;
    for (unsigned i = 0; i < n_waiting; i++) {
        emit(&waiting[i]);
    }
    n_waiting = 0;
}

static void post(const Event *e)
{
    bool place = e->kind == 'T' || e->kind == 'X' || e->kind == 'I';
    if (n_waiting && (place || n_waiting == sizeof waiting / sizeof *waiting)) {
        settle(e->at);
    }
    if (n_waiting || (e->kind == 'I' && e->insn->unsure)) {
        waiting[n_waiting++] = *e;
    } else {
        emit(e);
    }
}

static void on_tb_exec(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    n_execs++;
    post(&(Event){.kind = 'X', .at = (uint32_t)(uintptr_t)udata});
}

static void on_insn(unsigned int vcpu, void *udata)
{
    (void)vcpu;
    Insn *insn = udata;
    n_insns++;
    post(&(Event){.kind = 'I', .at = insn->pc, .insn = insn});
}

static void on_mem(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata)
{
    (void)vcpu;
    (void)udata;
    bool store = qemu_plugin_mem_is_store(info);
    *(store ? &n_stores : &n_loads) += 1;
    if (!recording()) {
        return;
    }
    struct qemu_plugin_hwaddr *hw = qemu_plugin_get_hwaddr(info, vaddr);
    Event e = {
        .kind = store ? 'S' : 'L',
        .at = (uint32_t)vaddr,
        .shift = qemu_plugin_mem_size_shift(info),
        .sign = qemu_plugin_mem_is_sign_extended(info),
        .big = qemu_plugin_mem_is_big_endian(info),
        .io = hw && qemu_plugin_hwaddr_is_io(hw),
    };
    uint64_t phys = hw ? qemu_plugin_hwaddr_phys_addr(hw) : vaddr;
    e.phys = (uint32_t)phys;
    e.device = e.io ? qemu_plugin_hwaddr_device_name(hw) : "ram";
    if (want_values && ram_host && !e.io && e.shift <= 3 && phys + (1u << e.shift) <= ram) {
        e.has_value = true;
        memcpy(&e.value, ram_host + phys, (size_t)1 << e.shift);
    }
    post(&e);
}

static void on_tb_trans(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    size_t n = qemu_plugin_tb_n_insns(tb);
    uint32_t pc = (uint32_t)qemu_plugin_tb_vaddr(tb);
    n_tbs++;
    if (want_tb) {
        post(&(Event){.kind = 'T', .at = pc, .n = (uint32_t)n});
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_tb_exec, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)pc);
    }
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t at = (uint32_t)qemu_plugin_insn_vaddr(insn);
        if (want_values && !ram_host && at < ram) {
            const uint8_t *host = qemu_plugin_insn_haddr(insn);
            ram_host = host ? host - at : NULL;
        }
        if (want_insns) {
            Insn *kept = peer_keep(sizeof *kept);
            kept->pc = at;
            kept->opcode = peer_opcode(tb, i);
            kept->unsure = false;
            kept->size = (uint32_t)peer_size(tb, i, &kept->unsure);
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS, kept);
        }
        if (want_mem) {
            qemu_plugin_register_vcpu_mem_cb(insn, on_mem, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
        }
    }
}

static void on_exit_(qemu_plugin_id_t id, void *udata)
{
    (void)id;
    (void)udata;
    if (n_waiting) {
        settle(0);
    }
    flush();
    if (out) {
        fclose(out);
        out = NULL;
    }
    char hash[96] = "";
    if (want_hash) {
        snprintf(hash, sizeof hash, " hash=%08x%08x plain=%08x%08x memory=%08x%08x", everything.a, everything.b, plain.a,
                 plain.b, memory.a, memory.b);
    }
    peer_log("trace: insns=%" PRIu64 " loads=%" PRIu64 " stores=%" PRIu64 " tbs=%" PRIu64 " execs=%" PRIu64 "%s\n",
             n_insns, n_loads, n_stores, n_tbs, n_execs, hash);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        const char *file = peer_value(argv[i], "out");
        if (file) {
            out = fopen(file, "wb");
            if (!out) {
                fprintf(stderr, "trace: cannot write %s: %s\n", file, strerror(errno));
                return -1;
            }
            continue;
        }
        int r;
        if ((r = peer_bool(argv[i], "insns", &want_insns)) || (r = peer_bool(argv[i], "mem", &want_mem)) ||
            (r = peer_bool(argv[i], "tb", &want_tb)) || (r = peer_bool(argv[i], "values", &want_values)) ||
            (r = peer_bool(argv[i], "hash", &want_hash)) || (r = peer_u64(argv[i], "from", &from)) ||
            (r = peer_u64(argv[i], "limit", &limit)) || (r = peer_u64(argv[i], "ram", &ram))) {
            if (r < 0) {
                return -1;
            }
            continue;
        }
        fprintf(stderr, "option parsing failed: %s\n", argv[i]);
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb_trans);
    qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
    return 0;
}
