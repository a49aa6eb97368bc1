        .syntax unified
        .thumb
        .text
        .global bare
        .type   bare, %function
        .thumb_func
bare:   adds    r0, r0, #1
        ldr     r1, =0x12345678
        bx      lr
        .ltorg
        .size   bare, . - bare

        .arm
        .global _start
        .type   _start, %function
_start: mov     sp, #0x200000
        mov     lr, #0
        blx     main
        mov     r0, #0x18
        ldr     r1, =0x20026
        svc     0x123456
1:      b       1b
        .ltorg
        .size   _start, . - _start
