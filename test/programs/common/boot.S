/* Start-up of the test programs: vectors, a stack, .bss, main, exit. No cache or MMU is touched, and VFP
 * only where ENABLE_VFP is defined. */
        .syntax unified
        .arm

        .section .vectors, "ax"
        .global _start, _vectors
_start:
_vectors:
        b       reset
        b       .               @ undefined
        b       .               @ SVC
        b       .               @ prefetch abort
        b       .               @ data abort
        nop
        b       .               @ IRQ
        b       .               @ FIQ

        .text
        .type   reset, %function
reset:
        ldr     r0, =_vectors
        mcr     p15, 0, r0, c12, c0, 0  @ VBAR
        ldr     sp, =_stack_top
        ldr     r0, =_bss_start
        ldr     r1, =_bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
#ifdef ENABLE_VFP
        mrc     p15, 0, r0, c1, c0, 2
        orr     r0, r0, #0xf00000       @ CPACR: coprocessors 10 and 11
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mov     r0, #0x40000000
        .fpu    vfpv3
        vmsr    fpexc, r0
#endif
        bl      main
        b       semihosting_exit
        .ltorg

        /* Ends the program with the exit code in r0: SYS_EXIT_EXTENDED, {ADP_Stopped_ApplicationExit, code}. */
        .global semihosting_exit
        .type   semihosting_exit, %function
semihosting_exit:
        ldr     r1, =_exit_block
        str     r0, [r1, #4]
        ldr     r0, =0x20026
        str     r0, [r1]
        mov     r0, #0x20
        svc     0x123456
        b       .
        .ltorg

        .bss
        .balign 4
_exit_block:
        .space  8
