/* Exceptions: own vectors through VBAR; undefined, SVC, prefetch abort, data abort, BKPT, from A32 and T32, privileged and
 * user mode; each handler records its mode, SPSR, link register and fault registers, then returns to continue. */
        .syntax unified
        .arm
        .section .text
        .balign 32
own_vectors:
        b       .
        b       undefined
        b       supervisor
        b       prefetch
        b       data
        b       .
        b       .
        b       .

        @ r11: the hash. r10: kind. Everything a handler clobbers is r8 and r9.
        .macro  record kind
        mov     r8, #\kind
        eor     r11, r8, r11, ror #27
        mrs     r8, cpsr
        eor     r11, r8, r11, ror #27
        mrs     r8, spsr
        eor     r11, r8, r11, ror #27
        ldr     r8, =own_vectors
        sub     r8, lr, r8
        eor     r11, r8, r11, ror #27
        ldr     r9, =taken
        ldr     r8, [r9]
        add     r8, r8, #1
        str     r8, [r9]
        .endm

undefined:
        record  1
        mrs     r8, spsr
        tst     r8, #0x20
        bne     1f
        movs    pc, lr                  @ A32: lr is the next instruction
1:      ldrh    r8, [lr, #-2]           @ T32: lr is 2 past its start
        cmp     r8, #0xe800
        addhs   lr, lr, #2
        movs    pc, lr

supervisor:
        record  2
        movs    pc, lr

prefetch:
        record  3
        mrc     p15, 0, r8, c5, c0, 1   @ IFSR
        eor     r11, r8, r11, ror #27
        mrc     p15, 0, r8, c6, c0, 2   @ IFAR
        eor     r11, r8, r11, ror #27
        mrs     r8, spsr                @ a BKPT: go on behind it
        tst     r8, #0x20
        subne   lr, lr, #2
        movs    pc, lr

data:
        record  4
        mrc     p15, 0, r8, c5, c0, 0   @ DFSR
        eor     r11, r8, r11, ror #27
        mrc     p15, 0, r8, c6, c0, 0   @ DFAR
        eor     r11, r8, r11, ror #27
        mrs     r8, spsr
        tst     r8, #0x20
        subeq   lr, lr, #4              @ A32: behind the access
        beq     1f
        sub     lr, lr, #8
        ldrh    r8, [lr]
        cmp     r8, #0xe800
        addlo   lr, lr, #2
        addhs   lr, lr, #4
1:      movs    pc, lr
        .ltorg

        .macro  report label
        ldr     r0, =\label
        mov     r1, r11
        bl      put_line
        .endm

        .global main
        .type   main, %function
main:
        push    {r4-r11, lr}
        mrc     p15, 0, r4, c12, c0, 0
        push    {r4}
        ldr     r0, =own_vectors
        mcr     p15, 0, r0, c12, c0, 0
        mov     r11, #0

        @ The work in system mode, so that an SVC's banked lr does not touch ours.
        ldr     r0, =spare_stack
        mov     r1, sp
        cps     #0x1f
        mov     sp, r0
        mov     r6, r1

        mov     r0, #100
        mov     r1, #7
        .arch_extension idiv
        .arch_extension sec
        sdiv    r2, r0, r1              @ not on a Cortex-A9
        udiv    r2, r0, r1
        .word   0xe7f000f0              @ UDF
        .word   0xf7ffffff              @ unallocated
        .word   0xee000a10              @ VMOV s0, r0: VFP is off
        cmp     r0, #0
        .word   0x07f000f0              @ UDFEQ, condition false
        mrc     p14, 0, r0, c15, c15, 7 @ no such register
        svc     7
        svceq   8                       @ condition false
        svcne   9
        cps     #0x13
        report  label_undefined
        cps     #0x1f

        bkpt    3
        cps     #0x13
        report  label_prefetch
        cps     #0x1f

        ldr     r0, =area + 1           @ alignment faults: no MMU is needed for them
        mov     r1, #0
        ldr     r1, [r0]                @ these two are allowed
        strh    r1, [r0, #4]
        ldrd    r2, [r0]
        strd    r2, [r0, #10]!
        ldmia   r0!, {r2-r5}
        stmdb   r0!, {r1-r3}
        ldrex   r1, [r0]
        strex   r1, r2, [r0]
        ldrexd  r2, r3, [r0]
        ldrexh  r2, [r0]
        swp     r1, r1, [r0]
        cmp     r0, #0
        ldmeq   r0, {r4, r5}            @ condition false
        mrc     p15, 0, r4, c1, c0, 0
        orr     r5, r4, #2              @ SCTLR.A: now the plain ones fault too
        mcr     p15, 0, r5, c1, c0, 0
        isb
        ldr     r1, [r0]
        ldr     r1, [r0, #4]!
        str     r1, [r0], #8
        ldrh    r1, [r0]
        ldrsh   r1, [r0], #2
        strh    r1, [r0, #2]!
        ldrb    r1, [r0]
        mcr     p15, 0, r4, c1, c0, 0
        isb
        ldr     r1, [r0]
        eor     r11, r0, r11, ror #27   @ bases are restored
        eor     r11, r1, r11, ror #27
        cps     #0x13
        report  label_data
        cps     #0x1f

        @ T32
        ldr     r0, =thumb_part
        blx     r0
        cps     #0x13
        report  label_thumb

        @ User mode: privileged instructions do nothing or are undefined; SVC leads back.
        mrs     r5, cpsr
        ldr     r0, =user_part
        bic     r1, r5, #0xff
        orr     r1, r1, #0x10
        msr     spsr_cxsf, r1
        movs    pc, r0
        .ltorg
user_part:
        mrs     r1, cpsr
        eor     r11, r1, r11, ror #27
        msr     cpsr_c, #0xd3           @ ignored
        cps     #0x13                   @ ignored
        msr     cpsr_f, #0xa0000000     @ allowed
        mrs     r1, cpsr
        eor     r11, r1, r11, ror #27
        mrc     p15, 0, r1, c1, c0, 0   @ undefined
        mcr     p15, 0, r1, c7, c5, 4   @ allowed: ISB
        mcr     p15, 0, r1, c7, c10, 5  @ allowed: DMB
        mcr     p15, 0, r1, c7, c5, 0   @ undefined
        wfe
        .word   0xe7f000f0
        ldr     r0, =area + 2
        ldmia   r0, {r2, r3}
        svc     1
        ldr     r0, =back
        mov     r12, r0
        ldr     r9, =own_vectors        @ the way out: replace the SVC handler's return
        ldr     r0, =leave_user
        ldr     r1, =supervisor
        b       out
        .ltorg
out:
        ldr     r2, =0xea000000         @ b leave_user, patched over `supervisor`
        sub     r3, r0, r1
        sub     r3, r3, #8
        lsr     r3, r3, #2
        bic     r3, r3, #0xff000000
        orr     r2, r2, r3
        str     r2, [r1]
        svc     2
        b       .
leave_user:
        mov     pc, r12
back:
        mov     sp, r6
        report  label_user
        ldr     r0, =taken
        ldr     r1, [r0]
        ldr     r0, =label_taken
        bl      put_line
        pop     {r4}
        mcr     p15, 0, r4, c12, c0, 0
        mov     r0, #0
        pop     {r4-r11, pc}
        .ltorg

        .thumb
        .thumb_func
thumb_part:
        push    {r4, lr}
        sdiv    r2, r0, r1
        .hword  0xde00                  @ UDF
        .hword  0xf7f0, 0xa000          @ UDF.W
        cmp     r0, r0
        it      ne
        addne   r1, #1
        itte    eq
        svceq   3
        moveq   r1, #1
        movne   r1, #2
        bkpt    5
        ldr     r0, =area + 1
        ldr     r1, [r0]
        ldmia   r0!, {r1, r2}
        ldmdb   r0, {r1, r8}
        strd    r1, r2, [r0, #8]!
        ldrexb  r1, [r0]
        ldrexh  r1, [r0]
        itt     eq
        ldmiaeq r0!, {r1, r2}           @ a fault inside an IT block
        addeq   r1, #1
        nop
        eor     r11, r0, r11, ror #27
        eor     r11, r1, r11, ror #27
        pop     {r4, pc}
        .balign 4
        .ltorg
        .arm

        .section .rodata
label_undefined: .asciz "undefined and svc"
label_prefetch: .asciz "prefetch aborts"
label_data:     .asciz "data aborts"
label_thumb:    .asciz "thumb"
label_user:     .asciz "user mode"
label_taken:    .asciz "exceptions taken"

        .bss
        .balign 8
taken:  .space  4
area:   .space  64
        .space  512
spare_stack:
