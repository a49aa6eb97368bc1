/* Text to the semihosting console, without a C library. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

void put_string(const char *s);
void put_hex(uint32_t value);              /* 8 digits */
void put_hex64(uint64_t value);            /* 16 digits */
void put_decimal(int32_t value);
void put_line(const char *label, uint32_t value); /* "label: xxxxxxxx" */

/* Pseudo-random numbers, the same in every program. */
uint32_t next_random(void);
void seed_random(uint32_t seed);

#endif
