/* Floating point in several tasks at once: values stay in registers for as long as a task is preempted again and again. */
#include "float.h"

#include "kernel.h"

enum { ROUNDS = 40, SLICES = 3 };

/* A sum that depends on every rounding: x, y and z live in registers. */
static double series(double seed)
{
    double x = seed, y = 1.0 / seed, z = 0.0;
    for (int i = 1; i <= ROUNDS; i++) {
        x = x * 1.0009765625 + y / i;
        y = y * 0.99951171875 - x / (i * 64.0);
        z += x * y;
    }
    return z;
}

static int same(double a, double b)
{
    union {
        double value;
        uint64_t bits;
    } left = {a}, right = {b};
    return left.bits == right.bits;
}

void float_prepare(struct float_work *work)
{
    work->expected = series(work->seed);
}

/* Keeps the value for a while in the first and the last register. */
static int holds(double value)
{
    double low, high;
    unsigned rounds = 2000;
    __asm__ volatile("vmov.f64 d0, %P3\n\tvmov.f64 d31, %P3\n1:\tsubs %2, %2, #1\n\tbne 1b\n\t"
                     "vmov.f64 %P0, d0\n\tvmov.f64 %P1, d31"
                     : "=&w"(low), "=&w"(high), "+r"(rounds)
                     : "w"(value)
                     : "d0", "d31", "cc");
    return same(low, value) && same(high, value);
}

void float_task(void *argument)
{
    struct float_work *work = argument;
    while (work->rounds < 4 || task_preemptions() < SLICES) {
        if (!same(series(work->seed), work->expected) || !holds(work->seed)) work->wrong++;
        work->rounds++;
    }
}
