/* Accesses where nothing is, and jumps to it. On xilinx-zynq-a9 a load reads 0 and a store is dropped. */
        .syntax unified
        .arm
        .text
        .global main
        .type   main, %function
main:
        push    {r4, r5, lr}
        mov     r5, #1
        .irp    address, 0x08000000, 0x40000000, 0x90000000, 0xe0008000, 0xe000a000, 0xf8006000, 0xf8f02000, 0xf8f00700, 0xfeffffc0
        ldr     r4, =\address
        mvn     r0, #0
        str     r0, [r4]
        ldr     r1, [r4]
        strh    r0, [r4, #4]
        ldrsh   r2, [r4, #4]
        strb    r0, [r4, #9]
        ldrb    r3, [r4, #9]
        orr     r1, r1, r2
        orr     r1, r1, r3
        add     r5, r5, r1
        .endr
        ldr     r0, =label
        mov     r1, r5
        bl      put_line
        mov     r0, #0
        pop     {r4, r5, pc}
        .ltorg
label:  .asciz "sum"
