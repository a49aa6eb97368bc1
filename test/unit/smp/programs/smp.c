/* Two CPUs: start, events, exclusive monitors, interrupts, translation and code that the other one changes. */
#include "console.h"
#include "gic.h"

#define SCU 0xf8f00000u
#define SLCR 0xf8000000u
#define CPU1_START 0xfffffff0u
#define DSB() __asm__ volatile("dsb" ::: "memory")
#define SEV() __asm__ volatile("dsb\n\tsev" ::: "memory")
#define WFE() __asm__ volatile("wfe" ::: "memory")

extern char test_vectors[];
void cpu1_entry(void), cpu1_main(void), irq_on(void), irq_off(void), wait(void);
void irq_handler(uint32_t spsr, uint32_t pc);
uint32_t add_exclusive(uint32_t *word, uint32_t times);
uint32_t hold_exclusive(uint32_t *word, volatile uint32_t *ready, volatile uint32_t *go);
void wait_exclusive(uint32_t *word);
uint32_t patched(void);

typedef void (*job)(void);
static volatile job command;
static volatile uint32_t done, starts, flag, ready, go, result;
static volatile uint32_t taken[2], last[2], timer_ticks[2];
static uint32_t failures, word, words[32] __attribute__((aligned(64)));
static uint32_t table[4096] __attribute__((aligned(16384)));

static uint32_t cpu(void)
{
    uint32_t mpidr;
    __asm__ volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
    return mpidr & 3;
}

static uint32_t sctlr(void)
{
    uint32_t v;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(v));
    return v;
}

static void delay(uint32_t rounds)
{
    for (volatile uint32_t i = 0; i < rounds; i++)
        ;
}

static void check(const char *what, int good)
{
    put_string(what);
    put_string(good ? ": ok\n" : ": FAILED\n");
    if (!good) failures++;
}

void irq_handler(uint32_t spsr, uint32_t pc)
{
    uint32_t own = cpu(), id = gic_acknowledge();
    (void)spsr;
    (void)pc;
    taken[own]++;
    last[own] = id;
    if (id == IRQ_PRIVATE) {
        REGISTER(PRIVATE_TIMER + 0x0c) = 1;
        timer_ticks[own]++;
    }
    gic_end(id);
}

/* CPU1 does what it is told, one job after the other. */
void cpu1_main(void)
{
    starts++;
    SEV();
    for (;;) {
        while (!command) WFE();
        command();
        command = 0;
        done = 1;
        SEV();
    }
}

static void start(job what)
{
    done = 0;
    DSB();
    command = what;
    SEV();
}

static void finish(void)
{
    while (!done) WFE();
}

static void on_cpu1(job what)
{
    start(what);
    finish();
}

static void identify(void)
{
    result = cpu() | (sctlr() & 1) << 8;
}

static void add(void)
{
    add_exclusive(&word, 5000);
}

static void hold(void)
{
    result = hold_exclusive(&words[8], &ready, &go);
}

/* What CPU1's exclusive store says after this CPU has written to `at`, if it is to. */
static uint32_t hold_and(volatile uint32_t *at)
{
    ready = go = 0;
    start(hold);
    while (!ready)
        ;
    if (at) *at = *at;
    go = 1;
    finish();
    return result;
}

static void wake(void)
{
    delay(3000);
    flag = 1;
    SEV();
}

static void wake_by_store(void)
{
    delay(3000);
    flag = 1;
    DSB();
    word = word;
    for (;;)
        if (flag == 2) return;
}

/* This CPU's event register is clear afterwards. */
static void take_event(void)
{
    SEV();
    WFE();
}

static void enable_interrupts(void)
{
    for (int id = 0; id < 16; id++) gic_enable(id, 0x40);
    gic_enable(IRQ_PRIVATE, 0x40);
    gic_start();
    irq_on();
}

static void sleep_once(void)
{
    uint32_t before = taken[1];
    ready = 1;
    while (taken[1] == before) {
        irq_off();
        if (taken[1] == before) wait();
        irq_on();
    }
}

static void start_sleep(void)
{
    ready = 0;
    start(sleep_once);
    while (!ready)
        ;
    delay(3000);
}

static void send_to_cpu0(void)
{
    REGISTER(GICD + 0xf00) = 1 << 16 | 3;
}

static void ticks(void)
{
    uint32_t own = cpu();
    timer_ticks[own] = 0;
    REGISTER(PRIVATE_TIMER + 0x00) = own ? 299 : 799; /* ticks of ten instructions */
    REGISTER(PRIVATE_TIMER + 0x08) = 7;
    while (timer_ticks[own] < 5)
        ;
    REGISTER(PRIVATE_TIMER + 0x08) = 0;
}

static void call_patched(void)
{
    uint32_t calls = 0;
    while (patched() != 2) calls++, flag = 1;
    result = calls;
}

static void mmu_on(void)
{
    __asm__ volatile(
        "mcr p15, 0, %0, c2, c0, 0\n\tmcr p15, 0, %1, c3, c0, 0\n\tmcr p15, 0, %2, c8, c7, 0\n\t"
        "mcr p15, 0, %3, c1, c0, 0\n\tisb" : : "r"(table), "r"(1), "r"(0), "r"(sctlr() | 1) : "memory");
}

static void watch_page(void)
{
    volatile uint32_t *at = (volatile uint32_t *)0x40000000;
    flag = *at;
    while (*at != 0x4444)
        ;
    result = *at;
}

static void run_for_ever(void)
{
    for (;;) flag++;
}

int main(void)
{
    REGISTER(CPU1_START) = (uint32_t)cpu1_entry;
    DSB();
    delay(3000);
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" : : "r"(test_vectors));
    check("cpu1 has not started", starts == 0);
    SEV();
    while (!starts) WFE();
    check("cpu1 has started", starts == 1);
    on_cpu1(identify);
    check("identities", cpu() == 0 && result == 1);
    check("scu", (REGISTER(SCU + 4) & 0xff) == 0x31);
    check("distributor's cpus", (REGISTER(GICD + 4) >> 5 & 7) == 1);

    start(add);
    add_exclusive(&word, 5000);
    finish();
    check("exclusive additions", word == 10000);
    check("monitor held", hold_and(0) == 0);
    check("monitor lost to a store of the same value", hold_and(&words[8]) == 1);
    check("monitor lost to a store beside", hold_and(&words[15]) == 1);
    check("monitor held beside another line", hold_and(&words[16]) == 0);

    flag = 0;
    start(wake);
    take_event();
    WFE();
    check("wait for the other's event", flag == 1);
    finish();
    flag = 0;
    start(wake_by_store);
    take_event();
    wait_exclusive(&word);
    check("wait for a store to a tagged word", flag == 1);
    flag = 2;
    finish();

    enable_interrupts();
    on_cpu1(enable_interrupts);
    start_sleep();
    REGISTER(GICD + 0xf00) = 2 << 16 | 5;
    finish();
    check("interrupt to cpu1", last[1] == 5 && taken[0] == 0);
    start_sleep();
    REGISTER(GICD + 0xf00) = 1 << 24 | 6;
    finish();
    check("interrupt to all others", last[1] == 6 && taken[0] == 0);
    REGISTER(GICD + 0xf00) = 2 << 24 | 7;
    delay(1);
    check("interrupt to itself", last[0] == 7 && taken[0] == 1 && taken[1] == 2);
    start(send_to_cpu0);
    while (taken[0] == 1) wait();
    finish();
    check("interrupt from cpu1", last[0] == (1 << 10 | 3));
    REGISTER(GICD + 0xf00) = 3 << 16 | 8;
    delay(3000);
    check("interrupt to both", last[0] == 8 && last[1] == 8);

    irq_off();
    flag = 0;
    REGISTER(GICD + 0xf00) = 2 << 24 | 1;
    start(wake);
    take_event();
    WFE();
    check("a masked interrupt ends no wait for an event", flag == 1);
    finish();
    irq_on();
    take_event();
    uint32_t before = taken[0];
    REGISTER(PRIVATE_TIMER + 0x00) = 1000;
    REGISTER(PRIVATE_TIMER + 0x08) = 5;
    WFE();
    check("an interrupt ends a wait for an event", taken[0] == before + 1);

    start(ticks);
    ticks();
    finish();
    check("timers of both", timer_ticks[0] == 5 && timer_ticks[1] == 5);

    gic_enable(IRQ_TTC0, 0x40);
    ((volatile uint8_t *)(GICD + 0x800))[IRQ_TTC0] = 2;
    uint32_t of0 = taken[0], of1 = taken[1];
    REGISTER(GICD + 0x200 + IRQ_TTC0 / 32 * 4) = 1u << IRQ_TTC0 % 32;
    delay(3000);
    check("shared interrupt to cpu1", taken[0] == of0 && taken[1] == of1 + 1 && last[1] == IRQ_TTC0);
    ((volatile uint8_t *)(GICD + 0x800))[IRQ_TTC0] = 3;
    REGISTER(GICD + 0x200 + IRQ_TTC0 / 32 * 4) = 1u << IRQ_TTC0 % 32;
    delay(3000);
    check("shared interrupt to one of both", taken[0] + taken[1] == of0 + of1 + 2);

    flag = 0;
    start(call_patched);
    while (!flag)
        ;
    *(volatile uint32_t *)(void *)patched = 0xe3a00002; /* mov r0, #2 */
    finish();
    check("code that the other one writes", result > 0 && patched() == 2);

    for (uint32_t i = 0; i < 4096; i++) table[i] = i << 20 | 0xc02;
    REGISTER(0x00400000) = 0x3333;
    REGISTER(0x00500000) = 0x4444;
    table[0x400] = 0x00400000 | 0xc02;
    mmu_on();
    on_cpu1(mmu_on);
    flag = 0;
    start(watch_page);
    while (flag != 0x3333)
        ;
    table[0x400] = 0x00500000 | 0xc02;
    __asm__ volatile("dsb\n\tmcr p15, 0, %0, c8, c3, 1\n\tdsb" : : "r"(0x40000000) : "memory"); /* TLBIMVAIS */
    finish();
    check("translation that the other one changes", result == 0x4444);

    start(run_for_ever);
    while (flag < 100)
        ;
    REGISTER(SLCR + 0x08) = 0xdf0d;
    REGISTER(SLCR + 0x244) = 0x22;
    before = flag;
    delay(3000);
    check("cpu1 held in reset", flag == before && REGISTER(SLCR + 0x244) == 0x22);
    command = 0;
    REGISTER(0) = 0xe51ff004; /* ldr pc, [pc, #-4] */
    REGISTER(4) = (uint32_t)cpu1_entry;
    REGISTER(SLCR + 0x244) = 0x20;
    delay(3000);
    check("cpu1 without a clock", starts == 1);
    REGISTER(SLCR + 0x244) = 0;
    while (starts < 2)
        ;
    on_cpu1(identify);
    check("cpu1 started again", result == 1);
    put_string(failures ? "FAILED\n" : "done\n");
    return (int)failures;
}
