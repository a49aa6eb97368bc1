/* The peripherals that the kernel uses: Cortex-A9 MPCore TRM chapters 3 and 4, Zynq-7000 TRM (UG585). */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define GICC_CTLR REGISTER(0xf8f00100)
#define GICC_PMR REGISTER(0xf8f00104)
#define GICC_IAR REGISTER(0xf8f0010c)
#define GICC_EOIR REGISTER(0xf8f00110)
#define GICD_CTLR REGISTER(0xf8f01000)
#define GICD_ISENABLER REGISTER(0xf8f01100)
#define GICD_IPRIORITYR ((volatile uint8_t *)0xf8f01400)
#define GICD_SGIR REGISTER(0xf8f01f00)

#define TIMER_LOAD REGISTER(0xf8f00600)
#define TIMER_CONTROL REGISTER(0xf8f00608)
#define TIMER_STATUS REGISTER(0xf8f0060c)

/* Where the boot ROM's wait loop finds the second CPU's start. */
#define CPU1_START REGISTER(0xfffffff0)

enum { SGI_RESCHEDULE = 0, PPI_TIMER = 29, SPURIOUS = 1023 };

/* 100 microseconds of the private timer's 100 MHz. */
enum { TICK = 10000 };

void interrupts_init(void);
void interrupt_cpu(unsigned cpu);
void mmu_init(void);
void mmu_on(void);

void print(const char *text);
void print_number(unsigned value);

#endif
