/* The DMA-330: channel programs that copy, fill, wait for each other, and go wrong; every register after each. */
#include "console.h"
#include "gic.h"
#include "pl330.h"

#define REG(offset) REGISTER(DMA + (offset))
#define SIZE 1024
#define CHANNEL_WORDS 8

static uint8_t source[SIZE] __attribute__((aligned(64)));
static uint8_t target[SIZE] __attribute__((aligned(64)));

void irq_handler(uint32_t spsr, uint32_t pc)
{
    (void)spsr;
    (void)pc;
}

static uint32_t sum(const uint8_t *from)
{
    uint32_t result = 0;
    for (int i = 0; i < SIZE; i++) result = result * 31 + from[i];
    return result;
}

static void word(uint32_t value)
{
    put_string(" ");
    put_hex(value);
}

/* Status, pc, addresses, control, loop counters and fault type of a channel. */
static void show_channel(int n)
{
    put_string("  channel ");
    put_decimal(n);
    word(REG(0x100 + 8 * n));
    word(REG(0x104 + 8 * n));
    for (int i = 0; i < 5; i++) word(REG(0x400 + 0x20 * n + 4 * i));
    word(REG(0x040 + 4 * n));
    put_string("\n");
}

static void show(const char *label, int channels)
{
    put_string(label);
    put_string(": manager");
    word(REG(0x000));
    word(REG(0x004));
    put_string(" events");
    word(REG(0x020));
    word(REG(0x024));
    word(REG(0x028));
    put_string(" faults");
    word(REG(0x030));
    word(REG(0x034));
    word(REG(0x038));
    put_string(" debug");
    word(REG(0xd00));
    put_string(" lines");
    word(REGISTER(GICD + 0x204) >> 12 & 0x3f);
    word(REGISTER(GICD + 0x208) >> 8 & 0xf);
    put_string(" target");
    word(sum(target));
    put_string("\n");
    for (int n = 0; n < channels; n++) show_channel(n);
}

/* Has the manager (thread 0) or a channel (thread 1) carry out one instruction. */
static void debug_instruction(uint32_t thread, uint32_t channel, uint32_t first, uint32_t second, uint32_t immediate)
{
    REG(0xd08) = second << 24 | first << 16 | channel << 8 | thread;
    REG(0xd0c) = immediate;
    REG(0xd04) = 0;
}

static void go(uint32_t channel, uint32_t non_secure, const uint8_t *code)
{
    debug_instruction(0, 0, 0xa0 | non_secure << 1, channel, (uint32_t)code);
}

static void kill_channel(uint32_t channel)
{
    debug_instruction(1, channel, 0x01, 0, 0);
}

static void begin(void)
{
    at = 0;
    for (int i = 0; i < SIZE; i++) target[i] = 0xee;
}

static void addresses(unsigned from, unsigned to)
{
    dma_mov(SAR, (uint32_t)source + from);
    dma_mov(DAR, (uint32_t)target + to);
}

static void run(const char *label, int non_secure)
{
    go(0, (uint32_t)non_secure, program);
    show(label, 1);
    kill_channel(0);
    REG(0x2c) = 0xffff;
}

static void copy(unsigned beat, unsigned beats, unsigned rounds, unsigned from, unsigned to)
{
    begin();
    dma_mov(CCR, dma_ccr(beat, beats, 1, 1));
    addresses(from, to);
    dma_lp(0, rounds);
    unsigned start = at;
    dma_ld(ANY);
    dma_st(ANY);
    dma_lpend(0, start, ANY);
    dma_sev(1);
    dma_end();
    put_decimal((int)beat);
    put_string("x");
    put_decimal((int)beats);
    put_string(" from +");
    put_decimal((int)from);
    put_string(" to +");
    put_decimal((int)to);
    run("", 0);
}

static void copies(void)
{
    static const uint8_t offsets[] = {0, 1, 3, 4, 6};
    for (unsigned beat = 1; beat <= 8; beat <<= 1) {
        for (unsigned beats = 1; beats <= 16; beats = beats * 2 + 1) {
            for (unsigned i = 0; i < 5; i++) copy(beat, beats, 3, offsets[i], offsets[4 - i]);
            copy(beat, beats, 2, 2, 2);
        }
    }
}

static void shapes(void)
{
    for (int moves = 0; moves < 4; moves++) {
        begin();
        dma_mov(CCR, dma_ccr(4, 4, moves & 1, moves >> 1));
        addresses(16, 32);
        dma_lp(1, 5);
        unsigned start = at;
        dma_ld(ANY);
        dma_st(ANY);
        dma_lpend(1, start, ANY);
        dma_end();
        run("standing", 0);
    }
    /* Other sizes on the two sides, zeros, address additions, nested loops. */
    begin();
    dma_mov(CCR, (dma_ccr(8, 2, 1, 1) & 0x3fff) | (dma_ccr(2, 8, 1, 1) & ~0x3fffu));
    addresses(0, 8);
    dma_ld(ANY);
    dma_st(ANY);
    dma_rmb();
    dma_wmb();
    dma_nop();
    dma_end();
    run("8x2 to 2x8", 0);
    begin();
    dma_mov(CCR, (dma_ccr(2, 8, 1, 1) & 0x3fff) | (dma_ccr(8, 2, 1, 1) & ~0x3fffu));
    addresses(0, 8);
    dma_ld(ANY);
    dma_ld(ANY);
    dma_st(ANY);
    dma_st(ANY);
    dma_end();
    run("2x8 to 8x2", 0);
    begin();
    dma_mov(CCR, dma_ccr(4, 3, 1, 1));
    addresses(0, 0);
    dma_lp(0, 2);
    unsigned outer = at;
    dma_lp(1, 3);
    unsigned inner = at;
    dma_stz();
    dma_addh(1, 20);
    dma_lpend(1, inner, ANY);
    dma_adnh(1, 0xfff0);
    dma_addh(0, 0x1234);
    dma_lpend(0, outer, ANY);
    dma_end();
    run("zeros", 0);
    /* Byte swaps in the control register, and bits that it does not have. */
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1) | 2u << 28);
    addresses(0, 0);
    dma_ld(ANY);
    dma_st(ANY);
    dma_end();
    run("swapped", 0);
    begin();
    dma_mov(CCR, 0xffffffff);
    dma_end();
    run("all of CCR", 0);
}

static void kinds(void)
{
    /* Forms for single and burst requests: without a peripheral's request the request type decides. */
    for (unsigned type = ANY; type <= BURST; type++) {
        if (type == 2) continue;
        begin();
        dma_mov(CCR, dma_ccr(4, 4, 1, 1));
        addresses(0, 0);
        dma_lp(0, 2);
        unsigned start = at;
        dma_ld(type);
        dma_st(type);
        dma_lpend(0, start, type);
        dma_end();
        run(type == ANY ? "any" : type == SINGLE ? "single" : "burst", 0);
    }
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    addresses(0, 0);
    unsigned start = at;
    dma_ld(ANY);
    dma_st(ANY);
    dma_lpfe_end(start, 0);
    dma_end();
    program[at - 3] |= 0x10; /* nf: a counted loop whose counter is 0 */
    run("loop without a start", 0);
}

static void events(void)
{
    for (int enabled = 0; enabled < 2; enabled++) {
        REG(0x20) = enabled ? 0xffff : 0;
        for (unsigned event = 0; event < 18; event += 3) {
            begin();
            dma_sev(event);
            dma_end();
            put_decimal((int)event);
            run(enabled ? " as an interrupt" : " as an event", 0);
        }
    }
    REG(0x20) = 0xf0f0;
    for (unsigned event = 0; event < 16; event++) {
        begin();
        dma_sev(event);
        dma_end();
        go(0, 0, program);
    }
    show("all events", 1);
    REG(0x2c) = 0x3030;
    show("some cleared", 0);
    REG(0x20) = 0xffff;
    show("all enabled", 0);
    REG(0x2c) = 0xffff;
    show("all cleared", 0);
    REG(0x20) = 0;
    /* A channel that waits for an event, set by another one and by the manager. */
    begin();
    dma_wfe(3, 0);
    dma_wfe(4, 1);
    dma_end();
    unsigned second = at;
    dma_sev(3);
    dma_end();
    go(0, 0, program);
    show("waits", 2);
    go(1, 0, program + second);
    show("woken", 2);
    debug_instruction(0, 0, 0x34, 4 << 3, 0);
    show("woken again", 2);
    kill_channel(0);
    /* The event comes first. */
    debug_instruction(0, 0, 0x34, 3 << 3, 0);
    show("event first", 1);
    go(0, 0, program);
    show("does not wait", 1);
    kill_channel(0);
    REG(0x2c) = 0xffff;
    show("killed", 1);
    /* The manager waits. */
    debug_instruction(0, 0, 0x36, 5 << 3, 0);
    show("manager waits", 1);
    go(2, 0, program);
    show("busy manager", 3);
    begin();
    dma_sev(5);
    dma_end();
    debug_instruction(1, 1, 0x34, 5 << 3, 0);
    show("manager woken", 3);
}

static void peripherals(void)
{
    static const char *names[] = {"single", "burst", "peripheral"};
    static const uint8_t modes[] = {0, 2, 1};
    for (int i = 0; i < 3; i++) {
        begin();
        dma_mov(CCR, dma_ccr(4, 4, 1, 1));
        addresses(0, 0);
        dma_flushp(1);
        dma_wfp(modes[i], 1);
        dma_ldp(0, 1);
        dma_stp(0, 1);
        dma_end();
        run(names[i], 0);
    }
    for (unsigned burst = 0; burst < 2; burst++) {
        begin();
        dma_mov(CCR, dma_ccr(4, 4, 1, 1));
        addresses(0, 0);
        dma_ldp(burst, 1);
        dma_stp(burst, 1);
        dma_end();
        run("no request", 0);
    }
    begin();
    dma_flushp(4);
    dma_end();
    run("no such peripheral", 0);
    begin();
    dma_wfp(0, 5);
    dma_end();
    run("waits for none", 0);
}

static void faults(void)
{
    static const uint8_t bad[] = {0x02, 0x06, 0x0b, 0x10, 0x40, 0x7f, 0xa0, 0xff};
    for (unsigned i = 0; i < sizeof bad; i++) {
        begin();
        dma_nop();
        put(bad[i]);
        put(1);
        dma_end();
        dma_end();
        dma_end();
        dma_end();
        put_hex(bad[i]);
        run(" is undefined", 0);
    }
    begin();
    put(0xbc);
    put(3);
    put16(0);
    put16(0);
    dma_end();
    run("move to nowhere", 0);
    begin();
    dma_mov(CCR, dma_ccr(8, 16, 1, 1) + (1u << 1) + (1u << 15));
    addresses(0, 0);
    dma_ld(ANY);
    dma_st(ANY);
    dma_end();
    run("too wide", 0);
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    dma_mov(SAR, 0x90000000);
    dma_mov(DAR, (uint32_t)target);
    dma_ld(ANY);
    dma_st(ANY);
    dma_end();
    run("from nothing", 0);
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    dma_mov(SAR, (uint32_t)source);
    dma_mov(DAR, 0x90000000);
    dma_ld(ANY);
    dma_st(ANY);
    dma_end();
    run("to nothing", 0);
    begin();
    dma_mov(CCR, dma_ccr(8, 16, 1, 1));
    addresses(0, 0);
    for (int i = 0; i < 12; i++) dma_ld(ANY);
    dma_end();
    run("only loads", 0);
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    addresses(0, 0);
    dma_st(ANY);
    dma_end();
    run("only a store", 0);
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    addresses(0, 0);
    dma_ld(ANY);
    dma_end();
    run("ends with data", 0);
    begin();
    dma_kill();
    dma_end();
    run("kills itself", 0);
    begin();
    dma_go(1, 0, (uint32_t)program);
    dma_end();
    run("channel starts a channel", 0);
    go(0, 0, (const uint8_t *)0x90000000);
    show("code from nothing", 1);
    kill_channel(0);
    begin();
    dma_end();
    run("non-secure", 1);
    begin();
    dma_sev(2);
    dma_end();
    run("non-secure event", 1);
    show("after them", 1);
    begin();
    dma_mov(CCR, dma_ccr(4, 4, 1, 1));
    addresses(0, 0);
    dma_ld(ANY);
    dma_st(ANY);
    dma_end();
    run("non-secure copy", 1);
    /* Instructions by the debug registers that are none for that thread, and a command that is none. */
    debug_instruction(0, 0, 0x04, 0, 0);
    show("manager loads", 1);
    debug_instruction(0, 0, 0x01, 0, 0);
    show("manager killed", 1);
    debug_instruction(1, 3, 0x18, 0, 0);
    show("nop on a stopped channel", 4);
    go(9, 0, program);
    show("no such channel", 1);
    debug_instruction(0, 0, 0x01, 0, 0);
    REG(0xd04) = 1;
    show("no such command", 1);
}

static void at_once(void)
{
    /* Eight channels that pass a token. */
    unsigned starts[8];
    begin();
    for (unsigned n = 0; n < 8; n++) {
        starts[n] = at;
        dma_mov(CCR, dma_ccr(4, 4, 1, 1));
        addresses(64 * (7 - n), 64 * n);
        dma_wfe(n, 0);
        dma_lp(0, 4);
        unsigned start = at;
        dma_ld(ANY);
        dma_st(ANY);
        dma_lpend(0, start, ANY);
        dma_sev(n + 1);
        dma_end();
    }
    for (unsigned n = 0; n < 8; n++) go(n, 0, program + starts[n]);
    show("eight wait", 8);
    debug_instruction(0, 0, 0x34, 0, 0);
    show("eight done", 8);
}

static uint32_t generated(void)
{
    uint32_t (*code)(void) = (uint32_t (*)(void))target;
    return code();
}

/* Code that was executed is replaced by DMA. */
static void code(void)
{
    uint32_t *words = (uint32_t *)source;
    for (int i = 0; i < 4; i++) {
        words[0] = 0xe3a00000 | (uint32_t)(17 + i); /* mov r0, #17 + i */
        words[1] = 0xe12fff1e;                      /* bx lr */
        begin();
        dma_mov(CCR, dma_ccr(4, 2, 1, 1));
        addresses(0, 0);
        dma_ld(ANY);
        dma_st(ANY);
        dma_end();
        go(0, 0, program);
        put_line("generated", generated());
    }
}

int main(void)
{
    for (int i = 0; i < SIZE; i++) source[i] = (uint8_t)next_random();
    for (int id = 40; id < 80; id++) REGISTER(GICD + 0x184) = 0xffffffff;
    show("reset", 8);
    copies();
    shapes();
    kinds();
    events();
    faults();
    at_once();
    peripherals();
    code();
    return 0;
}
