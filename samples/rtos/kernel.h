/* A small preemptive kernel: tasks with priorities, time slices, semaphores and queues; one scheduler per CPU. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

#ifndef CPUS
#define CPUS 1
#endif

enum { MAX_TASKS = 16, QUEUE_LENGTH = 8, HIGHEST = 7 };

enum fault { NO_FAULT, DATA_ABORT, PREFETCH_ABORT, UNDEFINED };

struct task;

struct semaphore {
    unsigned count;
};

/* Messages between tasks of any CPU. */
struct queue {
    struct semaphore used, free;
    struct semaphore mutex;
    unsigned head, tail;
    uint32_t items[QUEUE_LENGTH];
};

/* What is known of a task that has ended. */
struct task_report {
    enum fault fault;
    uint32_t address;
    unsigned preemptions;
};

/* Called by CPU 0 once, before any task is made. */
void kernel_init(void);
/* Called by each CPU; it goes on as its idle task. */
_Noreturn void kernel_start(void);

/* A task of priority 1 (lowest) to HIGHEST. With one CPU all are that CPU's, whatever `cpu` says. */
struct task *task_create(const char *name, void (*entry)(void *), void *argument, unsigned priority, unsigned cpu);
/* Waits until the task has ended, and frees it. */
struct task_report task_join(struct task *task);
_Noreturn void task_exit(void);
void task_yield(void);
void task_sleep(unsigned ticks);
/* How often the running task has lost its CPU to the timer. */
unsigned task_preemptions(void);
unsigned cpu_number(void);

void semaphore_wait(struct semaphore *semaphore);
void semaphore_post(struct semaphore *semaphore);
void queue_init(struct queue *queue);
void queue_send(struct queue *queue, uint32_t item);
uint32_t queue_receive(struct queue *queue);

#endif
