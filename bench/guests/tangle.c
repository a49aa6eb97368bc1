/* Loops with several entries: Duff's device, and a search that begins in the middle of its loops. */
#include "guest.h"

static u32 source[1024], target[1024];

/* Copies `count` words, at least one, and mixes them; the key depends on each word, so the loop is no memcpy. */
NOINLINE static u32 duff(u32 *d, const u32 *s, u32 count, u32 key)
{
    u32 rounds = (count + 7) / 8;
    switch (count % 8) {
    case 0: do { key = key * 5 + (*d++ = *s++ ^ key);
    case 7:      key = key * 3 + (*d++ = *s++ + key);
    case 6:      key = key * 5 + (*d++ = *s++ ^ key);
    case 5:      key = key * 3 + (*d++ = *s++ + key);
    case 4:      key = key * 5 + (*d++ = *s++ ^ key);
    case 3:      key = key * 3 + (*d++ = *s++ + key);
    case 2:      key = key * 5 + (*d++ = *s++ ^ key);
    case 1:      key = key * 3 + (*d++ = *s++ + key);
            } while (--rounds > 0);
    }
    return key;
}

/* A short loop of two parts, either of which may be the first. */
NOINLINE static u32 parts(u32 x, u32 rounds)
{
    if (x & 1) goto second;
    for (;;) {
        x ^= x << 13;
        if (x & 64) x += rounds;
second:
        x ^= x >> 17;
        if (--rounds == 0) return x;
        if (x & 2) x = x * 9 + 1;
    }
}

static u32 run_tangle(void)
{
    u32 x = 1;
    for (u32 i = 0; i < 1024; i++) source[i] = next_random();
    for (u32 n = 0; n < 400; n++) x = duff(target, source, 100 + n, x);
    for (u32 n = 0; n < 4000; n++) x = parts(x ^ n, 60);
    return x;
}

const struct kernel kernels[] = {{"tangle", run_tangle}, {0, 0}};
