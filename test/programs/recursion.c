/* Deep and branching recursion: Fibonacci, Ackermann, Hanoi, queens, permutations, mutual recursion. */
#include "console.h"

static unsigned fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static unsigned ackermann(unsigned m, unsigned n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static unsigned moves;

static void hanoi(int n, int from, int to, int spare)
{
    if (n) {
        hanoi(n - 1, from, spare, to);
        moves += (unsigned)(from * 4 + to);
        hanoi(n - 1, spare, to, from);
    }
}

static unsigned queens(unsigned all, unsigned columns, unsigned left, unsigned right)
{
    unsigned count = 0, free_ = all & ~(columns | left | right);
    if (columns == all) return 1;
    while (free_) {
        unsigned bit = free_ & -free_;
        free_ ^= bit;
        count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

static int is_odd(unsigned n);

static int is_even(unsigned n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}

static int is_odd(unsigned n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static uint32_t permuted;

static void permute(char *s, int at, int n)
{
    if (at == n) {
        for (int i = 0; i < n; i++) permuted = permuted * 33 + (uint32_t)s[i];
        return;
    }
    for (int i = at; i < n; i++) {
        char t = s[at];
        s[at] = s[i];
        s[i] = t;
        permute(s, at + 1, n);
        s[i] = s[at];
        s[at] = t;
    }
}

int main(void)
{
    char letters[] = "abcdef";
    put_line("fib 16", fib(16));
    put_line("ackermann 2 9", ackermann(2, 9));
    hanoi(9, 1, 3, 2);
    put_line("hanoi", moves);
    put_line("queens 6", queens(63, 0, 0, 0));
    put_line("even", (uint32_t)is_even(300));
    permute(letters, 0, 6);
    put_line("permuted", permuted);
    return 0;
}
