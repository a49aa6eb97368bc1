/* SPDX-License-Identifier: MIT */
#ifndef TCGSCOPE_GLIB_INTERNAL_H
#define TCGSCOPE_GLIB_INTERNAL_H

#include <glib.h>

/* Says why on stderr and ends the plugin by a trap, which the emulator reports with the plugin's name. */
G_GNUC_NORETURN G_GNUC_PRINTF(1, 2) void g_stop(const char *format, ...);

/* A comparison with the caller's data for one without. */
typedef struct {
    GCompareFunc compare;
} GPlainCompare;
static inline gint g_plain_compare(gconstpointer a, gconstpointer b, gpointer plain) {
    return ((GPlainCompare *)plain)->compare(a, b);
}

#endif
