/* Input by interrupt: UART1's receiver wakes the program, which gives back each line in capitals until an empty one. */
#include "console.h"
#include "gic.h"

#define UART1 0xe0001000u
enum { IER = 0x08, IDR = 0x0c, ISR = 0x14, TRIGGER = 0x20, STATUS = 0x2c, FIFO = 0x30 };
enum { RX_TRIGGER = 1, RX_EMPTY = 2, TX_FULL = 16 };

extern char test_vectors[];
void irq_on(void), irq_off(void), wait(void);
void irq_handler(uint32_t spsr, uint32_t pc);

static volatile char received[256];
static volatile uint32_t head;

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t id = gic_acknowledge();
    (void)spsr;
    (void)pc;
    if (id == IRQ_UART1) {
        while (!(REGISTER(UART1 + STATUS) & RX_EMPTY)) received[head++ % sizeof received] = (char)REGISTER(UART1 + FIFO);
        REGISTER(UART1 + ISR) = RX_TRIGGER;
    }
    gic_end(id);
}

static void send(char c)
{
    while (REGISTER(UART1 + STATUS) & TX_FULL)
        ;
    REGISTER(UART1 + FIFO) = (uint8_t)c;
}

int main(void)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" : : "r"(test_vectors));
    gic_start();
    gic_enable(IRQ_UART1, 0xa0);
    REGISTER(UART1 + TRIGGER) = 1;
    REGISTER(UART1 + IER) = RX_TRIGGER;
    uint32_t tail = 0, length = 0, lines = 0;
    for (;;) {
        irq_off();
        if (head == tail) wait();
        irq_on();
        while (tail != head) {
            char c = received[tail++ % sizeof received];
            send(c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
            if (c != '\n') {
                length++;
            } else if (length == 0) {
                REGISTER(UART1 + IDR) = RX_TRIGGER;
                return (int)lines;
            } else {
                length = 0;
                lines++;
            }
        }
    }
}
