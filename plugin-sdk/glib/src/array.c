/* SPDX-License-Identifier: MIT */
/* GArray and GByteArray, which is one of bytes. */
#include "internal.h"

typedef struct {
    GArray public;
    guint capacity;
    guint size;
    gboolean zero_terminated;
    gboolean clear;
    GDestroyNotify clear_func;
    gint references;
} Array;

static Array *of(GArray *array) { return (Array *)array; }
static gchar *element(Array *a, guint i) { return a->public.data + (gsize)i * a->size; }

static void terminate(Array *a) {
    if (a->zero_terminated) memset(element(a, a->public.len), 0, a->size);
}

static void reserve(Array *a, guint more) {
    guint needed = a->public.len + more + (a->zero_terminated ? 1 : 0);
    if (needed < a->public.len) g_stop("an array of more than 2^32 elements");
    if (needed <= a->capacity) return;
    guint capacity = MAX(needed, MAX(a->capacity * 2, 16 / a->size + 1));
    a->public.data = g_realloc_n(a->public.data, capacity, a->size);
    if (a->clear) memset(element(a, a->capacity), 0, (gsize)(capacity - a->capacity) * a->size);
    a->capacity = capacity;
}

GArray *g_array_sized_new(gboolean zero_terminated, gboolean clear, guint element_size, guint reserved) {
    Array *a = g_new0(Array, 1);
    a->size = element_size;
    a->zero_terminated = zero_terminated;
    a->clear = clear;
    a->references = 1;
    if (reserved || zero_terminated) reserve(a, reserved);
    terminate(a);
    return &a->public;
}

GArray *g_array_new(gboolean zero_terminated, gboolean clear, guint element_size) {
    return g_array_sized_new(zero_terminated, clear, element_size, 0);
}

static void clear_elements(Array *a, guint from, guint count) {
    for (guint i = 0; a->clear_func && i < count; i++) a->clear_func(element(a, from + i));
}

gchar *g_array_free(GArray *array, gboolean free_segment) {
    Array *a = of(array);
    gchar *data = array->data;
    if (free_segment) {
        clear_elements(a, 0, array->len);
        g_free(data);
        data = NULL;
    }
    if (--a->references == 0) {
        g_free(a);
    } else {
        /* Others still hold it: it is empty for them. */
        array->data = NULL;
        array->len = a->capacity = 0;
    }
    return data;
}

GArray *g_array_ref(GArray *array) {
    of(array)->references++;
    return array;
}

void g_array_unref(GArray *array) {
    Array *a = of(array);
    if (a->references > 1) a->references--;
    else g_array_free(array, TRUE);
}

guint g_array_get_element_size(GArray *array) { return of(array)->size; }
void g_array_set_clear_func(GArray *array, GDestroyNotify clear) { of(array)->clear_func = clear; }

GArray *g_array_insert_vals(GArray *array, guint index, gconstpointer data, guint len) {
    Array *a = of(array);
    if (!len) return array;
    if (index > array->len) g_array_set_size(array, index);
    reserve(a, len);
    memmove(element(a, index + len), element(a, index), (gsize)(array->len - index) * a->size);
    memcpy(element(a, index), data, (gsize)len * a->size);
    array->len += len;
    terminate(a);
    return array;
}

GArray *g_array_append_vals(GArray *array, gconstpointer data, guint len) {
    return g_array_insert_vals(array, array->len, data, len);
}
GArray *g_array_prepend_vals(GArray *array, gconstpointer data, guint len) {
    return g_array_insert_vals(array, 0, data, len);
}

GArray *g_array_remove_range(GArray *array, guint index, guint length) {
    Array *a = of(array);
    g_return_val_if_fail(index <= array->len && length <= array->len - index, array);
    clear_elements(a, index, length);
    memmove(element(a, index), element(a, index + length), (gsize)(array->len - index - length) * a->size);
    array->len -= length;
    terminate(a);
    return array;
}

GArray *g_array_remove_index(GArray *array, guint index) { return g_array_remove_range(array, index, 1); }

GArray *g_array_remove_index_fast(GArray *array, guint index) {
    Array *a = of(array);
    g_return_val_if_fail(index < array->len, array);
    clear_elements(a, index, 1);
    array->len--;
    if (index != array->len) memcpy(element(a, index), element(a, array->len), a->size);
    terminate(a);
    return array;
}

GArray *g_array_set_size(GArray *array, guint length) {
    Array *a = of(array);
    if (length > array->len) {
        reserve(a, length - array->len);
        if (a->clear) memset(element(a, array->len), 0, (gsize)(length - array->len) * a->size);
    } else {
        clear_elements(a, length, array->len - length);
    }
    array->len = length;
    terminate(a);
    return array;
}

void g_array_sort_with_data(GArray *array, GCompareDataFunc compare, gpointer user_data) {
    g_qsort_with_data(array->data, (gint)array->len, of(array)->size, compare, user_data);
}

void g_array_sort(GArray *array, GCompareFunc compare) {
    GPlainCompare plain = {compare};
    g_array_sort_with_data(array, g_plain_compare, &plain);
}

gboolean g_array_binary_search(GArray *array, gconstpointer target, GCompareFunc compare, guint *index) {
    guint low = 0, high = array->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        gint order = compare(element(of(array), middle), target);
        if (order == 0) {
            if (index) *index = middle;
            return TRUE;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return FALSE;
}

/* A merge sort: equal elements keep their order, as in GLib. */
static void sort(gchar *data, gchar *spare, gsize n, gsize size, GCompareDataFunc compare, gpointer user_data) {
    if (n < 2) return;
    gsize half = n / 2;
    sort(data, spare, half, size, compare, user_data);
    sort(data + half * size, spare, n - half, size, compare, user_data);
    memcpy(spare, data, half * size);
    gchar *a = spare, *a_end = spare + half * size, *b = data + half * size, *b_end = data + n * size, *out = data;
    while (a < a_end && b < b_end) {
        gchar **from = compare(a, b, user_data) <= 0 ? &a : &b;
        memmove(out, *from, size);
        *from += size;
        out += size;
    }
    memcpy(out, a, (gsize)(a_end - a));
}

void g_qsort_with_data(gconstpointer base, gint count, gsize size, GCompareDataFunc compare, gpointer user_data) {
    if (count < 2) return;
    g_autofree gchar *spare = g_malloc_n((gsize)count / 2, size);
    sort((gchar *)base, spare, (gsize)count, size, compare, user_data);
}

static GArray *bytes(GByteArray *array) { return (GArray *)array; }

GByteArray *g_byte_array_sized_new(guint reserved) { return (GByteArray *)g_array_sized_new(FALSE, FALSE, 1, reserved); }
GByteArray *g_byte_array_new(void) { return g_byte_array_sized_new(0); }

GByteArray *g_byte_array_new_take(guint8 *data, gsize len) {
    GByteArray *array = g_byte_array_new();
    array->data = data;
    array->len = of(bytes(array))->capacity = (guint)len;
    return array;
}

guint8 *g_byte_array_free(GByteArray *array, gboolean free_segment) {
    return (guint8 *)g_array_free(bytes(array), free_segment);
}
GByteArray *g_byte_array_ref(GByteArray *array) { return (GByteArray *)g_array_ref(bytes(array)); }
void g_byte_array_unref(GByteArray *array) { g_array_unref(bytes(array)); }
GByteArray *g_byte_array_append(GByteArray *array, const guint8 *data, guint len) {
    return (GByteArray *)g_array_append_vals(bytes(array), data, len);
}
GByteArray *g_byte_array_prepend(GByteArray *array, const guint8 *data, guint len) {
    return (GByteArray *)g_array_prepend_vals(bytes(array), data, len);
}
GByteArray *g_byte_array_remove_index(GByteArray *array, guint index) {
    return (GByteArray *)g_array_remove_index(bytes(array), index);
}
GByteArray *g_byte_array_remove_range(GByteArray *array, guint index, guint length) {
    return (GByteArray *)g_array_remove_range(bytes(array), index, length);
}
GByteArray *g_byte_array_set_size(GByteArray *array, guint length) {
    return (GByteArray *)g_array_set_size(bytes(array), length);
}
