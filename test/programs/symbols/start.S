  .syntax unified
  .cpu cortex-a9
  .fpu vfpv3
  .text
  .arm
  .global _start
  .type _start, %function
_start:
  ldr sp, =0x00200000
  mrc p15, 0, r0, c1, c0, 2
  orr r0, r0, #0xf00000
  mcr p15, 0, r0, c1, c0, 2
  isb
  mov r0, #0x40000000
  vmsr fpexc, r0
  mov r11, #0
  mov lr, #0
  bl main
  mov r0, #0x18
  ldr r1, =0x20026
  svc 0x123456
1:
  b 1b
  .size _start, . - _start
