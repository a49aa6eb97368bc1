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

/*
 * A short loop of two parts, either of which may be the first; by hand, since compilers copy such parts.
 *   if (x & 1) goto second;
 *   first:  x ^= x << 13; if (x & 64) x += rounds;
 *   second: x ^= x >> 17; if (--rounds == 0) return x; if (x & 2) x = x * 9 + 1; goto first;
 */
u32 parts(u32 x, u32 rounds);
__asm__(".text\n"
        ".type parts, %function\n"
        "parts:\n"
        "  tst r0, #1\n"
        "  bne 2f\n"
        "1: eor r0, r0, r0, lsl #13\n"
        "  tst r0, #64\n"
        "  addne r0, r0, r1\n"
        "2: eor r0, r0, r0, lsr #17\n"
        "  subs r1, r1, #1\n"
        "  bxeq lr\n"
        "  tst r0, #2\n"
        "  addne r0, r0, r0, lsl #3\n"
        "  addne r0, r0, #1\n"
        "  b 1b\n");

static u32 run_tangle(void)
{
    u32 x = 1;
    for (u32 i = 0; i < 1024; i++) source[i] = next_random();
    for (u32 n = 0; n < 300; n++) x = duff(target, source, 100 + n, x);
    for (u32 n = 0; n < 6000; n++) x = parts(x ^ n, 60);
    for (u32 n = 0; n < 60000; n++) x = parts(x ^ n, 4);
    return x;
}

const struct kernel kernels[] = {{"tangle", run_tangle}, {0, 0}};
