/* Code that writes code: a routine built in memory, patched between calls, patched ahead in its own block, in A32 and T32. */
        .syntax unified
        .arm
        .text
        .global main
        .type   main, %function
main:
        push    {r4-r8, lr}
        mov     r8, #0

        @ 1. A routine assembled into a buffer: mov r0, #n ; bx lr, called for n = 0..40.
        ldr     r4, =buffer
        mov     r5, #0
1:      ldr     r0, =0xe3a00000         @ mov r0, #0
        orr     r0, r0, r5
        str     r0, [r4]
        ldr     r0, =0xe12fff1e         @ bx lr
        str     r0, [r4, #4]
        bl      sync
        blx     r4
        add     r8, r8, r0
        add     r8, r8, r8, lsl #3
        add     r5, r5, #1
        cmp     r5, #40
        bls     1b
        ldr     r0, =label_built
        mov     r1, r8
        bl      put_line

        @ 2. The instruction two ahead is replaced, then reached after ISB.
        mov     r5, #8
2:      ldr     r0, =patched
        ldr     r1, =0xe2888001         @ add r8, r8, #1
        tst     r5, #1
        ldrne   r1, =0xe0288005         @ eor r8, r8, r5
        str     r1, [r0]
        mcr     p15, 0, r0, c7, c5, 1   @ ICIMVAU
        dsb
        isb
        add     r8, r8, r8, ror #7
patched:
        mov     r8, #0
        subs    r5, r5, #1
        bne     2b
        ldr     r0, =label_patched
        mov     r1, r8
        bl      put_line

        @ 3. T32: movs r0, #n ; bx lr, one halfword patched.
        ldr     r4, =buffer + 32
        mov     r5, #0
        ldr     r0, =0x47702000         @ movs r0, #0 ; bx lr
        str     r0, [r4]
3:      strb    r5, [r4]
        bl      sync
        add     r0, r4, #1
        blx     r0
        eor     r8, r0, r8, ror #5
        add     r5, r5, #3
        cmp     r5, #200
        bls     3b
        ldr     r0, =label_thumb
        mov     r1, r8
        bl      put_line

        @ 4. A copied routine runs at its new place.
        ldr     r0, =template
        ldr     r1, =buffer + 64
        mov     r2, #(template_end - template)
4:      ldr     r3, [r0], #4
        str     r3, [r1], #4
        subs    r2, r2, #4
        bne     4b
        bl      sync
        ldr     r4, =buffer + 64
        mov     r0, #10
        blx     r4
        mov     r1, r0
        ldr     r0, =label_copied
        bl      put_line
        mov     r0, #0
        pop     {r4-r8, pc}

template:
        mov     r1, #0
5:      add     r1, r1, r0
        subs    r0, r0, #1
        bne     5b
        mov     r0, r1
        bx      lr
template_end:

sync:
        mov     r0, #0
        dsb
        mcr     p15, 0, r0, c7, c5, 0   @ ICIALLU
        mcr     p15, 0, r0, c7, c5, 6   @ BPIALL
        dsb
        isb
        bx      lr
        .ltorg

        .section .rodata
label_built:    .asciz "built"
label_patched:  .asciz "patched"
label_thumb:    .asciz "thumb"
label_copied:   .asciz "copied"

        .bss
        .balign 64
buffer: .space  256
