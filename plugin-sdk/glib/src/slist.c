/* SPDX-License-Identifier: MIT */
/* GSList. */
#include "internal.h"

GSList *g_slist_prepend(GSList *list, gpointer data) {
    GSList *link = g_new(GSList, 1);
    *link = (GSList){data, list};
    return link;
}

/* Where the first link is held for which `stops` says so, or where the list ends. */
static GSList **place(GSList **list, gboolean (*stops)(GSList *link, gconstpointer what), gconstpointer what) {
    while (*list && !stops(*list, what)) list = &(*list)->next;
    return list;
}

static gboolean never(GSList *link, gconstpointer what) { return (void)link, (void)what, FALSE; }
static gboolean has_data(GSList *link, gconstpointer data) { return link->data == data; }
static gboolean is_link(GSList *link, gconstpointer other) { return link == other; }

static GSList *without(GSList *list, gboolean (*stops)(GSList *link, gconstpointer what), gconstpointer what) {
    GSList **at = place(&list, stops, what), *link = *at;
    if (link) {
        *at = link->next;
        g_free(link);
    }
    return list;
}

void g_slist_free_full(GSList *list, GDestroyNotify free_data) {
    while (list) {
        GSList *next = list->next;
        if (free_data) free_data(list->data);
        g_free(list);
        list = next;
    }
}

void g_slist_free(GSList *list) { g_slist_free_full(list, NULL); }

GSList *g_slist_append(GSList *list, gpointer data) {
    *place(&list, never, NULL) = g_slist_prepend(NULL, data);
    return list;
}

GSList *g_slist_concat(GSList *a, GSList *b) {
    *place(&a, never, NULL) = b;
    return a;
}

GSList *g_slist_insert_sorted(GSList *list, gpointer data, GCompareFunc compare) {
    GSList **at = &list;
    while (*at && compare(data, (*at)->data) > 0) at = &(*at)->next;
    *at = g_slist_prepend(*at, data);
    return list;
}

GSList *g_slist_remove(GSList *list, gconstpointer data) { return without(list, has_data, data); }
GSList *g_slist_delete_link(GSList *list, GSList *link) { return without(list, is_link, link); }
GSList *g_slist_find(GSList *list, gconstpointer data) { return *place(&list, has_data, data); }

GSList *g_slist_find_custom(GSList *list, gconstpointer data, GCompareFunc compare) {
    while (list && compare(list->data, data)) list = list->next;
    return list;
}

GSList *g_slist_reverse(GSList *list) {
    GSList *reversed = NULL;
    while (list) {
        GSList *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

GSList *g_slist_copy(GSList *list) {
    GSList *copy = NULL, **end = &copy;
    for (; list; list = list->next, end = &(*end)->next) *end = g_slist_prepend(NULL, list->data);
    return copy;
}

GSList *g_slist_nth(GSList *list, guint n) {
    while (list && n--) list = list->next;
    return list;
}

gpointer g_slist_nth_data(GSList *list, guint n) {
    list = g_slist_nth(list, n);
    return list ? list->data : NULL;
}

GSList *g_slist_last(GSList *list) {
    while (list && list->next) list = list->next;
    return list;
}

guint g_slist_length(GSList *list) {
    guint n = 0;
    for (; list; list = list->next) n++;
    return n;
}

void g_slist_foreach(GSList *list, GFunc func, gpointer user_data) {
    while (list) {
        GSList *next = list->next;
        func(list->data, user_data);
        list = next;
    }
}

GSList *g_slist_sort_with_data(GSList *list, GCompareDataFunc compare, gpointer user_data) {
    guint n = g_slist_length(list);
    if (n < 2) return list;
    GSList *before = g_slist_nth(list, n / 2 - 1);
    GSList *b = before->next;
    before->next = NULL;
    GSList *a = g_slist_sort_with_data(list, compare, user_data);
    b = g_slist_sort_with_data(b, compare, user_data);
    GSList *merged = NULL, **end = &merged;
    while (a && b) {
        GSList **from = compare(a->data, b->data, user_data) <= 0 ? &a : &b;
        *end = *from;
        *from = (*from)->next;
        end = &(*end)->next;
    }
    *end = a ? a : b;
    return merged;
}

GSList *g_slist_sort(GSList *list, GCompareFunc compare) {
    GPlainCompare plain = {compare};
    return g_slist_sort_with_data(list, g_plain_compare, &plain);
}
