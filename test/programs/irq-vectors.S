/* Vectors of the interrupt tests: IRQ calls irq_handler(count of interrupted code's loops in r11 is not touched). */
        .syntax unified
        .arm
        .section .text
        .balign 32
        .global test_vectors
test_vectors:
        b       .
        b       .
        b       .
        b       .
        b       .
        b       .
        b       irq
        b       .

irq:    sub     lr, lr, #4
        srsdb   sp!, #0x13              @ return state and registers on the supervisor stack
        mrs     r12, spsr
        cps     #0x13
        push    {r0-r3, r12, lr}
        mov     r0, r12
        ldr     r1, [sp, #24]
        bic     r2, sp, #7
        mov     r12, sp
        mov     sp, r2
        push    {r12, lr}
        bl      irq_handler
        pop     {r12, lr}
        mov     sp, r12
        pop     {r0-r3, r12, lr}
        rfeia   sp!

        @ void irq_on(void), irq_off(void), wait(void)
        .global irq_on, irq_off, wait, count_until
        .irp    name, irq_on, irq_off, wait, count_until, count_t32
        .type   \name, %function
        .endr
irq_on: cpsie   i
        bx      lr
irq_off:
        cpsid   i
        bx      lr
wait:   wfi
        bx      lr

        @ uint32_t count_until(volatile word *flag): three instructions a round while *flag is 0
count_until:
        mov     r1, r0
        mov     r0, #0
1:      ldr     r2, [r1]
        add     r0, r0, #1
        cmp     r2, #0
        beq     1b
        bx      lr

        @ The same in one long block without branches in it, T32 with IT.
        .thumb
        .thumb_func
        .global count_t32
count_t32:
        mov     r1, r0
        movs    r0, #0
1:      .rept   20
        adds    r0, #1
        cmp     r0, #3
        ite     gt
        addgt   r3, r3, #1
        addle   r3, r3, #2
        .endr
        ldr     r2, [r1]
        cmp     r2, #0
        beq     1b
        bx      lr
        .arm
