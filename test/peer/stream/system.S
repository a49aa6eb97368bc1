/* The guest side of streams of system instructions, which run in any mode; how it works is told in README.md. Between items
 * it is in System mode. An item may end in any mode, instruction set and byte order, by an exception or an interrupt. */
        .syntax unified
        .arm
        .include "shared.S"

        @ The meta word beyond what image.ts says of all items
        .equ    M_MODE, 27              @ bits 31..27: the mode that the item begins in
        .equ    M_PENDING, 0x00800000   @ an interrupt is pending, and masked at first
        .equ    M_REGISTERS, 0x00400000 @ coprocessor registers are recorded and restored

        .equ    SYS, 0xdf               @ System mode, interrupts masked
        .equ    CPSR_E, 0x200
        .equ    GICC_BASE, 0xf8f00100
        .equ    GICD_BASE, 0xf8f01000
        .equ    FPEXC_EN, 0x40000000

        @ r8-r12, sp, lr, SPSR of FIQ; sp, lr, SPSR of IRQ, Supervisor, Abort, Undefined; sp, lr of User
        .equ    BANKED_GIVEN_WORDS, 22
        @ The same with r8-r12 of User before its sp, and one of 0
        .equ    BANKED_WORDS, 28
        .equ    CP_WORDS, 32

        @ Every coprocessor register that an item may change, by \do coproc, opc1, crn, crm, opc2. SCTLR first.
        .macro  each_register do
        \do     p15, 0, c1, c0, 0
        \do     p15, 0, c1, c0, 1
        \do     p15, 0, c1, c0, 2
        \do     p15, 0, c2, c0, 0
        \do     p15, 0, c2, c0, 1
        \do     p15, 0, c2, c0, 2
        \do     p15, 0, c3, c0, 0
        \do     p15, 0, c5, c0, 0
        \do     p15, 0, c5, c0, 1
        \do     p15, 0, c5, c1, 0
        \do     p15, 0, c5, c1, 1
        \do     p15, 0, c6, c0, 0
        \do     p15, 0, c6, c0, 2
        \do     p15, 0, c7, c4, 0
        \do     p15, 0, c9, c12, 0
        \do     p15, 0, c9, c12, 5
        \do     p15, 0, c9, c14, 0
        \do     p15, 0, c10, c2, 0
        \do     p15, 0, c10, c2, 1
        \do     p15, 0, c12, c0, 0
        \do     p15, 0, c13, c0, 1
        \do     p15, 0, c13, c0, 2
        \do     p15, 0, c13, c0, 3
        \do     p15, 0, c13, c0, 4
        \do     p15, 2, c0, c0, 0
        \do     p15, 0, c15, c0, 0
        \do     p15, 0, c15, c0, 1
        \do     p15, 0, c15, c0, 2
        \do     p14, 6, c0, c0, 0
        \do     p14, 6, c1, c0, 0
        .endm
        @ What is left of CP_WORDS: read alone
        .macro  each_status do
        \do     p15, 0, c9, c12, 1
        \do     p15, 0, c9, c12, 3
        .endm
        .macro  read_register cp, op, n, m, op2
        mrc     \cp, \op, r1, \n, \m, \op2
        str     r1, [r0], #4
        .endm
        .macro  write_register cp, op, n, m, op2
        ldr     r1, [r0], #4
        mcr     \cp, \op, r1, \n, \m, \op2
        .endm

        .text
        .global _start
_start: ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        mrc     p15, 0, r0, c1, c0, 0
        bic     r0, r0, #0x40000000     @ SCTLR.TE: exceptions are taken in A32
        mcr     p15, 0, r0, c1, c0, 0
        ldr     r0, =0x00f00000         @ floating point may be used
        mcr     p15, 0, r0, c1, c0, 2
        isb
        ldr     r0, =GICD_BASE
        mov     r1, #1
        str     r1, [r0]                @ ICDDCR
        ldr     r0, =GICC_BASE
        str     r1, [r0]                @ ICCICR
        mov     r1, #0xff
        str     r1, [r0, #4]            @ ICCPMR
        msr     cpsr_c, #SYS
        ldr     r0, =first_registers
        each_register read_register
        ldr     r0, =PARAMETERS
        begin_stream
next_block:
        begin_round finish
next_item:
        begin_item end_block
        random_registers

        @ Banked registers: stacks in the scratch memory, link registers at random, SPSRs with any mode and flags, and the
        @ item's instruction set.
        ldr     r5, =given
        ldr     r6, =1664525
        ldr     r7, =1013904223
        ldr     r10, =modes
        ldr     r11, =target
        ldr     r11, [r11]
        and     r11, r11, #1
        .rept   5
        mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        str     r8, [r5], #4
        .endr
        mov     r9, #6
1:      mla     r4, r4, r6, r7
        ubfx    r0, r4, #16, #4
        ldr     r1, =scratch + SCRATCH_WORDS * 2 - 32
        add     r0, r1, r0, lsl #2
        mla     r4, r4, r6, r7
        eor     r1, r4, r4, ror #13
        mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        ldr     r2, =0xf80f03c0
        and     r2, r2, r8
        ubfx    r8, r4, #10, #3
        ldrb    r8, [r10, r8]
        orr     r2, r2, r8
        orr     r2, r2, r11, lsl #5
        stmia   r5!, {r0, r1, r2}
        subs    r9, r9, #1
        bne     1b
        str     r4, [r12, #random - state]
        tst     r3, #M_PENDING
        ldrne   r0, =GICD_BASE + 0xf00  @ ICDSGIR: to this CPU, number 1
        ldrne   r1, =0x02000001
        strne   r1, [r0]

        ldr     r0, =given
        cps     #0x11
        ldmia   r0!, {r8-r14}
        ldr     r1, [r0], #4
        msr     spsr_cxsf, r1
        .irp    mode, 0x12, 0x13, 0x17, 0x1b
        cps     #\mode
        ldmia   r0!, {r1, r2, r5}
        mov     sp, r1
        mov     lr, r2
        msr     spsr_cxsf, r5
        .endr
        cps     #0x1f
        ldmia   r0!, {r13, r14}

        clrex
        ldr     r0, =0xf80f01c0
        and     r0, r4, r0
        orr     r0, r0, r3, lsr #M_MODE
        tst     r3, #M_PENDING
        orrne   r0, r0, #0x80
        ldr     r5, =initial
        str     r0, [r5, #60]
        msr     cpsr_cxsf, r0
        ldr     r0, =initial
        ldmia   r0, {r0-r14}
        ldr     pc, target
        .ltorg

        @ In System mode, little-endian, the registers of the item's mode saved.
take_item:
        ldr     r0, =banked
        stmia   r0!, {r8-r14}
        cps     #0x11
        stmia   r0!, {r8-r14}
        mrs     r1, spsr
        str     r1, [r0], #4
        .irp    mode, 0x12, 0x13, 0x17, 0x1b
        cps     #\mode
        mov     r1, sp
        mov     r2, lr
        mrs     r3, spsr
        stmia   r0!, {r1, r2, r3}
        .endr
        cps     #0x1f
        ldr     r12, =state
        ldr     r3, [r12, #meta - state]
        tst     r3, #M_PENDING
        beq     1f
        ldr     r0, =GICC_BASE
        ldr     r1, [r0, #12]           @ ICCIAR
        str     r1, [r0, #16]           @ ICCEOIR
1:
        ldr     r5, =saved
        mov     r1, #0
        mov     r2, #0
        ldr     r4, [r5, #S_LANDING]
        cmp     r4, #4
        mrceq   p15, 0, r1, c5, c0, 1
        mrceq   p15, 0, r2, c6, c0, 2
        cmp     r4, #5
        mrceq   p15, 0, r1, c5, c0, 0
        mrceq   p15, 0, r2, c6, c0, 0
        str     r1, [r5, #S_STATUS]
        str     r2, [r5, #S_ADDRESS]

        mix_saved
        ldr     r0, =banked
        .rept   BANKED_WORDS / 4
        ldmia   r0!, {r1, r2, r3, r8}
        mix     r1, r2, r3, r8
        .endr
        ldr     r3, [r12, #meta - state]
        tst     r3, #M_REGISTERS
        bne     registers
registers_are_saved:
        add     r0, r12, #hash_a - state
        stm     r0, {r4, r5}
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        beq     next_item
        record_saved
        ldr     r0, =given
        copy    BANKED_GIVEN_WORDS
        ldr     r0, =banked
        copy    BANKED_WORDS
        ldr     r0, =registers_saved
        copy    CP_WORDS
        str     r1, [r12, #results_at - state]
        b       next_item
        .ltorg

registers:
        ldr     r0, =registers_saved
        each_register read_register
        each_status read_register
        ldr     r0, =first_registers
        each_register write_register
        mvn     r1, #0
        mcr     p15, 0, r1, c9, c12, 2  @ PMCNTENCLR
        mcr     p15, 0, r1, c9, c12, 3  @ PMOVSR
        mcr     p15, 0, r1, c9, c14, 2  @ PMINTENCLR
        isb
        ldr     r0, =registers_saved
        mix_memory CP_WORDS
        b       registers_are_saved

end_block:
        finish_round next_block
finish:
        write_results
        .ltorg

        shared_constants
        @ Of SPSRs, by three random bits
modes:  .byte   0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f, 0x13

        @ From here on, near the data: where items end. Nothing but pc is known.
        .balign 4
        .macro  land number
        str     r0, saved_r0
        mov     r0, #\number
        b       landed
        .endm
        .balign 32
vectors:
        b       .
        b       undefined
        ldr     pc, supervisor_target
        b       prefetch
        b       data
        b       .
        b       interrupt
        b       .
undefined:
        land    2
supervisor:
        land    3
prefetch:
        land    4
data:
        land    5
interrupt:
        land    6
        .global record_arm, taken_arm, record_thumb, taken_thumb
record_arm:
        land    0
taken_arm:
        land    1
record_from_thumb:
        land    8
taken_from_thumb:
        land    9
        .thumb
        .balign 4
record_thumb:
        bx      pc
        nop
        .arm
        b       record_from_thumb
        .thumb
taken_thumb:
        bx      pc
        nop
        .arm
        b       taken_from_thumb

landed:
        str     r0, landing
        mrs     r0, cpsr
        setend  le
        str     r0, saved_psr
        tst     r0, #CPSR_E
        beq     1f
        ldr     r0, saved_r0            @ stored in the other order
        rev     r0, r0
        str     r0, saved_r0
        ldr     r0, landing
        rev     r0, r0
        str     r0, landing
1:      ldr     r0, saved_at
        stmib   r0, {r1-r14}
        ldr     r1, saved_r0
        ldr     r2, saved_psr
        ldr     r3, landing
        str     r1, [r0]
        str     r2, [r0, #S_PSR]
        str     r3, [r0, #S_LANDING]
        tst     r2, #15
        bne     2f
        adr     r1, passed              @ User mode: back by a call, which is not the item's
        str     r1, supervisor_target
        svc     0
passed: adr     r1, supervisor
        str     r1, supervisor_target
2:      msr     cpsr_c, #SYS
        ldr     pc, take_item_at
saved_at:       .word saved
take_item_at:   .word take_item

        @ In a page of its own: writing into a page with code is slow.
        .balign 4096
supervisor_target: .word supervisor
saved_r0:       .word 0
saved_psr:      .word 0
landing:        .word 0
target:         .word 0
        shared_data
        .balign 8
given:          .space 24 * 4           @ (two more than BANKED_GIVEN_WORDS: an SPSR of User)
banked:         .space BANKED_WORDS * 4
registers_saved: .space CP_WORDS * 4
first_registers: .space CP_WORDS * 4
