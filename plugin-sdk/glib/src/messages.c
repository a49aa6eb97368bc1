/* SPDX-License-Identifier: MIT */
/* What goes to stderr, assertions, errors, and strings that live for ever. */
#include "internal.h"

void g_stop(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    __builtin_trap();
}

void g_print(const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    fflush(stdout);
}

void g_printerr(const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}

void g_assertion_message(const char *domain, const char *file, int line, const char *func, const char *message) {
    g_stop("%s%sERROR:%s:%d:%s: %s", domain ? domain : "", domain ? ":" : "", file, line, func, message);
}

void g_log_message(const char *level, gboolean fatal, const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "** %s: ", level);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    if (fatal) __builtin_trap();
}

/* Interned strings: their quark is their place in the list, from 1. */
static GPtrArray *interned;
static GHashTable *quarks;

GQuark g_quark_from_string(const gchar *string) {
    if (!string) return 0;
    if (!quarks) {
        quarks = g_hash_table_new(g_str_hash, g_str_equal);
        interned = g_ptr_array_new();
    }
    GQuark quark = GPOINTER_TO_UINT(g_hash_table_lookup(quarks, string));
    if (quark) return quark;
    gchar *copy = g_strdup(string);
    g_ptr_array_add(interned, copy);
    quark = interned->len;
    g_hash_table_insert(quarks, copy, GUINT_TO_POINTER(quark));
    return quark;
}

const gchar *g_quark_to_string(GQuark quark) {
    return quark && interned && quark <= interned->len ? g_ptr_array_index(interned, quark - 1) : NULL;
}

const gchar *g_intern_string(const gchar *string) { return g_quark_to_string(g_quark_from_string(string)); }

GError *g_error_new_literal(GQuark domain, gint code, const gchar *message) {
    GError *error = g_new0(GError, 1);
    error->domain = domain;
    error->code = code;
    error->message = g_strdup(message);
    return error;
}

GError *g_error_new(GQuark domain, gint code, const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    g_autofree gchar *message = g_strdup_vprintf(format, args);
    va_end(args);
    return g_error_new_literal(domain, code, message);
}

GError *g_error_copy(const GError *error) { return g_error_new_literal(error->domain, error->code, error->message); }

gboolean g_error_matches(const GError *error, GQuark domain, gint code) {
    return error && error->domain == domain && error->code == code;
}

void g_error_free(GError *error) {
    if (!error) return;
    g_free(error->message);
    g_free(error);
}

void g_set_error(GError **error, GQuark domain, gint code, const gchar *format, ...) {
    if (!error) return;
    va_list args;
    va_start(args, format);
    g_autofree gchar *message = g_strdup_vprintf(format, args);
    va_end(args);
    *error = g_error_new_literal(domain, code, message);
}

void g_set_error_literal(GError **error, GQuark domain, gint code, const gchar *message) {
    if (error) *error = g_error_new_literal(domain, code, message);
}

void g_propagate_error(GError **dest, GError *src) {
    if (dest) *dest = src;
    else g_error_free(src);
}

void g_clear_error(GError **error) {
    if (!error) return;
    g_error_free(*error);
    *error = NULL;
}
