@ Replays a list of bus accesses and records what each one answered.
@
@ Reads `ops.bin` through semihosting: records of three words {kind, address, value}; writes `results.bin`: records of
@ two words {status, value}. kind = access size in bytes (1, 2, 4), plus 0x10 for a store, or 0x100 to spin `value`
@ times round an empty loop. status: 0 done, 1 data abort (value = DFSR).
        .syntax unified
        .cpu cortex-a9
        .arm
        .equ OPS, 0x01000000
        .equ RESULTS, 0x02000000

        .text
        .global _start
_start: ldr sp, =0x00f00000
        adr r0, vectors
        mcr p15, 0, r0, c12, c0, 0
        mov r0, #1              @ SYS_OPEN "rb"
        adr r1, open_ops
        svc 0x123456
        mov r8, r0
        ldr r1, =block
        str r8, [r1]
        ldr r2, =OPS
        str r2, [r1, #4]
        ldr r2, =0x00800000
        str r2, [r1, #8]
        mov r0, #6              @ SYS_READ: answers the number of bytes not read
        svc 0x123456
        ldr r2, =0x00800000
        sub r9, r2, r0          @ bytes of the script
        ldr r4, =OPS
        add r9, r9, r4
        ldr r5, =RESULTS
next:   cmp r4, r9
        bhs finish
        ldmia r4!, {r6, r7, r8} @ kind, address, value
        mov r10, #0
        mov r11, #0
        cmp r6, #0x100
        beq spin
        bhi semihosting
        cmp r6, #1
        ldrbeq r11, [r7]
        cmp r6, #2
        ldrheq r11, [r7]
        cmp r6, #4
        ldreq r11, [r7]
        cmp r6, #0x11
        strbeq r8, [r7]
        cmp r6, #0x12
        strheq r8, [r7]
        cmp r6, #0x14
        streq r8, [r7]
record: stmia r5!, {r10, r11}
        b next
spin:   subs r8, r8, #1
        bne spin
        b record

semihosting:
        and r0, r6, #0xff
        mov r1, r7
        svc 0x123456
        mov r11, r0
        b record

finish: mov r0, #1              @ SYS_OPEN "wb"
        adr r1, open_results
        svc 0x123456
        ldr r1, =block
        str r0, [r1]
        ldr r2, =RESULTS
        str r2, [r1, #4]
        sub r2, r5, r2
        str r2, [r1, #8]
        mov r0, #5              @ SYS_WRITE
        svc 0x123456
        mov r0, #0x18           @ SYS_EXIT, ADP_Stopped_ApplicationExit
        ldr r1, =0x20026
        svc 0x123456
        b .

abort:  mov r10, #1
        mrc p15, 0, r11, c5, c0, 0
        subs pc, lr, #4         @ after the instruction that aborted

        .balign 32
vectors: b .
        b .
        b .
        b .
        b abort
        b .
        b .
        b .

        .balign 4
open_ops: .word name_ops, 1, 7
open_results: .word name_results, 5, 11
name_ops: .asciz "ops.bin"
name_results: .asciz "results.bin"
        .balign 4
        .ltorg
        .bss
        .balign 4
block:  .space 16
