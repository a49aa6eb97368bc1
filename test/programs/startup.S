/* What a board-support package's start-up code does before main, without turning the MMU on: identification registers,
 * cache, TLB and branch predictor invalidation by set and way, control registers, stacks of every mode, SCU and SLCR. */
        .syntax unified
        .arm
        .text
        .global main
        .type   main, %function

        .macro  show label
        mov     r1, r0
        ldr     r0, =\label
        bl      put_line
        .endm

main:
        push    {r4-r11, lr}
        mrc     p15, 0, r0, c0, c0, 0
        show    label_midr
        mrc     p15, 0, r0, c0, c0, 1
        show    label_ctr
        mrc     p15, 0, r0, c0, c0, 5
        show    label_mpidr
        mrc     p15, 1, r0, c0, c0, 1
        show    label_clidr
        mrc     p15, 0, r0, c1, c0, 0
        show    label_sctlr
        mrc     p15, 0, r0, c1, c0, 1
        show    label_actlr
        mrc     p15, 0, r0, c1, c0, 2
        show    label_cpacr
        mrc     p15, 4, r0, c15, c0, 0
        show    label_cbar
        mrc     p15, 0, r0, c0, c1, 0
        show    label_pfr0
        mrc     p15, 0, r0, c0, c1, 1
        show    label_pfr1
        mrc     p15, 0, r0, c0, c1, 4
        show    label_mmfr0
        mrc     p15, 0, r0, c0, c2, 0
        show    label_isar0
        mrc     p15, 0, r0, c0, c2, 4
        show    label_isar4
        mrc     p15, 0, r0, c2, c0, 0
        show    label_ttbr0
        mrc     p15, 0, r0, c3, c0, 0
        show    label_dacr
        mrs     r0, cpsr
        show    label_cpsr

        mov     r0, #0
        mcr     p15, 0, r0, c8, c7, 0   @ TLBIALL
        mcr     p15, 0, r0, c7, c5, 0   @ ICIALLU
        mcr     p15, 0, r0, c7, c5, 6   @ BPIALL
        bl      invalidate_dcache

        bl      invalidate_dcache       @ again, with lines in it

        @ The stacks of every mode
        mrs     r5, cpsr
        bic     r6, r5, #0x1f
        mov     r7, #0
        .irp    mode, 0x12, 0x11, 0x17, 0x1b, 0x1f
        orr     r1, r6, #\mode
        msr     cpsr_c, r1
        ldr     sp, =0x1f00000 + \mode * 256
        ldr     lr, =\mode
        .endr
        msr     cpsr_c, r5
        .irp    mode, 0x12, 0x11, 0x17, 0x1b, 0x1f
        orr     r1, r6, #\mode
        msr     cpsr_c, r1
        eor     r7, sp, r7, ror #25
        eor     r7, lr, r7, ror #25
        .endr
        msr     cpsr_c, r5
        mov     r0, r7
        show    label_banks

        @ FIQ's own r8-r12
        ldr     r8, =0x88888888
        ldr     r12, =0xcccccccc
        cps     #0x11
        mov     r8, #1
        mov     r12, #2
        cps     #0x13
        eor     r0, r8, r12
        show    label_fiq

        @ SCTLR: alignment faults stay off, branch prediction and the I-cache on
        mrc     p15, 0, r0, c1, c0, 0
        orr     r0, r0, #0x1800
        mcr     p15, 0, r0, c1, c0, 0
        isb
        mrc     p15, 0, r0, c1, c0, 0
        show    label_sctlr

        @ ACTLR.SMP, as start-up code does
        mrc     p15, 0, r0, c1, c0, 1
        orr     r0, r0, #0x41
        mcr     p15, 0, r0, c1, c0, 1
        mrc     p15, 0, r0, c1, c0, 1
        show    label_actlr

        @ VFP access asked for in CPACR, left disabled in FPEXC
        mrc     p15, 0, r0, c1, c0, 2
        orr     r0, r0, #0xf00000
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mrc     p15, 0, r0, c1, c0, 2
        show    label_cpacr

        @ Fault and thread registers hold what is written
        ldr     r0, =0x805
        mcr     p15, 0, r0, c5, c0, 0
        ldr     r0, =0x1234567c
        mcr     p15, 0, r0, c6, c0, 0
        ldr     r0, =0xcafe0001
        mcr     p15, 0, r0, c13, c0, 2
        mcr     p15, 0, r0, c13, c0, 3
        ldr     r0, =0xcafe0002
        mcr     p15, 0, r0, c13, c0, 4
        mrc     p15, 0, r1, c5, c0, 0
        mrc     p15, 0, r2, c6, c0, 0
        mrc     p15, 0, r3, c13, c0, 2
        mrc     p15, 0, r4, c13, c0, 3
        mrc     p15, 0, r5, c13, c0, 4
        eor     r0, r1, r2, ror #3
        eor     r0, r3, r0, ror #3
        eor     r0, r4, r0, ror #3
        eor     r0, r5, r0, ror #3
        show    label_state

        @ Devices that start-up code looks at
        ldr     r4, =0xf8000000         @ SLCR
        ldr     r0, =0xdf0d
        str     r0, [r4, #8]            @ unlock
        ldr     r0, [r4, #0xc]
        show    label_locked
        ldr     r0, [r4, #0x530]
        show    label_pss_idcode
        ldr     r0, [r4, #0x100]
        show    label_arm_pll
        ldr     r0, [r4, #0x154]
        show    label_uart_clk
        ldr     r0, =0x767b
        str     r0, [r4, #4]            @ lock
        ldr     r0, [r4, #0xc]
        show    label_locked
        ldr     r4, =0xf8f00000         @ SCU
        ldr     r0, [r4]
        show    label_scu_control
        ldr     r0, [r4, #4]
        show    label_scu_config
        mov     r0, #1
        str     r0, [r4]
        ldr     r0, [r4]
        show    label_scu_control
        mov     r0, #0
        pop     {r4-r11, pc}
        .ltorg

        @ Every set and way of the data cache, by the size that CCSIDR tells.
invalidate_dcache:
        mov     r0, #0
        mcr     p15, 2, r0, c0, c0, 0   @ CSSELR: level 1, data
        isb
        mrc     p15, 1, r0, c0, c0, 0   @ CCSIDR
        mov     r9, r0
        and     r1, r0, #7
        add     r1, r1, #4              @ log2 of the line
        ubfx    r2, r0, #3, #10         @ ways - 1
        ubfx    r3, r0, #13, #15        @ sets - 1
        clz     r4, r2                  @ the way's position
1:      mov     r5, r3
2:      lsl     r6, r2, r4
        orr     r6, r6, r5, lsl r1
        str     r6, [sp, #-4]           @ (for the peer cache model, which cannot read r6)
        mcr     p15, 0, r6, c7, c6, 2   @ DCISW
        subs    r5, r5, #1
        bge     2b
        subs    r2, r2, #1
        bge     1b
        dsb
        isb
        push    {lr}
        mov     r0, r9
        show    label_ccsidr
        pop     {pc}
        .ltorg

        .section .rodata
        .irp    name, midr, ctr, mpidr, clidr, sctlr, actlr, cpacr, cbar, pfr0, pfr1, mmfr0, isar0, isar4, ttbr0, dacr, cpsr, banks, fiq, state, locked, pss_idcode, arm_pll, uart_clk, scu_control, scu_config, ccsidr
label_\name: .asciz "\name"
        .endr
