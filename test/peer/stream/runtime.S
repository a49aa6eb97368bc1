/* The guest side of the random instruction streams; how it works is told in README.md. A32, runs in user mode; the tested
 * instructions, their table and the parameters are segments that the harness adds to this image. */
        .syntax unified
        .fpu neon
        .arm

        .equ    PARAMETERS, 0x1f0000    @ written by the harness, see below
        .equ    RESULTS, 0x40c0000       @ (places apart in a software TLB)
        .equ    SCRATCH_WORDS, 128
        .equ    SAVED_WORDS, 20

        @ Parameters
        .equ    P_TABLE, 0              @ address of the items: {code address | Thumb bit, meta (image.ts)}
        .equ    P_BLOCKS, 4             @ number of blocks
        .equ    P_ITEMS, 8              @ items in a block
        .equ    P_FIRST, 12             @ number of the first round of the first block
        .equ    P_SEED, 16
        .equ    P_DETAIL, 20            @ 1: every item's words go to the results, not only the rounds' hashes
        .equ    P_VFP, 24               @ 1: items use floating-point registers, which are set and saved too
        .equ    P_FPSCR, 28             @ the bits of FPSCR that are random, the others being 0
        .equ    P_ROUNDS, 32            @ how often each block runs, with other random values each time

        @ What is saved of an item with floating point: d0-d31, FPSCR, three of 0
        .equ    VFP_WORDS, 68
        @ Fresh words of floating-point registers for each item; the others have moved on by as many words.
        .equ    VFP_FRESH, 14          @ (even: doublewords stay aligned)
        .equ    MAX_ITEMS, 64

        @ What is saved of an item, SAVED_WORDS words: r0-r14, then
        .equ    S_PSR, 60               @ the flags, or the SPSR of an exception
        .equ    S_LANDING, 64           @ 0 fell through, 1 branched, 2 undefined, 3 SVC, 4 prefetch abort, 5 data abort
        .equ    S_LINK, 68              @ exception: link register - code address
        .equ    S_STATUS, 72            @ data abort: DFSR and DFAR
        .equ    S_ADDRESS, 76

        .text
        .global _start
        .balign 32
_start:
vectors:
        b       reset
        b       undefined
        b       supervisor
        b       prefetch
        b       data
        b       .
        b       .
        b       .

reset:
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        mrc     p15, 0, r0, c1, c0, 0
        bic     r0, r0, #0x40000000     @ SCTLR.TE: exceptions are taken in A32
        mcr     p15, 0, r0, c1, c0, 0
        isb
        ldr     r0, =saved
        cps     #0x1b
        mov     sp, r0
        cps     #0x17
        mov     sp, r0
        cps     #0x13
        mov     sp, r0
        ldr     r0, =RESULTS
        ldr     r1, =results_at
        str     r0, [r1]
        ldr     r0, =PARAMETERS
        ldr     r1, [r0, #P_VFP]
        cmp     r1, #0
        beq     1f
        mrc     p15, 0, r1, c1, c0, 2
        orr     r1, r1, #0xf00000
        mcr     p15, 0, r1, c1, c0, 2
        isb
        mov     r1, #0x40000000
        vmsr    fpexc, r1
1:      ldr     r1, =state
        ldr     r2, [r0, #P_BLOCKS]
        str     r2, [r1, #blocks_left - state]
        ldr     r2, [r0, #P_FIRST]
        str     r2, [r1, #block - state]
        ldr     r2, [r0, #P_TABLE]
        str     r2, [r1, #item - state]
        ldr     r0, =next_block
        mov     r1, #0xd0
        msr     spsr_cxsf, r1
        movs    pc, r0                  @ to user mode

        @ A round of a block: its own random sequence, scratch memory filled from it.
next_block:
        ldr     r12, =state
        ldr     r11, =PARAMETERS
        ldr     r0, [r12, #rounds_left - state]
        subs    r0, r0, #1
        bpl     1f
        ldr     r0, [r12, #blocks_left - state]
        subs    r0, r0, #1
        str     r0, [r12, #blocks_left - state]
        svcmi   0                       @ all done
        ldr     r0, [r12, #item - state]
        str     r0, [r12, #first_item - state]
        ldr     r0, [r11, #P_ROUNDS]
        sub     r0, r0, #1
1:      str     r0, [r12, #rounds_left - state]
        ldr     r0, [r12, #first_item - state]
        str     r0, [r12, #item - state]
        ldr     r0, =vfp_pool
        str     r0, [r12, #vfp_end - state]
        ldr     r0, [r11, #P_ITEMS]
        str     r0, [r12, #items_left - state]
        ldr     r0, [r12, #block - state]
        ldr     r1, =0x9e3779b1
        mul     r2, r0, r1
        add     r0, r0, #1
        str     r0, [r12, #block - state]
        ldr     r0, [r11, #P_SEED]
        eors    r4, r2, r0
        moveq   r4, #1
        ldr     r0, =scratch
        mov     r1, #SCRATCH_WORDS
1:      eor     r4, r4, r4, lsl #13
        eor     r4, r4, r4, lsr #17
        eor     r4, r4, r4, lsl #5
        str     r4, [r0], #4
        subs    r1, r1, #1
        bne     1b
        str     r4, [r12, #random - state]
        ldr     r0, =0x811c9dc5
        str     r0, [r12, #hash_a - state]
        str     r0, [r12, #hash_b - state]

next_item:
        ldr     r12, =state
        ldr     r0, [r12, #items_left - state]
        subs    r0, r0, #1
        bmi     end_block
        str     r0, [r12, #items_left - state]
        ldr     r1, [r12, #item - state]
        ldmia   r1!, {r2, r3}
        str     r1, [r12, #item - state]
        ldr     r0, =target
        str     r2, [r0]
        str     r3, [r12, #meta - state]
        ldr     r0, =PARAMETERS
        ldr     r1, [r0, #P_VFP]
        cmp     r1, #0
        bne     set_vfp
vfp_is_set:

        @ Register values from a linear congruential sequence, its halves mixed; two registers get corner values.
        ldr     r4, [r12, #random - state]
        ldr     r5, =initial
        ldr     r6, =1664525
        ldr     r7, =1013904223
        .rept   3
        mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        mla     r4, r4, r6, r7
        eor     r9, r4, r4, ror #13
        mla     r4, r4, r6, r7
        eor     r10, r4, r4, ror #13
        mla     r4, r4, r6, r7
        eor     r11, r4, r4, ror #13
        mla     r4, r4, r6, r7
        eor     r14, r4, r4, ror #13
        stmia   r5!, {r8-r11, r14}
        .endr
        ldr     r5, =initial
        ldr     r6, =corners
        lsr     r8, r4, #28
        ubfx    r9, r4, #24, #4
        ldr     r9, [r6, r9, lsl #2]
        str     r9, [r5, r8, lsl #2]    @ (index 15 is a spare word)
        ubfx    r8, r4, #20, #4
        ubfx    r9, r4, #16, #4
        ldr     r9, [r6, r9, lsl #2]
        str     r9, [r5, r8, lsl #2]
        eor     r4, r4, r4, lsl #13
        eor     r4, r4, r4, lsr #17
        eor     r4, r4, r4, lsl #5
        str     r4, [r12, #random - state]

        @ A base register points into the scratch memory, an index register is small.
        ldr     r5, =initial
        and     r0, r3, #15
        cmp     r0, #15
        beq     2f
        ubfx    r1, r3, #8, #2
        mov     r2, #1
        rsb     r1, r2, r2, lsl r1      @ bits to clear
        ubfx    r2, r4, #4, #6
        bic     r2, r2, r1
        ldr     r1, =scratch + SCRATCH_WORDS * 2 - 32
        add     r1, r1, r2
        str     r1, [r5, r0, lsl #2]
2:      ubfx    r0, r3, #4, #4
        cmp     r0, #15
        ubfxne  r1, r4, #10, #5
        strne   r1, [r5, r0, lsl #2]

        clrex
        ldr     r0, =0xf80f0000
        and     r0, r4, r0
        msr     apsr_nzcvqg, r0
        str     r0, [r5, #60]
        ldr     r0, =initial
        ldmia   r0, {r0-r14}
        ldr     pc, target

        @ Where an item ends. Nothing but pc is known.
        .global record_arm, taken_arm, record_thumb, taken_thumb
record_arm:
        str     r0, saved_r0
        mov     r0, #0
        b       landed
taken_arm:
        str     r0, saved_r0
        mov     r0, #1
landed:
        str     r0, landing
        ldr     r0, =saved
        stmib   r0, {r1-r14}
        ldr     r1, saved_r0
        str     r1, [r0]
        mrs     r1, apsr
        ldr     r2, =0xf80f0000
        and     r1, r1, r2
        ldr     r2, landing
        mov     r3, #0
        mov     r4, #0
        mov     r5, #0
        add     r6, r0, #S_PSR
        stmia   r6, {r1-r5}
        b       take_item
        .ltorg

        .thumb
        .balign 4
record_thumb:
        bx      pc
        nop
        .arm
        b       record_arm
        .thumb
taken_thumb:
        bx      pc
        nop
        .arm
        b       taken_arm

        @ Four words into the hash r5:r4, with the odd constants r6 and r7. Each step has an inverse, so that no single
        @ difference is lost.
        .macro  mix one, two, three, four
        umlal   r4, r5, \one, r6
        umlal   r5, r4, \two, r7
        umlal   r4, r5, \three, r7
        umlal   r5, r4, \four, r6
        eor     r4, r4, r5, ror #15
        add     r5, r5, r4, ror #19
        .endm
        @ \words words at r0, a multiple of 8, into the hash.
        .macro  mix_memory words
        mov     r11, #\words / 8
1:      ldmia   r0!, {r1, r2, r3, r8}
        mix     r1, r2, r3, r8
        ldmia   r0!, {r1, r2, r3, r8}
        mix     r1, r2, r3, r8
        subs    r11, r11, #1
        bne     1b
        .endm
        @ Copies \words words from r0 to r1, which is moved on.
        .macro  copy words
        mov     r2, #\words
1:      ldr     r3, [r0], #4
        str     r3, [r1], #4
        subs    r2, r2, #1
        bne     1b
        .endm

        @ Adds the saved words, and the scratch memory if the item may have written it, to the block's hash.
take_item:
        ldr     r12, =state
        add     r0, r12, #hash_a - state
        ldm     r0, {r4, r5}
        ldr     r6, =0x01000193
        ldr     r7, =0x9e3779b1
        ldr     r0, =saved
        .rept   SAVED_WORDS / 4
        ldmia   r0!, {r1, r2, r3, r8}
        mix     r1, r2, r3, r8
        .endr
        ldr     r3, [r12, #meta - state]
        tst     r3, #0x400
        beq     2f
        ldr     r0, =scratch
        mix_memory SCRATCH_WORDS
2:
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_VFP]
        cmp     r0, #0
        bne     save_vfp
vfp_is_saved:
        add     r0, r12, #hash_a - state
        stm     r0, {r4, r5}

        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        beq     next_item
        @ What went in, what came out, the hash so far, memory
        ldr     r1, [r12, #results_at - state]
        ldr     r0, =initial
        copy    16
        ldr     r0, =saved
        copy    SAVED_WORDS
        stmia   r1!, {r4, r5}
        ldr     r0, =scratch
        copy    SCRATCH_WORDS
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_VFP]
        cmp     r0, #0
        beq     2f
        ldr     r0, [r12, #vfp_end - state]
        sub     r0, r0, #256
        copy    64
        ldr     r0, [r12, #vfp_fpscr - state]
        str     r0, [r1], #4
        ldr     r0, =vfp_saved
        copy    VFP_WORDS
2:      str     r1, [r12, #results_at - state]
        b       next_item

end_block:
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        bne     next_block
        ldr     r2, [r12, #hash_a - state]
        ldr     r3, [r12, #hash_b - state]
        ldr     r1, [r12, #results_at - state]
        stmia   r1!, {r2, r3}
        str     r1, [r12, #results_at - state]
        b       next_block
        .ltorg

        .altmacro
        .macro  set_four n, a, b, c, d, e, f, g, h
        set_one    %n, \a, \b
        set_one    %n+1, \c, \d
        set_one    %n+2, \e, \f
        set_one    %n+3, \g, \h
        .endm
        .macro  set_one n, a, b
        vmov    d\n, \a, \b
        .endm
        .macro  get_four n, a, b, c, d, e, f, g, h
        get_one %n, \a, \b
        get_one %n+1, \c, \d
        get_one %n+2, \e, \f
        get_one %n+3, \g, \h
        .endm
        .macro  get_one n, a, b
        vmov    \a, \b, d\n
        .endm

        @ Floating-point registers: each word anything, or near one, or near the smallest normal numbers, or a corner value.
set_vfp:
        ldr     r2, [r0, #P_FPSCR]
        ldr     r4, [r12, #random - state]
        ldr     r6, =1664525
        ldr     r7, =1013904223
        ldr     r10, =vfp_corners
        ldr     r5, [r12, #vfp_end - state]
        ldr     r1, =vfp_pool
        cmp     r5, r1
        moveq   r1, #64
        movne   r1, #VFP_FRESH
1:      mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        ubfx    r11, r4, #23, #5
        lsr     r9, r4, #30
        cmp     r9, #1
        biceq   r8, r8, #0x7c000000
        orreq   r8, r8, #0x3c000000
        cmp     r9, #2
        biceq   r8, r8, #0x7f000000
        biceq   r8, r8, #0x00600000
        ldrhi   r8, [r10, r11, lsl #2]
        str     r8, [r5], #4
        subs    r1, r1, #1
        bne     1b
        str     r5, [r12, #vfp_end - state]
        mla     r4, r4, r6, r7
        eor     r8, r4, r4, ror #13
        and     r8, r8, r2
        ldr     r9, =0x00370000         @ LEN and STRIDE are the item's: each makes other blocks of it
        ldr     r11, [r12, #meta - state]
        and     r9, r9, r11
        orr     r8, r8, r9
        str     r4, [r12, #random - state]
        str     r8, [r12, #vfp_fpscr - state]
        sub     r5, r5, #256
        vldm    r5!, {s0-s31}           @ (words are faster than doublewords in our interpreter)
        .irp    n, 16, 20, 24, 28
        ldmia   r5!, {r0, r1, r2, r4, r6, r7, r9, r10}
        set_four   \n, r0, r1, r2, r4, r6, r7, r9, r10
        .endr
        vmsr    fpscr, r8
        b       vfp_is_set

save_vfp:
        ldr     r0, =vfp_saved
        vmrs    r1, fpscr
        str     r1, [r0, #256]
        vstm    r0!, {s0-s31}
        .irp    n, 16, 20, 24, 28
        get_four \n, r1, r2, r3, r8, r9, r10, r11, r14
        stmia   r0!, {r1, r2, r3, r8, r9, r10, r11, r14}
        .endr
        ldr     r0, =vfp_saved
        mix_memory 64
        ldmia   r0!, {r1, r2, r3, r8}
        mix     r1, r2, r3, r8
        b       vfp_is_saved
        .ltorg

        @ Exceptions: sp is `saved` in each mode.
        .macro  save number
        stmia   sp, {r0-r14}^
        nop
        mov     r0, #\number
        .endm

undefined:
        save    2
        b       exception
prefetch:
        save    4
        b       exception
data:
        save    5
        mrc     p15, 0, r3, c5, c0, 0
        mrc     p15, 0, r4, c6, c0, 0
        b       1f
supervisor:
        save    3
        ldr     r1, =state
        ldr     r1, [r1, #blocks_left - state]
        cmp     r1, #0
        bmi     finish
exception:
        mov     r3, #0
        mov     r4, #0
1:      mov     r1, r0
        mrs     r0, spsr
        ldr     r2, target
        bic     r2, r2, #1
        sub     r2, lr, r2
        add     r5, sp, #S_PSR
        stmia   r5, {r0-r4}
        ldr     r0, =take_item
        mov     r1, #0xd0
        msr     spsr_cxsf, r1
        movs    pc, r0

        @ Writes the results to results.bin and exits with 0, or with 1 if that fails.
finish:
        ldr     r1, =open_block
        mov     r0, #1                  @ SYS_OPEN
        svc     0x123456
        mov     r4, r0
        ldr     r1, =write_block
        str     r4, [r1]
        ldr     r2, =RESULTS
        str     r2, [r1, #4]
        ldr     r3, =results_at
        ldr     r3, [r3]
        sub     r3, r3, r2
        str     r3, [r1, #8]
        mov     r0, #5                  @ SYS_WRITE
        svc     0x123456
        mov     r5, r0
        ldr     r1, =write_block
        mov     r0, #2                  @ SYS_CLOSE
        svc     0x123456
        orrs    r5, r5, r0
        movne   r5, #1
        ldr     r1, =exit_block
        str     r5, [r1, #4]
        mov     r0, #0x20               @ SYS_EXIT_EXTENDED
        svc     0x123456
        b       .
        .ltorg

        .balign 4
corners:
        .word   0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 0x80008000, 0x7fff7fff, 0x00ff00ff
        .word   2, 31, 32, 33, 0xff, 0xffff, 0xaaaaaaaa, 0x80808080
        @ Of both precisions: as a double's upper word, its lower, or a single
vfp_corners:
        .word   0, 0x80000000, 0x00000001, 0x80000001, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345
        .word   0x7f800001, 0xffa00000, 0x7ff00000, 0xfff00000, 0x7ff80000, 0x7ff00001, 0xfff40000, 0x7f7fffff
        .word   0x7fefffff, 0xffffffff, 0x3f800000, 0xbf800000, 0x3ff00000, 0xbff00000, 0x4f000000, 0xcf000000
        .word   0x41e00000, 0xc1e00000, 0x41dfffff, 0x00800000, 0x00100000, 0x4b800000, 0x43400000, 0x3f000000
open_block:
        .word   file_name, 5, 11        @ "wb"
exit_block:
        .word   0x20026, 0
file_name:
        .asciz  "results.bin"
        .balign 4
write_block:
        .space  12

        @ In a page of its own: writing into a page with code is slow.
        .balign 4096
target:         .word 0
saved_r0:       .word 0
landing:        .word 0
        .balign 8
state:
blocks_left:    .word 0
rounds_left:    .word 0
first_item:     .word 0
block:          .word 0
items_left:     .word 0
item:           .word 0
meta:           .word 0
random:         .word 0
results_at:     .word 0
hash_a:         .word 0
hash_b:         .word 0
vfp_end:        .word 0
vfp_fpscr:      .word 0
initial:        .space 64
        .balign 8
saved:          .space SAVED_WORDS * 4
        .balign 8
vfp_saved:      .space VFP_WORDS * 4
        .balign 64
scratch:        .space SCRATCH_WORDS * 4
        @ The last 64 words are the registers of the item at hand.
vfp_pool:       .space (64 + MAX_ITEMS * VFP_FRESH) * 4
