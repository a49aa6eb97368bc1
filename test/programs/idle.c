/* What makes the CPU idle: WFI until an interrupt, also a masked one. What does not: WFI with one pending, and WFE. The timer
 * runs so long (by the wall clock, on QEMU) that WFI always comes before it. */
#include "gic.h"

#define TICKS 6000000u /* 18 ms of 333 MHz */

extern char test_vectors[];
void irq_on(void), irq_off(void), wait(void);
void irq_handler(uint32_t spsr, uint32_t pc);

static volatile uint32_t taken;

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t id = gic_acknowledge();
    (void)spsr, (void)pc;
    taken++;
    REGISTER(PRIVATE_TIMER + 12) = 1;
    gic_end(id);
}

static void start_timer(void)
{
    REGISTER(PRIVATE_TIMER + 0) = TICKS;
    REGISTER(PRIVATE_TIMER + 8) = 5; /* once */
}

int main(void)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" : : "r"(test_vectors));
    gic_start();
    gic_enable(IRQ_PRIVATE, 0xa0);
    irq_on();
    for (int i = 0; i < 5; i++) {
        start_timer();
        wait();
    }
    irq_off();
    start_timer();
    wait();
    wait(); /* it is pending still */
    __asm__ volatile("wfe");
    irq_on();
    return taken == 6 ? 0 : (int)(100 + taken);
}
