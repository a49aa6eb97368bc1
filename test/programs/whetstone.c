/* Floating point as programs use it: mixed arithmetic in both precisions, the mathematical library, conversions, printing and
 * reading numbers, on newlib built for the floating-point unit. */
#ifdef CODE_A32
/* The hard-float libraries are there for T32 only: code of the other instruction set calls into them. */
#pragma GCC target("arm")
#endif
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t fpscr(void)
{
    uint32_t value;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(value));
    return value;
}

static void set_fpscr(uint32_t value)
{
    __asm__ volatile("vmsr fpscr, %0" ::"r"(value));
}

static double element[4];

static void rotate(double e[4], double t, double t2)
{
    for (int i = 0; i < 6; i++) {
        e[0] = (e[0] + e[1] + e[2] - e[3]) * t;
        e[1] = (e[0] + e[1] - e[2] + e[3]) * t;
        e[2] = (e[0] - e[1] + e[2] + e[3]) * t;
        e[3] = (-e[0] + e[1] + e[2] + e[3]) / t2;
    }
}

static double mixed(int rounds)
{
    double x = 0.75, y = 0.5, z = 1;
    float f = 1.5f, g = 0.25f;
    for (int i = 1; i <= rounds; i++) {
        element[0] = 1;
        element[1] = element[2] = element[3] = -1.0;
        rotate(element, 0.499975, 2.0 * i);
        x = 0.499975 * atan(2.0 * sin(x) * cos(x) / (cos(x + y) + cos(x - y) - 1.0));
        y = sqrt(exp(log(z + i) / 0.50025));
        z = fabs(z - element[3]) + pow(x * x, 0.3);
        f = sqrtf(f * f + g) / (1.0f + g / (float)i);
        g = fmaf(f, 0.5f, -g) + (float)z * 0.125f;
    }
    printf("mixed: %.17g %.17g %.17g %.9g %.9g\n", x, y, z, (double)f, (double)g);
    return x + y + z + (double)f + (double)g;
}

static void conversions(void)
{
    static const double numbers[] = {0.0, -0.0, 0.5, 1.5, -2.5, 1e10, -1e10, 4294967295.5, 2147483647.5, 1e-310, 1e300};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        volatile double d = numbers[i];
        volatile float f = (float)d;
        volatile int32_t s = (int32_t)d;
        volatile uint32_t u = (uint32_t)d;
        volatile int64_t l = (int64_t)d;
        printf("%g: %g %ld %lu %lld %.3f\n", d, (double)f, (long)s, (unsigned long)u, (long long)l, (double)s / 3);
    }
    uint32_t bits[2] = {0};
    double third = strtod("0.3333333333333333333", NULL);
    memcpy(bits, &third, sizeof third);
    printf("third %08lx%08lx %a\n", (unsigned long)bits[1], (unsigned long)bits[0], third);
}

static void modes(void)
{
    volatile float one = 1, three = 3, tiny = FLT_MIN;
    volatile double big = DBL_MAX;
    uint32_t before = fpscr();
    for (uint32_t mode = 0; mode < 8; mode++) {
        set_fpscr((mode & 3) << 22 | (mode & 4) << 22);
        volatile float q = one / three, r = -one / three, t = tiny / three;
        volatile double o = big * 2;
        uint32_t flags = fpscr();
        set_fpscr(before);
        uint32_t bits[3];
        memcpy(bits, (void *)&q, 4);
        memcpy(bits + 1, (void *)&r, 4);
        memcpy(bits + 2, (void *)&t, 4);
        printf("mode %lu: %08lx %08lx %08lx %g flags %08lx\n", (unsigned long)mode, (unsigned long)bits[0],
               (unsigned long)bits[1], (unsigned long)bits[2], o, (unsigned long)flags);
    }
    set_fpscr(before);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    double sum = mixed(40);
    conversions();
    modes();
    static double values[64];
    for (int i = 0; i < 64; i++) {
        values[i] = sin(i * 1.7) * ldexp(1, i % 13 - 6);
    }
    qsort(values, 64, sizeof *values, compare);
    for (int i = 0; i < 64; i += 9) {
        printf("%d %.12e\n", i, values[i]);
    }
    printf("nan %f inf %f %g %g\n", NAN, -INFINITY, fmod(10.75, 3.5), cbrt(sum));
    return (int)fmod(sum, 100) & 63;
}
