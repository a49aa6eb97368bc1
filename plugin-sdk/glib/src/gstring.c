/* SPDX-License-Identifier: MIT */
/* GString: a string that grows. */
#include "internal.h"

static void reserve(GString *string, gsize more) {
    gsize needed = string->len + more + 1;
    if (needed <= string->allocated_len) return;
    string->allocated_len = MAX(needed, string->allocated_len * 2);
    string->str = g_realloc(string->str, string->allocated_len);
}

GString *g_string_sized_new(gsize size) {
    GString *string = g_new0(GString, 1);
    reserve(string, MAX(size, 15));
    string->str[0] = 0;
    return string;
}

GString *g_string_new(const gchar *init) { return g_string_append(g_string_sized_new(0), init ? init : ""); }

GString *g_string_new_len(const gchar *init, gssize length) {
    GString *string = g_string_sized_new(length < 0 ? 0 : (gsize)length);
    return init ? g_string_append_len(string, init, length) : string;
}

gchar *g_string_free_and_steal(GString *string) {
    gchar *segment = string->str;
    g_free(string);
    return segment;
}

gchar *g_string_free(GString *string, gboolean free_segment) {
    if (!string) return NULL;
    gchar *segment = g_string_free_and_steal(string);
    if (!free_segment) return segment;
    g_free(segment);
    return NULL;
}

GString *g_string_insert_len(GString *string, gssize position, const gchar *value, gssize length) {
    gsize n = length < 0 ? strlen(value) : (gsize)length;
    gsize at = position < 0 ? string->len : MIN((gsize)position, string->len);
    gboolean own = value >= string->str && value <= string->str + string->len;
    g_autofree gchar *copy = own ? g_memdup2(value, n) : NULL;
    reserve(string, n);
    memmove(string->str + at + n, string->str + at, string->len - at + 1);
    if (n) memcpy(string->str + at, copy ? copy : value, n);
    string->len += n;
    string->str[string->len] = 0;
    return string;
}

GString *g_string_insert(GString *string, gssize position, const gchar *value) {
    return g_string_insert_len(string, position, value, -1);
}
GString *g_string_append(GString *string, const gchar *value) { return g_string_insert_len(string, -1, value, -1); }
GString *g_string_append_len(GString *string, const gchar *value, gssize length) {
    return g_string_insert_len(string, -1, value, length);
}
GString *g_string_append_c(GString *string, gchar c) { return g_string_insert_len(string, -1, &c, 1); }
GString *g_string_prepend(GString *string, const gchar *value) { return g_string_insert_len(string, 0, value, -1); }
GString *g_string_prepend_c(GString *string, gchar c) { return g_string_insert_len(string, 0, &c, 1); }

GString *g_string_truncate(GString *string, gsize length) {
    string->len = MIN(length, string->len);
    string->str[string->len] = 0;
    return string;
}

GString *g_string_set_size(GString *string, gsize length) {
    if (length > string->len) reserve(string, length - string->len);
    string->len = length;
    string->str[length] = 0;
    return string;
}

GString *g_string_assign(GString *string, const gchar *value) {
    if (value == string->str) return string;
    return g_string_append(g_string_truncate(string, 0), value);
}

GString *g_string_erase(GString *string, gssize position, gssize length) {
    gsize at = MIN((gsize)position, string->len);
    gsize n = length < 0 ? string->len - at : MIN((gsize)length, string->len - at);
    memmove(string->str + at, string->str + at + n, string->len - at - n + 1);
    string->len -= n;
    return string;
}

guint g_string_replace(GString *string, const gchar *find, const gchar *replace, guint limit) {
    gsize old = strlen(find), new = strlen(replace), at = 0;
    guint count = 0;
    gchar *next;
    while (old && (!limit || count < limit) && (next = strstr(string->str + at, find))) {
        at = (gsize)(next - string->str);
        g_string_erase(string, (gssize)at, (gssize)old);
        g_string_insert_len(string, (gssize)at, replace, (gssize)new);
        at += new;
        count++;
    }
    return count;
}

void g_string_append_vprintf(GString *string, const gchar *format, va_list args) {
    gchar *text = NULL;
    gint length = g_vasprintf(&text, format, args);
    if (length > 0) g_string_append_len(string, text, length);
    g_free(text);
}

void g_string_append_printf(GString *string, const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    g_string_append_vprintf(string, format, args);
    va_end(args);
}

void g_string_vprintf(GString *string, const gchar *format, va_list args) {
    /* The arguments may name the string itself. */
    g_autofree gchar *text = g_strdup_vprintf(format, args);
    g_string_assign(string, text ? text : "");
}

void g_string_printf(GString *string, const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    g_string_vprintf(string, format, args);
    va_end(args);
}

GString *g_string_ascii_up(GString *string) {
    for (gsize i = 0; i < string->len; i++) string->str[i] = g_ascii_toupper(string->str[i]);
    return string;
}

GString *g_string_ascii_down(GString *string) {
    for (gsize i = 0; i < string->len; i++) string->str[i] = g_ascii_tolower(string->str[i]);
    return string;
}

gboolean g_string_equal(const GString *a, const GString *b) {
    return a->len == b->len && !memcmp(a->str, b->str, a->len);
}

guint g_string_hash(const GString *string) {
    guint hash = 0;
    for (gsize i = 0; i < string->len; i++) hash = hash * 31 + (guchar)string->str[i];
    return hash;
}
