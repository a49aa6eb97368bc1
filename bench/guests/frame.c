/*
 * The frame of a benchmark guest. Its command line says what to do:
 *
 *   run=<kernel> [count=<repetitions>] [mmu=1]
 *
 * It prints "begin", then after each repetition a line with its checksum, and "end" after the last one. Without a count
 * it never ends: the host measures the time between lines. mmu=1 turns the MMU on, with pages of 4 KiB that map each
 * address to itself.
 */
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "semihosting.h"

volatile u32 interrupts;

static u32 random_state;

u32 next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static u32 first_level[4096] __attribute__((aligned(16384)));
static u32 second_level[32][256] __attribute__((aligned(1024)));

/* 32 MiB of memory in small pages, the device registers in sections. */
static void mmu_on(void)
{
    for (u32 i = 0; i < 32; i++) {
        for (u32 k = 0; k < 256; k++) second_level[i][k] = i << 20 | k << 12 | 0x3e; /* normal memory, full access */
        first_level[i] = (u32)second_level[i] | 1;
    }
    first_level[0xe00] = 0xe0000c12; /* device, full access, never executed */
    first_level[0xf80] = 0xf8000c12;
    first_level[0xf8f] = 0xf8f00c12;
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 0" ::"r"((u32)first_level));
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 2" ::"r"(0));
    __asm__ volatile("mcr p15, 0, %0, c3, c0, 0" ::"r"(1));
    __asm__ volatile("mcr p15, 0, %0, c8, c7, 0" ::"r"(0));
    u32 control;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(control));
    control |= 0x1805; /* I, Z, C, M */
    __asm__ volatile("dsb\n mcr p15, 0, %0, c1, c0, 0\n isb" ::"r"(control) : "memory");
}

static void print_checksum(u32 value)
{
    char line[10];
    for (int i = 0; i < 8; i++) line[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    line[8] = '\n';
    line[9] = 0;
    semihosting(SYS_WRITE0, line);
}

/* The value of `name=` in the command line, or 0. */
static const char *option(const char *line, const char *name)
{
    const char *at = strstr(line, name);
    return at ? at + strlen(name) : 0;
}

void semihosting_exit(int code)
{
    const u32 block[2] = {0x20026, (u32)code};
    semihosting(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

int main(void)
{
    static char line[256];
    struct {
        char *text;
        u32 size;
    } request = {line, sizeof line};
    semihosting(SYS_GET_CMDLINE, &request);
    const char *name = option(line, "run=");
    const char *count = option(line, "count=");
    const struct kernel *kernel = kernels;
    if (!name) name = kernel->name;
    for (size_t n = strcspn(name, " "); kernel->name; kernel++) {
        if (strlen(kernel->name) == n && strncmp(kernel->name, name, n) == 0) break;
    }
    if (!kernel->name) {
        semihosting(SYS_WRITE0, "no such kernel\n");
        semihosting_exit(1);
    }
    if (option(line, "mmu=1")) mmu_on();
    semihosting(SYS_WRITE0, "begin\n");
    for (int left = count ? (int)strtoul(count, 0, 10) : -1; left; left -= left > 0) {
        random_state = 0x2545f491;
        print_checksum(kernel->run());
    }
    semihosting(SYS_WRITE0, "end\n");
    semihosting_exit(0);
}
