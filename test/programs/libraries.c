/* Libraries as Debian packages them: the mathematical functions, reading and printing of numbers, sorting, searching and memory
 * of newlib or picolibc, and libgcc's arithmetic on 64-bit, single and double numbers, each over many values. Prints what they
 * give as hashes, so that one wrong bit shows. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 0x2545f491;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static uint32_t hash;

static void mix(uint32_t word)
{
    hash = (hash ^ word) * 0x01000193u;
    hash = hash << 7 | hash >> 25;
}

static void mix64(uint64_t value)
{
    mix((uint32_t)value);
    mix((uint32_t)(value >> 32));
}

static void mix_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    mix64(value != value ? 0x7ff8000000000000u : bits);
}

static void show(const char *name)
{
    printf("%-10s %08lx\n", name, (unsigned long)hash);
    hash = 0x811c9dc5;
}

/* Between -8 and 8, and now and then anything at all. */
static double number(void)
{
    uint64_t bits = (uint64_t)next() << 32 | next();
    if ((bits & 15) == 0) {
        double any;
        memcpy(&any, &bits, sizeof any);
        return any;
    }
    return (double)(int64_t)bits * 0x1p-60;
}

typedef double Unary(double);
typedef double Binary(double, double);

static const struct {
    const char *name;
    Unary *function;
} unary[] = {
    {"sin", sin},     {"cos", cos},     {"tan", tan},       {"asin", asin},   {"acos", acos},   {"atan", atan},
    {"sinh", sinh},   {"cosh", cosh},   {"tanh", tanh},     {"exp", exp},     {"expm1", expm1}, {"log", log},
    {"log10", log10}, {"log1p", log1p}, {"sqrt", sqrt},     {"cbrt", cbrt},   {"erf", erf},     {"lgamma", lgamma},
    {"floor", floor}, {"ceil", ceil},   {"round", round},   {"trunc", trunc}, {"rint", rint},   {"tgamma", tgamma},
};
static const struct {
    const char *name;
    Binary *function;
} binary[] = {
    {"pow", pow},           {"atan2", atan2}, {"fmod", fmod}, {"hypot", hypot}, {"remainder", remainder},
    {"nextafter", nextafter}, {"fdim", fdim},   {"fmax", fmax}, {"fmin", fmin},   {"copysign", copysign},
};

#define ROUNDS 40

static void mathematics(void)
{
    for (unsigned i = 0; i < sizeof unary / sizeof *unary; i++) {
        for (int n = 0; n < ROUNDS; n++) mix_double(unary[i].function(number()));
        show(unary[i].name);
    }
    for (unsigned i = 0; i < sizeof binary / sizeof *binary; i++) {
        for (int n = 0; n < ROUNDS; n++) {
            double a = number();
            mix_double(binary[i].function(a, number()));
        }
        show(binary[i].name);
    }
}

/* volatile: the compiler is not to know the operands. */
static void helpers(void)
{
    for (int n = 0; n < 200; n++) {
        volatile uint64_t a = (uint64_t)next() << 32 | next(), b = ((uint64_t)next() << 32 | next()) >> (next() & 63);
        uint64_t divisor = b ? b : 1;
        mix64(a / divisor);
        mix64(a % divisor);
        mix64((uint64_t)((int64_t)a / (int64_t)(divisor >> 1 | 1)));
        mix64(a * b);
        mix64(a << (b & 63));
        mix64((uint64_t)((int64_t)a >> (b & 63)));
        mix((uint32_t)(__builtin_popcountll(a) << 16 | __builtin_clzll(a | 1) << 8 | __builtin_ctzll(b | 1u << 31)));
        mix(__builtin_bswap32((uint32_t)a));
    }
    show("integers");
    for (int n = 0; n < 200; n++) {
        volatile double a = number(), b = number();
        volatile float c = (float)a, d = (float)b;
        mix_double(a + b);
        mix_double(a - b);
        mix_double(a * b);
        mix_double(a / b);
        mix_double((double)(c * d + c));
        mix_double((double)(c / d));
        mix((uint32_t)((a < b) << 4 | (a <= b) << 3 | (a == b) << 2 | (c > d) << 1 | (c >= d)));
        if (fabs(a) < 9e18) mix64((uint64_t)(int64_t)a);
        if (fabs(b) < 2e9) mix((uint32_t)(int32_t)b);
        mix_double((double)(uint64_t)next() * 0x1p40 + (double)(int32_t)next());
    }
    show("floats");
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void text(void)
{
    char line[160];
    static const char *const formats[] = {"%.17g", "%+12.4f", "%-14.6e|", "%a", "%010.3f", "%#g"};
    for (int n = 0; n < 60; n++) {
        double value = (double)(int32_t)next() * pow(2, (int)(next() % 80) - 40);
        snprintf(line, sizeof line, formats[n % 6], value);
        for (const char *c = line; *c; c++) mix((unsigned char)*c);
        mix_double(strtod(line, NULL));
        snprintf(line, sizeof line, "%lld %llx %05d %-8s|%c", (long long)next() * (int32_t)next(),
                 (unsigned long long)next() << 20, (int)(next() % 20000), "text", (int)('a' + n % 26));
        mix((uint32_t)strtol(line, NULL, 10));
        for (const char *c = line; *c; c++) mix((unsigned char)*c);
    }
    show("text");
    enum { COUNT = 300 };
    double *values = malloc(COUNT * sizeof *values);
    for (int n = 0; n < COUNT; n++) values[n] = (double)(int32_t)next();
    qsort(values, COUNT, sizeof *values, ascending);
    for (int n = 0; n < COUNT; n += 7) {
        double *found = bsearch(&values[n], values, COUNT, sizeof *values, ascending);
        mix((uint32_t)(found - values));
        mix_double(*found);
    }
    free(values);
    show("sorted");
    char *blocks[40] = {0};
    for (int n = 0; n < 400; n++) {
        unsigned at = next() % 40, size = next() % 300 + 1;
        blocks[at] = realloc(blocks[at], size);
        memset(blocks[at], n, size);
        unsigned from = next() % 40;
        if (blocks[from]) memmove(blocks[at] + size / 2, blocks[at], size / 2), mix((unsigned char)blocks[from][0]);
        if (next() % 5 == 0) free(blocks[at]), blocks[at] = NULL;
    }
    show("memory");
}

int main(void)
{
    hash = 0x811c9dc5;
    mathematics();
    helpers();
    text();
    return 0;
}
