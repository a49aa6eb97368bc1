/* Polled output on UART1. */
#ifndef UART_H
#define UART_H

void print(const char *text);
void print_number(unsigned value);

#endif
