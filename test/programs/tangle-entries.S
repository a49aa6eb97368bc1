/* Irreducible flow by hand: loops entered at any of their parts, by fall-through, by conditional jumps and by calls that return
 * into them; flags, results and stores that cross from part to part. */
        .syntax unified
        .arm
        .text

        .global main
        .type   main, %function
main:   push    {r4-r11, lr}
        ldr     r4, =0x2545f491
        mov     r10, #500
again:  bl      three
        bl      nested
        bl      flags
        bl      calls
        subs    r10, r10, #1
        bne     again
        mov     r1, r4
        ldr     r0, =label
        bl      put_line
        mov     r0, #0
        pop     {r4-r11, pc}

        @ A loop of three parts; r4 says where it begins.
three:  mov     r3, #20
        ldr     r5, =area
        ands    r0, r4, #3
        beq     1f
        cmp     r0, #2
        blt     2f
        bgt     3f
1:      add     r4, r4, r3, lsl #7
        str     r4, [r5, r3, lsl #2]
2:      eor     r4, r4, r4, lsr #11
        subs    r3, r3, #1
        bmi     4f
3:      ldr     r2, [r5, r3, lsl #2]
        eor     r4, r2, r4, ror #3
        subs    r3, r3, #1
        bpl     1b
4:      bx      lr

        @ Two loops that share a part: neither contains the other's head.
nested: mov     r3, #30
        tst     r4, #16
        bne     2f
1:      subs    r3, r3, #1
        bxmi    lr
        add     r4, r4, r4, lsl #3
        tst     r4, #0x40000
        beq     3f
2:      eor     r4, r4, #0x5b
        ror     r4, r4, #7
        tst     r4, #0x1000
        bne     1b
3:      add     r4, r4, r3
        subs    r3, r3, #1
        bxmi    lr
        tst     r4, #2
        bne     2b
        b       1b

        @ Flags set in one part are read in the next, whichever it is.
flags:  mov     r3, #24
        mov     r6, #0
        cmp     r4, #0
        bmi     2f
        cmp     r3, r4
1:      addcs   r6, r6, #1
        adc     r4, r4, r6
        subs    r3, r3, #1
        bxeq    lr
        cmp     r4, r6, lsl #20
        bvs     3f
2:      rsblt   r4, r4, r3
        addsge  r4, r4, r4, lsl #5
        bcs     1b
3:      sbcs    r6, r6, r4, lsr #30
        eormi   r4, r4, #0x81000000
        cmp     r3, #12
        subs    r3, r3, #1
        bxmi    lr
        bne     2b
        b       1b

        @ Calls return into the loop, and a part of it is called.
calls:  mov     r7, lr
        mov     r8, #9
        tst     r4, #1
        bne     2f
1:      bl      mix
        subs    r8, r8, #1
        bxmi    r7
        tst     r4, #4
        beq     3f
2:      bl      mix
        add     r4, r4, #3
        tst     r4, #8
        bne     1b
3:      bl      4f
        b       2b
4:      eor     r4, r4, r4, lsl #9
        subs    r8, r8, #1
        bxmi    r7
        bx      lr

mix:    movs    r0, r4, lsr #1
        ldr     r1, =0xedb88320
        eor     r4, r0, r4, ror #13
        eorcs   r4, r4, r1
        bx      lr

        .section .rodata
label:  .asciz  "entries"
        .bss
        .balign 4
area:   .space  128
