#ifndef FLOAT_H
#define FLOAT_H

struct float_work {
    double seed, expected;
    unsigned rounds, wrong;
};

/* Computes what the task must find. */
void float_prepare(struct float_work *work);
/* A task: computes again and again, until it has been preempted a few times. */
void float_task(void *work);

#endif
