/* Calls code that may be UNDEFINED, privileged or in User mode; vectors that count and go on. */
        .syntax unified
        .arm
        .text
        .balign 32
vectors:
        b       .
        b       undefined
        b       supervisor
        b       .
        b       .
        b       .
        b       .
        b       .

undefined:
        push    {r2, r3}
        ldr     r2, =undefined_count
        ldr     r3, [r2]
        add     r3, r3, #1
        str     r3, [r2]
        pop     {r2, r3}
        movs    pc, lr                  @ behind the instruction

supervisor:                             @ the end of call_user, or a request to the console
        pop     {r4, pc}

        .global install_vectors, call_privileged, call_user
        .type   install_vectors, %function
        .type   call_privileged, %function
        .type   call_user, %function
install_vectors:
        cps     #0x1b
        ldr     sp, =undefined_stack
        cps     #0x13
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        bx      lr

        @ r0: the code, r1: what r0 holds before; r0 comes back
call_privileged:
        push    {r4, lr}
        mov     r4, r0
        mov     r0, r1
        blx     r4
        pop     {r4, pc}

call_user:
        push    {r4, lr}
        mov     r4, r0
        mov     r0, r1
        cps     #0x10
        blx     r4
        svc     0                       @ pops what was pushed
        .ltorg

        .bss
        .balign 8
        .global undefined_count
undefined_count:
        .space  8
        .space  64
undefined_stack:
