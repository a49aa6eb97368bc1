/* SPDX-License-Identifier: MIT */
/* Memory that never comes back NULL. */
#include "internal.h"

static gpointer checked(gpointer mem, gsize bytes) {
    if (!mem && bytes) g_stop("out of memory: cannot allocate %zu bytes", bytes);
    return mem;
}

static gsize product(gsize count, gsize bytes) {
    gsize total;
    if (__builtin_mul_overflow(count, bytes, &total)) g_stop("out of memory: %zu elements of %zu bytes", count, bytes);
    return total;
}

gpointer g_malloc(gsize bytes) { return bytes ? checked(malloc(bytes), bytes) : NULL; }
gpointer g_malloc0(gsize bytes) { return bytes ? checked(calloc(1, bytes), bytes) : NULL; }

gpointer g_realloc(gpointer mem, gsize bytes) {
    if (bytes) return checked(realloc(mem, bytes), bytes);
    free(mem);
    return NULL;
}

gpointer g_malloc_n(gsize count, gsize bytes) { return g_malloc(product(count, bytes)); }
gpointer g_malloc0_n(gsize count, gsize bytes) { return g_malloc0(product(count, bytes)); }
gpointer g_realloc_n(gpointer mem, gsize count, gsize bytes) { return g_realloc(mem, product(count, bytes)); }
gpointer g_try_malloc(gsize bytes) { return bytes ? malloc(bytes) : NULL; }
gpointer g_try_malloc0(gsize bytes) { return bytes ? calloc(1, bytes) : NULL; }
gpointer g_try_realloc(gpointer mem, gsize bytes) { return realloc(mem, bytes); }
void g_free(gpointer mem) { free(mem); }

gpointer g_memdup2(gconstpointer mem, gsize bytes) {
    if (!mem || !bytes) return NULL;
    return memcpy(g_malloc(bytes), mem, bytes);
}
