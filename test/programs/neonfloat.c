/* Advanced SIMD as programs use it: loops that the compiler vectorises (products of matrices, a Fourier transform, filters, sums),
 * and kernels by hand (colours, pixels that saturate, tables, reciprocals, half precision, transposition). Results as bits. */
#include <arm_neon.h>
#include <stdint.h>
#include "console.h"

#define NOINLINE __attribute__((noinline))

enum { SIZE = 16, POINTS = 64, SAMPLES = 96, PIXELS = 72 };

static float a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];
static float re[POINTS], im[POINTS], wr[POINTS / 2], wi[POINTS / 2];
static float samples[SAMPLES], filtered[SAMPLES];
static uint8_t image[3 * PIXELS], grey[PIXELS], changed[3 * PIXELS];
static int16_t tone[SAMPLES], mixed[SAMPLES];
static uint32_t counts[SAMPLES];

static uint32_t bits(float value)
{
    union {
        float number;
        uint32_t word;
    } both = {value};
    return both.word;
}

/* A hash of words in order. */
static uint32_t hash(const void *data, unsigned bytes)
{
    const uint8_t *at = data;
    uint32_t sum = 0x811c9dc5;
    while (bytes--) {
        sum = (sum ^ *at++) * 0x01000193;
    }
    return sum;
}

static uint32_t flags(void)
{
    uint32_t value;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(value));
    return value;
}

static float random_float(void)
{
    return (float)(int32_t)next_random() * (1.0f / 1073741824.0f);
}

/* Vectorised by the compiler. */

NOINLINE static void multiply(void)
{
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            product[i][j] = 0;
        }
        for (int k = 0; k < SIZE; k++) {
            for (int j = 0; j < SIZE; j++) {
                product[i][j] += a[i][k] * b[k][j];
            }
        }
    }
}

NOINLINE static float trace_and_norm(float *norm)
{
    float trace = 0, sum = 0, largest = 0;
    for (int i = 0; i < SIZE; i++) {
        trace += product[i][i];
        for (int j = 0; j < SIZE; j++) {
            float value = product[i][j] < 0 ? -product[i][j] : product[i][j];
            sum += value * value;
            largest = value > largest ? value : largest;
        }
    }
    *norm = sum;
    return trace + largest;
}

/* Decimation in frequency; results in bit-reversed order. */
NOINLINE static void transform(void)
{
    for (int half = POINTS / 2, step = 1; half > 0; half /= 2, step *= 2) {
        for (int from = 0; from < POINTS; from += 2 * half) {
            float *restrict xr = re + from, *restrict xi = im + from;
            float *restrict yr = xr + half, *restrict yi = xi + half;
            float cr[POINTS / 2], ci[POINTS / 2];
            for (int k = 0; k < half; k++) {
                cr[k] = wr[k * step];
                ci[k] = wi[k * step];
            }
            for (int k = 0; k < half; k++) {
                float dr = xr[k] - yr[k], di = xi[k] - yi[k];
                xr[k] += yr[k];
                xi[k] += yi[k];
                yr[k] = dr * cr[k] - di * ci[k];
                yi[k] = dr * ci[k] + di * cr[k];
            }
        }
    }
}

/* Four second-order filters side by side: the lanes are channels. */
NOINLINE static void filter(void)
{
    float s1[4] = {0}, s2[4] = {0};
    static const float b0[4] = {0.2f, 0.1f, 0.5f, 0.05f}, a1[4] = {-0.9f, -1.2f, 0.3f, -1.5f}, a2[4] = {0.4f, 0.5f, 0.1f, 0.6f};
    for (int i = 0; i < SAMPLES; i += 4) {
        for (int c = 0; c < 4; c++) {
            float x = samples[i + c];
            float y = b0[c] * x + s1[c];
            s1[c] = 2 * b0[c] * x - a1[c] * y + s2[c];
            s2[c] = b0[c] * x - a2[c] * y;
            filtered[i + c] = y;
        }
    }
}

NOINLINE static int32_t mix(void)
{
    int32_t energy = 0;
    for (int i = 0; i < SAMPLES; i++) {
        mixed[i] = (int16_t)((tone[i] * 3 + mixed[i]) >> 2);
        energy += mixed[i] * tone[i];
    }
    for (int i = 0; i < SAMPLES; i++) {
        counts[i] = counts[i] * 5 + (uint32_t)(samples[i] * 1000.0f) + (counts[i] >> 7);
    }
    return energy;
}

/* By hand. */

NOINLINE static void to_grey(void)
{
    for (int i = 0; i < PIXELS; i += 8) {
        uint8x8x3_t rgb = vld3_u8(image + 3 * i);
        uint16x8_t sum = vmull_u8(rgb.val[0], vdup_n_u8(77));
        sum = vmlal_u8(sum, rgb.val[1], vdup_n_u8(150));
        sum = vmlal_u8(sum, rgb.val[2], vdup_n_u8(29));
        vst1_u8(grey + i, vrshrn_n_u16(sum, 8));
        uint8x8x3_t other = {{vqadd_u8(rgb.val[2], vdup_n_u8(60)), vqsub_u8(rgb.val[1], rgb.val[0]), vrev64_u8(rgb.val[0])}};
        vst3_u8(changed + 3 * i, other);
    }
}

NOINLINE static uint32_t tables(void)
{
    uint8x8x4_t table = vld4_u8(image);
    uint8x8_t index = vand_u8(vld1_u8(grey), vdup_n_u8(39));
    uint8x8_t found = vtbx4_u8(vdup_n_u8(0xee), table, index);
    uint8x8x2_t zipped = vzip_u8(found, vcnt_u8(index));
    uint16x4_t sums = vpaddl_u8(vext_u8(zipped.val[0], zipped.val[1], 3));
    return hash(&zipped, sizeof zipped) ^ (uint32_t)vget_lane_u64(vpaddl_u32(vpaddl_u16(sums)), 0);
}

NOINLINE static uint32_t reciprocals(void)
{
    float32x4_t sum = vdupq_n_f32(0);
    for (int i = 0; i < SAMPLES; i += 4) {
        float32x4_t x = vaddq_f32(vabsq_f32(vld1q_f32(samples + i)), vdupq_n_f32(0.125f));
        float32x4_t r = vrecpeq_f32(x);
        r = vmulq_f32(r, vrecpsq_f32(x, r));
        float32x4_t q = vrsqrteq_f32(x);
        q = vmulq_f32(q, vrsqrtsq_f32(vmulq_f32(x, q), q));
        sum = vmlaq_f32(sum, r, q);
        uint32x4_t large = vcgeq_f32(r, q);
        sum = vbslq_f32(large, vminq_f32(sum, vdupq_n_f32(1000)), vsubq_f32(sum, vdupq_n_f32(1)));
    }
    float32x2_t pair = vpadd_f32(vget_low_f32(sum), vget_high_f32(sum));
    pair = vpmax_f32(pair, vext_f32(pair, pair, 1));
    return bits(vget_lane_f32(pair, 0)) ^ hash(&sum, sizeof sum);
}

NOINLINE static uint32_t conversions(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < SAMPLES; i += 4) {
        float32x4_t x = vmulq_n_f32(vld1q_f32(samples + i), 300.0f);
        int32x4_t fixed = vcvtq_n_s32_f32(x, 8);
        int16x4_t narrow = vqrshrn_n_s32(fixed, 4);
        float32x4_t back = vcvtq_n_f32_u32(vreinterpretq_u32_s32(vmovl_s16(narrow)), 4);
        uint16x4_t half;
        __asm__("vcvt.f16.f32 %P0, %q1" : "=w"(half) : "w"(x));
        float32x4_t whole;
        __asm__("vcvt.f32.f16 %q0, %P1" : "=w"(whole) : "w"(half));
        uint32x4_t word = vcvtq_u32_f32(vmaxq_f32(whole, vdupq_n_f32(0)));
        sum = sum * 31 + hash(&back, sizeof back) + hash(&half, sizeof half) + vgetq_lane_u32(word, 2);
    }
    return sum;
}

NOINLINE static uint32_t transposed(void)
{
    for (int i = 0; i < 4; i++) {
        float32x4x4_t rows = vld4q_f32(&a[4 * i][0]);
        float32x4x2_t t = vtrnq_f32(rows.val[0], rows.val[3]);
        rows.val[0] = vmlaq_lane_f32(t.val[0], rows.val[1], vget_high_f32(rows.val[2]), 1);
        rows.val[3] = vmlsq_lane_f32(t.val[1], rows.val[2], vget_low_f32(rows.val[1]), 0);
        vst4q_f32(&b[4 * i][0], rows);
    }
    float32x2x2_t both = vld2_dup_f32(&b[3][2]);
    both = vld2_lane_f32(&b[5][0], both, 1);
    return hash(b, sizeof b) ^ hash(&both, sizeof both);
}

int main(void)
{
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = random_float();
            b[i][j] = random_float() * (float)(i - j);
        }
    }
    multiply();
    float norm, trace = trace_and_norm(&norm);
    put_line("product", hash(product, sizeof product));
    put_line("trace", bits(trace));
    put_line("norm", bits(norm));

    /* A rotation by 2 pi / 64 again and again. */
    float c = 1, s = 0;
    for (int k = 0; k < POINTS / 2; k++) {
        wr[k] = c;
        wi[k] = -s;
        float next = c * 0.9951847f - s * 0.09801714f;
        s = c * 0.09801714f + s * 0.9951847f;
        c = next;
    }
    for (int i = 0; i < POINTS; i++) {
        re[i] = (float)(i & 8 ? 1 : -1) + random_float() * 0.01f;
        im[i] = 0;
    }
    transform();
    put_line("spectrum re", hash(re, sizeof re));
    put_line("spectrum im", hash(im, sizeof im));

    for (int i = 0; i < SAMPLES; i++) {
        samples[i] = random_float();
        tone[i] = (int16_t)next_random();
        mixed[i] = (int16_t)(next_random() >> 20);
        counts[i] = next_random();
    }
    samples[5] = 1e-39f;
    filter();
    put_line("filtered", hash(filtered, sizeof filtered));
    put_line("energy", (uint32_t)mix());
    put_line("mixed", hash(mixed, sizeof mixed) ^ hash(counts, sizeof counts));

    for (unsigned i = 0; i < sizeof image; i++) {
        image[i] = (uint8_t)(next_random() >> 11);
    }
    to_grey();
    put_line("grey", hash(grey, sizeof grey));
    put_line("changed", hash(changed, sizeof changed));
    put_line("tables", tables());
    put_line("reciprocals", reciprocals());
    put_line("conversions", conversions());
    put_line("transposed", transposed());
    put_line("fpscr", flags());
    return 0;
}
