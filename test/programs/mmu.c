/* The MMU with short descriptors: sections, supersections, large and small pages, domains, permissions, access flag,
 * TTBCR.N, every kind of fault with its status and address, translation operations, remapping with and without code. */
#include "console.h"

typedef uint32_t word;

extern char test_vectors[];
extern struct { word status, address, pc, psr, count; } aborts;
extern word undefineds;
word call_code(word code, word argument);
word run_user(word code, word argument);
void abort_stack(void);
void try_ldm(word, word *), try_stm(word, word *), try_ldm_wb(word, word *), try_ldrd(word, word *);
void try_strd(word, word *), try_ldr_wb(word, word *);
word try_push(word), try_swp(word, word), try_strex(word, word), try_ldrt(word), try_strt(word, word), try_pop_t(word);
word user_read(void), user_write(void);

#define WRITE(op1, crn, crm, op2, value) __asm__ volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : : "r"(value) : "memory")
#define READ(op1, crn, crm, op2) ({ word v_; __asm__ volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r"(v_) : : "memory"); v_; })
#define SET_SCTLR(v) WRITE(0, c1, c0, 0, v)
#define GET_SCTLR() READ(0, c1, c0, 0)
#define SET_TTBCR(v) WRITE(0, c2, c0, 2, v)
#define SET_DACR(v) WRITE(0, c3, c0, 0, v)
#define ISB() __asm__ volatile("isb" : : : "memory")
#define FLUSH() do { WRITE(0, c8, c7, 0, 0); ISB(); } while (0)

static word l1[4096] __attribute__((aligned(16384)));
static word l1_low[4096] __attribute__((aligned(16384)));
static word l2[4][256] __attribute__((aligned(1024)));

/* Physical memory to play with, beyond the program's. */
#define AREA 0x02000000u
/* Where it appears. */
#define VIRT 0x40000000u

static word last_count;

static void show_abort(const char *label)
{
    put_string("  ");
    put_string(label);
    if (aborts.count == last_count) {
        put_string(": none\n");
        return;
    }
    last_count = aborts.count;
    put_string(": fsr ");
    put_hex(aborts.status);
    put_string(" far ");
    put_hex(aborts.address);
    put_string(" mode ");
    put_hex(aborts.psr & 0x3f);
    put_string("\n");
}

static void show(const char *label, word value)
{
    put_string("  ");
    put_line(label, value);
}

static word peek(word address)
{
    word value;
    __asm__ volatile("mov %0, #0x99\n\tldr %0, [%1]" : "=&r"(value) : "r"(address) : "memory");
    return value;
}

static void poke(word address, word value)
{
    __asm__ volatile("str %1, [%0]" : : "r"(address), "r"(value) : "memory");
}

static void map(word address, word descriptor)
{
    l1[address >> 20] = descriptor;
    WRITE(0, c8, c7, 1, address); /* TLBIMVA */
    ISB();
}

static word section(word physical, word ap, word domain, word more)
{
    return physical | (ap & 3) << 10 | (ap >> 2) << 15 | domain << 5 | 2 | more;
}

static word page(word physical, word ap, word more)
{
    return physical | (ap & 3) << 4 | (ap >> 2) << 9 | 2 | more;
}

static word table(int n, word domain)
{
    return (word)l2[n] | domain << 5 | 1;
}

/* Everything that can be done to an address: the faults' statuses, four hex digits each. */
static void every_access(const char *label, word address)
{
    word statuses[8];
    for (int i = 0; i < 8; i++) {
        word before = aborts.count;
        switch (i) {
        case 0: peek(address); break;
        case 1: poke(address, 0xe12fff1e); break; /* bx lr */
        case 2: try_ldrt(address); break;
        case 3: try_strt(address, 0xe12fff1e); break;
        case 4: call_code(address, 0); break;
        case 5: run_user((word)user_read, address); break;
        case 6: run_user((word)user_write, address); break;
        case 7: run_user(address, 0xef000000); break;
        }
        if (i == 1) poke(AREA, 0xef000000); /* svc: user mode comes back */
        statuses[i] = aborts.count == before ? 0 : aborts.status | (aborts.count - before) << 12;
        if (i == 3 || i == 6) poke(AREA, 0xe12fff1e);
        if (i == 6) poke(AREA, 0xef000000);
    }
    last_count = aborts.count;
    put_string("  ");
    put_string(label);
    for (int i = 0; i < 8; i++) {
        put_string(" ");
        put_hex(statuses[i]);
    }
    put_string("\n");
}

static void prepare(void)
{
    for (word i = 0; i < 128; i++) l1[i] = section(i << 20, 3, 0, 0);
    l1[0xe00] = section(0xe0000000, 3, 0, 0x10);
    l1[0xf80] = section(0xf8000000, 3, 0, 0x10);
    l1[0xf8f] = section(0xf8f00000, 3, 0, 0x10);
    l1[0xfff] = section(0xfff00000, 3, 0, 0x0);
    WRITE(0, c2, c0, 0, (word)l1 | 0x4a);
    WRITE(0, c2, c0, 1, (word)l1);
    SET_TTBCR(0);
    SET_DACR(0x00000005);
    FLUSH();
    SET_SCTLR(GET_SCTLR() | 0x1805);
    ISB();
}

static const char *const ap_names[8] = { "ap 0", "ap 1", "ap 2", "ap 3", "ap 4", "ap 5", "ap 6", "ap 7" };

static void sections(void)
{
    put_string("sections\n");
    for (word ap = 0; ap < 8; ap++) {
        map(VIRT, section(AREA, ap, 1, 0));
        every_access(ap_names[ap], VIRT);
    }
    map(VIRT, section(AREA, 3, 1, 0x10));
    every_access("xn", VIRT);
    map(VIRT, section(AREA, 0, 1, 0x2be00 & ~0x400));
    every_access("nonsense", VIRT);
    for (word i = 0; i < 16; i++) l1[(VIRT >> 20) + i] = section(AREA & 0xff000000, 3, 0, 1 << 18);
    FLUSH();
    poke(VIRT + 0x00345678, 0x12345678);
    show("supersection", peek(AREA + 0x00345678));
    every_access("supersection", VIRT);
    for (word i = 0; i < 16; i++) l1[(VIRT >> 20) + i] = 0;
    FLUSH();
    every_access("nothing", VIRT);
    map(VIRT, 3);
    every_access("type 3", VIRT);
}

static void pages(void)
{
    put_string("pages\n");
    map(VIRT, table(0, 1));
    for (word ap = 0; ap < 8; ap++) {
        l2[0][0] = page(AREA, ap, 0);
        FLUSH();
        every_access(ap_names[ap], VIRT);
    }
    l2[0][0] = page(AREA, 3, 1);
    FLUSH();
    every_access("xn", VIRT);
    l2[0][0] = 0;
    FLUSH();
    every_access("nothing", VIRT);
    for (int i = 16; i < 32; i++) l2[0][i] = AREA | 0x30000 | 3 << 4 | 1;
    FLUSH();
    poke(VIRT + 0x1f004, 0xabcdef01);
    show("large page", peek(AREA + 0x3f004));
    for (int i = 16; i < 32; i++) l2[0][i] |= 0x8000;
    FLUSH();
    show("call", call_code(VIRT + 0x10000, 0));
    show_abort("large page xn");
    l2[0][255] = page(AREA + 0x1000, 3, 0);
    FLUSH();
    poke(VIRT + 0xff020, 0x777);
    show("last page", peek(AREA + 0x1020));
}

static void domains(void)
{
    put_string("domains\n");
    l2[0][0] = page(AREA, 5, 0);
    l2[0][1] = 0;
    map(VIRT + 0x100000, section(AREA, 5, 1, 0x10));
    for (word rights = 0; rights < 4; rights++) {
        SET_DACR(1 | rights << 2);
        ISB();
        show("rights", rights);
        every_access("page", VIRT);
        every_access("no page", VIRT + 0x1000);
        every_access("section", VIRT + 0x100000);
    }
    for (word domain = 0; domain < 16; domain++) {
        SET_DACR(0x55555555 & ~(3u << 2 * domain) | 1);
        map(VIRT + 0x100000, section(AREA, 3, domain, 0));
        peek(VIRT + 0x100000);
        show_abort("own domain");
        peek(VIRT + 0x101000);
        show_abort("again");
    }
    SET_DACR(5);
    ISB();
}

static void access_flag(void)
{
    put_string("access flag\n");
    /* With AFE, the program's own sections (AP 3) are read-only for user mode as ever: AP[0] is set in them. */
    SET_SCTLR(GET_SCTLR() | 1 << 29);
    FLUSH();
    map(VIRT, table(0, 1));
    for (word ap = 0; ap < 8; ap++) {
        l2[0][0] = page(AREA, ap, 0);
        map(VIRT + 0x100000, section(AREA, ap, 1, 0));
        FLUSH();
        every_access(ap_names[ap], VIRT);
        every_access("section", VIRT + 0x100000);
    }
    SET_SCTLR(GET_SCTLR() & ~(1 << 29));
    FLUSH();
}

static void remap_attributes(void)
{
    put_string("tex remap\n");
    show("prrr", READ(0, c10, c2, 0));
    WRITE(0, c10, c2, 0, 0x000a8a86);
    WRITE(0, c10, c2, 1, 0x44e048e0);
    SET_SCTLR(GET_SCTLR() | 1 << 28);
    FLUSH();
    show("prrr", READ(0, c10, c2, 0));
    show("nmrr", READ(0, c10, c2, 1));
    for (word attributes = 0; attributes < 32; attributes++) {
        map(VIRT, section(AREA + (attributes << 20), 3, 1, (attributes & 3) << 2 | (attributes >> 2) << 12));
        poke(VIRT + 0x40, attributes);
    }
    SET_SCTLR(GET_SCTLR() & ~(1 << 28));
    FLUSH();
    word sum = 0;
    for (word attributes = 0; attributes < 32; attributes++) sum = sum * 3 + peek(AREA + (attributes << 20) + 0x40);
    show("sum", sum);
}

static void two_tables(void)
{
    put_string("ttbcr\n");
    for (word n = 0; n < 8; n++) {
        word split = n ? 1u << (32 - n) : 0;
        for (int i = 0; i < 4096; i++) l1_low[i] = l1[i];
        /* 0x02000000 lies below every split but the last two, which the program itself stays below as well. */
        WRITE(0, c2, c0, 0, (word)l1_low);
        SET_TTBCR(n);
        l1[0x401] = section(AREA, 3, 0, 0);
        l1_low[0x401] = section(AREA + 0x100000, 3, 0, 0);
        poke(AREA, 0x1111);
        poke(AREA + 0x100000, 0x2222);
        FLUSH();
        show("n", READ(0, c2, c0, 2));
        show("split", split);
        show("0x40100000", peek(0x40100000));
        l1[0x801] = l1_low[0x801] = 0;
        FLUSH();
        peek(0x80100000);
        show_abort("0x80100000");
    }
    SET_TTBCR(0x30);
    show("ttbcr", READ(0, c2, c0, 2));
    SET_TTBCR(0xffffffff);
    show("ttbcr", READ(0, c2, c0, 2));
    SET_TTBCR(0);
    WRITE(0, c2, c0, 0, (word)l1 | 0x4a);
    FLUSH();
    show("ttbr0 bits", READ(0, c2, c0, 0) - (word)l1);
}

/* The same address for different memory, with data and with code. */
static void remapping(void)
{
    static const word moves[4] = { 0xe3a00001, 0xe3a00002, 0xe3a00003, 0xe3a00004 }; /* mov r0, #n */
    put_string("remapping\n");
    for (word i = 0; i < 4; i++) {
        poke(AREA + i * 0x1000, moves[i]);
        poke(AREA + i * 0x1000 + 4, 0xe12fff1e);
    }
    map(VIRT, table(0, 1));
    word sum = 0;
    for (word round = 0; round < 12; round++) {
        l2[0][0] = page(AREA + (round & 3) * 0x1000, 3, 0);
        l2[0][1] = page(AREA + (round + 1 & 3) * 0x1000, 3, 0);
        switch (round & 3) {
        case 0: WRITE(0, c8, c7, 1, VIRT); WRITE(0, c8, c7, 1, VIRT + 0x1000); break;
        case 1: WRITE(0, c8, c7, 3, VIRT); WRITE(0, c8, c7, 3, VIRT + 0x1000); break;
        case 2: WRITE(0, c8, c7, 0, 0); break;
        case 3: WRITE(0, c8, c7, 2, 0); break; /* by ASID */
        }
        ISB();
        sum = sum * 5 + call_code(VIRT, 0);
        sum = sum * 5 + call_code(VIRT + 0x1000, 0);
        sum = sum * 5 + peek(VIRT);
    }
    show("sum", sum);
    /* Code written through one address, run through another. */
    l2[0][2] = page(AREA + 0x5000, 3, 0);
    l2[0][3] = page(AREA + 0x5000, 3, 0);
    FLUSH();
    poke(VIRT + 0x2004, 0xe12fff1e);
    for (word i = 0; i < 8; i++) {
        poke(VIRT + 0x2000, 0xe3a00000 | i * 3);
        WRITE(0, c7, c5, 0, 0);
        ISB();
        sum = sum * 7 + call_code(VIRT + 0x3000, 0);
    }
    show("aliases", sum);
    WRITE(0, c13, c0, 1, 0x00000742);
    ISB();
    show("contextidr", READ(0, c13, c0, 1));
    show("call", call_code(VIRT, 0));
    WRITE(0, c13, c0, 1, 0);
}

static word block[10];

static void show_block(const char *label)
{
    word sum = 0;
    for (int i = 0; i < 10; i++) sum = (sum << 3 | sum >> 29) ^ block[i];
    show(label, sum);
}

static void fill_block(void)
{
    for (word i = 0; i < 10; i++) block[i] = 0x01010101 * (i + 1);
}

/* Aborts in the middle of instructions, at the boundary of a page that is there and one that is not. */
static void precise(void)
{
    put_string("precise\n");
    map(VIRT, table(0, 1));
    l2[0][0] = page(AREA, 3, 0);
    l2[0][1] = 0;
    l2[0][2] = page(AREA + 0x2000, 3, 0);
    l2[0][3] = page(AREA + 0x3000, 7, 0);
    FLUSH();
    for (word i = 0; i < 0x4000; i += 4) poke(AREA + i, i * 0x01000193);
    for (word at = VIRT + 0xfe0; at <= VIRT + 0x1000; at += 12) {
        fill_block();
        try_ldm(at, block);
        show_abort("ldm");
        show_block("registers");
        fill_block();
        try_stm(at, block);
        show_abort("stm");
        fill_block();
        try_ldm_wb(at + 0x1020, block);
        show_abort("ldmdb!");
        show_block("registers");
        show("push", try_push(at + 0x1030));
        show_abort("push");
    }
    for (word at = VIRT + 0xff8; at <= VIRT + 0x1000; at += 4) {
        fill_block();
        try_ldrd(at, block);
        show_abort("ldrd");
        show_block("registers");
        try_strd(at, block);
        show_abort("strd");
    }
    for (word at = VIRT + 0xffc; at <= VIRT + 0x1000; at++) {
        show("ldr", peek(at));
        show_abort("unaligned ldr");
        poke(at, 0xa5a5a5a5);
        show_abort("unaligned str");
    }
    for (word at = VIRT + 0x1ffd; at <= VIRT + 0x2000; at++) {
        show("ldr", peek(at));
        show_abort("unaligned ldr");
        poke(at, 0x5a5a5a5a);
        show_abort("unaligned str");
    }
    for (word at = VIRT + 0x2ffd; at <= VIRT + 0x3000; at++) {
        show("ldr", peek(at));
        poke(at, 0x77777777);
        show_abort("unaligned str into a read-only page");
    }
    show("swp", try_swp(VIRT + 0x3000, 1));
    show_abort("swp read-only");
    show("swp", try_swp(VIRT + 0x1000, 1));
    show_abort("swp nothing");
    show("strex", try_strex(VIRT + 0x3000, 1));
    show_abort("strex read-only");
    fill_block();
    try_ldr_wb(VIRT + 0xffc, block);
    show_abort("ldr!");
    show_block("registers");
    show("pop in it", try_pop_t(VIRT + 0xff8));
    show_abort("pop in it");
    show("push", try_push(VIRT + 0x1008));
    show_abort("push");
    word sum = 0;
    for (word i = 0; i < 0x4000; i += 4) sum = (sum << 5 | sum >> 27) ^ peek(AREA + i);
    show("memory", sum);
    SET_SCTLR(GET_SCTLR() | 2);
    ISB();
    peek(VIRT + 0x1001);
    show_abort("unaligned and absent");
    poke(VIRT + 0x2001, 0);
    show_abort("unaligned");
    SET_SCTLR(GET_SCTLR() & ~2);
    ISB();
}

static void fetches(void)
{
    put_string("fetches\n");
    map(VIRT, table(0, 1));
    l2[0][0] = page(AREA, 3, 0);
    l2[0][1] = 0;
    l2[0][2] = page(AREA + 0x2000, 3, 1);
    l2[0][3] = page(AREA + 0x3000, 1, 0);
    FLUSH();
    call_code(VIRT + 0x1000, 0);
    show_abort("nothing");
    call_code(VIRT + 0x1ab4, 0);
    show_abort("nothing");
    call_code(VIRT + 0x1ab7, 0);
    show_abort("nothing, thumb");
    call_code(VIRT + 0x2004, 0);
    show_abort("xn");
    run_user(VIRT + 0x3008, 0);
    show_abort("privileged");
    poke(AREA + 0xffc, 0xe2800001); /* add r0, r0, #1, then the next page */
    WRITE(0, c7, c5, 0, 0);
    ISB();
    call_code(VIRT + 0xffc, 0);
    show_abort("runs off its page");
    poke(AREA + 0xff0, 0x0000e005); /* b to the page's last halfword */
    poke(AREA + 0xffc, 0xf04f0000); /* the first half of mov.w */
    WRITE(0, c7, c5, 0, 0);
    ISB();
    call_code(VIRT + 0xff1, 0);
    show_abort("half an instruction");
    call_code(VIRT + 0xfff, 0);
    show_abort("half an instruction");
    l2[0][1] = page(AREA + 0x7000, 3, 0);
    poke(AREA + 0x7000, 0x47700007 ); /* ...#7; bx lr */
    FLUSH();
    show("whole", call_code(VIRT + 0xff1, 0));
    l2[0][1] = page(AREA + 0x8000, 3, 0);
    poke(AREA + 0x8000, 0x47700019);
    FLUSH();
    show("other second half", call_code(VIRT + 0xff1, 0));
    l2[0][1] = page(AREA + 0x7000, 3, 0);
    FLUSH();
    show("the first again", call_code(VIRT + 0xff1, 0));
    poke(AREA + 0x7000, 0x47700042);
    WRITE(0, c7, c5, 0, 0);
    ISB();
    show("rewritten", call_code(VIRT + 0xff1, 0));
    poke(AREA, 0xe1200070); /* bkpt */
    WRITE(0, c7, c5, 0, 0);
    ISB();
    call_code(VIRT, 0);
    show_abort("bkpt");
}

static word translate(int how, word address)
{
    switch (how) {
    case 0: WRITE(0, c7, c8, 0, address); break;
    case 1: WRITE(0, c7, c8, 1, address); break;
    case 2: WRITE(0, c7, c8, 2, address); break;
    case 3: WRITE(0, c7, c8, 3, address); break;
    }
    ISB();
    return READ(0, c7, c4, 0);
}

static void operations(void)
{
    static const word addresses[] = { 0x00100abc, 0x40000123, 0x40001234, 0x40002345, 0x40003456, 0x40100001, 0x40212345,
        0x41345678, 0x50000000, 0xe0001000, 0xfff12345 };
    put_string("translation operations\n");
    map(VIRT + 0x100000, section(AREA, 5, 1, 0));
    map(VIRT + 0x200000, section(AREA, 2, 3, 0));
    for (word i = 0; i < 16; i++) l1[0x410 + i] = section(AREA & 0xff000000, 3, 0, 1 << 18);
    l2[0][3] = page(AREA + 0x3000, 2, 0x1cc);
    FLUSH();
    for (word i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        show("address", addresses[i]);
        for (int how = 0; how < 4; how++) show("par", translate(how, addresses[i]));
    }
    word sctlr = GET_SCTLR();
    l1[0x420] = 0x50000001; /* a second level where no memory is */
    FLUSH();
    show("par", translate(0, 0x42000000));
    peek(0x42000000);
    show_abort("table nowhere");
    SET_SCTLR(sctlr & ~1);
    ISB();
    show("mmu off", translate(0, 0x12345678));
    WRITE(0, c7, c4, 0, 0xffffffff);
    show("par", READ(0, c7, c4, 0));
    SET_SCTLR(sctlr);
    ISB();
    word before = undefineds;
    __asm__ volatile("mcr p15, 0, r0, c7, c8, 4");
    __asm__ volatile("mcr p15, 0, r0, c7, c8, 7");
    show("undefined", undefineds - before);
}

int main(void)
{
    word vbar = READ(0, c12, c0, 0);
    abort_stack();
    WRITE(0, c12, c0, 0, (word)test_vectors);
    prepare();
    put_line("sctlr", GET_SCTLR());
    sections();
    pages();
    domains();
    access_flag();
    remap_attributes();
    two_tables();
    remapping();
    precise();
    fetches();
    operations();
    SET_SCTLR(GET_SCTLR() & ~5);
    ISB();
    put_line("aborts", aborts.count);
    WRITE(0, c12, c0, 0, vbar);
    return 0;
}
