/* Interrupts of the private timer, the watchdog, the global timer and a TTC; how much runs between them. Guest time counts
 * instructions here (-icount), so the counts are those of every run. */
#include "console.h"
#include "gic.h"

extern char test_vectors[];
void irq_on(void), irq_off(void), wait(void);
void irq_handler(uint32_t spsr, uint32_t pc);
uint32_t count_until(volatile uint32_t *flag), count_t32(volatile uint32_t *flag);

static volatile uint32_t flag, taken, ids, places;

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t id = gic_acknowledge();
    taken++;
    flag++;
    ids = (ids << 5 | ids >> 27) ^ id;
    places = (places << 3 | places >> 29) ^ pc ^ (spsr & 0x0600fc3f);
    switch (id) {
    case IRQ_PRIVATE: REGISTER(PRIVATE_TIMER + 12) = 1; break;
    case IRQ_WATCHDOG: REGISTER(WATCHDOG + 12) = 1; break;
    case IRQ_GLOBAL: REGISTER(GLOBAL_TIMER + 12) = 1; break;
    case IRQ_TTC0:
        REGISTER(TTC0 + 0x0c) = 1;
        (void)REGISTER(TTC0 + 0x54);
        break;
    }
    gic_end(id);
}

static void show(const char *label, uint32_t count)
{
    put_string(label);
    put_string(": count ");
    put_hex(count);
    put_string(" taken ");
    put_hex(taken);
    put_string(" ids ");
    put_hex(ids);
#ifdef PLACES
    put_string(" places ");
    put_hex(places);
#endif
    put_string("\n");
}

static void private_timer(void)
{
    REGISTER(PRIVATE_TIMER + 0) = 1000;
    REGISTER(PRIVATE_TIMER + 8) = 7;
    for (int i = 0; i < 4; i++) {
        flag = 0;
        show("private, a32", count_until(&flag));
        flag = 0;
        show("private, t32", count_t32(&flag));
    }
    REGISTER(PRIVATE_TIMER + 8) = 0;
    REGISTER(PRIVATE_TIMER + 0) = 777;
    REGISTER(PRIVATE_TIMER + 8) = 0x305; /* once, every fourth tick */
    flag = 0;
    show("once", count_until(&flag));
    show("counter", REGISTER(PRIVATE_TIMER + 4));
}

static void waiting(void)
{
    REGISTER(PRIVATE_TIMER + 0) = 100000;
    REGISTER(PRIVATE_TIMER + 8) = 7;
    for (int i = 0; i < 5; i++) {
        wait();
        show("wait", REGISTER(PRIVATE_TIMER + 4) > 99000);
    }
    irq_off();
    wait();
    show("wait masked", REGISTER(PRIVATE_TIMER + 12));
    irq_on();
    show("unmasked", REGISTER(PRIVATE_TIMER + 12));
    REGISTER(PRIVATE_TIMER + 8) = 0;
}

static void others(void)
{
    REGISTER(WATCHDOG + 0) = 500;
    REGISTER(WATCHDOG + 8) = 5;
    flag = 0;
    show("watchdog", count_until(&flag));
    REGISTER(WATCHDOG + 8) = 0;

    REGISTER(GLOBAL_TIMER + 8) = 0;
    REGISTER(GLOBAL_TIMER + 0) = 0;
    REGISTER(GLOBAL_TIMER + 4) = 0;
    REGISTER(GLOBAL_TIMER + 0x10) = 2000;
    REGISTER(GLOBAL_TIMER + 0x14) = 0;
    REGISTER(GLOBAL_TIMER + 0x18) = 1500;
    REGISTER(GLOBAL_TIMER + 8) = 0xf;
    for (int i = 0; i < 3; i++) {
        flag = 0;
        show("global", count_until(&flag));
    }
    REGISTER(GLOBAL_TIMER + 8) = 0;

    REGISTER(TTC0 + 0x24) = 3989; /* interval: 3990 ticks of 133 MHz are 30 us */
    REGISTER(TTC0 + 0x60) = 1;
    for (int i = 0; i < 3; i++) {
        REGISTER(TTC0 + 0x0c) = 0x12; /* interval mode, reset, on */
        flag = 0;
        show("ttc", count_until(&flag));
    }
}

static void together(void)
{
    flag = 0;
    REGISTER(PRIVATE_TIMER + 0) = 1313;
    REGISTER(PRIVATE_TIMER + 8) = 7;
    REGISTER(WATCHDOG + 0) = 1577;
    REGISTER(WATCHDOG + 8) = 7;
    uint32_t sum = 0;
    while (flag < 50) {
        uint32_t before = flag;
        for (int i = 0; i < 20; i++) sum = sum * 33 + next_random();
        if (flag == before) wait();
    }
    REGISTER(PRIVATE_TIMER + 8) = 0;
    REGISTER(WATCHDOG + 8) = 0;
    show("together", sum);
}

int main(void)
{
    uint32_t vbar;
    __asm__ volatile("mrc p15, 0, %0, c12, c0, 0" : "=r"(vbar));
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" : : "r"(test_vectors));
    gic_start();
    gic_enable(IRQ_PRIVATE, 0xa0);
    gic_enable(IRQ_WATCHDOG, 0x80);
    gic_enable(IRQ_GLOBAL, 0xa0);
    gic_enable(IRQ_TTC0, 0xa0);
    irq_on();
    private_timer();
    waiting();
    others();
    together();
    irq_off();
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0" : : "r"(vbar));
    return 0;
}
