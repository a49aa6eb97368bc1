#include "console.h"
#include "semihosting.h"

void put_string(const char *s)
{
    semihosting(SYS_WRITE0, s);
}

static void put_digits(uint64_t value, int digits)
{
    char text[17];
    text[digits] = 0;
    while (digits) {
        text[--digits] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
    put_string(text);
}

void put_hex(uint32_t value)
{
    put_digits(value, 8);
}

void put_hex64(uint64_t value)
{
    put_digits(value, 16);
}

void put_decimal(int32_t value)
{
    char text[12];
    int at = sizeof text - 1;
    uint32_t rest = value < 0 ? -(uint32_t)value : (uint32_t)value;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        text[--at] = '-';
    }
    put_string(text + at);
}

void put_line(const char *label, uint32_t value)
{
    put_string(label);
    put_string(": ");
    put_hex(value);
    put_string("\n");
}

static uint32_t random_state = 0x2545f491;

void seed_random(uint32_t seed)
{
    random_state = seed;
}

uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* The compiler calls these for initialisers and copies; they must not be turned into calls of themselves. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *memset(void *to, int value, unsigned n)
{
    for (char *p = to; n--;) {
        *p++ = (char)value;
    }
    return to;
}

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *memcpy(void *to, const void *from, unsigned n)
{
    const char *q = from;
    for (char *p = to; n--;) {
        *p++ = *q++;
    }
    return to;
}
