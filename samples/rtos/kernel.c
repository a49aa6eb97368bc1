/* Tasks and their schedulers, one for each CPU. All state is under one lock; a CPU switches tasks with interrupts off. */
#include "kernel.h"

#include <stdbool.h>

#include "board.h"

enum { IDLE = 0, FLOAT_WORDS = 33, FRAME_WORDS = 16, STACK_WORDS = 1024, SYSTEM_MODE = 0x1f };
enum state { UNUSED, READY, WAITING, SLEEPING, ENDED };

struct task {
    /* Where its registers lie while it does not run: r0..r12, lr, pc, cpsr. */
    uint32_t *frame;
    const char *name;
    enum state state;
    unsigned priority, cpu;
    const struct semaphore *waits_for;
    /* Order of the waiting ones. */
    unsigned since, wake_at;
    struct task_report report;
    struct semaphore ended;
    uint64_t floats[FLOAT_WORDS];
};

struct cpu {
    struct task *current;
    /* Whose values the floating-point registers hold. */
    struct task *floats;
    unsigned ticks;
    struct task idle;
};

extern uint32_t stacks[MAX_TASKS][2 * STACK_WORDS];
void lock(uint32_t *word), unlock(uint32_t *word);
uint32_t interrupts_off(void);
void interrupts_restore(uint32_t state);
void vfp_save(uint64_t *area), vfp_restore(const uint64_t *area);
bool vfp_is_on(void);
void vfp_switch(bool on);
uint32_t *interrupted(uint32_t *frame), *schedule(uint32_t *frame), *task_fault(enum fault fault, uint32_t address);
bool take_floating_point(void);

static struct task tasks[MAX_TASKS];
static struct cpu cpus[CPUS];
static uint32_t kernel_lock;
static unsigned order;

unsigned cpu_number(void)
{
    uint32_t mpidr;
    __asm__ volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
    return mpidr & 3;
}

static struct cpu *this_cpu(void)
{
    return &cpus[cpu_number()];
}

static uint32_t enter(void)
{
    uint32_t state = interrupts_off();
    lock(&kernel_lock);
    return state;
}

static void leave(uint32_t state)
{
    unlock(&kernel_lock);
    interrupts_restore(state);
}

void task_yield(void)
{
    __asm__ volatile("svc 0" ::: "memory");
}

void kernel_init(void)
{
    for (unsigned i = 0; i < CPUS; i++) {
        struct task *idle = &cpus[i].idle;
        *idle = (struct task){.name = "idle", .state = READY, .priority = IDLE, .cpu = i};
        cpus[i].current = idle;
    }
}

_Noreturn void kernel_start(void)
{
    interrupts_init();
    vfp_switch(false);
    interrupts_restore(SYSTEM_MODE);
    for (;;) {
        task_yield();
        __asm__ volatile("wfi");
    }
}

/* The ready task of highest priority; of several the next one behind that which runs. */
static struct task *pick(const struct cpu *cpu, unsigned number)
{
    const struct task *current = cpu->current;
    unsigned first = current >= tasks && current < tasks + MAX_TASKS ? (unsigned)(current - tasks) + 1 : 0;
    struct task *best = 0;
    for (unsigned i = 0; i < MAX_TASKS; i++) {
        struct task *task = &tasks[(first + i) % MAX_TASKS];
        if (task->state == READY && task->cpu == number && (!best || task->priority > best->priority)) best = task;
    }
    return best ? best : &cpus[number].idle;
}

/* Called with the lock held: the most important of those that wait, of several the one that has waited longest. */
static struct task *first_waiting(const struct semaphore *semaphore)
{
    struct task *best = 0;
    for (struct task *task = tasks; task < tasks + MAX_TASKS; task++) {
        if (task->state != WAITING || task->waits_for != semaphore) continue;
        if (!best || task->priority > best->priority || (task->priority == best->priority && task->since < best->since))
            best = task;
    }
    return best;
}

static void wake(const struct semaphore *semaphore)
{
    struct task *task = first_waiting(semaphore);
    if (!task) return;
    task->state = READY;
    if (task->cpu != cpu_number()) interrupt_cpu(task->cpu);
}

/* Called with the lock held, and not on the task's stack: one that has ended may be another's from here on. */
static uint32_t *switch_task(struct cpu *cpu)
{
    struct task *before = cpu->current;
    if (before->state == ENDED) {
        if (cpu->floats == before) cpu->floats = 0;
        before->ended.count = 1;
        wake(&before->ended);
    }
    cpu->current = pick(cpu, cpu_number());
    vfp_switch(cpu->floats == cpu->current);
    return cpu->current->frame;
}

/* The running task's registers lie at `frame`: who goes on, it or another one. */
uint32_t *schedule(uint32_t *frame)
{
    struct cpu *cpu = this_cpu();
    lock(&kernel_lock);
    cpu->current->frame = frame;
    frame = switch_task(cpu);
    unlock(&kernel_lock);
    return frame;
}

static void tick(struct cpu *cpu)
{
    lock(&kernel_lock);
    cpu->ticks++;
    unsigned number = cpu_number();
    for (struct task *task = tasks; task < tasks + MAX_TASKS; task++) {
        if (task->state == SLEEPING && task->cpu == number && (int)(cpu->ticks - task->wake_at) >= 0) task->state = READY;
    }
    unlock(&kernel_lock);
}

uint32_t *interrupted(uint32_t *frame)
{
    struct cpu *cpu = this_cpu();
    struct task *before = cpu->current;
    uint32_t acknowledged = GICC_IAR, id = acknowledged & 0x3ff;
    if (id == SPURIOUS) return frame;
    if (id == PPI_TIMER) {
        TIMER_STATUS = 1;
        tick(cpu);
    }
    GICC_EOIR = acknowledged;
    frame = schedule(frame);
    if (cpu->current != before) before->report.preemptions++;
    return frame;
}

/* An undefined instruction: whether it is the first of floating point since the task runs, which now has the registers. */
bool take_floating_point(void)
{
    struct cpu *cpu = this_cpu();
    if (vfp_is_on()) return false;
    vfp_switch(true);
    if (cpu->floats) vfp_save(cpu->floats->floats);
    vfp_restore(cpu->current->floats);
    cpu->floats = cpu->current;
    return true;
}

uint32_t *task_fault(enum fault fault, uint32_t address)
{
    struct cpu *cpu = this_cpu();
    struct task *task = cpu->current;
    lock(&kernel_lock);
    task->report.fault = fault;
    task->report.address = address;
    task->state = ENDED;
    uint32_t *frame = switch_task(cpu);
    unlock(&kernel_lock);
    return frame;
}

struct task *task_create(const char *name, void (*entry)(void *), void *argument, unsigned priority, unsigned cpu)
{
    uint32_t state = enter();
    unsigned i = 0;
    while (i < MAX_TASKS && tasks[i].state != UNUSED) i++;
    if (i == MAX_TASKS) {
        leave(state);
        return 0;
    }
    struct task *task = &tasks[i];
    *task = (struct task){.name = name, .state = READY, .priority = priority, .cpu = cpu % CPUS};
    task->frame = &stacks[i][2 * STACK_WORDS - FRAME_WORDS];
    for (unsigned word = 0; word < FRAME_WORDS; word++) task->frame[word] = 0;
    task->frame[0] = (uint32_t)argument;
    task->frame[13] = (uint32_t)task_exit;
    task->frame[14] = (uint32_t)entry;
    task->frame[15] = SYSTEM_MODE;
    unsigned own = cpu_number();
    bool yields = task->cpu == own && task->priority > cpus[own].current->priority;
    if (task->cpu != own) interrupt_cpu(task->cpu);
    leave(state);
    if (yields) task_yield();
    return task;
}

_Noreturn void task_exit(void)
{
    interrupts_off();
    this_cpu()->current->state = ENDED;
    for (;;) task_yield();
}

struct task_report task_join(struct task *task)
{
    semaphore_wait(&task->ended);
    struct task_report report = task->report;
    task->state = UNUSED;
    return report;
}

void task_sleep(unsigned ticks)
{
    uint32_t state = enter();
    struct cpu *cpu = this_cpu();
    cpu->current->wake_at = cpu->ticks + ticks;
    cpu->current->state = SLEEPING;
    unlock(&kernel_lock);
    task_yield();
    interrupts_restore(state);
}

unsigned task_preemptions(void)
{
    return this_cpu()->current->report.preemptions;
}

void semaphore_wait(struct semaphore *semaphore)
{
    uint32_t state = enter();
    while (semaphore->count == 0) {
        struct task *task = this_cpu()->current;
        task->state = WAITING;
        task->waits_for = semaphore;
        task->since = order++;
        unlock(&kernel_lock);
        task_yield();
        lock(&kernel_lock);
    }
    semaphore->count--;
    leave(state);
}

void semaphore_post(struct semaphore *semaphore)
{
    uint32_t state = enter();
    semaphore->count++;
    wake(semaphore);
    struct cpu *cpu = this_cpu();
    bool yields = pick(cpu, cpu_number())->priority > cpu->current->priority;
    leave(state);
    if (yields) task_yield();
}

void queue_init(struct queue *queue)
{
    *queue = (struct queue){.free = {QUEUE_LENGTH}, .mutex = {1}};
}

void queue_send(struct queue *queue, uint32_t item)
{
    semaphore_wait(&queue->free);
    semaphore_wait(&queue->mutex);
    queue->items[queue->head++ % QUEUE_LENGTH] = item;
    semaphore_post(&queue->mutex);
    semaphore_post(&queue->used);
}

uint32_t queue_receive(struct queue *queue)
{
    semaphore_wait(&queue->used);
    semaphore_wait(&queue->mutex);
    uint32_t item = queue->items[queue->tail++ % QUEUE_LENGTH];
    semaphore_post(&queue->mutex);
    semaphore_post(&queue->free);
    return item;
}
