/* Start of both CPUs, vectors, context switches. Tasks run in System mode on stacks of their own, where an interrupted or
 * waiting one has its registers; the kernel's handlers run on the CPU's Supervisor stack. */
        .syntax unified
        .arm
        .arch   armv7-a
        .arch_extension mp
        .fpu    vfpv3

        .equ    MODE_IRQ, 0x12
        .equ    MODE_SVC, 0x13
        .equ    MODE_ABT, 0x17
        .equ    MODE_UND, 0x1b
        .equ    MODE_SYS, 0x1f
        .equ    MODE_STACK, 0x400

        .section .vectors, "ax"
        .balign 32
        .global _start
_start:
vectors:
        b       boot
        b       undefined_entry
        b       svc_entry
        b       prefetch_entry
        b       data_entry
        nop
        b       irq_entry
        b       .                       @ FIQ is not used

        .text
        .macro  function name
        .global \name
        .type   \name, %function
\name:
        .endm

/* The stacks of this CPU's modes: r4 is its number. */
        .macro  mode_stack mode, base
        cps     #\mode
        ldr     sp, =\base + MODE_STACK
        add     sp, sp, r4, lsl #10
        .endm

function boot
        mov     r4, #0
        ldr     r0, =_bss_start
        ldr     r1, =_bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        bl      set_up
        bl      kernel_init
        bl      mmu_init
        bl      mmu_on
        bl      start_application
        b       kernel_start

function cpu1_boot
        mov     r4, #1
        bl      set_up
        bl      mmu_on
        b       kernel_start

set_up: mov     r5, lr                  @ lr is not banked in System mode, where this ends
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0  @ VBAR
        mrc     p15, 0, r0, c1, c0, 2
        orr     r0, r0, #0xf00000       @ CPACR: floating point is there; FPEXC switches it on for the task that uses it
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mode_stack MODE_IRQ, irq_stacks
        mode_stack MODE_ABT, abort_stacks
        mode_stack MODE_UND, undefined_stacks
        mode_stack MODE_SVC, svc_stacks
        mode_stack MODE_SYS, idle_stacks
        bx      r5
        .ltorg

/* Goes on with the task whose registers lie at r0. */
        .macro  resume
        cps     #MODE_SYS
        mov     sp, r0
        clrex
        pop     {r0-r12, lr}
        rfeia   sp!
        .endm

        .macro  save
        srsdb   sp!, #MODE_SYS
        cps     #MODE_SYS
        push    {r0-r12, lr}
        mov     r0, sp
        cps     #MODE_SVC
        .endm

irq_entry:
        sub     lr, lr, #4
        save
        bl      interrupted
        resume

/* A task gives up its CPU: svc 0. */
svc_entry:
        save
        bl      schedule
        resume

undefined_entry:
        push    {r0-r3, r12, lr}
        bl      take_floating_point
        cmp     r0, #0
        pop     {r0-r3, r12, lr}
        subsne  pc, lr, #4              @ once more
        mov     r0, #3                  @ UNDEFINED
        sub     r1, lr, #4
        b       kill
prefetch_entry:
        mov     r0, #2
        sub     r1, lr, #4
        b       kill
data_entry:
        mov     r0, #1
        mrc     p15, 0, r1, c6, c0, 0   @ DFAR
kill:   bl      task_fault
        resume

/* void lock(uint32_t *word), unlock(uint32_t *word) */
function lock
        mov     r1, #1
1:      ldrex   r2, [r0]
        cmp     r2, #0
        wfene
        strexeq r2, r1, [r0]
        cmpeq   r2, #0
        bne     1b
        dmb
        bx      lr

function unlock
        mov     r1, #0
        dmb
        str     r1, [r0]
        dsb
        sev
        bx      lr

/* uint32_t interrupts_off(void), void interrupts_restore(uint32_t) */
function interrupts_off
        mrs     r0, cpsr
        cpsid   i
        bx      lr

function interrupts_restore
        msr     cpsr_c, r0
        bx      lr

/* void vfp_save(uint64_t *area), vfp_restore(const uint64_t *area): d0..d31, FPSCR */
function vfp_save
        vstmia  r0!, {d0-d15}
        vstmia  r0!, {d16-d31}
        vmrs    r1, fpscr
        str     r1, [r0]
        bx      lr

function vfp_restore
        vldmia  r0!, {d0-d15}
        vldmia  r0!, {d16-d31}
        ldr     r1, [r0]
        vmsr    fpscr, r1
        bx      lr

/* bool vfp_is_on(void), void vfp_switch(bool on) */
function vfp_is_on
        vmrs    r0, fpexc
        ubfx    r0, r0, #30, #1
        bx      lr

function vfp_switch
        lsl     r0, r0, #30
        vmsr    fpexc, r0
        bx      lr

/* void exit(int code): ends the emulation by semihosting (SYS_EXIT_EXTENDED). */
function exit
        cpsid   i
        ldr     r1, =exit_block
        ldr     r2, =0x20026            @ ADP_Stopped_ApplicationExit
        str     r2, [r1]
        str     r0, [r1, #4]
        mov     r0, #0x20
        svc     0x123456
        b       .
        .ltorg

        .bss
        .balign 8
exit_block:
        .space  8
        .macro  stacks name
\name:  .space  2 * MODE_STACK
        .endm
        stacks  irq_stacks
        stacks  abort_stacks
        stacks  undefined_stacks
        stacks  svc_stacks
        stacks  idle_stacks
