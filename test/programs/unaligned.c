/* Loads and stores at every alignment, across lines and pages, in every size and addressing form. */
#include "console.h"

static uint8_t area[8192 + 64] __attribute__((aligned(4096)));

struct __attribute__((packed)) Packed {
    uint8_t a;
    uint32_t b;
    uint16_t c;
    uint64_t d;
    int16_t e;
};

static uint32_t load_forms(const uint8_t *p)
{
    uint32_t a, b, c, d, offset = 3;
    __asm__ volatile("ldr %0, [%4]\n ldrh %1, [%4, #1]\n ldrsh %2, [%4, #3]\n ldr %3, [%4, %5]"
                     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : "r"(p), "r"(offset) : "memory");
    __asm__ volatile("ldrsb %0, [%1], #5\n" : "=&r"(offset), "+r"(p) :: "memory");
    return a + b * 3 + c * 5 + d * 7 + offset * 11 + *p;
}

static void store_forms(uint8_t *p, uint32_t value)
{
    __asm__ volatile("str %1, [%0]\n strh %1, [%0, #5]\n strb %1, [%0, #8]\n str %1, [%0, #9]!\n strh %1, [%0], #-3\n str %1, [%0, #-8]"
                     : "+r"(p) : "r"(value) : "memory");
}

int main(void)
{
    uint32_t h = 1;
    for (uint32_t i = 0; i < sizeof area; i++) area[i] = (uint8_t)(next_random() >> 9);
    for (uint32_t at = 0; at < 64; at++) h = h * 31 + load_forms(area + at);
    for (uint32_t at = 4080; at < 4100; at++) h = h * 31 + load_forms(area + at);
    put_line("loads", h);
    for (uint32_t at = 4070; at < 4100; at++) store_forms(area + at, next_random());
    struct Packed *packed = (struct Packed *)(area + 4091);
    for (int i = 0; i < 20; i++) {
        packed->a ^= (uint8_t)i;
        packed->b += 0x01020304;
        packed->c = (uint16_t)(packed->c * 3);
        packed->d ^= packed->b * 0x100000001ull;
        packed->e = (int16_t)(packed->e - packed->c);
        packed = (struct Packed *)((uint8_t *)packed + (i % 3) - 1);
    }
    for (uint32_t i = 0; i < sizeof area; i++) h = h * 31 + area[i];
    put_line("memory", h);
    return 0;
}
