/* SPDX-License-Identifier: MIT */
/*
 * GRand: the Mersenne Twister MT19937 (M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998; seeding of
 * 2002), which gives the numbers that GLib gives for the same seed.
 */
#include "internal.h"

enum { N = 624, M = 397 };

struct _GRand {
    guint32 state[N];
    guint next;
};

void g_rand_set_seed(GRand *rand, guint32 seed) {
    guint32 *s = rand->state;
    s[0] = seed;
    for (guint i = 1; i < N; i++) s[i] = 1812433253u * (s[i - 1] ^ (s[i - 1] >> 30)) + i;
    rand->next = N;
}

void g_rand_set_seed_array(GRand *rand, const guint32 *seed, guint length) {
    g_rand_set_seed(rand, 19650218u);
    guint32 *s = rand->state;
    guint i = 1, j = 0;
    for (guint k = MAX(N, length); k; k--) {
        s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1664525u)) + seed[j] + j;
        if (++i == N) {
            s[0] = s[N - 1];
            i = 1;
        }
        if (++j == length) j = 0;
    }
    for (guint k = N - 1; k; k--) {
        s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == N) {
            s[0] = s[N - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
}

static void refill(guint32 *s) {
    for (guint i = 0; i < N; i++) {
        guint32 y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7fffffffu);
        s[i] = s[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
    }
}

guint32 g_rand_int(GRand *rand) {
    if (rand->next >= N) {
        refill(rand->state);
        rand->next = 0;
    }
    guint32 y = rand->state[rand->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

/* Draws again what would make some results likelier than others. */
gint32 g_rand_int_range(GRand *rand, gint32 begin, gint32 end) {
    guint32 span = (guint32)end - (guint32)begin, drawn;
    if (span == 0) return begin;
    if (span <= 0x80000000u) {
        guint32 rest = (0x80000000u % span) * 2;
        guint32 last = 0xffffffffu - (rest >= span ? rest - span : rest);
        do drawn = g_rand_int(rand);
        while (drawn > last);
        drawn %= span;
    } else {
        do drawn = g_rand_int(rand);
        while (drawn >= span);
    }
    return (gint32)((guint32)begin + drawn);
}

gdouble g_rand_double(GRand *rand) {
    const gdouble unit = 2.3283064365386962890625e-10; /* 2^-32 */
    gdouble value = g_rand_int(rand) * unit;
    value = (value + g_rand_int(rand)) * unit;
    return value >= 1 ? g_rand_double(rand) : value;
}

gdouble g_rand_double_range(GRand *rand, gdouble begin, gdouble end) {
    gdouble r = g_rand_double(rand);
    return r * end - (r - 1) * begin;
}

GRand *g_rand_new_with_seed(guint32 seed) {
    GRand *rand = g_new0(GRand, 1);
    g_rand_set_seed(rand, seed);
    return rand;
}

GRand *g_rand_new_with_seed_array(const guint32 *seed, guint length) {
    GRand *rand = g_new0(GRand, 1);
    g_rand_set_seed_array(rand, seed, length);
    return rand;
}

/* Without a seed the emulator's own: a run can be repeated. */
GRand *g_rand_new(void) { return g_rand_new_with_seed(0x5eed); }
GRand *g_rand_copy(GRand *rand) { return g_memdup2(rand, sizeof *rand); }
void g_rand_free(GRand *rand) { g_free(rand); }

static GRand *shared(void) {
    static GRand *rand;
    if (!rand) rand = g_rand_new();
    return rand;
}

guint32 g_random_int(void) { return g_rand_int(shared()); }
gint32 g_random_int_range(gint32 begin, gint32 end) { return g_rand_int_range(shared(), begin, end); }
gdouble g_random_double(void) { return g_rand_double(shared()); }
gdouble g_random_double_range(gdouble begin, gdouble end) { return g_rand_double_range(shared(), begin, end); }
void g_random_set_seed(guint32 seed) { g_rand_set_seed(shared(), seed); }
