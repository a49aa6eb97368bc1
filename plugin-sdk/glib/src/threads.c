/* SPDX-License-Identifier: MIT */
/* Locks where there is one thread: they only keep book, so that a trylock answers rightly and a deadlock is named. */
#include "internal.h"

static void take(gint *locked, const char *what) {
    if (*locked) g_stop("deadlock: the %s is locked already, and there is no other thread to unlock it", what);
    *locked = 1;
}

static gboolean try(gint *locked) {
    if (*locked) return FALSE;
    *locked = 1;
    return TRUE;
}

void g_mutex_init(GMutex *mutex) { mutex->locked = 0; }
void g_mutex_clear(GMutex *mutex) { mutex->locked = 0; }
void g_mutex_lock(GMutex *mutex) { take(&mutex->locked, "GMutex"); }
gboolean g_mutex_trylock(GMutex *mutex) { return try(&mutex->locked); }
void g_mutex_unlock(GMutex *mutex) { mutex->locked = 0; }

void g_rec_mutex_init(GRecMutex *mutex) { mutex->locked = 0; }
void g_rec_mutex_clear(GRecMutex *mutex) { mutex->locked = 0; }
void g_rec_mutex_lock(GRecMutex *mutex) { mutex->locked++; }
gboolean g_rec_mutex_trylock(GRecMutex *mutex) { return mutex->locked++, TRUE; }
void g_rec_mutex_unlock(GRecMutex *mutex) { mutex->locked--; }

void g_rw_lock_init(GRWLock *lock) { *lock = (GRWLock){0, 0}; }
void g_rw_lock_clear(GRWLock *lock) { g_rw_lock_init(lock); }
gboolean g_rw_lock_writer_trylock(GRWLock *lock) { return !lock->readers && try(&lock->writer); }
void g_rw_lock_writer_lock(GRWLock *lock) {
    if (lock->readers) g_stop("deadlock: the GRWLock is locked for reading already");
    take(&lock->writer, "GRWLock");
}
void g_rw_lock_writer_unlock(GRWLock *lock) { lock->writer = 0; }
gboolean g_rw_lock_reader_trylock(GRWLock *lock) {
    if (lock->writer) return FALSE;
    lock->readers++;
    return TRUE;
}
void g_rw_lock_reader_lock(GRWLock *lock) {
    if (!g_rw_lock_reader_trylock(lock)) g_stop("deadlock: the GRWLock is locked for writing already");
}
void g_rw_lock_reader_unlock(GRWLock *lock) { lock->readers--; }

void g_cond_init(GCond *cond) { cond->waiters = 0; }
void g_cond_clear(GCond *cond) { cond->waiters = 0; }
void g_cond_signal(GCond *cond) { (void)cond; }
void g_cond_broadcast(GCond *cond) { (void)cond; }

gpointer g_private_get(GPrivate *key) { return key->value; }
void g_private_set(GPrivate *key, gpointer value) { key->value = value; }
void g_private_replace(GPrivate *key, gpointer value) {
    if (key->value && key->destroy) key->destroy(key->value);
    key->value = value;
}

gpointer g_once_impl(GOnce *once, GThreadFunc func, gpointer arg) {
    if (!once->status) {
        once->retval = func(arg);
        once->status = 1;
    }
    return once->retval;
}

gboolean g_once_init_enter_impl(volatile gsize *location) { return !*location; }
void g_once_init_leave_impl(volatile gsize *location, gsize result) { *location = result; }
