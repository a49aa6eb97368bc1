/* A32 and T32 code calling each other: BL, BLX, BX, function pointers, and loads into pc. */
#include "console.h"

#define A32 __attribute__((target("arm"), noinline))
#define T32 __attribute__((target("thumb"), noinline))

typedef uint32_t Step(uint32_t);

A32 static uint32_t a_step(uint32_t x) { return x * 5 + 1; }
T32 static uint32_t t_step(uint32_t x) { return (x >> 3 | x << 29) ^ 0xa5a5; }
T32 static uint32_t t_calls_a(uint32_t x) { return a_step(x) + 2; }
A32 static uint32_t a_calls_t(uint32_t x) { return t_step(x) - 3; }
T32 static uint32_t t_deep(uint32_t x) { return x & 3 ? a_calls_t(x) + t_calls_a(x) : t_step(x); }
A32 static uint32_t a_deep(uint32_t x) { return x & 1 ? t_deep(x) : t_calls_a(x) ^ a_calls_t(x); }

/* Leaves by every way of returning that changes the instruction set. */
A32 __attribute__((naked)) static uint32_t a_pop_pc(uint32_t x)
{
    (void)x;
    __asm__ volatile("push {r4, lr}\n mov r4, r0\n bl 1f\n add r0, r0, r4\n pop {r4, pc}\n"
                     "1: add r0, r0, #1\n mov pc, lr\n");
}

T32 __attribute__((naked)) static uint32_t t_pop_pc(uint32_t x)
{
    (void)x;
    __asm__ volatile("push {r4, lr}\n mov r4, r0\n adr r1, 1f\n bx r1\n .balign 4\n .arm\n"
                     "1: add r0, r4, r4, lsl #2\n ldr r1, 2f\n bx r1\n .balign 4\n2: .word 3f + 1\n .thumb\n"
                     "3: eors r0, r4\n pop {r4, pc}\n");
}

A32 __attribute__((naked)) static uint32_t a_ldm_pc(uint32_t x)
{
    (void)x;
    __asm__ volatile("stmdb sp!, {r5, lr}\n mov r5, #7\n mul r0, r5, r0\n ldmia sp!, {r5, lr}\n"
                     "str lr, [sp, #-4]!\n ldr pc, [sp], #4\n");
}

T32 __attribute__((naked)) static uint32_t t_tbb(uint32_t x)
{
    (void)x;
    __asm__ volatile("and r1, r0, #3\n tbb [pc, r1]\n"
                     "1: .byte (2f-1b)/2, (3f-1b)/2, (4f-1b)/2, (5f-1b)/2\n"
                     "2: adds r0, #10\n bx lr\n 3: lsls r0, r0, #1\n bx lr\n"
                     "4: mvns r0, r0\n bx lr\n 5: and r1, r0, #4\n lsrs r1, r1, #2\n tbh [pc, r1, lsl #1]\n"
                     "6: .hword (7f-6b)/2, (8f-6b)/2\n 7: movs r0, #77\n bx lr\n 8: rsbs r0, r0, #0\n bx lr\n");
}

int main(void)
{
    static Step *const steps[] = {a_step, t_step, t_calls_a, a_calls_t, t_deep, a_deep, a_pop_pc, t_pop_pc, a_ldm_pc, t_tbb};
    uint32_t x = 1;
    for (int i = 0; i < 400; i++) x = steps[next_random() % 10](x) + (uint32_t)i;
    put_line("steps", x);
    for (uint32_t i = 0; i < 10; i++) put_line("step", steps[i](i * 0x01010101));
    return 0;
}
