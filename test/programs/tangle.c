/* Irreducible flow: Duff's device, goto into loops, coroutines by switch, computed goto; with interrupts of the private timer
 * all the while. */
#include "console.h"
#include "gic.h"

extern char test_vectors[];
void irq_on(void);
void irq_handler(uint32_t spsr, uint32_t pc);

static volatile uint32_t taken, places;

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t id = gic_acknowledge();
    taken++;
    places = (places << 5 | places >> 27) ^ pc ^ (spsr & 0xf8000020);
    REGISTER(PRIVATE_TIMER + 12) = 1;
    gic_end(id);
}

static uint32_t from[100], to[100];

/* Duff's device: copies and mixes `count` words, at least one. */
static __attribute__((noinline)) uint32_t duff(uint32_t *d, const uint32_t *s, unsigned count, uint32_t key)
{
    unsigned rounds = (count + 7) / 8;
    switch (count % 8) {
    case 0: do { *d++ = *s++ ^ key; key += 3;
    case 7:      *d++ = *s++ + key;
    case 6:      *d++ = *s++ ^ key; key = key << 1 | key >> 31;
    case 5:      *d++ = *s++ - key;
    case 4:      *d++ = *s++ ^ key; key ^= *s;
    case 3:      *d++ = *s++ + key;
    case 2:      *d++ = *s++ ^ key; key -= 7;
    case 1:      *d++ = *s++ - key;
            } while (--rounds > 0);
    }
    return key;
}

/* Two loops, one in the other, entered at four places. */
static __attribute__((noinline)) uint32_t into(unsigned where, unsigned outer, unsigned inner, uint32_t x)
{
    unsigned i = inner;
    switch (where) {
    case 1: goto body;
    case 2: goto within;
    case 3: goto last;
    }
    do {
        x = x * 5 + where;
body:
        i = inner;
        do {
            x ^= x << 7;
            if (x & 8) goto last;
within:
            x ^= x >> 9;
            if ((x & 0x30) == 0x10) continue;
            x += i;
        } while (--i);
last:
        x = x << 3 | x >> 29;
    } while (--outer);
    return x;
}

/* A generator that goes on where it left off, in the middle of its loops. */
struct generator { int at; unsigned i, j; uint32_t value; };

static __attribute__((noinline)) uint32_t next(struct generator *g)
{
    switch (g->at) {
    case 0:
        for (g->i = 1;; g->i++) {
            for (g->j = 0; g->j < g->i % 7; g->j++) {
                g->value += g->j * g->i;
                if (g->value & 1) continue;
                g->at = 1;
                return g->value;
    case 1:     g->value = g->value * 3 + 1;
            }
            if (g->i % 3) {
                g->at = 2;
                return ~g->value;
    case 2:     g->value ^= g->i << 4;
            }
        }
    }
    return 0;
}

/* A machine whose operations jump to each other. */
static __attribute__((noinline)) uint32_t machine(const uint8_t *code, uint32_t a)
{
    static const void *const labels[] = {&&add, &&rotate, &&loop, &&skip, &&halt};
    uint32_t n = 200, b = 1;
    unsigned pc = 0;
#define NEXT goto *labels[code[pc++]]
    NEXT;
add:    a += b; b ^= a; NEXT;
rotate: a = a << 5 | a >> 27; if (a & 4) goto add; NEXT;
loop:   if (--n) { pc = code[pc]; if (n % 5 == 0) goto rotate; } else pc++; NEXT;
skip:   pc += a & 1; b++; NEXT;
halt:   return a ^ b;
}

int main(void)
{
    static const uint8_t code[] = {0, 1, 3, 0, 1, 0, 2, 0, 4, 4};
    uint32_t x = 0x1234567;
    __asm volatile("mcr p15, 0, %0, c12, c0, 0" ::"r"(test_vectors));
    gic_start();
    gic_enable(IRQ_PRIVATE, 0);
    irq_on();
    REGISTER(PRIVATE_TIMER + 0) = 613;
    REGISTER(PRIVATE_TIMER + 8) = 7;
    for (unsigned i = 0; i < 100; i++) from[i] = next_random();
    for (unsigned n = 1; n < 400; n++) x = duff(to, from, n % 97 + 1, x);
    for (unsigned i = 0; i < 100; i++) x = (x << 1 | x >> 31) ^ to[i];
    put_line("Duff's device", x);
    for (unsigned n = 0; n < 300; n++) x = into(n & 3, n % 11 + 1, n % 13 + 1, x);
    put_line("into loops", x);
    struct generator g = {0, 0, 0, x};
    for (unsigned n = 0; n < 2000; n++) x = x * 31 + next(&g);
    put_line("generator", x);
    for (unsigned n = 0; n < 12; n++) x = machine(code, x);
    put_line("machine", x);
    REGISTER(PRIVATE_TIMER + 8) = 0;
    put_line("interrupts", taken);
    put_line("places", places);
    return 0;
}
