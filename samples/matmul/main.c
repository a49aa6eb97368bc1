/* Two ways through the same data, one kind to the caches and one not: a matrix product in two loop orders, and a linked list
 * in memory order and shuffled. Watch the misses of each in the cache view. */
#include "list.h"
#include "uart.h"

enum {
    N = 80,
    PITCH = 128 /* a row's length in memory: a column's elements are 512 bytes apart and share few sets of the cache */
};

typedef int Matrix[N][PITCH];

static Matrix a, b, c;

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = (i + 2 * j) % 17 - 8;
            b[i][j] = (3 * i - j) % 13;
            c[i][j] = 0;
        }
    }
}

/* The inner loop walks down a column of b: a new cache line for each element. */
static void multiply_ijk(void)
{
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            int sum = 0;
            for (int k = 0; k < N; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
}

/* The inner loop walks along rows of b and c: a new cache line for every eighth element. */
static void multiply_ikj(void)
{
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N; k++) {
            int factor = a[i][k];
            for (int j = 0; j < N; j++) {
                c[i][j] += factor * b[k][j];
            }
        }
    }
}

static unsigned checksum(void)
{
    unsigned sum = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            sum = sum * 31 + (unsigned)c[i][j];
        }
    }
    return sum;
}

static void report(const char *name, unsigned value)
{
    print(name);
    print_number(value);
    print("\n");
}

int main(void)
{
    print("TCG Scope sample\n");

    fill();
    multiply_ijk();
    unsigned by_columns = checksum();
    report("matrix product, i j k: ", by_columns);

    fill();
    multiply_ikj();
    unsigned by_rows = checksum();
    report("matrix product, i k j: ", by_rows);

    unsigned in_order = list_sum(list_in_order(), 10);
    report("list in memory order:  ", in_order);
    unsigned shuffled = list_sum(list_shuffled(), 10);
    report("list shuffled:         ", shuffled);

    print(by_columns == by_rows && in_order == shuffled ? "all equal\n" : "DIFFERENT\n");
    return by_columns == by_rows && in_order == shuffled ? 0 : 1;
}
