#include "uart.h"

#include <stdint.h>

#define UART1 ((volatile uint32_t *)0xe0001000)

enum { CHANNEL_STATUS = 0x2c / 4, FIFO = 0x30 / 4 };
enum { TX_FULL = 1 << 4 };

static void outbyte(char c)
{
    while (UART1[CHANNEL_STATUS] & TX_FULL) {
    }
    UART1[FIFO] = (uint8_t)c;
}

void print(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            outbyte('\r');
        }
        outbyte(*text);
    }
}

void print_number(unsigned value)
{
    char digits[11];
    char *at = digits + sizeof digits - 1;
    *at = 0;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    print(at);
}
