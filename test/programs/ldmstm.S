/* Block transfers: the four modes, writeback, base in the list, user bank, pc in the list, LDRD/STRD, PUSH/POP, SRS/RFE. */
        .syntax unified
        .arm
        .text

        .macro  fill
        ldr     r0, =0x10101010
        ldr     r1, =0x21212121
        ldr     r2, =0x32323232
        ldr     r3, =0x43434343
        ldr     r5, =0x54545454
        ldr     r6, =0x65656565
        ldr     r7, =0x76767676
        ldr     r8, =0x87878787
        ldr     r10, =0x98989898
        ldr     r12, =0xa9a9a9a9
        .endm

        @ Stores with `operation`, then r4's change, then memory hashed into r11.
        .macro  store operation, registers
        fill
        ldr     r4, =area + 64
        \operation \registers
        bl      note
        .endm

        .macro  load operation, registers
        bl      refill
        fill
        ldr     r4, =area + 64
        \operation \registers
        bl      note_registers
        .endm

        .global main
        .type   main, %function
main:
        push    {r4-r11, lr}
        mov     r11, #0
        store   stmia, "r4, {r0-r3}"
        store   stmib, "r4, {r0-r3, r12}"
        store   stmda, "r4, {r0, r5, r7}"
        store   stmdb, "r4, {r1, r3, r8, r10}"
        store   stmia, "r4!, {r0-r3, r5-r8}"
        store   stmib, "r4!, {r5}"
        store   stmda, "r4!, {r0-r8}"
        store   stmdb, "r4!, {r0, r12}"
        store   stmia, "r4!, {r4, r5}"
        store   stmia, "r4, {r3, r4, r5}"
        store   strd, "r2, [r4, #8]!"
        store   strd, "r6, [r4], #-16"
        ldr     r0, =label_stores
        mov     r1, r11
        bl      put_line

        load    ldmia, "r4, {r0-r3}"
        load    ldmib, "r4, {r0-r3, r12}"
        load    ldmda, "r4, {r0, r5, r7}"
        load    ldmdb, "r4, {r1, r3, r8, r10}"
        load    ldmia, "r4!, {r0-r3, r5-r8}"
        load    ldmib, "r4!, {r5}"
        load    ldmda, "r4!, {r0-r3, r5-r8}"
        load    ldmdb, "r4!, {r0, r12}"
        load    ldmia, "r4, {r3, r4, r5}"
        load    ldrd, "r2, [r4, #8]!"
        load    ldrd, "r6, [r4], #-16"
        ldr     r0, =label_loads
        mov     r1, r11
        bl      put_line

        @ pc in the list, with and without a condition
        ldr     r4, =area
        mov     r0, #77
        adr     r1, 1f
        stmia   r4, {r0, r1}
        mov     r2, #0
        cmp     r2, #1
        ldmiaeq r4, {r2, pc}            @ not taken
        ldmia   r4!, {r2, pc}
        mov     r2, #1                  @ skipped
1:      eor     r11, r2, r11, ror #9
        ldr     r0, =area
        sub     r0, r4, r0
        eor     r11, r0, r11, ror #9
        ldr     r0, =label_pc
        mov     r1, r11
        bl      put_line

        @ The user bank from supervisor mode: r13 and r14 of the user, not ours.
        bl      refill
        ldr     r4, =area
        mov     r9, sp
        mov     r10, lr
        ldmia   r4, {r8, r13, r14}^
        mov     r0, r0
        cmp     sp, r9
        cmpeq   lr, r10
        movne   r11, #0
        eor     r11, r8, r11, ror #9
        add     r4, r4, #32
        mov     r8, #5
        stmdb   r4, {r8, r13, r14}^
        bl      note
        cps     #0x1f                   @ system mode shares the bank
        mov     r0, sp
        mov     r1, lr
        cps     #0x13
        eor     r11, r0, r11, ror #9
        eor     r11, r1, r11, ror #9
        ldr     r0, =label_user
        mov     r1, r11
        bl      put_line

        @ Exception return: LDM with pc and ^, RFE, SRS, MOVS pc, SUBS pc; each changes the mode back.
        mrs     r6, cpsr
        ldr     r4, =area
        mov     r0, #5
        adr     r1, 2f
        stmia   r4, {r0, r1}
        bic     r1, r6, #0x1f
        orr     r1, r1, #0x1f           @ to system mode
        msr     spsr_cxsf, r1
        ldmia   r4, {r0, pc}^
        mov     r11, #1
2:      mrs     r1, cpsr
        eor     r11, r1, r11, ror #9
        cps     #0x13
        adr     r0, 3f
        orr     r1, r6, #0xf0000000     @ with flags
        ldr     r4, =area
        stmia   r4, {r0, r1}
        rfeia   r4!
        mov     r11, #2
3:      mrs     r1, cpsr
        eor     r11, r1, r11, ror #9
        ldr     r0, =area
        sub     r0, r4, r0
        eor     r11, r0, r11, ror #9
        adr     lr, 4f + 4
        bic     r1, r6, #0xf0000000
        msr     spsr_cxsf, r1
        subs    pc, lr, #4
        mov     r11, #3
4:      mrs     r1, cpsr
        eor     r11, r1, r11, ror #9
        adr     lr, 5f
        orr     r1, r6, #0x80000000
        msr     spsr_cxsf, r1
        movs    pc, lr
        mov     r11, #4
5:      mrs     r1, cpsr
        eor     r11, r1, r11, ror #9
        ldr     lr, =0x12345678         @ SRS to the system mode's stack
        cps     #0x1f
        mov     r5, sp
        ldr     sp, =area + 64
        cps     #0x13
        srsdb   sp!, #0x1f
        cps     #0x1f
        mov     r4, sp
        mov     sp, r5
        cps     #0x13
        bl      note
        ldr     r0, =label_return
        mov     r1, r11
        bl      put_line

        @ A Thumb return through POP, and Thumb block transfers.
        adr     r0, thumb_part + 1
        blx     r0
        ldr     r0, =label_thumb
        mov     r1, r11
        bl      put_line
        mov     r0, #0
        pop     {r4-r11, pc}

        .thumb
        .thumb_func
thumb_part:
        push    {r4-r7, lr}
        ldr     r4, =area + 64
        ldr     r0, =0x11223344
        mov     r1, r4
        mvns    r2, r0
        lsls    r3, r0, #3
        stmia   r4!, {r0-r3}
        stmdb   r4, {r0, r2, r5, r8}
        stmia.w r4!, {r1, r3, r9, r12}
        subs    r4, #16
        ldmia   r4!, {r5, r6, r7}
        ldmdb   r4!, {r0, r8}
        strd    r5, r7, [r4, #-8]!
        ldrd    r1, r2, [r4], #12
        ldmia   r4, {r3, r4}
        eor     r11, r11, r3
        push    {r0-r7}
        push.w  {r1, r8, r12}
        pop.w   {r0, r2, r3}
        add     sp, #8
        pop     {r1}
        add     sp, #20
        eor     r11, r0, r11, ror #5
        eor     r11, r1, r11, ror #5
        blx     note
        pop     {r4-r7, pc}
        .balign 4
        .ltorg
        .arm

        .ltorg
        .global note
note:
        ldr     r0, =area
        mov     r1, #32
1:      ldr     r2, [r0], #4
        eor     r11, r2, r11, ror #27
        add     r11, r11, r11, lsl #2
        subs    r1, r1, #1
        bne     1b
        eor     r11, r4, r11, ror #3
        bx      lr
note_registers:
        eor     r11, r0, r11, ror #27
        eor     r11, r1, r11, ror #27
        eor     r11, r2, r11, ror #27
        eor     r11, r3, r11, ror #27
        eor     r11, r4, r11, ror #27
        eor     r11, r5, r11, ror #27
        eor     r11, r6, r11, ror #27
        eor     r11, r7, r11, ror #27
        eor     r11, r8, r11, ror #27
        eor     r11, r10, r11, ror #27
        eor     r11, r12, r11, ror #27
        add     r11, r11, r11, lsl #2
        bx      lr
refill:
        ldr     r0, =area
        mov     r1, #0
        ldr     r2, =0x01020408
1:      add     r2, r2, r2, ror #25
        str     r2, [r0, r1]
        add     r1, r1, #4
        cmp     r1, #128
        bne     1b
        bx      lr
        .ltorg
        .section .rodata
label_stores:   .asciz "stores"
label_loads:    .asciz "loads"
label_pc:       .asciz "pc"
label_user:     .asciz "user"
label_return:   .asciz "return"
label_thumb:    .asciz "thumb"
        .bss
        .balign 64
area:   .space  128
