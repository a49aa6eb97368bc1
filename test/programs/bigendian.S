/* Data in big-endian order (SETEND BE): every size of access, aligned or not, several registers, devices; both orders in one loop. */
        .syntax unified
        .arm
        .fpu    neon
        .text

        .macro  mix register
        eor     r4, \register, r4, ror #27
        .endm

        .global main
        .type   main, %function
main:   push    {r4-r11, lr}
        ldr     r4, =0x2545f491
        ldr     r5, =area
        mov     r10, #400
again:  setend  be
        bl      words
        bl      several
        setend  le
        bl      words                   @ what is written in one order is read in the other
        setend  be
        bl      devices
        bl      vectors
        setend  le
        bl      several
        subs    r10, r10, #1
        bne     again
        mov     r1, r4
        ldr     r0, =label
        bl      put_line
        mov     r0, #0
        pop     {r4-r11, pc}

        @ Loads and stores of words, halfwords and bytes at all alignments, round the end of a page.
words:  mov     r3, #12
        ldr     r6, =area + 4090
1:      add     r7, r6, r3
        str     r4, [r7]
        ldrh    r0, [r7, #1]
        mix     r0
        ldrsh   r1, [r7, #2]
        mix     r1
        strh    r4, [r7, #3]
        ldrsb   r2, [r7]
        mix     r2
        ldr     r0, [r7, #2]
        mix     r0
        strb    r4, [r7, #1]
        ldr     r1, [r7]
        mix     r1
        subs    r3, r3, #1
        bpl     1b
        bx      lr

        @ LDM, STM, LDRD, STRD, LDREX, STREX, SWP.
several:
        mov     r3, #6
1:      add     r7, r5, r3, lsl #5
        add     r0, r4, r3
        rsb     r1, r4, r3, lsl #12
        stm     r7, {r0-r3}
        ldm     r7, {r8, r9}
        mix     r8
        mix     r9
        strd    r8, r9, [r7, #8]
        ldrd    r0, r1, [r7, #4]
        mix     r0
        mix     r1
        ldrex   r0, [r7]
        add     r0, r0, r4
        strex   r1, r0, [r7]
        ldrexd  r8, r9, [r7]
        mix     r9
        strexd  r1, r8, r9, [r7]
        ldrexh  r0, [r7]
        mix     r0
        clrex
        subs    r3, r3, #1
        bpl     1b
        bx      lr

        @ The private timer's registers: load value, counter, control, status.
devices:
        ldr     r7, =0xf8f00600
        mov     r0, r4
        str     r0, [r7]
        ldr     r1, [r7]
        mix     r1
        ldr     r0, [r7, #8]
        mix     r0
        ldr     r1, [r7, #4]
        mix     r1
        bx      lr

        @ Single and double precision, structures, over-aligned.
vectors:
        mov     r3, #5
        add     r7, r5, #512
1:      vmov    s0, r4
        vmov    s1, r3
        vstr    d0, [r7, #8]
        vldr    s4, [r7, #12]
        vldr    s5, [r7, #8]
        vmov    r0, r1, d2
        mix     r0
        mix     r1
        vstm    r7, {d0-d2}
        vldm    r7, {s8-s12}
        vmov    r0, s11
        mix     r0
        vld1.16 {d6, d7}, [r7:128]
        vld1.32 {d8[0]}, [r7:32]
        vst1.64 {d6}, [r7:64]
        vst2.8  {d6, d7}, [r7:128]!
        vadd.i16 d7, d6, d8
        vmov    r0, r1, d7
        mix     r0
        mix     r1
        subs    r3, r3, #1
        bpl     1b
        bx      lr

        .section .rodata
label:  .asciz  "big-endian"
        .bss
        .balign 4096
area:   .space  8192
