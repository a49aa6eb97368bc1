/* Programs for the DMA-330: each macro appends one instruction's bytes (Arm DDI 0424, chapter 4). */
#ifndef PL330_H
#define PL330_H

#include <stdint.h>

#define DMA 0xf8003000u

enum { SAR = 0, CCR = 1, DAR = 2 };
enum { ANY = 0, SINGLE = 1, BURST = 3 };

#ifndef PROGRAM_BYTES
#define PROGRAM_BYTES 512
#endif
static uint8_t program[PROGRAM_BYTES] __attribute__((aligned(64)));
static unsigned at;

static void put(unsigned byte)
{
    program[at++] = (uint8_t)byte;
}

static void put16(unsigned value)
{
    put(value & 0xff);
    put(value >> 8 & 0xff);
}

static void dma_mov(unsigned reg, uint32_t value)
{
    put(0xbc);
    put(reg);
    put16(value & 0xffff);
    put16(value >> 16);
}

static void dma_lp(unsigned counter, unsigned rounds)
{
    put(0x20 | counter << 1);
    put(rounds - 1);
}

/* The loop begins at byte `start` of the program. */
static void dma_lpend(unsigned counter, unsigned start, unsigned type)
{
    unsigned back = at - start;
    put(0x38 | counter << 2 | type);
    put(back);
}

static inline void dma_lpfe_end(unsigned start, unsigned counter)
{
    unsigned back = at - start;
    put(0x28 | counter << 2);
    put(back);
}

#define dma_end() put(0x00)
#define dma_kill() put(0x01)
#define dma_ld(type) put(0x04 | (type))
#define dma_st(type) put(0x08 | (type))
#define dma_stz() put(0x0c)
#define dma_rmb() put(0x12)
#define dma_wmb() put(0x13)
#define dma_nop() put(0x18)
#define dma_ldp(burst, peripheral) (put(0x25 | (burst) << 1), put((peripheral) << 3))
#define dma_stp(burst, peripheral) (put(0x29 | (burst) << 1), put((peripheral) << 3))
#define dma_wfp(mode, peripheral) (put(0x30 | (mode)), put((peripheral) << 3))
#define dma_sev(event) (put(0x34), put((event) << 3))
#define dma_flushp(peripheral) (put(0x35), put((peripheral) << 3))
#define dma_wfe(event, invalid) (put(0x36), put((event) << 3 | (invalid) << 1))
#define dma_addh(which, value) (put(0x54 | (which) << 1), put16(value))
#define dma_adnh(which, value) (put(0x5c | (which) << 1), put16(value))
#define dma_go(channel, ns, address) \
    (put(0xa0 | (ns) << 1), put(channel), put16((address) & 0xffff), put16((address) >> 16))

/* A transfer's shape: bytes a beat (a power of two), beats in a burst; both sides' addresses move or stand. */
static inline uint32_t dma_ccr(unsigned beat, unsigned beats, int moves_source, int moves_destination)
{
    unsigned size = (unsigned)__builtin_ctz(beat);
    return (uint32_t)moves_source | size << 1 | (beats - 1) << 4 | (uint32_t)moves_destination << 14 | size << 15 |
           (beats - 1) << 18;
}

#endif
