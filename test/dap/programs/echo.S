        @ Reads a line from UART 1 and echoes it, then a character by semihosting's SYS_READC and prints it with SYS_WRITEC.
        .syntax unified
        .arm
        .text
        .global _start
        .type   _start, %function
_start: mov     sp, #0x200000
        ldr     r4, =0xe0001000
        mov     r0, #'?'
        str     r0, [r4, #0x30]
        mov     r0, #'\n'
        str     r0, [r4, #0x30]
1:      ldr     r0, [r4, #0x2c]         @ channel status: bit 1 receiver empty
        tst     r0, #2
        bne     1b
        ldr     r5, [r4, #0x30]
        str     r5, [r4, #0x30]
        cmp     r5, #'\n'
        bne     1b
        ldr     r1, =prompt
        mov     r0, #4                  @ SYS_WRITE0
        svc     0x123456
        mov     r0, #7                  @ SYS_READC
        svc     0x123456
        ldr     r1, =letter
        strb    r0, [r1]
        mov     r0, #3                  @ SYS_WRITEC
        svc     0x123456
        mov     r0, #0x18
        ldr     r1, =0x20026
        svc     0x123456
2:      b       2b
        .ltorg
prompt: .asciz  "letter: \n"
        .data
letter: .byte   0
