/* Polled output on UART1, as a standalone board-support package prints; no semihosting but the exit. */
#include <stdint.h>

#define UART1 0xe0001000u
#define REGISTER(offset) (*(volatile uint32_t *)(UART1 + (offset)))

enum { MODE = 0x04, BAUD = 0x18, STATUS = 0x2c, FIFO = 0x30, DIVIDER = 0x34 };
enum { TX_EMPTY = 8, TX_FULL = 16 };

static void put(char c)
{
    while (REGISTER(STATUS) & TX_FULL) {
    }
    REGISTER(FIFO) = (uint32_t)c;
}

static void print(const char *s)
{
    for (; *s; s++) {
        if (*s == '\n') put('\r');
        put(*s);
    }
}

static void print_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}

int main(void)
{
    REGISTER(MODE) = 0x20;
    REGISTER(BAUD) = 62;
    REGISTER(DIVIDER) = 6;
    print("UART1 says hello\nstatus ");
    print_hex(REGISTER(STATUS));
    print("\nmode ");
    print_hex(REGISTER(MODE));
    print("\nbaud ");
    print_hex(REGISTER(BAUD));
    print(" ");
    print_hex(REGISTER(DIVIDER));
    print("\n");
    for (int line = 1; line <= 12; line++) {
        for (int i = 0; i < line * 5; i++) put((char)('!' + (i * line) % 90));
        print("\n");
    }
    while (!(REGISTER(STATUS) & TX_EMPTY)) {
    }
    return 0;
}
