  .syntax unified
  .cpu cortex-a9
  .text
  .arm
  .global _start
  .type _start,%function
_start:
  nop
  bl a1
  bl a2
  blx t1
  bl nosize
  bl notype
  bl alias1
  blx tz
  mov r0,#0x18
  ldr r1,=0x20026
  svc 0x123456
1: b 1b
  .size _start,.-_start
  .type a1,%function
a1: bx lr
  nop
  .size a1,4
  .type a2,%function
a2: bx lr
  .size a2,4
  nop
  .type nosize,%function
nosize: b 1f
1: bx lr
notype: b 1f
1: bx lr
  .type alias1,%function
  .type alias2,%function
  .type alias0,%function
  .global alias0
alias1:
alias2:
alias0:
  b 1f
1: bx lr
  .size alias1,8
  .size alias2,8
  .size alias0,8
  .thumb
  .type t1,%function
t1: b.n 1f
1:  bx lr
  .size t1,4
  .type tz,%function
tz: b.n 1f
1: bx lr
  .type after,%function
after: nop
