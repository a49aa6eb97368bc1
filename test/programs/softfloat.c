/* Floating point without a floating-point unit: libgcc's float and double. */
#include "console.h"

static uint32_t bits(float value)
{
    union {
        float f;
        uint32_t u;
    } x = {value};
    return x.u;
}

static uint64_t bits64(double value)
{
    union {
        double d;
        uint64_t u;
    } x = {value};
    return x.u;
}

static double root(double x)
{
    double r = x;
    for (int i = 0; i < 20; i++) r = (r + x / r) * 0.5;
    return r;
}

static double sine(double x)
{
    double term = x, sum = x;
    for (int n = 1; n < 12; n++) {
        term = -term * x * x / ((2 * n) * (2 * n + 1));
        sum += term;
    }
    return sum;
}

int main(void)
{
    uint32_t h = 2166136261u;
    for (int i = 0; i < 100; i++) {
        union {
            uint32_t u;
            float f;
        } a = {next_random()}, b = {next_random()};
        if ((a.u & 0x7f800000) == 0x7f800000) a.u ^= 0x40000000;
        if ((b.u & 0x7f800000) == 0x7f800000) b.u ^= 0x40000000;
        h = (h ^ bits(a.f + b.f)) * 16777619u;
        h = (h ^ bits(a.f * b.f)) * 16777619u;
        h = (h ^ bits(a.f / b.f)) * 16777619u;
        h = (h ^ (uint32_t)((a.f < b.f) | (a.f == b.f) << 1 | (a.f >= b.f) << 2)) * 16777619u;
        h = (h ^ (uint32_t)bits64((double)a.f - b.f)) * 16777619u;
        h = (h ^ bits((float)(int32_t)a.u)) * 16777619u;
    }
    put_line("float", h);
    double sum = 0;
    for (int i = 1; i < 60; i++) sum += sine(i * 0.1) / root(i);
    put_string("double: ");
    put_hex64(bits64(sum));
    put_string("\n");
    put_line("rounded", (uint32_t)(int32_t)(sum * 1000000));
    put_line("infinity", bits(1.0f / (float)(sum * 0)));
    return 0;
}
