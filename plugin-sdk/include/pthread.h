/* SPDX-License-Identifier: MIT */
/*
 * The mutexes of POSIX threads, where there is one thread: they only keep book, so that a trylock answers rightly and a
 * deadlock is named. A plugin cannot start threads.
 */
#ifndef TCGSCOPE_PTHREAD_H
#define TCGSCOPE_PTHREAD_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int locked;
} pthread_mutex_t;

typedef struct {
    int unused;
} pthread_mutexattr_t;

#define PTHREAD_MUTEX_INITIALIZER {0}

static inline int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    (void)attributes;
    mutex->locked = 0;
    return 0;
}

static inline int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return mutex->locked ? EBUSY : 0;
}

static inline int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (mutex->locked) return EBUSY;
    mutex->locked = 1;
    return 0;
}

static inline int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex)) {
        fputs("deadlock: the pthread_mutex_t is locked already, and there is no other thread to unlock it\n", stderr);
        abort();
    }
    return 0;
}

static inline int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (!mutex->locked) return EPERM;
    mutex->locked = 0;
    return 0;
}

#endif
