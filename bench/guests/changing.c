/* Code that changes for ever: each generation writes a function, makes it visible, calls it until it is hot, and goes on. */
#include "guest.h"

#define FIRST 0x2000000u /* RAM that nothing else uses */
#define LAST 0x6000000u
#define PLACE 64u /* bytes, a function each */
#define GENERATIONS 1000u
#define CALLS 200u

static u32 place = FIRST;

/* r0 = f(r0): twenty rounds of an addition and a shift that depend on `n`. */
static void write_function(volatile u32 *code, u32 n)
{
    code[0] = 0xe3a01014;                       /* mov  r1, #20 */
    code[1] = 0xe2800000 | (n & 0xff);          /* add  r0, r0, #n */
    code[2] = 0xe0200020 | (n % 31 + 1) << 7;   /* eor  r0, r0, r0, lsr #m */
    code[3] = 0xe2511001;                       /* subs r1, r1, #1 */
    code[4] = 0x1afffffb;                       /* bne  code + 1 */
    code[5] = 0xe12fff1e;                       /* bx   lr */
}

static u32 run_changing(void)
{
    u32 sum = 0;
    for (u32 generation = 0; generation < GENERATIONS; generation++) {
        write_function((volatile u32 *)place, next_random());
        __asm__ volatile("dsb\n mcr p15, 0, %0, c7, c5, 0\n dsb\n isb" ::"r"(0) : "memory"); /* ICIALLU */
        u32 (*function)(u32) = (u32(*)(u32))place;
        for (u32 i = 0; i < CALLS; i++) sum = function(sum);
        place = place + PLACE < LAST ? place + PLACE : FIRST;
    }
    return sum;
}

const struct kernel kernels[] = {{"changing", run_changing}, {0, 0}};
