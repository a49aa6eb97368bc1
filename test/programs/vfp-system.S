/* Who may use floating point and Advanced SIMD: CPACR and FPEXC off and on, privileged and User mode; their system registers;
 * short vectors; loads and stores of every kind with the accesses that plugins see; alignment faults. Each step adds to a hash
 * that is printed. */
        .syntax unified
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

        @ What may and may not work. r4 and r5 stay what they are where it does not.
        .macro  attempt instruction:vararg
        load    r4, 0x44444444
        load    r5, 0x55555555
        \instruction
        mix     r4
        mix     r5
        .endm

        .macro  attempts
        attempt vmrs    r4, fpsid
        attempt vmrs    r4, mvfr0
        attempt vmrs    r4, mvfr1
        attempt vmrs    r4, fpexc
        attempt vmrs    r4, fpscr
        attempt vmrs    r4, fpinst
        attempt .word   0xeef54a10      @ vmrs r4, mvfr2
        attempt .word   0xeef34a10      @ vmrs r4, of a register that is none
        attempt vmsr    fpsid, r4
        attempt .word   0xeee74a10      @ vmsr mvfr0, r4
        attempt vmov    r4, s1
        attempt vmov    r4, r5, d31
        attempt vadd.f32 s0, s0, s0
        attempt vldr    d0, [r10]
        attempt vpush   {d8-d9}
        attempt vpop    {d8-d9}
        attempt vdup.32 q8, r4
        attempt vmov.16 d3[2], r4
        attempt vand    q8, q8, q9
        attempt vmov.i32 d1, #1
        attempt vadd.f32 q0, q0, q0
        attempt vld1.32 {d0}, [r10]
        attempt vst1.8  {d3[1]}, [r10]
        attempt vmrs    apsr_nzcv, fpscr
        attempt .word   0xeea00a00      @ vfma.f32 s0, s0, s0: not in VFPv3
        attempt .word   0xeeb20b40      @ vcvtb.f64.f16 d0, s0: nor that
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
        mov     r0, #0x40000000
        cpacr   0x00f00000
        attempts
        report  label_off
        load    r0, 0xffffffff
        vmsr    fpexc, r0
        vmrs    r0, fpexc
        mix     r0
        load    r0, 0xffffffff
        vmsr    fpscr, r0
        vmrs    r1, fpscr
        mix     r1
        mov     r0, #0
        vmsr    fpscr, r0
        load    r0, 0x3f800000
        vmov    s0, r0
        vmov    s1, r0
        attempts
        report  label_on
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
        cpacr   0xffffffff
        cpacr   0x00300000              @ coprocessor 10 alone
        attempts
        cpacr   0x00c00000
        attempts
        cpacr   0x80f00000              @ Advanced SIMD disabled, then d16 to d31
        attempts
        cpacr   0x40f00000
        attempts
        cpacr   0x00f00000
        report  label_cpacr

        @ Loads and stores; plugins see the accesses
        load    r10, buffer
        mov     r1, #64
        load    r0, 0x01020304
1:      mul     r2, r0, r1
        str     r2, [r10, r1, lsl #2]
        subs    r1, r1, #1
        bpl     1b
        vldr    s3, [r10, #4]
        vldr    d17, [r10, #8]
        vldr    d4, [r10, #12]
        vstr    s3, [r10, #132]
        vstr    d17, [r10, #132]
        vldm    r10!, {s4-s10}
        vldm    r10!, {d5-d9}
        vldmdb  r10!, {d20-d23}
        vstmdb  r10!, {s1-s4}
        vstm    r10, {d16-d31}
        add     r10, r10, #64
        .word   0xecba0b05              @ fldmiax r10!, {d0-d1}
        sub     r0, r10, #0
        load    r1, buffer
        sub     r0, r0, r1
        mix     r0
        vpush   {d0-d15}
        vpop    {d16-d31}
        vldr    d0, literal
        setend  be
        vldr    d1, [r10]
        vldr    s5, [r10]
        vstr    d1, [r10, #8]
        setend  le
        load    r10, buffer
        mov     r1, #64
1:      ldr     r0, [r10, r1, lsl #2]
        mix     r0
        subs    r1, r1, #1
        bpl     1b
        vmov    r0, r1, d0
        mix     r0
        mix     r1
        vmov    r0, r1, d1
        mix     r0
        mix     r1
        vmov    r0, s5
        mix     r0
        report  label_memory

        @ Alignment: to a word, whatever is transferred
        add     r10, r10, #2
        vldr    s0, [r10]
        vldr    d0, [r10]
        vstr    d0, [r10, #4]
        vldm    r10!, {d0-d1}
        vstm    r10!, {s0-s1}
        load    r0, buffer
        sub     r0, r10, r0
        mix     r0
        report  label_alignment

        @ Short vectors
        load    r10, vector_data
        mov     r6, #0
2:      and     r0, r6, #7
        and     r1, r6, #8
        lsl     r0, r0, #16
        orr     r0, r0, r1, lsl #17
        orr     r0, r0, r1, lsl #18
        mov     r1, #0
        vmsr    fpscr, r1
        vldm    r10, {d0-d15}
        vmsr    fpscr, r0
        vadd.f32 s8, s16, s24
        vmul.f32 s9, s17, s2
        vmla.f32 s16, s25, s1
        vneg.f32 s20, s3
        vmov.f32 s24, s12
        vmov.f32 s28, #1.5
        vadd.f32 s4, s16, s24
        vmul.f64 d4, d8, d12
        vsub.f64 d9, d5, d1
        vsqrt.f64 d12, d2
        vcmp.f32 s8, s9
        vcvt.f64.f32 d15, s9
        vmrs    r1, fpscr
        mix     r1
        mov     r1, #0
        vmsr    fpscr, r1
        load    r2, buffer
        vstm    r2, {d0-d15}
        mov     r1, #31
3:      ldr     r0, [r2, r1, lsl #2]
        mix     r0
        subs    r1, r1, #1
        bpl     3b
        add     r6, r6, #1
        cmp     r6, #16
        bne     2b
        report  label_vectors

        @ Conditions and T32
        cmp     r6, #16
        vmovne.f32 s0, #2.0
        vmoveq.f32 s1, #3.0
        adr     r0, 4f + 1
        bx      r0
        .thumb
        .balign 4
4:      vadd.f32 s2, s0, s1
        cmp     r6, #15
        itte    eq
        vmoveq.f32 s3, #4.0
        vaddeq.f64 d3, d2, d1
        vmulne.f32 s4, s1, s1
        attempt .inst.w 0xeea00a00
        attempt .inst.w 0xeee10a10
        .balign 4
        bx      pc
        nop
        .arm
        vmov    r0, r1, s2, s3
        mix     r0
        mix     r1
        vmov    r0, s4
        mix     r0
        report  label_thumb

        pop     {r4}
        mcr     p15, 0, r4, c12, c0, 0
        and     r0, r11, #63
        pop     {r4-r11, pc}
        .ltorg
        .balign 8
literal:
        .word   0x12345678, 0x9abcdef0

        .section .rodata
        .balign 8
vector_data:
        .float  1.5, -2.25, 3.125, 1e10, 0.1, -0.2, 0.3, 7.0
        .float  2.0, 4.0, -8.0, 0.5, 0.25, 1e-20, -3.5, 9.0
        .float  1.25, 2.5, 3.75, 5.0, -6.25, 7.5, 8.75, 10.0
        .float  0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, -1.0
label_reset:    .asciz "reset"
label_off:      .asciz "switched off"
label_on:       .asciz "switched on"
label_privileged: .asciz "privileged only"
label_user:     .asciz "user"
label_cpacr:    .asciz "one coprocessor"
label_memory:   .asciz "memory"
label_alignment: .asciz "alignment"
label_vectors:  .asciz "short vectors"
label_thumb:    .asciz "thumb"

        .bss
        .balign 64
buffer: .space  512
