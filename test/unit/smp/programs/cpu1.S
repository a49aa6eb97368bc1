/* The second CPU's start and its stack; primitives of both CPUs. */
        .syntax unified
        .arm
        .arch_extension mp
        .text
        .global cpu1_entry
        .type   cpu1_entry, %function
cpu1_entry:
        ldr     r0, =test_vectors
        mcr     p15, 0, r0, c12, c0, 0  @ VBAR
        ldr     sp, =cpu1_stack_top
        b       cpu1_main
        .ltorg

        @ uint32_t add_exclusive(uint32_t *word, uint32_t times)
        .global add_exclusive
        .type   add_exclusive, %function
add_exclusive:
1:      ldrex   r2, [r0]
        add     r2, r2, #1
        strex   r3, r2, [r0]
        cmp     r3, #0
        bne     1b
        subs    r1, r1, #1
        bne     1b
        bx      lr

        @ uint32_t hold_exclusive(uint32_t *word, volatile uint32_t *ready, volatile uint32_t *go): the store's result
        .global hold_exclusive
        .type   hold_exclusive, %function
hold_exclusive:
        ldrex   r3, [r0]
        mov     r12, #1
        str     r12, [r1]
1:      ldr     r12, [r2]
        cmp     r12, #0
        beq     1b
        strex   r12, r3, [r0]
        mov     r0, r12
        bx      lr

        @ void wait_exclusive(uint32_t *word): waits until somebody else writes it
        .global wait_exclusive
        .type   wait_exclusive, %function
wait_exclusive:
        ldrex   r1, [r0]
        wfe
        clrex
        bx      lr

        @ uint32_t patched(void): other code replaces its first instruction
        .global patched
        .type   patched, %function
patched:
        mov     r0, #1
        bx      lr

        .bss
        .balign 8
        .space  0x1000
cpu1_stack_top:
