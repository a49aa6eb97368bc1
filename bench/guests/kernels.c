/* The kernels: each repetition is some millions of instructions. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"

/* ---- sieve of Eratosthenes: stores with a stride ---- */
enum { SIEVE = 200000 };
static u8 composite[SIEVE + 1];

static u32 sieve(void)
{
    memset(composite, 0, sizeof composite);
    for (u32 i = 2; i * i <= SIEVE; i++) {
        if (composite[i]) continue;
        for (u32 j = i * i; j <= SIEVE; j += i) composite[j] = 1;
    }
    u32 primes = 0;
    for (u32 i = 2; i <= SIEVE; i++) primes += !composite[i];
    return primes;
}

/* ---- matrix product: two strides, one of a line and more ---- */
enum { SIDE = 90 };
static int a[SIDE][SIDE], b[SIDE][SIDE], product[SIDE][SIDE];

static u32 matmul(void)
{
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = i * 3 + j;
            b[i][j] = i - j * 7;
        }
    }
    u32 sum = 0;
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            int dot = 0;
            for (int k = 0; k < SIDE; k++) dot += a[i][k] * b[k][j];
            product[i][j] = dot;
        }
    }
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) sum = sum * 31 + (u32)product[i][j];
    }
    return sum;
}

/* ---- CRC-32 by a table of bytes ---- */
static u32 crc_table[256];
static u8 message[65536];

static u32 crc(void)
{
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        crc_table[i] = c;
    }
    for (u32 i = 0; i < sizeof message; i++) message[i] = (u8)(i * 7 + (i >> 5));
    u32 c = ~0u;
    for (int round = 0; round < 8; round++) {
        for (u32 i = 0; i < sizeof message; i++) c = crc_table[(c ^ message[i]) & 255] ^ c >> 8;
    }
    return ~c;
}

/* ---- quicksort with an insertion sort at its end: branches that nobody predicts ---- */
enum { ITEMS = 24000 };
static int items[ITEMS];

static void quicksort(int *from, int *to)
{
    while (to - from > 12) {
        int pivot = from[(to - from) / 2];
        int *i = from, *j = to;
        while (i <= j) {
            while (*i < pivot) i++;
            while (*j > pivot) j--;
            if (i <= j) {
                int other = *i;
                *i++ = *j;
                *j-- = other;
            }
        }
        if (j - from < to - i) {
            quicksort(from, j);
            from = i;
        } else {
            quicksort(i, to);
            to = j;
        }
    }
    for (int *i = from + 1; i <= to; i++) {
        int value = *i, *j = i - 1;
        for (; j >= from && *j > value; j--) j[1] = *j;
        j[1] = value;
    }
}

static u32 sort(void)
{
    for (int i = 0; i < ITEMS; i++) items[i] = (int)next_random();
    quicksort(items, items + ITEMS - 1);
    u32 sum = 0;
    for (int i = 0; i < ITEMS; i += 37) sum = sum * 31 + (u32)items[i];
    return sum;
}

/* ---- a list in shuffled order: loads that wait for loads ---- */
enum { NODES = 8192 };
static struct node {
    struct node *next;
    u32 value, unused[2];
} nodes[NODES];
static u16 order[NODES];

static u32 list(void)
{
    for (u32 i = 0; i < NODES; i++) order[i] = (u16)i;
    for (u32 i = NODES - 1; i > 0; i--) {
        u32 j = next_random() % (i + 1);
        u16 other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
    for (u32 i = 0; i < NODES; i++) {
        nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
        nodes[order[i]].value = i;
    }
    u32 sum = 0;
    struct node *at = nodes;
    for (u32 i = 0; i < NODES * 100; i++) {
        sum += at->value ^ i;
        at = at->next;
    }
    return sum;
}

/* ---- a virtual machine for bytecode: one jump table ---- */
static u8 bytecode[16];

static NOINLINE u32 interpret(u32 rounds)
{
    u32 r0 = 1, r1 = 2, r2 = 3, pc = 0, steps = 0;
    for (;;) {
        steps++;
        switch (bytecode[pc++]) {
        case 0: r0 += r1; break;
        case 1: r1 ^= r2; break;
        case 2: r2 = r2 * 5 + 1; break;
        case 3: r0 = r0 << 3 | r0 >> 29; break;
        case 4: r1 -= r0; break;
        case 5: r2 += rounds; break;
        case 6: r0 &= 0x7fffffff; break;
        case 7:
            if (--rounds) pc = 0;
            break;
        case 8: r1 |= 1; break;
        case 9: r2 >>= 1; break;
        default: return r0 + r1 + r2 + steps;
        }
    }
}

static u32 vm(void)
{
    static const u8 program[] = {0, 1, 2, 3, 4, 5, 8, 0, 9, 1, 6, 2, 3, 7, 10};
    memcpy(bytecode, program, sizeof program);
    return interpret(40000);
}

/* ---- Fibonacci numbers by recursion: calls ---- */
static NOINLINE u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static u32 fib(void)
{
    return fibonacci(26);
}

/* ---- Dhrystone-like: records, strings, small calls, branches ---- */
struct record {
    struct record *link;
    int kind, choice, number;
    char text[32];
};
static struct record records[2];
static int grid[50][50], row[50];
static char seen;

static NOINLINE int compare_texts(const char *x, const char *y)
{
    int at = 2;
    while (at <= 2) {
        if (x[at] == y[at + 1]) at += 3;
        else at++;
    }
    return strcmp(x, y) > 0;
}

static NOINLINE void fill_arrays(int *line, int (*table)[50], int index, int value)
{
    int at = index + 5;
    line[at] = value;
    line[at + 1] = line[at];
    line[at + 30] = at;
    for (int i = at; i <= at + 1; i++) table[at][i] = at;
    table[at][at - 1]++;
    table[at + 20 > 49 ? 49 : at + 20][at] = line[at];
}

static NOINLINE void next_record(struct record *record, int number)
{
    struct record *other = record->link;
    *other = *record;
    record->number = number;
    other->number = record->number + 5;
    other->link = record->link;
    if (other->kind == 0) {
        other->choice = seen == 'A' ? 6 : 7;
        other->number += 10;
    } else {
        *record = *other;
    }
}

static u32 dhry(void)
{
    char first[32], second[32];
    struct record *record = &records[0];
    memset(grid, 0, sizeof grid);
    memset(row, 0, sizeof row);
    memset(records, 0, sizeof records);
    record->link = &records[1];
    strcpy(record->text, "RECORDS ARE COPIED AS A WHOLE");
    strcpy(first, "ONE STRING OF THE PROGRAM, 1ST");
    u32 sum = 0;
    for (int i = 0; i < 8000; i++) {
        int x = 2, y = 3, z = 0;
        seen = 'A';
        strcpy(second, "ONE STRING OF THE PROGRAM, 2ND");
        int different = !compare_texts(first, second);
        while (x < y) {
            z = 5 * x - y;
            x++;
        }
        fill_arrays(row, grid, x, z);
        next_record(record, z);
        for (char c = 'A'; c <= 'C'; c++) {
            second[3] = c;
            if (compare_texts(second, first)) sum++;
        }
        y = x * y;
        x = y / (z ? z : 1);
        y = 7 * (y - z) - x;
        sum = sum * 5 + (u32)(x + y + different + record->number);
    }
    return sum + (u32)row[8] + (u32)grid[8][8];
}

/* ---- Whetstone-like: double-precision arithmetic, the library's elementary functions ---- */
static double e1[4];

static NOINLINE void turn(double *e, double t, double t2)
{
    for (int j = 0; j < 6; j++) {
        e[0] = (e[0] + e[1] + e[2] - e[3]) * t;
        e[1] = (e[0] + e[1] - e[2] + e[3]) * t;
        e[2] = (e[0] - e[1] + e[2] + e[3]) * t;
        e[3] = (-e[0] + e[1] + e[2] + e[3]) / t2;
    }
}

static u32 whet(void)
{
    double t = 0.499975, t1 = 0.50025, t2 = 2.0, x = 1.0, y = 0.75;
    e1[0] = 1.0;
    e1[1] = e1[2] = e1[3] = -1.0;
    for (int i = 0; i < 900; i++) {
        turn(e1, t, t2);
        x = t * atan(t2 * sin(x) * cos(x) / (cos(x + y) + cos(x - y) - 1.0));
        y = sqrt(exp(log(y) / t1));
    }
    return (u32)(int)(1e6 * (e1[0] + e1[1] + e1[2] + e1[3] + x + y));
}

/* ---- single-precision filter: a loop of multiplications and additions ---- */
static float signal_[2048], filtered[2048];

static u32 filter(void)
{
    static const float taps[16] = {.01f, .02f, .04f, .06f, .08f, .1f, .12f, .14f, .14f, .12f, .1f, .08f, .06f, .04f, .02f, .01f};
    for (int i = 0; i < 2048; i++) signal_[i] = (float)((i * 37) % 101) - 50.0f;
    float sum = 0;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 2048 - 16; i++) {
            float value = 0;
            for (int k = 0; k < 16; k++) value += signal_[i + k] * taps[k];
            filtered[i] = value;
            sum += value;
        }
    }
    return (u32)(int)(sum * 100.0f) + (u32)(int)filtered[77];
}

/* ---- memory: the library's block copies and fills of all sizes and alignments ---- */
static u8 from[65536], to[65536];

static u32 copy(void)
{
    for (u32 i = 0; i < sizeof from; i++) {
        from[i] = (u8)(i >> 6);
        to[i] = 0;
    }
    for (int round = 0; round < 24; round++) {
        memcpy(to, from, sizeof from);
        memset(from, round, sizeof from / 2);
        memmove(from + 3, to + 1, 30000);
        for (u32 size = 1; size < 200; size += 7) memcpy(to + size * 5, from + size * 3 + 1, size);
    }
    u32 sum = 0;
    for (u32 i = 0; i < sizeof to; i += 61) sum = sum * 31 + to[i] + from[i];
    return sum;
}

/* ---- output: formatted text to a UART ---- */
static void uart_write(const char *text)
{
    REGISTER(0xe0001000) = 0x17;
    while (*text) REGISTER(0xe0001030) = (u8)*text++;
}

static u32 print(void)
{
    char line[96];
    u32 sum = 0;
    for (int i = 0; i < 400; i++) {
        u32 value = next_random();
        int n = snprintf(line, sizeof line, "%5d: %08lx %-12s|%u.%03u|%c\n", i, (unsigned long)value, "text", (unsigned)value % 1000,
                         (unsigned)(value >> 10) % 1000, 'a' + i % 26);
        uart_write(line);
        sum = sum * 31 + (u32)n + (u8)line[i % n];
    }
    return sum;
}

/* ---- interrupts: one that the program raises itself, every hundred instructions or so ---- */
static u32 irq(void)
{
    REGISTER(0xf8f00104) = 0xf0; /* the CPU interface: priority mask, on */
    REGISTER(0xf8f00100) = 1;
    REGISTER(0xf8f01000) = 1;
    __asm__ volatile("cpsie i");
    u32 before = interrupts, sum = 0;
    for (u32 i = 0; i < 4000; i++) {
        REGISTER(0xf8f01f00) = 0x02000001; /* a software interrupt to this core */
        __asm__ volatile("dsb" ::: "memory");
        for (u32 k = 0; k < 12; k++) sum = sum * 5 + (k ^ i);
    }
    return sum + (interrupts - before);
}

/* ---- calls of one small function, for breakpoints and log points ---- */
NOINLINE u32 called(u32 x)
{
    __asm__ volatile("" : "+r"(x));
    return x + 1;
}

NOINLINE void never_called(void)
{
    __asm__ volatile("");
}

static u32 calls(void)
{
    u32 x = 0;
    for (int i = 0; i < 10000; i++) x = called(x);
    if (x == 1) never_called();
    return x;
}

const struct kernel kernels[] = {
    {"sieve", sieve}, {"matmul", matmul}, {"crc", crc},       {"sort", sort},   {"list", list},
    {"vm", vm},       {"fib", fib},       {"dhry", dhry},     {"whet", whet},   {"filter", filter},
    {"copy", copy},   {"print", print},   {"irq", irq},       {"calls", calls}, {0, 0},
};
