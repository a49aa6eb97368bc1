/* Exclusive accesses of every size, CLREX, failing store-exclusives, C11 atomics, barriers, SWP's absence left aside. */
#include <stdatomic.h>

#include "console.h"

static _Atomic uint32_t word;
static _Atomic uint16_t half;
static _Atomic uint8_t byte_;
static _Atomic uint64_t twice;
static volatile uint32_t plain[8] __attribute__((aligned(64)));

static uint32_t exclusive(volatile uint32_t *p, uint32_t value, int clear, int elsewhere)
{
    uint32_t old, failed;
    __asm__ volatile("ldrex %0, [%1]" : "=r"(old) : "r"(p) : "memory");
    if (clear) __asm__ volatile("clrex" ::: "memory");
    if (elsewhere) p += 4;
    __asm__ volatile("strex %0, %1, [%2]" : "=&r"(failed) : "r"(value), "r"(p) : "memory");
    return failed << 31 | (old & 0x7fffffff);
}

int main(void)
{
    for (uint32_t i = 0; i < 50; i++) {
        atomic_fetch_add(&word, i * 3);
        atomic_fetch_xor(&half, (uint16_t)(i * 257));
        atomic_fetch_or(&byte_, (uint8_t)(1u << (i & 7)));
        atomic_fetch_sub(&twice, 0x100000001ull * i);
        uint32_t expected = 5;
        if (atomic_compare_exchange_strong(&word, &expected, 9)) put_string("exchanged\n");
        uint64_t seen = atomic_load(&twice);
        if (!atomic_compare_exchange_strong(&twice, &seen, seen + 1)) return 1;
    }
    put_line("word", word);
    put_line("half", half);
    put_line("byte", byte_);
    put_string("twice: ");
    put_hex64(twice);
    put_string("\n");
    put_line("old", atomic_exchange(&word, 0xdead));
    plain[0] = 17;
    put_line("plain", exclusive(plain, 18, 0, 0));
    put_line("cleared", exclusive(plain, 19, 1, 0));
    put_line("elsewhere", exclusive(plain, 20, 0, 1));
    put_line("memory", plain[0] << 16 | plain[4]);

    uint32_t failed, a, b;
    __asm__ volatile("strex %0, %1, [%2]" : "=&r"(failed) : "r"(1), "r"(plain) : "memory");
    put_line("without ldrex", failed);
    __asm__ volatile("ldrexb %1, [%3]\n strexb %0, %2, [%3]" : "=&r"(failed), "=&r"(a) : "r"(0x1234), "r"(plain) : "memory");
    put_line("byte failed", failed);
    put_line("memory", plain[0]);
    __asm__ volatile("ldrexh %1, [%3]\n strexh %0, %2, [%3]" : "=&r"(failed), "=&r"(a) : "r"(0xabcd1234), "r"(plain) : "memory");
    put_line("half failed", failed);
    put_line("memory", plain[0]);
    register uint32_t low __asm__("r4") = 0x11111111, high __asm__("r5") = 0x22222222;
    register uint32_t x __asm__("r6"), y __asm__("r7");
    __asm__ volatile("ldrexd r6, r7, [%3]\n strexd %0, %4, %5, [%3]"
                     : "=&r"(failed), "=&r"(x), "=&r"(y)
                     : "r"(plain), "r"(low), "r"(high)
                     : "memory");
    a = x;
    b = y;
    put_line("double failed", failed);
    put_line("was", a ^ b);
    put_line("memory", plain[0] ^ plain[1]);
    __asm__ volatile("dmb sy\n dsb sy\n isb sy" ::: "memory");
    return 0;
}
