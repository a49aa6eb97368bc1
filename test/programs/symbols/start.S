  .syntax unified
  .cpu cortex-a9
  .text
  .arm
  .global _start
  .type _start, %function
_start:
  ldr sp, =0x00200000
  mov r11, #0
  mov lr, #0
  bl main
  mov r0, #0x18
  ldr r1, =0x20026
  svc 0x123456
1:
  b 1b
  .size _start, . - _start
