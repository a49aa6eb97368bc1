/* Vectors of the MMU test: aborts record the fault registers and go on. */
        .syntax unified
        .arm
        .arch_extension sec
        .section .text
        .balign 32
        .global test_vectors
test_vectors:
        b       .
        b       undefined
        b       supervisor
        b       prefetch
        b       data
        b       .
        b       .
        b       .

        @ r0: DFSR or IFSR, r1: DFAR or IFAR, r2: address of the instruction, r3: SPSR
        .macro  record
        ldr     r12, =aborts
        stmia   r12!, {r0-r3}
        ldr     r0, [r12]
        add     r0, r0, #1
        str     r0, [r12]
        .endm

        @ Goes on behind the instruction.
data:
        push    {r0-r3, r12, lr}
        mrc     p15, 0, r0, c5, c0, 0
        mrc     p15, 0, r1, c6, c0, 0
        sub     r2, lr, #8
        mrs     r3, spsr
        record
        tst     r3, #0x20
        moveq   r0, #4
        beq     1f
        ldrh    r0, [r2]
        cmp     r0, #0xe800
        movlo   r0, #2
        movhs   r0, #4
1:      add     r2, r2, r0
        str     r2, [sp, #20]
        ldm     sp!, {r0-r3, r12, pc}^

        @ Goes on where call_code or run_user was called.
prefetch:
        mrc     p15, 0, r0, c5, c0, 1
        mrc     p15, 0, r1, c6, c0, 2
        sub     r2, lr, #4
        mrs     r3, spsr
        record
        b       resume

undefined:
        ldr     r0, =undefineds
        ldr     r1, [r0]
        add     r1, r1, #1
        str     r1, [r0]
        movs    pc, lr                  @ only A32 ones come here

supervisor:
resume:
        ldr     r12, =resume_block
        ldm     r12, {r0, r1}
        msr     spsr_cxsf, r1
        mov     lr, r0
        movs    pc, lr
        .ltorg

        @ uint32_t call_code(code, argument): runs it in supervisor mode; an abort of its fetch comes back.
        .global call_code
        .type   call_code, %function
call_code:
        push    {r4-r11, lr}
        ldr     r12, =resume_block
        adr     r2, 1f
        mrs     r3, cpsr
        stm     r12, {r2, r3}
        mov     r2, r0
        mov     r0, r1
        blx     r2
1:      pop     {r4-r11, pc}

        @ uint32_t run_user(code, argument): runs it in user mode, on the stack user_stack, to its SVC; returns its r3.
        .global run_user
        .type   run_user, %function
run_user:
        push    {r4-r11, lr}
        ldr     r12, =resume_block
        adr     r2, 1f
        mrs     r3, cpsr
        stm     r12, {r2, r3}
        cps     #0x1f
        ldr     sp, =user_stack_end
        cps     #0x13
        tst     r0, #1
        mov     r2, #0x10
        orrne   r2, r2, #0x20
        bic     r0, r0, #1
        msr     spsr_cxsf, r2
        mov     lr, r0
        mov     r0, r1
        movs    pc, lr
1:      mov     r0, r3
        pop     {r4-r11, pc}

        @ void abort_stack(void): gives abort mode a stack.
        .global abort_stack
        .type   abort_stack, %function
abort_stack:
        cps     #0x17
        ldr     sp, =abort_stack_end
        cps     #0x13
        bx      lr
        .ltorg

        @ Routines that work on memory: (address, block of registers)
        .global try_ldm, try_stm, try_ldm_wb, try_ldrd, try_strd, try_push, try_swp, try_strex, try_ldr_wb, try_pop_t, try_ldrt, try_strt
        .irp    name, try_ldm, try_stm, try_ldm_wb, try_ldrd, try_strd, try_push, try_swp, try_strex, try_ldr_wb, try_ldrt, try_strt
        .type   \name, %function
        .endr
try_ldm:
        push    {r4-r11, lr}
        mov     r12, r1
        ldm     r12, {r2-r11}
        ldm     r0, {r2-r9}
        stm     r12, {r2-r11}
        pop     {r4-r11, pc}
try_ldm_wb:
        push    {r4-r11, lr}
        mov     r12, r1
        ldm     r12, {r2-r11}
        ldmdb   r0!, {r2-r9}
        stm     r12, {r2-r11}
        pop     {r4-r11, pc}
try_stm:
        push    {r4-r11, lr}
        ldm     r1, {r2-r11}
        stm     r0!, {r2-r9}
        pop     {r4-r11, pc}
try_ldrd:
        push    {r4-r5}
        mov     r4, #4
        mov     r5, #5
        ldrd    r4, r5, [r0], #8
        stm     r1, {r0, r4-r5}
        pop     {r4-r5}
        bx      lr
try_strd:
        ldm     r1, {r2-r3}
        strd    r2, r3, [r0, #0]!
        bx      lr
try_push:
        push    {r4-r11, lr}
        mov     r12, sp
        mov     sp, r0
        push    {r2-r9}
        mov     r0, sp
        mov     sp, r12
        pop     {r4-r11, pc}
try_swp:
        mov     r2, r0
        mov     r0, #1
        swp     r0, r1, [r2]
        bx      lr
try_strex:
        ldrex   r2, [r0]
        strex   r3, r1, [r0]
        mov     r0, r3
        bx      lr
try_ldr_wb:
        mov     r2, #7
        ldr     r2, [r0, #4]!
        str     r2, [r1]
        bx      lr
try_ldrt:
        mov     r1, r0
        mov     r0, #0x77
        ldrt    r0, [r1]
        bx      lr
try_strt:
        strt    r1, [r0]
        bx      lr

        .thumb
        .thumb_func
try_pop_t:
        push    {r4-r7, lr}
        mov     r12, sp
        mov     sp, r0
        movs    r4, #4
        cmp     r4, r4
        it      eq
        popeq   {r4-r7}                 @ the next one has this one's condition when it aborts
        mov     r0, r4
        mov     sp, r12
        pop     {r4-r7, pc}
        .balign 4
        .ltorg
        .arm

        @ User mode: its argument is an address.
        .global user_read, user_write
user_read:
        mov     r3, #0x55
        ldr     r3, [r0]
        svc     0
user_write:
        str     r0, [r0]
        mrs     r3, cpsr
        svc     0

        .bss
        .balign 8
        .global aborts, undefineds, resume_block
aborts: .space  20
undefineds: .space 4
resume_block: .space 8
        .balign 8
        .space  256
abort_stack_end:
        .space  256
user_stack_end:
