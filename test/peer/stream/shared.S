/* What the runtimes of the streams share. Their data has a page of its own: writing into a page with code is slow. */
        .equ    PARAMETERS, 0x1f0000    @ written by the harness, see below
        .equ    RESULTS, 0x40c0000      @ (places apart in a software TLB)
        .equ    SCRATCH_WORDS, 128

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

        @ What is saved of an item, SAVED_WORDS words: r0-r14, then
        .equ    SAVED_WORDS, 20
        .equ    S_PSR, 60               @ the flags, or the SPSR of an exception
        .equ    S_LANDING, 64           @ 0 fell through, 1 branched, 2 undefined, 3 SVC, 4 prefetch abort, 5 data abort
        .equ    S_LINK, 68              @ exception: link register - code address
        .equ    S_STATUS, 72            @ data abort: DFSR and DFAR
        .equ    S_ADDRESS, 76

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

        @ The state's first values, from the parameters at r0.
        .macro  begin_stream
        ldr     r1, =state
        ldr     r2, =RESULTS
        str     r2, [r1, #results_at - state]
        ldr     r2, [r0, #P_BLOCKS]
        str     r2, [r1, #blocks_left - state]
        ldr     r2, [r0, #P_FIRST]
        str     r2, [r1, #block - state]
        ldr     r2, [r0, #P_TABLE]
        str     r2, [r1, #item - state]
        .endm

        @ A round of a block: its own random sequence, scratch memory filled from it. Goes to \done behind the last.
        @ r12 is the state from here on, r11 the parameters.
        .macro  begin_round done
        ldr     r12, =state
        ldr     r11, =PARAMETERS
        ldr     r0, [r12, #rounds_left - state]
        subs    r0, r0, #1
        bpl     1f
        ldr     r0, [r12, #blocks_left - state]
        subs    r0, r0, #1
        str     r0, [r12, #blocks_left - state]
        bmi     \done
        ldr     r0, [r12, #item - state]
        str     r0, [r12, #first_item - state]
        ldr     r0, [r11, #P_ROUNDS]
        sub     r0, r0, #1
1:      str     r0, [r12, #rounds_left - state]
        ldr     r0, [r12, #first_item - state]
        str     r0, [r12, #item - state]
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
1:      xorshift
        str     r4, [r0], #4
        subs    r1, r1, #1
        bne     1b
        str     r4, [r12, #random - state]
        ldr     r0, =0x811c9dc5
        str     r0, [r12, #hash_a - state]
        str     r0, [r12, #hash_b - state]
        .endm

        .macro  xorshift
        eor     r4, r4, r4, lsl #13
        eor     r4, r4, r4, lsr #17
        eor     r4, r4, r4, lsl #5
        .endm

        @ The next item's code address into target, its meta word into r3. Goes to \none where the block ends.
        .macro  begin_item none
        ldr     r12, =state
        ldr     r0, [r12, #items_left - state]
        subs    r0, r0, #1
        bmi     \none
        str     r0, [r12, #items_left - state]
        ldr     r1, [r12, #item - state]
        ldmia   r1!, {r2, r3}
        str     r1, [r12, #item - state]
        ldr     r0, =target
        str     r2, [r0]
        str     r3, [r12, #meta - state]
        .endm

        @ Register values from a linear congruential sequence, its halves mixed; two registers get corner values. A base
        @ register points into the scratch memory, an index register is small. Leaves initial in r5, random bits in r4.
        .macro  random_registers
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
        xorshift
        str     r4, [r12, #random - state]
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
        .endm

        @ The hash so far into r5:r4, its constants into r6 and r7, and the saved words into it, and the scratch memory if
        @ the item may have written it.
        .macro  mix_saved
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
        .endm

        @ For a detailed run: what went in, what came out, the hash so far, memory. Leaves in r1 where more can go.
        .macro  record_saved
        ldr     r1, [r12, #results_at - state]
        ldr     r0, =initial
        copy    16
        ldr     r0, =saved
        copy    SAVED_WORDS
        stmia   r1!, {r4, r5}
        ldr     r0, =scratch
        copy    SCRATCH_WORDS
        .endm

        @ The round's hash to the results, unless every item's words have gone there.
        .macro  finish_round next
        ldr     r0, =PARAMETERS
        ldr     r0, [r0, #P_DETAIL]
        cmp     r0, #0
        bne     \next
        ldr     r2, [r12, #hash_a - state]
        ldr     r3, [r12, #hash_b - state]
        ldr     r1, [r12, #results_at - state]
        stmia   r1!, {r2, r3}
        str     r1, [r12, #results_at - state]
        b       \next
        .endm

        @ Writes the results to results.bin and exits with 0, or with 1 if that fails.
        .macro  write_results
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
        .endm

        .macro  shared_constants
        .balign 4
corners:
        .word   0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 0x80008000, 0x7fff7fff, 0x00ff00ff
        .word   2, 31, 32, 33, 0xff, 0xffff, 0xaaaaaaaa, 0x80808080
open_block:
        .word   file_name, 5, 11        @ "wb"
exit_block:
        .word   0x20026, 0
file_name:
        .asciz  "results.bin"
        .balign 4
write_block:
        .space  12
        .endm

        .macro  shared_data
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
vfp_at:         .word 0
vfp_fpscr:      .word 0
        .balign 8
initial:        .space 64
saved:          .space SAVED_WORDS * 4
        .balign 64
scratch:        .space SCRATCH_WORDS * 4
        .endm
