/* For the stepping tests: recursion, an inlined function, a function without line information, and a loop on one line. */
int bare(int value); /* in bare.S, assembled without -g */

volatile int sink;

static inline __attribute__((always_inline)) int twice(int value)
{
    int result = value + value;
    sink = result;
    return result;
}

__attribute__((noinline)) int fibonacci(int n)
{
    if (n < 2) {
        return n;
    }
    int before = fibonacci(n - 2);
    return before + fibonacci(n - 1);
}

__attribute__((noinline)) int count(int n)
{
    int total = 0;
    for (int i = 0; i < n; i++) total += i;
    return total;
}

int main(void)
{
    int a = fibonacci(5);
    int b = twice(a);
    int c = bare(b);
    int d = count(c);
    sink = a + b + c + d;
    return 0;
}
