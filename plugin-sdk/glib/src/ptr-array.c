/* SPDX-License-Identifier: MIT */
/* GPtrArray. */
#include "internal.h"

typedef struct {
    GPtrArray public;
    guint capacity;
    GDestroyNotify free_element;
    gint references;
} Pointers;

static Pointers *of(GPtrArray *array) { return (Pointers *)array; }

static void reserve(Pointers *a, guint more) {
    guint needed = a->public.len + more;
    if (needed <= a->capacity) return;
    a->capacity = MAX(needed, MAX(a->capacity * 2, 8));
    a->public.pdata = g_renew(gpointer, a->public.pdata, a->capacity);
}

GPtrArray *g_ptr_array_new_full(guint reserved, GDestroyNotify free_element) {
    Pointers *a = g_new0(Pointers, 1);
    a->free_element = free_element;
    a->references = 1;
    reserve(a, reserved);
    return &a->public;
}

GPtrArray *g_ptr_array_new(void) { return g_ptr_array_new_full(0, NULL); }
GPtrArray *g_ptr_array_new_with_free_func(GDestroyNotify free_element) { return g_ptr_array_new_full(0, free_element); }
GPtrArray *g_ptr_array_sized_new(guint reserved) { return g_ptr_array_new_full(reserved, NULL); }

static void release(Pointers *a, guint from, guint to) {
    for (guint i = from; a->free_element && i < to; i++) a->free_element(a->public.pdata[i]);
}

gpointer *g_ptr_array_free(GPtrArray *array, gboolean free_segment) {
    Pointers *a = of(array);
    gpointer *data = array->pdata;
    if (free_segment) {
        release(a, 0, array->len);
        g_free(data);
        data = NULL;
    }
    if (--a->references == 0) {
        g_free(a);
    } else {
        array->pdata = NULL;
        array->len = a->capacity = 0;
    }
    return data;
}

GPtrArray *g_ptr_array_ref(GPtrArray *array) {
    of(array)->references++;
    return array;
}

void g_ptr_array_unref(GPtrArray *array) {
    if (of(array)->references > 1) of(array)->references--;
    else g_ptr_array_free(array, TRUE);
}

void g_ptr_array_set_free_func(GPtrArray *array, GDestroyNotify free_element) { of(array)->free_element = free_element; }

void g_ptr_array_insert(GPtrArray *array, gint index, gpointer data) {
    guint at = index < 0 ? array->len : (guint)index;
    g_return_if_fail(at <= array->len);
    reserve(of(array), 1);
    memmove(array->pdata + at + 1, array->pdata + at, (array->len - at) * sizeof(gpointer));
    array->pdata[at] = data;
    array->len++;
}

void g_ptr_array_add(GPtrArray *array, gpointer data) { g_ptr_array_insert(array, -1, data); }

gpointer g_ptr_array_steal_index(GPtrArray *array, guint index) {
    g_return_val_if_fail(index < array->len, NULL);
    gpointer data = array->pdata[index];
    array->len--;
    memmove(array->pdata + index, array->pdata + index + 1, (array->len - index) * sizeof(gpointer));
    return data;
}

gpointer g_ptr_array_remove_index(GPtrArray *array, guint index) {
    gpointer data = g_ptr_array_steal_index(array, index);
    if (of(array)->free_element) of(array)->free_element(data);
    return data;
}

gpointer g_ptr_array_remove_index_fast(GPtrArray *array, guint index) {
    g_return_val_if_fail(index < array->len, NULL);
    gpointer data = array->pdata[index];
    array->pdata[index] = array->pdata[--array->len];
    if (of(array)->free_element) of(array)->free_element(data);
    return data;
}

gboolean g_ptr_array_find(GPtrArray *array, gconstpointer needle, guint *index) {
    for (guint i = 0; i < array->len; i++) {
        if (array->pdata[i] != needle) continue;
        if (index) *index = i;
        return TRUE;
    }
    return FALSE;
}

gboolean g_ptr_array_remove(GPtrArray *array, gpointer data) {
    guint index;
    if (!g_ptr_array_find(array, data, &index)) return FALSE;
    g_ptr_array_remove_index(array, index);
    return TRUE;
}

void g_ptr_array_set_size(GPtrArray *array, gint length) {
    guint wanted = (guint)length;
    if (wanted > array->len) {
        reserve(of(array), wanted - array->len);
        memset(array->pdata + array->len, 0, (wanted - array->len) * sizeof(gpointer));
    } else {
        release(of(array), wanted, array->len);
    }
    array->len = wanted;
}

void g_ptr_array_foreach(GPtrArray *array, GFunc func, gpointer user_data) {
    for (guint i = 0; i < array->len; i++) func(array->pdata[i], user_data);
}

/* The comparison gets the places of the pointers, as in GLib. */
void g_ptr_array_sort_with_data(GPtrArray *array, GCompareDataFunc compare, gpointer user_data) {
    g_qsort_with_data(array->pdata, (gint)array->len, sizeof(gpointer), compare, user_data);
}

void g_ptr_array_sort(GPtrArray *array, GCompareFunc compare) {
    GPlainCompare plain = {compare};
    g_ptr_array_sort_with_data(array, g_plain_compare, &plain);
}
