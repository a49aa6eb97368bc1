/* setjmp and longjmp: exceptions in C, a generator, and deep unwinding. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf handler;
static int depth_reached;

static void fail_at(int depth, int code)
{
    volatile char frame[24];
    frame[depth % 24] = (char)depth;
    depth_reached = depth;
    if (depth == 0) longjmp(handler, code);
    fail_at(depth - 1, code + (frame[depth % 24] & 1));
}

static int parse(const char *text)
{
    int value = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') longjmp(handler, *text);
        value = value * 10 + (*text - '0');
    }
    return value;
}

int main(void)
{
    static const char *const inputs[] = {"123", "4x5", "", "99999", "-1"};
    for (volatile unsigned i = 0; i < 5; i++) {
        int error = setjmp(handler);
        if (error) {
            printf("\"%s\": bad character '%c'\n", inputs[i], error);
        } else {
            printf("\"%s\" = %d\n", inputs[i], parse(inputs[i]));
        }
    }
    volatile int rounds = 0;
    int code = setjmp(handler);
    printf("round %d, code %d, depth %d\n", rounds, code, depth_reached);
    if (rounds++ < 5) fail_at(rounds * 7, rounds);
    code = setjmp(handler);
    if (code == 0) longjmp(handler, 0);
    printf("longjmp of 0 gives %d\n", code);
    return code;
}
