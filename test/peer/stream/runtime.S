/* The guest side of the random instruction streams; how it works is told in README.md. A32, runs in user mode; the tested
 * instructions, their table and the parameters are segments that the harness adds to this image. */
        .syntax unified
        .fpu neon
        .arm

        .include "shared.S"

        @ What is saved of an item with floating point: d0-d31, FPSCR, three of 0
        .equ    VFP_WORDS, 68
        @ Random words, made once: an item's registers are 64 of them from anywhere on.
        .equ    VFP_POOL, 0x3040000
        .equ    VFP_POOL_BITS, 15       @ log2 of the doublewords that an item's registers can begin at

        .altmacro
        .macro  mix_doubles n, m
        vmov    r1, r2, d\n
        vmov    r3, r8, d\m
        mix     r1, r2, r3, r8
        .endm

        .text
        .global _start
        .balign 32
_start:
vectors:
        b       reset
        b       undefined
        b       supervisor
        b       prefetch
        b       data
        b       .
        b       .
        b       .

reset:
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        mrc     p15, 0, r0, c1, c0, 0
        bic     r0, r0, #0x40000000     @ SCTLR.TE: exceptions are taken in A32
        mcr     p15, 0, r0, c1, c0, 0
        isb
        ldr     r0, =saved
        cps     #0x1b
        mov     sp, r0
        cps     #0x17
        mov     sp, r0
        cps     #0x13
        mov     sp, r0
        ldr     r0, =PARAMETERS
        ldr     r1, [r0, #P_VFP]
        cmp     r1, #0
        beq     1f
        mrc     p15, 0, r1, c1, c0, 2
        orr     r1, r1, #0xf00000
        mcr     p15, 0, r1, c1, c0, 2
        isb
        mov     r1, #0x40000000
        vmsr    fpexc, r1
        bl      fill_pool
        ldr     r0, =PARAMETERS
1:      begin_stream
        ldr     r0, =next_block
        mov     r1, #0xd0
        msr     spsr_cxsf, r1
        movs    pc, r0                  @ to user mode

next_block:
        begin_round all_done

next_item:
        begin_item end_block
        ldr     r0, =PARAMETERS
        ldr     r1, [r0, #P_VFP]
        cmp     r1, #0
        bne     set_vfp
vfp_is_set:

        random_registers
        clrex
        ldr     r0, =0xf80f0000
        and     r0, r4, r0
        msr     apsr_nzcvqg, r0
        str     r0, [r5, #60]
        ldr     r0, =initial
        ldmia   r0, {r0-r14}
        ldr     pc, target

        @ Where an item ends. Nothing but pc is known.
        .global record_arm, taken_arm, record_thumb, taken_thumb
record_arm:
        str     r0, saved_r0
        mov     r0, #0
        b       landed
taken_arm:
        str     r0, saved_r0
        mov     r0, #1
landed:
        str     r0, landing
        ldr     r0, =saved
        stmib   r0, {r1-r14}
        ldr     r1, saved_r0
        str     r1, [r0]
        mrs     r1, apsr
        ldr     r2, =0xf80f0000
        and     r1, r1, r2
        ldr     r2, landing
        mov     r3, #0
        mov     r4, #0
        mov     r5, #0
        add     r6, r0, #S_PSR
        stmia   r6, {r1-r5}
        b       take_item
        .ltorg

        .thumb
        .balign 4
record_thumb:
        bx      pc
        nop
        .arm
        b       record_arm
        .thumb
taken_thumb:
        bx      pc
        nop
        .arm
        b       taken_arm

take_item:
        mix_saved
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_VFP]
        cmp     r0, #0
        bne     mix_vfp
vfp_is_mixed:
        add     r0, r12, #hash_a - state
        stm     r0, {r4, r5}

        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        beq     next_item
        record_saved
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_VFP]
        cmp     r0, #0
        beq     2f
        ldr     r0, [r12, #vfp_at - state]
        copy    64
        ldr     r0, [r12, #vfp_fpscr - state]
        str     r0, [r1], #4
        ldr     r0, =vfp_saved
        copy    VFP_WORDS
2:      str     r1, [r12, #results_at - state]
        b       next_item

end_block:
        finish_round next_block
all_done:
        svc     0                       @ (blocks_left is negative)
        .ltorg

        @ The pool: each word anything, or near one, or near the smallest normal numbers, or a corner value.
fill_pool:
        ldr     r4, [r0, #P_SEED]
        ldr     r6, =1664525
        ldr     r7, =1013904223
        ldr     r10, =vfp_corners
        ldr     r5, =VFP_POOL
        ldr     r1, =(2 << VFP_POOL_BITS) + 64
1:      mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        ubfx    r11, r4, #23, #5
        lsr     r9, r4, #30
        cmp     r9, #1
        biceq   r8, r8, #0x7c000000
        orreq   r8, r8, #0x3c000000
        cmp     r9, #2
        biceq   r8, r8, #0x7f000000
        biceq   r8, r8, #0x00600000
        ldrhi   r8, [r10, r11, lsl #2]
        str     r8, [r5], #4
        subs    r1, r1, #1
        bne     1b
        bx      lr

        @ Parameters are at r0.
set_vfp:
        ldr     r2, [r0, #P_FPSCR]
        ldr     r4, [r12, #random - state]
        ldr     r6, =1664525
        ldr     r7, =1013904223
        mla     r4, r4, r6, r7
        ubfx    r5, r4, #32 - VFP_POOL_BITS, #VFP_POOL_BITS
        ldr     r1, =VFP_POOL
        add     r5, r1, r5, lsl #3
        str     r5, [r12, #vfp_at - state]
        mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        and     r8, r8, r2
        ldr     r9, =0x00370000         @ LEN and STRIDE are the item's: each makes other blocks of it
        ldr     r11, [r12, #meta - state]
        and     r9, r9, r11
        orr     r8, r8, r9
        str     r4, [r12, #random - state]
        str     r8, [r12, #vfp_fpscr - state]
        vldm    r5!, {d0-d15}
        vldm    r5, {d16-d31}
        vmsr    fpscr, r8
        b       vfp_is_set

        @ FPSCR and the registers into the hash; into memory for a detailed run.
mix_vfp:
        vmrs    r9, fpscr
        .irp    n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
        mix_doubles %n, %n+1
        .endr
        mov     r1, #0
        mix     r9, r1, r1, r1
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        beq     vfp_is_mixed
        ldr     r0, =vfp_saved
        vstm    r0!, {d0-d15}
        vstm    r0!, {d16-d31}
        str     r9, [r0]
        b       vfp_is_mixed
        .ltorg

        @ Exceptions: sp is `saved` in each mode.
        .macro  save number
        stmia   sp, {r0-r14}^
        nop
        mov     r0, #\number
        .endm

undefined:
        save    2
        b       exception
prefetch:
        save    4
        b       exception
data:
        save    5
        mrc     p15, 0, r3, c5, c0, 0
        mrc     p15, 0, r4, c6, c0, 0
        b       1f
supervisor:
        save    3
        ldr     r1, =state
        ldr     r1, [r1, #blocks_left - state]
        cmp     r1, #0
        bmi     finish
exception:
        mov     r3, #0
        mov     r4, #0
1:      mov     r1, r0
        mrs     r0, spsr
        ldr     r2, target
        bic     r2, r2, #1
        sub     r2, lr, r2
        add     r5, sp, #S_PSR
        stmia   r5, {r0-r4}
        ldr     r0, =take_item
        mov     r1, #0xd0
        msr     spsr_cxsf, r1
        movs    pc, r0

finish:
        write_results
        .ltorg

        @ Of both precisions: as a double's upper word, its lower, or a single
vfp_corners:
        .word   0, 0x80000000, 0x00000001, 0x80000001, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345
        .word   0x7f800001, 0xffa00000, 0x7ff00000, 0xfff00000, 0x7ff80000, 0x7ff00001, 0xfff40000, 0x7f7fffff
        .word   0x7fefffff, 0xffffffff, 0x3f800000, 0xbf800000, 0x3ff00000, 0xbff00000, 0x4f000000, 0xcf000000
        .word   0x41e00000, 0xc1e00000, 0x41dfffff, 0x00800000, 0x00100000, 0x4b800000, 0x43400000, 0x3f000000
        shared_constants

        @ In a page of its own: writing into a page with code is slow.
        .balign 4096
target:         .word 0
saved_r0:       .word 0
landing:        .word 0
        shared_data
        .balign 8
vfp_saved:      .space VFP_WORDS * 4
