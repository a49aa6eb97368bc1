/* Interrupts, the timer, the MMU and the console. */
#include "board.h"

#include "kernel.h"

enum { TIMER_PRIORITY = 0xa0, SGI_PRIORITY = 0x80, LOWEST_PRIORITY = 0xf0 };
enum { TIMER_ENABLE = 1, TIMER_RELOAD = 2, TIMER_IRQ = 4 };

/* Each CPU calls it: its interface, its private interrupts and its timer. */
void interrupts_init(void)
{
    GICD_IPRIORITYR[SGI_RESCHEDULE] = SGI_PRIORITY;
    GICD_IPRIORITYR[PPI_TIMER] = TIMER_PRIORITY;
    GICD_ISENABLER = 1u << SGI_RESCHEDULE | 1u << PPI_TIMER;
    GICC_PMR = LOWEST_PRIORITY;
    GICC_CTLR = 1;
    GICD_CTLR = 1;
    TIMER_LOAD = TICK - 1;
    TIMER_CONTROL = TIMER_ENABLE | TIMER_RELOAD | TIMER_IRQ;
}

void interrupt_cpu(unsigned cpu)
{
    __asm__ volatile("dsb" ::: "memory");
    GICD_SGIR = 1u << (16 + cpu) | SGI_RESCHEDULE;
}

/*
 * Short descriptors (DDI 0406C B3.5). Memory is normal, write-back and shared; devices are not executed. Nothing lies at the
 * first MiB, so that a null pointer faults. The stacks are small pages, and the lower half of each is not there: a stack that
 * grows too far faults.
 */
enum {
    SECTION_NORMAL = 0x11c0e,
    SECTION_DEVICE = 0x10c16,
    TABLE = 0x1,
    PAGE_NORMAL = 0x47e,
    WALK_SHARED = 0x4a,
};

static uint32_t sections[4096] __attribute__((aligned(16384)));
static uint32_t stack_pages[256] __attribute__((aligned(1024)));
extern uint32_t stacks[MAX_TASKS][2048];

static void map(uint32_t from, uint32_t to, uint32_t attributes)
{
    for (uint32_t i = from >> 20; i <= to >> 20; i++) sections[i] = i << 20 | attributes;
}

void mmu_init(void)
{
    map(0x00100000, 0x07ffffff, SECTION_NORMAL);
    map(0xe0000000, 0xe02fffff, SECTION_DEVICE);
    map(0xf8000000, 0xf8ffffff, SECTION_DEVICE);
    map(0xfff00000, 0xffffffff, SECTION_NORMAL);
    uint32_t base = (uint32_t)stacks;
    for (unsigned i = 0; i < MAX_TASKS; i++) {
        uint32_t page = base + 0x2000 * i + 0x1000;
        stack_pages[page >> 12 & 255] = page | PAGE_NORMAL;
    }
    sections[base >> 20] = (uint32_t)stack_pages | TABLE;
}

void mmu_on(void)
{
    uint32_t auxiliary, control;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 1" : "=r"(auxiliary));
    __asm__ volatile("mcr p15, 0, %0, c1, c0, 1" : : "r"(auxiliary | 0x41)); /* SMP, FW */
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 2" : : "r"(0));                /* TTBCR */
    __asm__ volatile("mcr p15, 0, %0, c2, c0, 0" : : "r"((uint32_t)sections | WALK_SHARED));
    __asm__ volatile("mcr p15, 0, %0, c3, c0, 0" : : "r"(1)); /* DACR: domain 0 by its permissions */
    __asm__ volatile("mcr p15, 0, %0, c8, c7, 0" : : "r"(0)); /* TLBIALL */
    __asm__ volatile("mcr p15, 0, %0, c7, c5, 0" : : "r"(0)); /* ICIALLU */
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(control));
    __asm__ volatile("mcr p15, 0, %0, c1, c0, 0\n\tisb" : : "r"(control | 0x1805) : "memory"); /* Z, I, C, M */
}

/* The compiler calls it. */
void *memset(void *at, int value, unsigned count)
{
    for (uint8_t *byte = at; count-- > 0;) *byte++ = (uint8_t)value;
    return at;
}

#define UART1 ((volatile uint32_t *)0xe0001000)
enum { CHANNEL_STATUS = 0x2c / 4, FIFO = 0x30 / 4, TX_FULL = 1 << 4 };

void print(const char *text)
{
    for (; *text; text++) {
        while (UART1[CHANNEL_STATUS] & TX_FULL) {
        }
        UART1[FIFO] = (uint8_t)*text;
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
