/* Every semihosting call, by every instruction that makes one, with good and bad arguments. */
#include "console.h"
#include "semihosting.h"

typedef int (*call)(int, const void *);

static int by_hlt(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
#ifdef __thumb__
    __asm__ volatile(".inst.n 0xbabc" : "+r"(r0) : "r"(r1) : "memory", "cc");
#else
    __asm__ volatile(".inst 0xe10f0070" : "+r"(r0) : "r"(r1) : "memory", "cc");
#endif
    return r0;
}

/* In the other instruction set. */
__attribute__((noinline, target(OTHER_SET))) static int by_other(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("svc %c2" : "+r"(r0) : "r"(r1), "i"(OTHER_CALL) : "memory", "cc");
    return r0;
}

static int by_svc(int operation, const void *argument)
{
    return semihosting(operation, argument);
}

static call make = by_svc;
static uint8_t buffer[64];

static int call4(int operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const uint32_t block[4] = {a, b, c, d};
    return make(operation, block);
}

static void show(const char *label, int result)
{
    put_string(label);
    put_string(" ");
    put_decimal(result);
    put_string(" errno ");
    put_decimal(make(SYS_ERRNO, 0));
    put_string("\n");
}

static void show_buffer(unsigned length)
{
    for (unsigned i = 0; i < length; i++) {
        static const char digits[] = "0123456789abcdef";
        const char text[] = {digits[buffer[i] >> 4], digits[buffer[i] & 15], 0};
        put_string(text);
    }
    put_string("\n");
}

static void clear(void)
{
    for (unsigned i = 0; i < sizeof buffer; i++) buffer[i] = 0x55;
}

static int open_file(const char *name, unsigned mode)
{
    unsigned length = 0;
    while (name[length]) length++;
    return call4(SYS_OPEN, (uint32_t)name, mode, length, 0);
}

static void one_file(const char *name)
{
    for (unsigned mode = 0; mode < 13; mode++) {
        put_string(name);
        put_string(" mode ");
        put_decimal((int32_t)mode);
        int h = open_file(name, mode);
        show(": open", h);
        if (h < 0) continue;
        clear();
        show("istty", call4(SYS_ISTTY, (uint32_t)h, 0, 0, 0));
        show("flen", call4(SYS_FLEN, (uint32_t)h, 0, 0, 0));
        /* Whether one can seek in standard input is a matter of the host. */
        if (name[1] != 't' || mode > 3) show("seek", call4(SYS_SEEK, (uint32_t)h, 3, 0, 0));
        unsigned length = name[1] == 't' ? 0 : 8; /* the test has the streams of the console one after the other */
        if (name[0] != ':' || mode > 3) show("write", call4(SYS_WRITE, (uint32_t)h, (uint32_t) "written\n", length, 0));
        if (name[0] != ':' || name[1] == 's') {
            show("read", call4(SYS_READ, (uint32_t)h, (uint32_t)buffer, 20, 0));
            show("seek", call4(SYS_SEEK, (uint32_t)h, 1, 0, 0));
            show("read", call4(SYS_READ, (uint32_t)h, (uint32_t)buffer + 24, 20, 0));
            show("seek far", call4(SYS_SEEK, (uint32_t)h, 1000, 0, 0));
            show("read there", call4(SYS_READ, (uint32_t)h, (uint32_t)buffer, 4, 0));
            show_buffer(sizeof buffer);
        }
        show("flen", call4(SYS_FLEN, (uint32_t)h, 0, 0, 0));
        show("close", call4(SYS_CLOSE, (uint32_t)h, 0, 0, 0));
    }
}

static void bad_arguments(void)
{
    static const int operations[] = {SYS_OPEN, SYS_CLOSE, SYS_WRITE, SYS_READ, SYS_ISERROR, SYS_ISTTY, SYS_SEEK, SYS_FLEN,
                                     SYS_REMOVE, SYS_RENAME};
    for (unsigned i = 0; i < sizeof operations / sizeof *operations; i++) {
        put_string("operation ");
        put_decimal(operations[i]);
        show(" handle 0", call4(operations[i], 0, 0, 0, 0));
        show(" handle 99", call4(operations[i], 99, 99, 99, 99));
        show(" handle -1", call4(operations[i], ~0u, ~0u, ~0u, ~0u));
    }
    show("wrong length", call4(SYS_OPEN, (uint32_t) "a-name", 0, 3, 0));
    show("too long", call4(SYS_OPEN, (uint32_t) "a-name", 0, 7, 0));
    show("no name", call4(SYS_OPEN, (uint32_t) "", 0, 0, 0));
    show("missing", open_file("semihost-missing", 0));
    show("no folder", open_file("semihost-missing/x", 4));
    show("remove", call4(SYS_REMOVE, (uint32_t) "semihost-missing", 16, 0, 0));
}

static void others(void)
{
    for (unsigned length = 0; length < 12; length++) {
        clear();
        show("cmdline", call4(SYS_GET_CMDLINE, (uint32_t)buffer, length * 4, 0, 0));
        show_buffer(sizeof buffer);
    }
    uint32_t block[2] = {(uint32_t)buffer, sizeof buffer};
    show("cmdline", make(SYS_GET_CMDLINE, block));
    put_line("its length", block[1]);
    for (unsigned id = 0; id < 300; id += 85) {
        clear();
        show("tmpnam", call4(SYS_TMPNAM, 0x00ff0000, id, 4, 0));
    }
    uint32_t heap[5] = {0, 0, 0, 0, 0x77};
    block[0] = (uint32_t)heap;
    show("heapinfo", make(SYS_HEAPINFO, block));
    for (int i = 0; i < 5; i++) put_line("heap", heap[i]);
    uint64_t elapsed;
    show("elapsed", make(SYS_ELAPSED, &elapsed));
    show("tickfreq", make(SYS_TICKFREQ, 0));
    put_line("time", make(SYS_TIME, 0) > 1600000000);
    put_line("clock", make(SYS_CLOCK, 0) >= 0);
    for (const char *c = "by WRITEC\n"; *c; c++) make(SYS_WRITEC, c);
    put_line("WRITEC leaves", (uint32_t)make(SYS_WRITEC, "."));
    put_line("WRITE0 leaves", (uint32_t)make(SYS_WRITE0, "\n"));
}

int main(void)
{
    static const call calls[] = {by_svc, by_hlt, by_other};
    for (unsigned i = 0; i < 3; i++) {
        make = calls[i];
        put_line("way", i);
        one_file("semihost-file");
        one_file(":semihosting-features");
        one_file(":tt");
        bad_arguments();
        others();
        show("remove", call4(SYS_REMOVE, (uint32_t) "semihost-file", 13, 0, 0));
    }
    return 300; /* by SYS_EXIT_EXTENDED: of an exit code eight bits are left */
}
