/* 64-bit arithmetic: products, quotients and shifts from libgcc, carries, and 32-bit division done in software. */
#include "console.h"

static volatile uint64_t sink;

static uint64_t random64(void)
{
    uint64_t high = next_random();
    return high << 32 | next_random();
}

int main(void)
{
    uint64_t h = 14695981039346656037u;
    for (int i = 0; i < 120; i++) {
        uint64_t a = random64(), b = random64() >> (next_random() & 63);
        int64_t x = (int64_t)a >> (next_random() & 31), y = (int64_t)random64() >> (next_random() & 63);
        unsigned shift = next_random() & 63;
        if (!b) b = 1;
        if (!y) y = -1;
        h = (h ^ (a + b)) * 1099511628211u;
        h = (h ^ (a - b)) * 1099511628211u;
        h = (h ^ (a * b)) * 1099511628211u;
        h = (h ^ (a / b)) * 1099511628211u;
        h = (h ^ (a % b)) * 1099511628211u;
        h = (h ^ (uint64_t)(x / y)) * 1099511628211u;
        h = (h ^ (uint64_t)(x % y)) * 1099511628211u;
        h = (h ^ (a << shift) ^ (b >> shift) ^ (uint64_t)(x >> shift)) * 1099511628211u;
        h ^= (uint64_t)(uint32_t)a * (uint32_t)b + (uint64_t)((int64_t)(int32_t)a * (int32_t)b);
        h += a > b ? 3 : 5;
        h += x < y ? 7 : 11;
        uint32_t p = (uint32_t)a, q = (uint32_t)b | 1;
        int32_t s = (int32_t)p, t = (int32_t)q;
        h = (h ^ (p / q) ^ (uint64_t)(p % q) << 32) * 1099511628211u;
        h = (h ^ (uint32_t)(s / t) ^ (uint64_t)(uint32_t)(s % t) << 32) * 1099511628211u;
        h ^= (uint64_t)__builtin_clzll(a | 1) << 8 | (unsigned)__builtin_popcountll(b);
        h ^= __builtin_bswap64(a) ^ __builtin_bswap32(q);
        sink = h;
    }
    put_string("hash: ");
    put_hex64(h);
    put_string("\n");
    put_decimal(-2147483647 - 1);
    put_string(" ");
    put_decimal(2147483647);
    put_string("\n");
    return (int)(sink & 0x7f);
}
