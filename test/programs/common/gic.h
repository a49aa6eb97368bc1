/* The interrupt controller and the timers of the Zynq-7000. */
#ifndef GIC_H
#define GIC_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define GICC 0xf8f00100u
#define GICD 0xf8f01000u
#define GLOBAL_TIMER 0xf8f00200u
#define PRIVATE_TIMER 0xf8f00600u
#define WATCHDOG 0xf8f00620u
#define TTC0 0xf8001000u

enum { IRQ_GLOBAL = 27, IRQ_PRIVATE = 29, IRQ_WATCHDOG = 30, IRQ_TTC0 = 42, IRQ_UART1 = 82 };

static inline void gic_start(void)
{
    REGISTER(GICC + 0x04) = 0xf0; /* priority mask */
    REGISTER(GICC + 0x00) = 1;
    REGISTER(GICD + 0x000) = 1;
}

static inline void gic_enable(int id, int priority)
{
    ((volatile uint8_t *)(GICD + 0x400))[id] = (uint8_t)priority;
    ((volatile uint8_t *)(GICD + 0x800))[id] = 1;
    REGISTER(GICD + 0x100 + id / 32 * 4) = 1u << id % 32;
}

static inline void gic_disable(int id)
{
    REGISTER(GICD + 0x180 + id / 32 * 4) = 1u << id % 32;
}

static inline uint32_t gic_acknowledge(void)
{
    return REGISTER(GICC + 0x0c);
}

static inline void gic_end(uint32_t id)
{
    REGISTER(GICC + 0x10) = id;
}

#endif
