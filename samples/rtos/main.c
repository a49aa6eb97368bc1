/* What runs on the kernel: tasks that check it. The output does not depend on time, nor on who was preempted when. */
#include <stdbool.h>

#include "board.h"
#include "float.h"
#include "kernel.h"

void start_application(void);
void cpu1_boot(void);
_Noreturn void exit(int code);

static unsigned failures;

static void report(const char *what, bool good)
{
    print(what);
    print(good ? ": ok\n" : ": FAILED\n");
    if (!good) failures++;
}

/* ------------------------------------------------------------------------------------------------------ priorities */

static char log_text[16];
static unsigned log_length;
static struct semaphore gate;

static void note(char letter)
{
    if (log_length < sizeof log_text - 1) log_text[log_length++] = letter;
}

static bool log_is(const char *expected)
{
    unsigned i = 0;
    while (expected[i] && log_text[i] == expected[i]) i++;
    bool same = expected[i] == log_text[i];
    for (i = 0; i < sizeof log_text; i++) log_text[i] = 0;
    log_length = 0;
    return same;
}

static void important(void *argument)
{
    semaphore_wait(&gate);
    note(*(char *)argument);
}

static void check_priorities(void)
{
    /* The one of priority 6 runs as soon as it can, before whoever lets it; the others wait until this task does. */
    struct task *low = task_create("low", important, "l", 2, 0);
    struct task *high = task_create("high", important, "h", 6, 0);
    struct task *middle = task_create("middle", important, "m", 3, 0);
    task_sleep(2);
    note('1');
    semaphore_post(&gate);
    note('2');
    semaphore_post(&gate);
    semaphore_post(&gate);
    note('3');
    task_join(high);
    task_join(middle);
    task_join(low);
    report("priorities", log_is("1h23ml"));
}

static void sleeper(void *argument)
{
    const char *letter = argument;
    task_sleep((unsigned)(*letter - '0') * 3);
    note(*letter);
}

static void check_sleep(void)
{
    struct task *third = task_create("third", sleeper, "3", 4, 0);
    struct task *first = task_create("first", sleeper, "1", 4, 0);
    struct task *second = task_create("second", sleeper, "2", 4, 0);
    task_join(third);
    task_join(first);
    task_join(second);
    report("sleep", log_is("123"));
}

/* ---------------------------------------------------------------------------------------------------------- queues */

static struct queue numbers, sums;

static bool is_prime(unsigned n)
{
    if (n < 2) return false;
    for (unsigned d = 2; d * d <= n; d++)
        if (n % d == 0) return false;
    return true;
}

static void producer(void *argument)
{
    unsigned limit = (unsigned)argument;
    for (unsigned n = 0; n < limit; n++)
        if (is_prime(n)) queue_send(&numbers, n);
    queue_send(&numbers, 0);
}

static void adder(void *argument)
{
    (void)argument;
    uint32_t sum = 0, n;
    while ((n = queue_receive(&numbers)) != 0) sum += n;
    queue_send(&sums, sum);
}

static void check_queues(void)
{
    queue_init(&numbers);
    queue_init(&sums);
    struct task *from = task_create("producer", producer, (void *)500, 3, 0);
    struct task *to = task_create("adder", adder, 0, 4, 1);
    uint32_t sum = queue_receive(&sums);
    task_join(from);
    task_join(to);
    print("sum of the primes below 500: ");
    print_number(sum);
    print("\n");
    report("queues", sum == 21536);
}

/* ----------------------------------------------------------------------------------------------------- exclusion */

static struct semaphore mutex = {1};
static volatile unsigned counter, inside;
static unsigned crowded;

static void counts(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 40; i++) {
        semaphore_wait(&mutex);
        if (inside++) crowded++;
        unsigned value = counter;
        for (volatile unsigned pause = 0; pause < 20; pause++) {
        }
        counter = value + 1;
        inside--;
        semaphore_post(&mutex);
    }
}

static void check_exclusion(void)
{
    struct task *group[4];
    for (unsigned i = 0; i < 4; i++) group[i] = task_create("counts", counts, 0, 3, i);
    for (unsigned i = 0; i < 4; i++) task_join(group[i]);
    report("mutual exclusion", counter == 160 && crowded == 0);
}

/* ------------------------------------------------------------------------------------------------- floating point */

static void check_floating_point(void)
{
    static struct float_work work[4] = {{.seed = 1.5}, {.seed = 2.75}, {.seed = 7.125}, {.seed = 3.0}};
    struct task *group[4];
    for (unsigned i = 0; i < 4; i++) float_prepare(&work[i]);
    for (unsigned i = 0; i < 4; i++) group[i] = task_create("float", float_task, &work[i], 3, i);
    unsigned slices = 0, wrong = 0;
    for (unsigned i = 0; i < 4; i++) {
        slices += task_join(group[i]).preemptions;
        wrong += work[i].wrong;
    }
    report("floating point across preemptions", wrong == 0 && slices >= 12);
}

/* ---------------------------------------------------------------------------------------------------------- faults */

static volatile uint32_t *volatile null_pointer;

static void uses_null(void *argument)
{
    (void)argument;
    *(null_pointer + 1) = 1;
}

static unsigned deep(volatile unsigned *above)
{
    volatile unsigned room[64];
    room[0] = above ? *above + 1 : 0;
    return deep(room) + room[0];
}

static void overflows(void *argument)
{
    (void)argument;
    deep(0);
}

static void executes_nothing(void *argument)
{
    (void)argument;
    __asm__ volatile("udf #0");
}

static void check_faults(void)
{
    struct task_report null = task_join(task_create("null", uses_null, 0, 3, 1));
    report("null pointer caught", null.fault == DATA_ABORT && null.address == 4);
    struct task_report stack = task_join(task_create("overflow", overflows, 0, 3, 0));
    report("stack overflow caught", stack.fault == DATA_ABORT && (stack.address & 0x1000) == 0);
    struct task_report undefined = task_join(task_create("undefined", executes_nothing, 0, 3, 1));
    report("undefined instruction caught", undefined.fault == UNDEFINED);
}

/* -------------------------------------------------------------------------------------------------------- messages */

static struct queue there, back;

static void echo(void *argument)
{
    (void)argument;
    uint32_t item;
    do {
        item = queue_receive(&there);
        queue_send(&back, item << 1 | (cpu_number() == CPUS - 1));
    } while (item);
}

static void check_messages(void)
{
    queue_init(&there);
    queue_init(&back);
    struct task *other = task_create("echo", echo, 0, 5, 1);
    unsigned good = 0;
    for (unsigned i = 50; i-- > 0;) {
        queue_send(&there, i);
        good += queue_receive(&back) == (i << 1 | 1);
    }
    task_join(other);
    report("messages to the other end and back", good == 50);
}

static void application(void *argument)
{
    (void)argument;
    print("rtos: ");
    print_number(CPUS);
    print(CPUS == 1 ? " CPU\n" : " CPUs\n");
    check_priorities();
    check_sleep();
    check_queues();
    check_exclusion();
    check_floating_point();
    check_faults();
    check_messages();
    print(failures ? "FAILED\n" : "all checks passed\n");
    exit((int)failures);
}

void start_application(void)
{
#if CPUS > 1
    CPU1_START = (uint32_t)cpu1_boot;
    __asm__ volatile("dsb\n\tsev" ::: "memory");
#endif
    task_create("application", application, 0, 4, 0);
}
