/* A kernel in Linux's zImage format: entered at its first byte with r0 = 0, r1 = the machine, r2 = device tree or tags. */
        .syntax unified
        .arch armv7-a
        .arch_extension mp
        .arm
        .section .head, "ax"
        .global _start
_start:
        .rept   8
        mov     r0, r0
        .endr
        b       entry
        .word   0x016f2818              @ at byte 36: this is a zImage
        .word   _start                  @ where it begins and ends; 0 would mean "anywhere"
        .word   _image_end
        .word   0x04030201              @ little-endian

entry:  ldr     r3, =boot_registers
        stmia   r3, {r0-r12}            @ r3 itself is lost
        str     sp, [r3, #52]
        str     lr, [r3, #56]
        mrs     r4, cpsr
        str     r4, [r3, #60]
        cpsid   aif, #0x12              @ IRQ mode has a stack of its own
        ldr     sp, =irq_stack_top
        cpsid   aif, #0x13
        ldr     sp, =stack_top
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        ldr     r0, =bss_start
        ldr     r1, =bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        bl      main
        b       .

        /* CPU1 comes here with the MMU off. */
        .global second_entry
second_entry:
        ldr     sp, =second_stack_top
        bl      second_main
1:      wfe
        b       1b

        /* void mmu_on(uint32_t *table) */
        .global mmu_on
mmu_on: mcr     p15, 0, r0, c2, c0, 0   @ TTBR0
        mov     r1, #0
        mcr     p15, 0, r1, c2, c0, 2   @ TTBCR
        mcr     p15, 0, r1, c8, c7, 0   @ TLBIALL
        mcr     p15, 0, r1, c7, c5, 0   @ ICIALLU
        mov     r1, #1
        mcr     p15, 0, r1, c3, c0, 0   @ DACR: domain 0 is a client
        dsb
        mrc     p15, 0, r1, c1, c0, 0
        orr     r1, r1, #5              @ SCTLR.M, SCTLR.C
        orr     r1, r1, #0x1000         @ SCTLR.I
        mcr     p15, 0, r1, c1, c0, 0
        isb
        bx      lr

        /* void wait_until(volatile uint32_t *word, uint32_t value): takes interrupts until *word >= value */
        .global wait_until
wait_until:
        cpsid   i                       @ none between the look and the wait
        ldr     r2, [r0]
        cmp     r2, r1
        wfilo
        cpsie   i
        blo     wait_until
        bx      lr

        .balign 32
vectors:
        b       .
        b       undefined
        b       .
        b       abort
        b       abort
        b       .
        b       irq
        b       .

irq:    sub     lr, lr, #4
        push    {r0-r3, r12, lr}
        bl      irq_handler
        ldm     sp!, {r0-r3, r12, pc}^
undefined:
abort:  ldr     sp, =stack_top
        mrc     p15, 0, r0, c5, c0, 0
        mrc     p15, 0, r1, c6, c0, 0
        mov     r2, lr
        bl      fault
        b       .
        .ltorg

        .bss
        .balign 8
        .global boot_registers
        .section .data
        .balign 4
boot_registers:
        .space  64
        .section .stacks, "aw", %nobits
        .balign 8
        .space  4096
stack_top:
        .space  1024
irq_stack_top:
        .space  1024
second_stack_top:
