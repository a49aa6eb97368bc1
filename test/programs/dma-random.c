/* The DMA-330: random programs on several channels; what is left in registers and memory after each. */
#include "console.h"
#include "gic.h"
#include "pl330.h"

#define REG(offset) REGISTER(DMA + (offset))
#define SIZE 0x8000

static uint8_t source[SIZE] __attribute__((aligned(64)));
static uint8_t target[SIZE] __attribute__((aligned(64)));
static uint32_t hash;

static void mix(uint32_t value)
{
    hash = (hash << 5 | hash >> 27) ^ (value * 0x9e3779b1u);
}

static unsigned below(unsigned limit)
{
    return (next_random() >> 8) % limit;
}

static void debug_instruction(uint32_t thread, uint32_t channel, uint32_t first, uint32_t second, uint32_t immediate)
{
    REG(0xd08) = second << 24 | first << 16 | channel << 8 | thread;
    REG(0xd0c) = immediate;
    REG(0xd04) = 0;
}

static void control(void)
{
    unsigned size = below(4) ? below(4) : below(8);
    unsigned other = below(4) ? size : below(5);
    dma_mov(CCR, (next_random() & 0xfffc3ff0 & ~0x38000u) | size << 1 | other << 15 | (below(8) != 0) | (below(8) != 0) << 14);
}

static void instruction(unsigned depth)
{
    static const uint8_t types[] = {ANY, ANY, ANY, SINGLE, BURST, 2};
    unsigned kind = below(24), start, counter;
    switch (kind) {
    case 0:
        control();
        break;
    case 1:
        dma_mov(SAR, (uint32_t)source + below(SIZE / 2));
        break;
    case 2:
        dma_mov(DAR, (uint32_t)target + below(SIZE / 2));
        break;
    case 3: case 4: case 5:
        dma_ld(types[below(below(6) + 1)]);
        break;
    case 6: case 7: case 8:
        dma_st(types[below(below(6) + 1)]);
        break;
    case 9:
        dma_stz();
        break;
    case 10:
        dma_rmb();
        break;
    case 11:
        dma_wmb();
        break;
    case 12:
        dma_addh(below(2), below(64));
        break;
    case 13:
        dma_adnh(below(2), 0xffc0 | below(64));
        break;
    case 14:
        dma_sev(below(20));
        break;
    case 15:
        dma_wfe(below(8), below(2));
        break;
    case 16:
        dma_wfp(below(3), below(5));
        break;
    case 17:
        dma_ldp(below(2), below(4));
        break;
    case 18:
        dma_stp(below(2), below(4));
        break;
    case 19: case 20:
        if (depth == 2) break;
        counter = depth;
        dma_lp(counter, 1 + below(12));
        start = at;
        for (unsigned n = below(5); n--;) instruction(depth + 1);
        dma_lpend(counter, start, types[below(below(5) + 1)]);
        break;
    case 21:
        if (below(8) == 0) put(below(256) | 0x80); /* most are undefined */
        break;
    case 22:
        dma_flushp(below(4));
        break;
    default:
        dma_ld(ANY);
        dma_st(ANY);
    }
}

int main(void)
{
    for (int i = 0; i < SIZE; i++) source[i] = (uint8_t)next_random();
    for (int round = 0; round < ROUNDS; round++) {
        unsigned channels = 1 + below(4), starts[4];
        at = 0;
        hash = 0;
        REG(0x20) = below(3) ? 0 : next_random() & 0xffff;
        for (unsigned n = 0; n < channels; n++) {
            starts[n] = at;
            control();
            dma_mov(SAR, (uint32_t)source + below(SIZE / 2));
            dma_mov(DAR, (uint32_t)target + below(SIZE / 2));
            for (unsigned count = 1 + below(8); count-- && at < sizeof program / 4 * (n + 1) - 64;) instruction(0);
            dma_end();
        }
        for (unsigned n = 0; n < channels; n++) {
            debug_instruction(0, 0, 0xa0 | (below(10) == 0) << 1, n * 2, (uint32_t)program + starts[n]);
        }
        for (unsigned event = 0; event < 8; event += 1 + below(4)) debug_instruction(0, 0, 0x34, event << 3, 0);
        for (unsigned offset = 0; offset < 0x40; offset += 4) mix(REG(offset));
        for (unsigned offset = 0x40; offset < 0x60; offset += 4) mix(REG(offset));
        for (unsigned offset = 0x100; offset < 0x140; offset += 4) mix(REG(offset));
        for (unsigned n = 0; n < 8; n++) {
            for (unsigned offset = 0; offset < 20; offset += 4) mix(REG(0x400 + 0x20 * n + offset));
        }
        mix(REGISTER(GICD + 0x204));
        mix(REGISTER(GICD + 0x208));
        for (int i = 0; i < SIZE; i += 28) mix(*(uint32_t *)(target + i));
        put_decimal(round);
        put_string(": ");
        put_hex(hash);
        put_string(" ");
        put_hex(REG(0x34));
        put_string(" ");
        put_hex(REG(0x100));
        put_string(" ");
        put_hex(REG(0x40));
        put_string("\n");
        for (unsigned n = 0; n < 8; n++) {
            if (below(8)) debug_instruction(1, n, 0x01, 0, 0);
        }
        if (below(8)) debug_instruction(0, 0, 0x01, 0, 0);
        if (below(4)) REG(0x2c) = 0xffff;
    }
    return 0;
}
