/* Interrupts that software makes: masks, priorities, nesting, waiting; no timer, so that every run is the same. */
#include "console.h"
#include "gic.h"

extern char test_vectors[];
void irq_on(void), irq_off(void), wait(void);
void irq_handler(uint32_t spsr, uint32_t pc);

static volatile uint32_t order, taken, depth, nest, last_mode;

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t id = gic_acknowledge();
    (void)pc;
    taken++;
    last_mode = spsr & 0xff;
    order = (order << 4 | order >> 28) ^ (id & 15) ^ depth << 8;
    if (nest && (id & 15) == 5) {
        nest = 0;
        depth++;
        REGISTER(GICD + 0xf00) = 2 << 24 | 3; /* a more important one */
        REGISTER(GICD + 0xf00) = 2 << 24 | 9; /* a less important one */
        irq_on();
        irq_off();
        depth--;
    }
    gic_end(id);
}

static void show(const char *label)
{
    put_string(label);
    put_string(": taken ");
    put_hex(taken);
    put_string(" order ");
    put_hex(order);
    put_string(" mode ");
    put_hex(last_mode);
    put_string("\n");
}

static void send(uint32_t id)
{
    REGISTER(GICD + 0xf00) = 2 << 24 | id;
}

int main(void)
{
    uint32_t vbar;
    __asm__ volatile("mrc p15, 0, %0, c12, c0, 0" : "=r"(vbar));
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" : : "r"(test_vectors));
    for (int id = 0; id < 16; id++) gic_enable(id, id << 4);
    send(1);
    irq_on();
    show("all off");
    gic_start();
    show("on");
    irq_off();
    send(7);
    send(2);
    send(12);
    show("masked");
    irq_on();
    show("three");
    for (int id = 0; id < 15; id++) send((uint32_t)id);
    show("one by one");
    nest = 1;
    send(5);
    show("nested");
    REGISTER(GICC + 0x04) = 0x60;
    send(5);
    send(6);
    send(7);
    show("priority mask");
    REGISTER(GICC + 0x04) = 0xf0;
    show("the rest");
    irq_off();
    send(4);
    wait();
    show("wait while masked");
    put_line("isr", ({ uint32_t v; __asm__ volatile("mrc p15, 0, %0, c12, c1, 0" : "=r"(v)); v; }));
    irq_on();
    show("then");
    REGISTER(GICC + 0x00) = 0;
    send(3);
    show("interface off");
    REGISTER(GICC + 0x00) = 1;
    show("interface on");
    put_line("iar", gic_acknowledge());
    for (int i = 0; i < 100; i++) {
        send((uint32_t)i & 7);
        __asm__ volatile("cmp %0, %0\n\tite eq\n\tmoveq r0, r0\n\tmovne r0, r0\n\tnop\n\tnop" : : "r"(i) : "cc", "r0");
    }
    show("many");
    irq_off();
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0" : : "r"(vbar));
    return 0;
}
