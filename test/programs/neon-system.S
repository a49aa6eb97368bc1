/* Who may use Advanced SIMD: CPACR (ASEDIS and D32DIS, too) and FPEXC, privileged and User mode; encodings that are none; loads
 * and stores of structures of every kind in both byte orders, with the accesses that plugins see, alignment faults with and
 * without SCTLR.A, structures past d31, a device's registers. Each step adds to a hash that is printed. */
        .syntax unified
        .arch   armv7-a
        .fpu    neon
        .arm
        .section .text
        .balign 32
own_vectors:
        b       .
        b       undefined
        b       supervisor
        b       .
        b       data
        b       .
        b       .
        b       .

        .macro  load register, value
        movw    \register, #:lower16:\value
        movt    \register, #:upper16:\value
        .endm

        @ r11: the hash
        .macro  mix register
        eor     r11, \register, r11, ror #27
        .endm

undefined:
        mov     r8, #1
        mix     r8
        mrs     r8, spsr
        mix     r8
        load    r8, own_vectors
        sub     r8, lr, r8
        mix     r8
        mrs     r8, spsr
        tst     r8, #0x20
        addne   lr, lr, #2              @ T32: lr is 2 past the start of an instruction of 4 bytes
        movs    pc, lr

data:
        mov     r8, #4
        mix     r8
        mrc     p15, 0, r8, c5, c0, 0
        mix     r8
        mrc     p15, 0, r8, c6, c0, 0
        load    r9, buffer
        sub     r8, r8, r9
        mix     r8
        subs    pc, lr, #4

supervisor:
        mrs     r8, spsr                @ back to Supervisor mode
        orr     r8, r8, #0x13
        msr     spsr_c, r8
        movs    pc, lr

        .macro  attempt instruction:vararg
        load    r4, 0x44444444
        \instruction
        mix     r4
        .endm

        .macro  attempts
        attempt vand    d0, d1, d2
        attempt vand    q8, q9, q10
        attempt vadd.i8 d0, d0, d1
        attempt vqadd.s8 q0, q0, q1
        attempt vmov.i32 d0, #1
        attempt vshr.u8 d0, d0, #1
        attempt vmull.u8 q0, d2, d3
        attempt vmul.i16 d0, d1, d2[1]
        attempt vmul.f32 d0, d1, d2[1]
        attempt vext.8  d0, d1, d2, #1
        attempt vtbl.8  d0, {d1}, d2
        attempt vdup.8  d0, d1[1]
        attempt vdup.8  d0, r4
        attempt vmov.8  d0[1], r4
        attempt vmov.s8 r4, d0[1]
        attempt vld1.8  {d0}, [r10]
        attempt vst1.8  {d0[1]}, [r10]
        attempt vld2.8  {d0[], d1[]}, [r10]
        attempt vmrs    r4, fpscr
        attempt .word   0xf2021044      @ vhadd.s8 of a quadword that is none
        attempt .word   0xf3110912      @ vmul.p16
        attempt .word   0xf420077d      @ vld1 of an alignment that is none
        attempt .word   0xf2000d10      @ (vmla.f32 d0, d0, d0)
        attempt .word   0xf2000c10      @ vfma.f32: not in Advanced SIMD of this version
        attempt .word   0xf3b00300      @ aese.8: nor that
        attempt .word   0xf3ba0380      @ sha1su1.32: nor that
        attempt .word   0xf2000c40      @ sha1c.32: nor that
        attempt .word   0xf3ba0400      @ vrintn.f32: nor that
        mrs     r4, cpsr
        mix     r4
        .endm

        .macro  report label
        load    r0, \label
        mov     r1, r11
        bl      put_line
        .endm

        .macro  cpacr value
        load    r0, \value
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mrc     p15, 0, r0, c1, c0, 2
        mix     r0
        .endm

        .macro  user
        mrs     r0, cpsr
        bic     r0, r0, #0xf
        msr     cpsr_c, r0
        mov     sp, r7
        .endm

        .global main
        .type   main, %function
main:
        push    {r4-r11, lr}
        mrc     p15, 0, r4, c12, c0, 0
        push    {r4}
        load    r0, own_vectors
        mcr     p15, 0, r0, c12, c0, 0
        mov     r7, sp
        mov     r11, #0
        load    r10, buffer

        attempts
        report  label_reset
        cpacr   0x00f00000
        attempts
        report  label_off
        mov     r0, #0x40000000
        vmsr    fpexc, r0
        vmrs    r0, mvfr0
        mix     r0
        vmrs    r0, mvfr1
        mix     r0
        .irp    n, 0, 1, 2, 3, 4, 5     @ ID_ISAR0-5 tell of Advanced SIMD's synchronisation and more
        mrc     p15, 0, r0, c0, c2, \n
        mix     r0
        .endr
        mov     r0, #0
        vmsr    fpscr, r0
        vmov.i8 q0, #0x7f
        vmov.i8 q1, #1
        vmov.i8 q8, #2
        vmov.i8 q9, #3
        attempts
        report  label_on
        cpacr   0x80f00000              @ ASEDIS
        attempts
        cpacr   0x40f00000              @ D32DIS
        attempts
        cpacr   0xc0f00000
        attempts
        report  label_disabled
        cpacr   0x00500000              @ privileged modes only
        attempts
        user
        attempts
        svc     0
        report  label_privileged
        cpacr   0x00f00000
        user
        attempts
        svc     0
        report  label_user
        cpacr   0x00300000              @ coprocessor 10 alone, then 11
        attempts
        cpacr   0x00c00000
        attempts
        cpacr   0x00f00000
        report  label_cpacr

        bl      fill
        bl      structures
        report  label_little
        bl      fill
        setend  be
        bl      structures
        setend  le
        report  label_big

        mov     r6, #7
1:      bl      fill
        bl      alignments
        subs    r6, r6, #1
        bpl     1b
        report  label_alignment
        mrc     p15, 0, r0, c1, c0, 0
        orr     r0, r0, #2              @ SCTLR.A
        mcr     p15, 0, r0, c1, c0, 0
        isb
        mov     r6, #7
2:      bl      fill
        bl      alignments
        subs    r6, r6, #1
        bpl     2b
        mrc     p15, 0, r0, c1, c0, 0
        bic     r0, r0, #2
        mcr     p15, 0, r0, c1, c0, 0
        isb
        report  label_checked

        @ Structures past the last register, stores first: what is loaded there nobody can see otherwise
        bl      fill
        load    r10, buffer
        add     r10, r10, #64
        .word   0xf44ae20d              @ vst1.8 {d30-d33}, [r10]!
        .word   0xf44af38d              @ vst2.32 {d31-d34}, [r10]!
        .word   0xf44af14d              @ vst4.16 {d31, d33, d35, d37}, [r10]!
        .word   0xf4caf10d              @ vst2.8 {d31[0], d32[0]}, [r10]!
        bl      collect
        .word   0xf46ae20d              @ and loads
        .word   0xf46af44d              @ vld3.16 {d31-d33}, [r10]!
        .word   0xf4eafcad              @ vld1.32 {d31[], d32[]}, [r10]!
        .word   0xf4eafd0d              @ vld2.8 {d31[], d32[]}, [r10]!
        .word   0xf4eaf20d              @ vld3.8 {d31[0]-d33[0]}, [r10]!
        bl      collect
        report  label_past

        @ Registers of a device (the priorities of interrupts in the GIC): doublewords, halfwords and bytes
        load    r10, 0xf8f01420
        vmov.i32 q8, #0x5000
        vmov.i8 d18, #0x30
        vst1.32 {d16-d17}, [r10:64]!
        vst2.8  {d18-d19}, [r10]!
        vst1.8  {d18[3]}, [r10]
        sub     r10, r10, #16
        vld1.32 {d0-d1}, [r10:64]!
        vld1.16 {d2[1]}, [r10]
        vld4.8  {d4[3], d5[3], d6[3], d7[3]}, [r10]!
        load    r0, 0xf8f01420
        sub     r10, r10, r0
        mix     r10
        bl      collect
        report  label_device

        @ T32, in IT blocks
        bl      fill
        load    r10, buffer
        vmov.i32 q0, #5
        vmov.i32 q1, #7
        adr     r0, 3f + 1
        bx      r0
        .thumb
        .balign 4
3:      cmp     r6, r6
        itete   eq
        vaddeq.i32 q0, q0, q1
        vmulne.f32 s0, s1, s1
        vld1eq.32 {d4-d5}, [r10]!
        vst1ne.32 {d4-d5}, [r10]!
        it      ne
        .inst.w 0xff021044              @ vhadd.s8 of a quadword that is none
        it      eq
        .inst.w 0xff021044
        .balign 4
        bx      pc
        nop
        .arm
        bl      collect
        report  label_thumb

        pop     {r4}
        mcr     p15, 0, r4, c12, c0, 0
        and     r0, r11, #63
        pop     {r4-r11, pc}
        .ltorg

        @ The buffer with words that differ in each byte, and the registers likewise
fill:
        load    r0, buffer
        load    r1, 0x04030201
        load    r2, 0x11170d07
        mov     r3, #128
1:      str     r1, [r0], #4
        add     r1, r1, r2
        subs    r3, r3, #1
        bne     1b
        sub     r0, r0, #256
        vldm    r0!, {d0-d15}
        vldm    r0, {d16-d31}
        bx      lr

        @ All registers, FPSCR and the buffer into the hash
collect:
        load    r0, registers
        vstm    r0!, {d0-d15}
        vstm    r0!, {d16-d31}
        vmrs    r1, fpscr
        str     r1, [r0]
        load    r0, registers
        mov     r3, #65
1:      ldr     r1, [r0], #4
        mix     r1
        subs    r3, r3, #1
        bne     1b
        load    r0, buffer
        mov     r3, #128
2:      ldr     r1, [r0], #4
        mix     r1
        subs    r3, r3, #1
        bne     2b
        bx      lr

        @ Every form once for loads (bit 21) and once for stores; r2 counts on
structures:
        push    {r4, lr}
        load    r10, buffer
        mov     r2, #8
        .irp    way, ld, st
        v\way\()1.8     {d0}, [r10]!
        v\way\()1.16    {d1-d2}, [r10], r2
        v\way\()1.32    {d3-d5}, [r10]
        v\way\()1.64    {d6-d9}, [r10]!
        v\way\()1.16    {d20-d23}, [r10]
        b       .+4                     @ blocks short enough for QEMU to leave them whole
        v\way\()2.8     {d10-d11}, [r10]!
        v\way\()2.16    {d10, d12}, [r10], r2
        v\way\()2.32    {d28-d31}, [r10]!
        v\way\()3.8     {d13-d15}, [r10]!
        v\way\()3.16    {d13, d15, d17}, [r10]
        v\way\()3.32    {d14-d16}, [r10], r2
        b       .+4
        v\way\()4.8     {d16-d19}, [r10]!
        v\way\()4.16    {d17, d19, d21, d23}, [r10]
        v\way\()4.32    {d20-d23}, [r10], r2
        b       .+4
        v\way\()1.8     {d24[5]}, [r10]!
        v\way\()1.16    {d24[1]}, [r10]
        v\way\()1.32    {d25[1]}, [r10]!
        v\way\()2.8     {d24[5], d25[5]}, [r10]!
        v\way\()2.16    {d24[1], d26[1]}, [r10], r2
        v\way\()2.32    {d25[1], d26[1]}, [r10]!
        v\way\()3.8     {d24[5], d25[5], d26[5]}, [r10]
        v\way\()3.16    {d24[1], d26[1], d28[1]}, [r10], r2
        v\way\()3.32    {d25[1], d26[1], d27[1]}, [r10]!
        v\way\()4.8     {d24[5], d25[5], d26[5], d27[5]}, [r10]!
        v\way\()4.16    {d24[1], d26[1], d28[1], d30[1]}, [r10], r2
        v\way\()4.32    {d25[1], d26[1], d27[1], d28[1]}, [r10]!
        b       .+4
        .endr
        vld1.8  {d0[]}, [r10]!
        vld1.16 {d1[], d2[]}, [r10]!
        vld1.32 {d3[]}, [r10]
        vld2.8  {d4[], d5[]}, [r10]!
        vld2.16 {d6[], d8[]}, [r10], r2
        vld2.32 {d7[], d9[]}, [r10]
        vld3.8  {d10[], d11[], d12[]}, [r10]!
        vld3.16 {d13[], d15[], d17[]}, [r10]
        vld4.8  {d18[], d19[], d20[], d21[]}, [r10]!
        vld4.32 {d22[], d24[], d26[], d28[]}, [r10]!
        load    r0, buffer
        sub     r10, r10, r0
        mix     r10
        mrs     r4, cpsr
        setend  le
        bl      collect
        tst     r4, #0x200
        beq     1f
        setend  be
1:      pop     {r4, pc}

        @ Accesses at distance r6 from an aligned address
alignments:
        push    {r4, lr}
        load    r10, buffer
        add     r10, r10, r6
        add     r5, r10, r6, lsl #2
        .irp    way, ld, st
        v\way\()1.8     {d0-d1}, [r10]
        v\way\()1.16    {d2}, [r10]
        v\way\()1.32    {d3-d4}, [r10]
        v\way\()1.64    {d5}, [r10]
        v\way\()2.16    {d6-d7}, [r10]
        v\way\()4.32    {d8-d11}, [r10]
        v\way\()1.16    {d12[1]}, [r10]
        v\way\()2.32    {d12[1], d13[1]}, [r10]
        b       .+4
        v\way\()1.8     {d14}, [r10:64]!
        v\way\()1.8     {d16-d17}, [r5:128]
        v\way\()1.16    {d18[2]}, [r10:16]!
        v\way\()1.32    {d19[1]}, [r10:32]
        v\way\()2.8     {d20[1], d21[1]}, [r10:16]
        v\way\()2.16    {d20[1], d22[1]}, [r5:32]!
        v\way\()4.8     {d24[1], d25[1], d26[1], d27[1]}, [r5:32]
        v\way\()4.32    {d24[1], d25[1], d26[1], d27[1]}, [r5:128]
        b       .+4
        .endr
        vld1.16 {d28[]}, [r10:16]
        vld2.32 {d28[], d29[]}, [r5:64]
        vld3.16 {d28[], d29[], d30[]}, [r10]
        vld4.16 {d28[], d29[], d30[], d31[]}, [r5:64]
        vld4.32 {d28[], d29[], d30[], d31[]}, [r5:64]
        vld4.32 {d28[], d29[], d30[], d31[]}, [r5:128]
        load    r0, buffer
        sub     r4, r10, r0
        mix     r4
        sub     r4, r5, r0
        mix     r4
        bl      collect
        pop     {r4, pc}
        .ltorg

        .section .rodata
label_reset:    .asciz "reset"
label_off:      .asciz "switched off"
label_on:       .asciz "switched on"
label_disabled: .asciz "asedis, d32dis"
label_privileged: .asciz "privileged only"
label_user:     .asciz "user"
label_cpacr:    .asciz "one coprocessor"
label_little:   .asciz "little-endian"
label_big:      .asciz "big-endian"
label_alignment: .asciz "alignment"
label_checked:  .asciz "alignment checked"
label_past:     .asciz "past the last register"
label_device:   .asciz "device"
label_thumb:    .asciz "thumb"

        .bss
        .balign 1024
buffer: .space  1024
registers: .space 264
