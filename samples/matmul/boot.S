/* Start-up in the manner of a standalone Zynq application: vectors, caches invalidated, a stack for each mode, .bss cleared,
 * main, exit. The clocks and the UART are the boot loader's business (ps7_init). */
        .syntax unified
        .arm

        .section .vectors, "ax"
        .global _start
_start:
_vectors:
        b       _boot
        b       .                       @ undefined instruction
        b       .                       @ supervisor call
        b       .                       @ prefetch abort
        b       .                       @ data abort
        nop
        b       .                       @ IRQ
        b       .                       @ FIQ

        .text
        .type   _boot, %function
_boot:
        ldr     r0, =_vectors
        mcr     p15, 0, r0, c12, c0, 0  @ VBAR

        mov     r0, #0
        mcr     p15, 0, r0, c8, c7, 0   @ invalidate the TLBs,
        mcr     p15, 0, r0, c7, c5, 0   @ the instruction cache
        mcr     p15, 0, r0, c7, c5, 6   @ and the branch predictor
        bl      invalidate_dcache

        cps     #0x12                   @ IRQ
        ldr     sp, =_irq_stack
        cps     #0x17                   @ abort
        ldr     sp, =_abort_stack
        cps     #0x1b                   @ undefined
        ldr     sp, =_undefined_stack
        cps     #0x13                   @ supervisor
        ldr     sp, =_supervisor_stack
        cps     #0x1f                   @ system: where main runs
        ldr     sp, =_stack

        ldr     r0, =_bss_start
        ldr     r1, =_bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b

        bl      main
        b       exit
        .size   _boot, . - _boot

/* Every way and set of the L1 data cache: 4 ways of 256 sets, 32-byte lines. */
        .type   invalidate_dcache, %function
invalidate_dcache:
        mov     r1, #3
1:      mov     r2, #255
2:      lsl     r3, r1, #30
        orr     r3, r3, r2, lsl #5
        mcr     p15, 0, r3, c7, c6, 2   @ DCISW
        subs    r2, r2, #1
        bge     2b
        subs    r1, r1, #1
        bge     1b
        dsb
        isb
        bx      lr
        .size   invalidate_dcache, . - invalidate_dcache

/* void exit(int code): ends the emulation by semihosting (SYS_EXIT_EXTENDED). */
        .global exit
        .type   exit, %function
exit:
        ldr     r1, =_exit_block
        ldr     r2, =0x20026            @ ADP_Stopped_ApplicationExit
        stm     r1, {r2}
        str     r0, [r1, #4]
        mov     r0, #0x20
        svc     0x123456
        b       .
        .size   exit, . - exit

        .bss
        .balign 4
_exit_block:
        .space  8
