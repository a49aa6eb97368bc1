/*
 * What a kernel finds when it is started, told through the second UART: its registers, the device tree or the tags, the
 * command line, the RAM disk. Then the MMU, the private timer's and the UART's interrupts, and the second CPU if there is
 * one. It ends by semihosting.
 */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SLCR 0xf8000000u
#define SCU 0xf8f00000u
#define GICC 0xf8f00100u
#define TIMER 0xf8f00600u
#define GICD 0xf8f01000u
#define UART 0xe0001000u
enum { IRQ_TIMER = 29, IRQ_UART = 82 };

extern const uint32_t boot_registers[16];
void mmu_on(const uint32_t *table);
void wait_until(const volatile uint32_t *word, uint32_t value);
void second_entry(void);

static uint32_t table[4096] __attribute__((aligned(16384)));
static volatile uint32_t ticks, line_ready, second_said;
static volatile char line[80];

static void put_char(char c)
{
    while (REGISTER(UART + 0x2c) & 0x10) { /* transmit FIFO full */
    }
    REGISTER(UART + 0x30) = (uint8_t)c;
}

static void put(const char *s)
{
    while (*s) put_char(*s++);
}

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) put_char("0123456789abcdef"[value >> shift & 15]);
}

static void put_line(const char *label, uint32_t value)
{
    put(label);
    put(" ");
    put_hex(value);
    put("\n");
}

static uint32_t crc32(const uint8_t *data, uint32_t length)
{
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static uint32_t big(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static uint32_t initrd_start, initrd_end;

/* Every node and property, as far as it is text or cells. */
static void device_tree(const uint8_t *tree)
{
    const uint8_t *p = tree + big(tree + 8);
    const char *strings = (const char *)tree + big(tree + 12);
    put_line("device tree, bytes", big(tree + 4));
    put_line("device tree, checksum", crc32(tree, big(tree + 4)));
    for (int depth = 0;;) {
        uint32_t token = big(p);
        p += 4;
        if (token == 9) return;
        if (token == 4) continue;
        if (token == 2) {
            depth--;
            continue;
        }
        for (int i = 0; i < depth; i++) put("  ");
        if (token == 1) {
            const char *name = (const char *)p;
            uint32_t length = 0;
            while (name[length]) length++;
            put(length ? name : "/");
            put("\n");
            p += (length + 4) & ~3u;
            depth++;
            continue;
        }
        uint32_t length = big(p);
        const char *name = strings + big(p + 4);
        p += 8;
        put(name);
        if (same(name, "linux,initrd-start")) initrd_start = big(p);
        if (same(name, "linux,initrd-end")) initrd_end = big(p);
        if (same(name, "bootargs")) {
            put(" ");
            put((const char *)p);
        } else {
            for (uint32_t i = 0; i + 4 <= length; i += 4) {
                put(" ");
                put_hex(big(p + i));
            }
        }
        put("\n");
        p += (length + 3) & ~3u;
    }
}

void fault(uint32_t status, uint32_t address, uint32_t link)
{
    put_line("fault: status", status);
    put_line("address", address);
    put_line("link register", link);
}

void irq_handler(void)
{
    uint32_t id = REGISTER(GICC + 0x0c);
    static uint32_t length;
    if (id == IRQ_TIMER) {
        REGISTER(TIMER + 0x0c) = 1;
        ticks++;
    } else if (id == IRQ_UART) {
        REGISTER(UART + 0x14) = 1;
        while (!(REGISTER(UART + 0x2c) & 2)) {
            char c = (char)REGISTER(UART + 0x30);
            if (c == '\n' || length == sizeof line - 1) line_ready = 1;
            else if (!line_ready) line[length++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        }
    }
    REGISTER(GICC + 0x10) = id;
}

static void enable(uint32_t id)
{
    ((volatile uint8_t *)(GICD + 0x400))[id] = 0x80;
    ((volatile uint8_t *)(GICD + 0x800))[id] = 1;
    REGISTER(GICD + 0x100 + id / 32 * 4) = 1u << id % 32;
}

static void interrupts(void)
{
    REGISTER(GICC + 4) = 0xf0;
    REGISTER(GICC) = 1;
    REGISTER(GICD) = 1;
    enable(IRQ_TIMER);
    enable(IRQ_UART);
    REGISTER(TIMER) = 200000;
    REGISTER(TIMER + 8) = 7;
    wait_until(&ticks, 5);
    put("timer: five interrupts\n");
    put("type a line: ");
    REGISTER(UART + 0x20) = 1; /* an interrupt for each character */
    REGISTER(UART + 0x08) = 1;
    REGISTER(UART) = 0x14;
    wait_until(&line_ready, 1); /* the timer goes on: QEMU looks at its own input when something happens */
    REGISTER(TIMER + 8) = 0;
    for (const volatile char *c = line; *c; c++) put_char(*c);
    put("\n");
}

void second_main(void)
{
    second_said = 0x600d;
    __asm__ volatile("dsb\n\tsev" ::: "memory");
}

static void second_cpu(void)
{
    put_line("CPUs", (REGISTER(SCU + 4) & 3) + 1);
    if (!(REGISTER(SCU + 4) & 3)) return;
    REGISTER(SLCR + 8) = 0xdf0d;
    REGISTER(SLCR + 0x244) = 0x22; /* CPU1 in reset, its clock off */
    REGISTER(0) = 0xe51ff004;      /* ldr pc, [pc, #-4] */
    REGISTER(4) = (uint32_t)second_entry;
    __asm__ volatile("dsb" ::: "memory");
    REGISTER(SLCR + 0x244) = 0x20;
    REGISTER(SLCR + 0x244) = 0;
    while (!second_said) __asm__ volatile("wfe");
    put_line("second CPU said", second_said);
}

static void end(void)
{
    static const uint32_t block[] = {0x20026, 0};
    register uint32_t r0 __asm__("r0") = 0x20;
    register const uint32_t *r1 __asm__("r1") = block;
    __asm__ volatile("svc 0x123456" : : "r"(r0), "r"(r1) : "memory");
}

void main(void)
{
    REGISTER(UART) = 0x17;
    REGISTER(UART + 4) = 0x20;
    put("kernel\n");
    for (int i = 0; i < 16; i++) put_line("register", boot_registers[i]);
    put_line("ARM_PLL_CTRL", REGISTER(SLCR + 0x100));
    put_line("SLCR_LOCKSTA", REGISTER(SLCR + 0x0c));
    put_line("loader's code", crc32((const uint8_t *)0, 0x40));
    put_line("board's setup", crc32((const uint8_t *)0x100, 0x2c));
    const uint8_t *from = (const uint8_t *)boot_registers[2];
    if (big(from) == 0xd00dfeed) {
        device_tree(from);
    } else {
        for (int i = 0; i < 32; i++) put_line("tag", ((const uint32_t *)from)[i]);
        initrd_start = initrd_end = 0;
    }
    if (initrd_end) {
        put_line("RAM disk, bytes", initrd_end - initrd_start);
        put_line("RAM disk, checksum", crc32((const uint8_t *)initrd_start, initrd_end - initrd_start));
    }
    for (uint32_t i = 0; i < 4096; i++) {
        int memory = i < 0x400;
        table[i] = i << 20 | 0x2 | 3 << 10 | (memory ? 0x100c : 0x4); /* sections: write-back memory, devices */
    }
    mmu_on(table);
    put("MMU on\n");
    interrupts();
    second_cpu();
    put("done\n");
    end();
}
