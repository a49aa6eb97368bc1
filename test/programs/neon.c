/* Advanced SIMD as programs use it: a picture's grey values and their blur, sound mixed with saturation, copies, text by table
 * look-up, checks by polynomials, a matrix turned, random numbers side by side, and loops that the compiler vectorises. Each is
 * also done without, and both must agree. */
#include <arm_neon.h>

#include "console.h"

#define SCALAR __attribute__((noinline, optimize("no-tree-vectorize")))
#define VECTOR __attribute__((noinline))

enum { WIDTH = 64, HEIGHT = 24, PIXELS = WIDTH * HEIGHT, SAMPLES = 256 };

static uint8_t rgb[3 * PIXELS], grey[2][PIXELS], blurred[2][PIXELS];
static int16_t music[SAMPLES], voice[SAMPLES], mixed[2][SAMPLES];
static uint8_t bytes[1024], copy[1024];
static int failures;

static SCALAR uint32_t hash_of(const void *data, unsigned size)
{
    const uint8_t *p = data;
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < size; i++) hash = (hash ^ p[i]) * 16777619u;
    return hash;
}

static void report(const char *label, const void *data, const void *reference, unsigned size)
{
    uint32_t hash = hash_of(data, size);
    put_line(label, hash);
    if (hash != hash_of(reference, size)) {
        put_string("  differs from what it should be\n");
        failures++;
    }
}

/* Grey values: structures of three bytes, products of bytes, a rounded narrowing shift. */
static VECTOR void grey_neon(const uint8_t *from, uint8_t *to)
{
    const uint8x8_t red = vdup_n_u8(77), green = vdup_n_u8(150), blue = vdup_n_u8(29);
    for (int i = 0; i < PIXELS; i += 8) {
        uint8x8x3_t pixel = vld3_u8(from + 3 * i);
        uint16x8_t sum = vmull_u8(pixel.val[0], red);
        sum = vmlal_u8(sum, pixel.val[1], green);
        sum = vmlal_u8(sum, pixel.val[2], blue);
        vst1_u8(to + i, vrshrn_n_u16(sum, 8));
    }
}

static SCALAR void grey_plain(const uint8_t *from, uint8_t *to)
{
    for (int i = 0; i < PIXELS; i++) to[i] = (77 * from[3 * i] + 150 * from[3 * i + 1] + 29 * from[3 * i + 2] + 128) >> 8;
}

/* Blur by halving sums: the middle row of three, with its neighbours by VEXT. */
static VECTOR void blur_neon(const uint8_t *from, uint8_t *to)
{
    for (int y = 1; y < HEIGHT - 1; y++) {
        const uint8_t *row = from + y * WIDTH;
        uint8x16_t before = vdupq_n_u8(row[0]);
        uint8x16_t here = vrhaddq_u8(vhaddq_u8(vld1q_u8(row - WIDTH), vld1q_u8(row + WIDTH)), vld1q_u8(row));
        for (int x = 0; x < WIDTH; x += 16) {
            const uint8_t *next = row + x + 16;
            uint8x16_t after = x + 16 < WIDTH
                ? vrhaddq_u8(vhaddq_u8(vld1q_u8(next - WIDTH), vld1q_u8(next + WIDTH)), vld1q_u8(next))
                : vdupq_n_u8(row[WIDTH - 1]);
            uint8x16_t left = vextq_u8(before, here, 15), right = vextq_u8(here, after, 1);
            vst1q_u8(to + y * WIDTH + x, vmaxq_u8(vhaddq_u8(left, right), vsubq_u8(here, vshrq_n_u8(here, 3))));
            before = here;
            here = after;
        }
    }
}

static SCALAR void blur_plain(const uint8_t *from, uint8_t *to)
{
    for (int y = 1; y < HEIGHT - 1; y++) {
        for (int x = 0; x < WIDTH; x++) {
            uint8_t v[3];
            for (int k = -1; k <= 1; k++) {
                const uint8_t *p = from + y * WIDTH + x + k;
                if (x + k < 0) v[0] = from[y * WIDTH];
                else if (x + k >= WIDTH) v[2] = from[y * WIDTH + WIDTH - 1];
                else v[k + 1] = (((p[-WIDTH] + p[WIDTH]) >> 1) + p[0] + 1) >> 1;
            }
            uint8_t sides = (v[0] + v[2]) >> 1, middle = v[1] - (v[1] >> 3);
            to[y * WIDTH + x] = sides > middle ? sides : middle;
        }
    }
}

/* Sound: doubling multiplications, saturated sums, and FPSCR.QC that tells of them. */
static VECTOR uint32_t mix_neon(void)
{
    uint32_t fpscr = 0;
    __asm__ volatile("vmsr fpscr, %0" ::"r"(fpscr));
    const int16x4_t volume = vdup_n_s16(0x6000);
    for (int i = 0; i < SAMPLES; i += 8) {
        int16x8_t a = vqrdmulhq_lane_s16(vld1q_s16(music + i), volume, 2);
        int16x8_t b = vqdmulhq_n_s16(vld1q_s16(voice + i), 0x7000);
        int32x4_t low = vqdmlal_s16(vshll_n_s16(vget_low_s16(b), 15), vget_low_s16(a), volume);
        int32x4_t high = vqdmlal_s16(vshll_n_s16(vget_high_s16(b), 15), vget_high_s16(a), volume);
        vst1q_s16(mixed[0] + i, vqaddq_s16(vcombine_s16(vqrshrn_n_s32(low, 15), vqrshrn_n_s32(high, 15)), b));
    }
    __asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
    return fpscr;
}

static SCALAR int64_t clamp(int64_t value, int bits)
{
    int64_t max = ((int64_t)1 << (bits - 1)) - 1;
    return value > max ? max : value < -max - 1 ? -max - 1 : value;
}

static SCALAR void mix_plain(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        int64_t a = clamp((2 * (int64_t)music[i] * 0x6000 + 0x8000) >> 16, 16);
        int64_t b = clamp((2 * (int64_t)voice[i] * 0x7000) >> 16, 16);
        int64_t sum = clamp(b * 32768 + clamp(2 * a * 0x6000, 32), 32);
        mixed[1][i] = clamp(clamp((sum + 0x4000) >> 15, 16) + b, 16);
    }
}

/* Copies of every alignment: whole registers, then the rest. */
static VECTOR void copy_neon(uint8_t *to, const uint8_t *from, unsigned size)
{
    for (; size >= 64; size -= 64, to += 64, from += 64) {
        __asm__ volatile("vld1.8 {d16-d19}, [%0]!\n vld1.8 {d20-d23}, [%0]\n"
                         "vst1.8 {d16-d19}, [%1]!\n vst1.8 {d20-d23}, [%1]"
                         : "+r"(from), "+r"(to)::"d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23", "memory");
        from -= 32, to -= 32;
    }
    for (; size >= 8; size -= 8, to += 8, from += 8) vst1_u8(to, vld1_u8(from));
    for (; size; size--) *to++ = *from++;
}

/* Bytes as hexadecimal digits: two tables look-ups and an interleaving store. */
static VECTOR void digits_neon(const uint8_t *from, uint8_t *to, unsigned size)
{
    static const uint8_t text[] = "0123456789abcdef";
    const uint8x8x2_t table = {{vld1_u8(text), vld1_u8(text + 8)}};
    for (unsigned i = 0; i < size; i += 8) {
        uint8x8_t value = vld1_u8(from + i);
        uint8x8x2_t digits = {{vtbl2_u8(table, vshr_n_u8(value, 4)), vtbl2_u8(table, vand_u8(value, vdup_n_u8(15)))}};
        vst2_u8(to + 2 * i, digits);
    }
}

static SCALAR void digits_plain(const uint8_t *from, uint8_t *to, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        to[2 * i] = "0123456789abcdef"[from[i] >> 4];
        to[2 * i + 1] = "0123456789abcdef"[from[i] & 15];
    }
}

/* CRC-8 (x^8 + x^2 + x + 1) of eight interleaved streams by Barrett's reduction: two products of polynomials a byte. */
static VECTOR void crc_neon(const uint8_t *from, uint8_t *to, unsigned size)
{
    uint8x8_t crc = vdup_n_u8(0);
    const poly8x8_t inverse = vdup_n_p8(0x07), polynomial = vdup_n_p8(0x07);
    for (unsigned i = 0; i < size; i += 8) {
        poly8x8_t value = vreinterpret_p8_u8(veor_u8(crc, vld1_u8(from + i)));
        uint8x8_t high = vshrn_n_u16(vreinterpretq_u16_p16(vmull_p8(value, inverse)), 8);
        poly8x8_t quotient = vreinterpret_p8_u8(veor_u8(high, vreinterpret_u8_p8(value)));
        crc = vreinterpret_u8_p8(vmul_p8(quotient, polynomial));
    }
    vst1_u8(to, crc);
}

static SCALAR void crc_plain(const uint8_t *from, uint8_t *to, unsigned size)
{
    for (unsigned k = 0; k < 8; k++) {
        uint8_t crc = 0;
        for (unsigned i = k; i < size; i += 8) {
            crc ^= from[i];
            for (int bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
        }
        to[k] = crc;
    }
}

/* A matrix of 8 x 8 halfwords turned: transpositions in three sizes. */
static VECTOR void turn_neon(const uint16_t *from, uint16_t *to)
{
    uint16x8_t r[8];
    for (int i = 0; i < 8; i++) r[i] = vld1q_u16(from + 8 * i);
    uint16x8x2_t a[4];
    for (int i = 0; i < 4; i++) a[i] = vtrnq_u16(r[2 * i], r[2 * i + 1]);
    for (int i = 0; i < 2; i++) {
        uint32x4x2_t low = vtrnq_u32(vreinterpretq_u32_u16(a[0].val[i]), vreinterpretq_u32_u16(a[1].val[i]));
        uint32x4x2_t high = vtrnq_u32(vreinterpretq_u32_u16(a[2].val[i]), vreinterpretq_u32_u16(a[3].val[i]));
        for (int k = 0; k < 2; k++) {
            uint16x8_t x = vreinterpretq_u16_u32(low.val[k]), y = vreinterpretq_u16_u32(high.val[k]);
            vst1q_u16(to + 8 * (i + 2 * k), vcombine_u16(vget_low_u16(x), vget_low_u16(y)));
            vst1q_u16(to + 8 * (i + 2 * k + 4), vcombine_u16(vget_high_u16(x), vget_high_u16(y)));
        }
    }
}

static SCALAR void turn_plain(const uint16_t *from, uint16_t *to)
{
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++) to[8 * k + i] = from[8 * i + k];
}

/* Two generators of 64 bits side by side. */
static VECTOR void random_neon(uint64_t *to)
{
    uint64x2_t state = vcombine_u64(vcreate_u64(0x9e3779b97f4a7c15), vcreate_u64(0xbf58476d1ce4e5b9));
    for (int i = 0; i < 64; i++) {
        state = veorq_u64(state, vshlq_n_u64(state, 13));
        state = veorq_u64(state, vshrq_n_u64(state, 7));
        state = veorq_u64(state, vshlq_n_u64(state, 17));
        vst1q_u64(to + 2 * i, vaddq_u64(state, vrshlq_u64(state, vdupq_n_s64(-40))));
    }
}

static SCALAR void random_plain(uint64_t *to)
{
    uint64_t state[2] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9};
    for (int i = 0; i < 128; i++) {
        uint64_t s = state[i & 1];
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        to[i] = s + (s >> 40) + (s >> 39 & 1);
        state[i & 1] = s;
    }
}

/* Loops for the compiler to vectorise. */
#define LOOPS(name, attribute) \
    static attribute void name(const uint8_t *b, const int16_t *h, int32_t *to) \
    { \
        int32_t dot = 0, most = -32768, ones = 0; \
        int64_t sum = 0; \
        for (int i = 0; i < SAMPLES; i++) dot += h[i] * h[SAMPLES - 1 - i]; \
        for (int i = 0; i < SAMPLES; i++) most = h[i] > most ? h[i] : most; \
        for (int i = 0; i < SAMPLES; i++) ones += b[i] == (uint8_t)h[i] ? 3 : b[i] > 99; \
        for (int i = 0; i < SAMPLES; i++) sum += (int64_t)h[i] * b[i]; \
        for (int i = 0; i < SAMPLES; i++) to[i + 5] = (b[i] << 8) - (h[i] >> 3) + (h[i] < 0 ? -h[i] : h[i]); \
        for (int i = 0; i < SAMPLES / 2; i++) to[2 * i + 5] ^= (uint32_t)to[2 * i + 6] >> (i & 7); \
        to[0] = dot, to[1] = most, to[2] = ones, to[3] = sum, to[4] = sum >> 32; \
    }
LOOPS(loops_neon, VECTOR)
LOOPS(loops_plain, SCALAR)

int main(void)
{
    static uint8_t text[2][1024];
    static uint64_t randoms[2][128];
    static int32_t results[2][SAMPLES + 5];
    static uint16_t turned[2][64];
    uint8_t crc[2][8];

    seed_random(9);
    for (unsigned i = 0; i < sizeof rgb; i++) rgb[i] = next_random() >> 7;
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = next_random() >> 11;
    for (int i = 0; i < SAMPLES; i++) music[i] = next_random() >> 3, voice[i] = i & 16 ? -32768 : (int16_t)(next_random() >> 5);

    grey_neon(rgb, grey[0]);
    grey_plain(rgb, grey[1]);
    report("grey", grey[0], grey[1], PIXELS);
    blur_neon(grey[0], blurred[0]);
    blur_plain(grey[0], blurred[1]);
    report("blurred", blurred[0], blurred[1], PIXELS);
    put_line("fpscr", mix_neon());
    mix_plain();
    report("mixed", mixed[0], mixed[1], sizeof mixed[0]);
    for (unsigned i = 0; i < 16; i++) {
        copy_neon(copy + i, bytes + 7 * i, 200 + 3 * i);
        report("copy", copy + i, bytes + 7 * i, 200 + 3 * i);
    }
    digits_neon(bytes, text[0], 512);
    digits_plain(bytes, text[1], 512);
    report("digits", text[0], text[1], 1024);
    crc_neon(bytes, crc[0], sizeof bytes);
    crc_plain(bytes, crc[1], sizeof bytes);
    report("crc", crc[0], crc[1], 8);
    turn_neon((const uint16_t *)bytes, turned[0]);
    turn_plain((const uint16_t *)bytes, turned[1]);
    report("turned", turned[0], turned[1], sizeof turned[0]);
    random_neon(randoms[0]);
    random_plain(randoms[1]);
    report("random", randoms[0], randoms[1], sizeof randoms[0]);
    loops_neon(bytes, music, results[0]);
    loops_plain(bytes, music, results[1]);
    report("loops", results[0], results[1], sizeof results[0]);
    return failures;
}
