/* Vectors of tangle.c: an interrupt calls irq_handler(spsr, pc) and changes no register of what it interrupts. */
        .syntax unified
        .arm
        .section .text
        .balign 32
        .global test_vectors
test_vectors:
        .rept   6
        b       .
        .endr
        b       irq
        b       .

irq:    sub     lr, lr, #4
        srsdb   sp!, #0x13              @ return state and registers on the supervisor stack
        cps     #0x13
        push    {r0-r3, r12, lr}
        mov     r12, sp
        bic     sp, sp, #7
        push    {r12, lr}
        ldr     r1, [r12, #24]
        ldr     r0, [r12, #28]
        bl      irq_handler
        pop     {r12, lr}
        mov     sp, r12
        pop     {r0-r3, r12, lr}
        rfeia   sp!

        .global irq_on
        .type   irq_on, %function
irq_on: cpsie   i
        bx      lr
