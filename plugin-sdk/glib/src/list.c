/* SPDX-License-Identifier: MIT */
/* GList and GQueue. */
#include "internal.h"

static GList *link_of(gpointer data, GList *prev, GList *next) {
    GList *link = g_new(GList, 1);
    *link = (GList){data, next, prev};
    if (prev) prev->next = link;
    if (next) next->prev = link;
    return link;
}

void g_list_free_1(GList *link) { g_free(link); }

void g_list_free_full(GList *list, GDestroyNotify free_data) {
    while (list) {
        GList *next = list->next;
        if (free_data) free_data(list->data);
        g_free(list);
        list = next;
    }
}

void g_list_free(GList *list) { g_list_free_full(list, NULL); }

GList *g_list_first(GList *list) {
    while (list && list->prev) list = list->prev;
    return list;
}

GList *g_list_last(GList *list) {
    while (list && list->next) list = list->next;
    return list;
}

GList *g_list_append(GList *list, gpointer data) {
    GList *link = link_of(data, g_list_last(list), NULL);
    return list ? list : link;
}

GList *g_list_prepend(GList *list, gpointer data) { return link_of(data, list ? list->prev : NULL, list); }

GList *g_list_insert_before(GList *list, GList *sibling, gpointer data) {
    if (!sibling) return g_list_append(list, data);
    GList *link = link_of(data, sibling->prev, sibling);
    return sibling == list ? link : list;
}

GList *g_list_insert(GList *list, gpointer data, gint position) {
    return g_list_insert_before(list, position < 0 ? NULL : g_list_nth(list, (guint)position), data);
}

GList *g_list_insert_sorted(GList *list, gpointer data, GCompareFunc compare) {
    GList *at = list;
    while (at && compare(data, at->data) > 0) at = at->next;
    return g_list_insert_before(list, at, data);
}

GList *g_list_concat(GList *a, GList *b) {
    if (!a || !b) return a ? a : b;
    GList *last = g_list_last(a);
    last->next = b;
    b->prev = last;
    return a;
}

GList *g_list_remove_link(GList *list, GList *link) {
    if (!link) return list;
    if (link->prev) link->prev->next = link->next;
    if (link->next) link->next->prev = link->prev;
    if (link == list) list = link->next;
    link->prev = link->next = NULL;
    return list;
}

GList *g_list_delete_link(GList *list, GList *link) {
    list = g_list_remove_link(list, link);
    g_free(link);
    return list;
}

GList *g_list_find(GList *list, gconstpointer data) {
    while (list && list->data != data) list = list->next;
    return list;
}

GList *g_list_find_custom(GList *list, gconstpointer data, GCompareFunc compare) {
    while (list && compare(list->data, data)) list = list->next;
    return list;
}

GList *g_list_remove(GList *list, gconstpointer data) {
    GList *link = g_list_find(list, data);
    return link ? g_list_delete_link(list, link) : list;
}

GList *g_list_reverse(GList *list) {
    GList *last = NULL;
    while (list) {
        last = list;
        list = last->next;
        last->next = last->prev;
        last->prev = list;
    }
    return last;
}

GList *g_list_copy_deep(GList *list, GCopyFunc copy, gpointer user_data) {
    GList *head = NULL, *tail = NULL;
    for (; list; list = list->next) {
        tail = link_of(copy ? copy(list->data, user_data) : list->data, tail, NULL);
        if (!head) head = tail;
    }
    return head;
}

GList *g_list_copy(GList *list) { return g_list_copy_deep(list, NULL, NULL); }

GList *g_list_nth(GList *list, guint n) {
    while (list && n--) list = list->next;
    return list;
}

gpointer g_list_nth_data(GList *list, guint n) {
    list = g_list_nth(list, n);
    return list ? list->data : NULL;
}

gint g_list_index(GList *list, gconstpointer data) {
    for (gint i = 0; list; list = list->next, i++) {
        if (list->data == data) return i;
    }
    return -1;
}

guint g_list_length(GList *list) {
    guint n = 0;
    for (; list; list = list->next) n++;
    return n;
}

void g_list_foreach(GList *list, GFunc func, gpointer user_data) {
    while (list) {
        GList *next = list->next;
        func(list->data, user_data);
        list = next;
    }
}

static GList *merge(GList *a, GList *b, GCompareDataFunc compare, gpointer user_data) {
    GList head = {NULL, NULL, NULL}, *last = &head;
    while (a && b) {
        GList **from = compare(a->data, b->data, user_data) <= 0 ? &a : &b;
        last = last->next = *from;
        *from = (*from)->next;
    }
    last->next = a ? a : b;
    return head.next;
}

static GList *sorted(GList *list, guint n, GCompareDataFunc compare, gpointer user_data) {
    if (n < 2) return list;
    GList *before = g_list_nth(list, n / 2 - 1), *second = before->next;
    before->next = NULL;
    return merge(sorted(list, n / 2, compare, user_data), sorted(second, n - n / 2, compare, user_data), compare, user_data);
}

GList *g_list_sort_with_data(GList *list, GCompareDataFunc compare, gpointer user_data) {
    list = sorted(list, g_list_length(list), compare, user_data);
    GList *prev = NULL;
    for (GList *link = list; link; prev = link, link = link->next) link->prev = prev;
    return list;
}

GList *g_list_sort(GList *list, GCompareFunc compare) {
    GPlainCompare plain = {compare};
    return g_list_sort_with_data(list, g_plain_compare, &plain);
}

void g_queue_init(GQueue *queue) { *queue = (GQueue)G_QUEUE_INIT; }
GQueue *g_queue_new(void) { return g_new0(GQueue, 1); }

void g_queue_clear(GQueue *queue) {
    g_list_free(queue->head);
    g_queue_init(queue);
}

void g_queue_free(GQueue *queue) {
    g_queue_clear(queue);
    g_free(queue);
}

void g_queue_free_full(GQueue *queue, GDestroyNotify free_data) {
    g_list_free_full(queue->head, free_data);
    g_free(queue);
}

void g_queue_push_head(GQueue *queue, gpointer data) {
    queue->head = g_list_prepend(queue->head, data);
    if (!queue->tail) queue->tail = queue->head;
    queue->length++;
}

void g_queue_push_tail(GQueue *queue, gpointer data) {
    queue->tail = link_of(data, queue->tail, NULL);
    if (!queue->head) queue->head = queue->tail;
    queue->length++;
}

static gpointer pop(GQueue *queue, GList *link) {
    if (!link) return NULL;
    gpointer data = link->data;
    if (link == queue->tail) queue->tail = link->prev;
    queue->head = g_list_delete_link(queue->head, link);
    queue->length--;
    return data;
}

gpointer g_queue_pop_head(GQueue *queue) { return pop(queue, queue->head); }
gpointer g_queue_pop_tail(GQueue *queue) { return pop(queue, queue->tail); }
gpointer g_queue_peek_head(GQueue *queue) { return queue->head ? queue->head->data : NULL; }
gpointer g_queue_peek_tail(GQueue *queue) { return queue->tail ? queue->tail->data : NULL; }
gpointer g_queue_peek_nth(GQueue *queue, guint n) { return g_list_nth_data(queue->head, n); }
gboolean g_queue_is_empty(GQueue *queue) { return !queue->head; }
guint g_queue_get_length(GQueue *queue) { return queue->length; }
void g_queue_foreach(GQueue *queue, GFunc func, gpointer user_data) { g_list_foreach(queue->head, func, user_data); }
GList *g_queue_find(GQueue *queue, gconstpointer data) { return g_list_find(queue->head, data); }

gboolean g_queue_remove(GQueue *queue, gconstpointer data) {
    GList *link = g_list_find(queue->head, data);
    pop(queue, link);
    return link != NULL;
}

void g_queue_sort(GQueue *queue, GCompareDataFunc compare, gpointer user_data) {
    queue->head = g_list_sort_with_data(queue->head, compare, user_data);
    queue->tail = g_list_last(queue->head);
}
