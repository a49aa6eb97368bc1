/* Start-up of the benchmark guests: a stack, .bss, floating point, main, exit. In qemu-arm's user mode, which has neither
 * vectors nor coprocessors to set up, only what is allowed there. */
        .syntax unified
        .arm
        .fpu    vfpv3

        .section .vectors, "ax"
        .balign 32
        .global _start, vectors
_start:
vectors:
        b       reset
        b       .               @ undefined
        b       .               @ SVC
        b       .               @ prefetch abort
        b       .               @ data abort
        nop
        b       irq
        b       .               @ FIQ

        .text
        .type   reset, %function
reset:
        ldr     sp, =_stack_top
        ldr     r0, =_bss_start
        ldr     r1, =_bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        mrs     r4, cpsr
        and     r4, r4, #0x1f
        cmp     r4, #0x10
        beq     2f
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        mrc     p15, 0, r0, c1, c0, 2
        orr     r0, r0, #0xf00000               @ CPACR: coprocessors 10 and 11
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mov     r0, #0x40000000
        vmsr    fpexc, r0
2:      bl      main
        b       .
        .ltorg

        @ Acknowledges, counts, and ends an interrupt: r0-r3 are the interrupted code's.
irq:    sub     lr, lr, #4
        srsdb   sp!, #0x13
        cps     #0x13
        push    {r0-r3}
        ldr     r0, =0xf8f00100                 @ the CPU interface
        ldr     r1, [r0, #0x0c]
        ldr     r2, =interrupts
        ldr     r3, [r2]
        add     r3, r3, #1
        str     r3, [r2]
        str     r1, [r0, #0x10]
        pop     {r0-r3}
        rfeia   sp!
        .ltorg
