/* SPDX-License-Identifier: MIT */
/* Functions on C strings, and patterns. */
#include "internal.h"

gchar *g_strdup(const gchar *s) { return s ? g_memdup2(s, strlen(s) + 1) : NULL; }

gchar *g_strndup(const gchar *s, gsize n) {
    if (!s) return NULL;
    gchar *copy = g_malloc0(n + 1);
    strncpy(copy, s, n);
    return copy;
}

gchar *g_strnfill(gsize length, gchar fill) {
    gchar *s = g_malloc(length + 1);
    memset(s, fill, length);
    s[length] = 0;
    return s;
}

gint g_vasprintf(gchar **string, const gchar *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length >= 0) {
        *string = g_malloc((gsize)length + 1);
        vsnprintf(*string, (gsize)length + 1, format, again);
    } else {
        *string = NULL;
    }
    va_end(again);
    return length;
}

gchar *g_strdup_vprintf(const gchar *format, va_list args) {
    gchar *string;
    g_vasprintf(&string, format, args);
    return string;
}

gchar *g_strdup_printf(const gchar *format, ...) {
    va_list args;
    va_start(args, format);
    gchar *string = g_strdup_vprintf(format, args);
    va_end(args);
    return string;
}

gchar *g_strconcat(const gchar *first, ...) {
    if (!first) return NULL;
    GString *all = g_string_new(NULL);
    va_list args;
    va_start(args, first);
    for (const gchar *s = first; s; s = va_arg(args, const gchar *)) g_string_append(all, s);
    va_end(args);
    return g_string_free(all, FALSE);
}

gchar *g_strjoinv(const gchar *separator, gchar **strings) {
    GString *all = g_string_new(NULL);
    for (gsize i = 0; strings && strings[i]; i++) {
        if (i && separator) g_string_append(all, separator);
        g_string_append(all, strings[i]);
    }
    return g_string_free(all, FALSE);
}

gchar *g_strjoin(const gchar *separator, ...) {
    GString *all = g_string_new(NULL);
    va_list args;
    va_start(args, separator);
    gboolean first = TRUE;
    for (const gchar *s; (s = va_arg(args, const gchar *)); first = FALSE) {
        if (!first && separator) g_string_append(all, separator);
        g_string_append(all, s);
    }
    va_end(args);
    return g_string_free(all, FALSE);
}

static gchar **finish(GPtrArray *parts) {
    g_ptr_array_add(parts, NULL);
    return (gchar **)g_ptr_array_free(parts, FALSE);
}

gchar **g_strsplit(const gchar *s, const gchar *delimiter, gint max_tokens) {
    GPtrArray *parts = g_ptr_array_new();
    gsize skip = strlen(delimiter);
    if (*s) {
        const gchar *next;
        while (skip && (max_tokens < 1 || parts->len + 1 < (guint)max_tokens) && (next = strstr(s, delimiter))) {
            g_ptr_array_add(parts, g_strndup(s, (gsize)(next - s)));
            s = next + skip;
        }
        g_ptr_array_add(parts, g_strdup(s));
    }
    return finish(parts);
}

gchar **g_strsplit_set(const gchar *s, const gchar *delimiters, gint max_tokens) {
    GPtrArray *parts = g_ptr_array_new();
    if (*s) {
        while (max_tokens < 1 || parts->len + 1 < (guint)max_tokens) {
            gsize length = strcspn(s, delimiters);
            if (!s[length]) break;
            g_ptr_array_add(parts, g_strndup(s, length));
            s += length + 1;
        }
        g_ptr_array_add(parts, g_strdup(s));
    }
    return finish(parts);
}

void g_strfreev(gchar **strings) {
    for (gsize i = 0; strings && strings[i]; i++) g_free(strings[i]);
    g_free(strings);
}

gchar **g_strdupv(gchar **strings) {
    if (!strings) return NULL;
    GPtrArray *copies = g_ptr_array_new();
    for (gsize i = 0; strings[i]; i++) g_ptr_array_add(copies, g_strdup(strings[i]));
    return finish(copies);
}

guint g_strv_length(gchar **strings) {
    guint n = 0;
    while (strings[n]) n++;
    return n;
}

gboolean g_strv_contains(const gchar *const *strings, const gchar *s) {
    for (; *strings; strings++) {
        if (!strcmp(*strings, s)) return TRUE;
    }
    return FALSE;
}

gboolean g_str_has_prefix(const gchar *s, const gchar *prefix) { return !strncmp(s, prefix, strlen(prefix)); }

gboolean g_str_has_suffix(const gchar *s, const gchar *suffix) {
    gsize length = strlen(s), tail = strlen(suffix);
    return length >= tail && !strcmp(s + length - tail, suffix);
}

gint g_strcmp0(const gchar *a, const gchar *b) {
    if (!a || !b) return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

gint g_ascii_strncasecmp(const gchar *a, const gchar *b, gsize n) {
    for (; n && (*a || *b); a++, b++, n--) {
        gint difference = (guchar)g_ascii_tolower(*a) - (guchar)g_ascii_tolower(*b);
        if (difference) return difference;
    }
    return 0;
}

gint g_ascii_strcasecmp(const gchar *a, const gchar *b) { return g_ascii_strncasecmp(a, b, SIZE_MAX); }

guint64 g_ascii_strtoull(const gchar *s, gchar **end, guint base) { return strtoull(s, end, (int)base); }
gint64 g_ascii_strtoll(const gchar *s, gchar **end, guint base) { return strtoll(s, end, (int)base); }
gdouble g_ascii_strtod(const gchar *s, gchar **end) { return strtod(s, end); }
gdouble g_strtod(const gchar *s, gchar **end) { return strtod(s, end); }

static gchar *converted(const gchar *s, gssize length, gboolean up) {
    gchar *copy = g_strndup(s, length < 0 ? strlen(s) : (gsize)length);
    for (gchar *c = copy; *c; c++) *c = up ? g_ascii_toupper(*c) : g_ascii_tolower(*c);
    return copy;
}

gchar *g_ascii_strup(const gchar *s, gssize length) { return converted(s, length, TRUE); }
gchar *g_ascii_strdown(const gchar *s, gssize length) { return converted(s, length, FALSE); }
gint g_ascii_digit_value(gchar c) { return g_ascii_isdigit(c) ? c - '0' : -1; }

gint g_ascii_xdigit_value(gchar c) {
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return g_ascii_digit_value(c);
}

gchar *g_strchug(gchar *s) {
    gchar *start = s;
    while (g_ascii_isspace(*start)) start++;
    memmove(s, start, strlen(start) + 1);
    return s;
}

gchar *g_strchomp(gchar *s) {
    gsize length = strlen(s);
    while (length && g_ascii_isspace(s[length - 1])) s[--length] = 0;
    return s;
}

gchar *g_strreverse(gchar *s) {
    if (*s) {
        for (gchar *a = s, *b = s + strlen(s) - 1; a < b; a++, b--) {
            gchar c = *a;
            *a = *b;
            *b = c;
        }
    }
    return s;
}

gchar *g_strdelimit(gchar *s, const gchar *delimiters, gchar replacement) {
    if (!delimiters) delimiters = "_-|> <.";
    for (gchar *c = s; *c; c++) {
        if (strchr(delimiters, *c)) *c = replacement;
    }
    return s;
}

gchar *g_strescape(const gchar *s, const gchar *exceptions) {
    static const gchar plain[] = "\b\f\n\r\t\v\\\"", letters[] = "bfnrtv\\\"";
    GString *out = g_string_new(NULL);
    for (; *s; s++) {
        const gchar *special = strchr(plain, *s);
        if (exceptions && strchr(exceptions, *s)) g_string_append_c(out, *s);
        else if (special) g_string_append_printf(out, "\\%c", letters[special - plain]);
        else if (g_ascii_isprint(*s)) g_string_append_c(out, *s);
        else g_string_append_printf(out, "\\%03o", (guint)(guchar)*s);
    }
    return g_string_free(out, FALSE);
}

gchar *g_strrstr(const gchar *haystack, const gchar *needle) {
    gsize length = strlen(haystack), n = strlen(needle);
    if (n > length) return NULL;
    for (const gchar *p = haystack + length - n; p >= haystack; p--) {
        if (!strncmp(p, needle, n)) return (gchar *)p;
    }
    return NULL;
}

gchar *g_strstr_len(const gchar *haystack, gssize length, const gchar *needle) {
    if (length < 0) return strstr(haystack, needle);
    gsize n = strlen(needle), room = strnlen(haystack, (gsize)length);
    for (gsize i = 0; i + n <= room; i++) {
        if (!memcmp(haystack + i, needle, n)) return (gchar *)haystack + i;
    }
    return NULL;
}

gsize g_strlcpy(gchar *dest, const gchar *src, gsize size) {
    gsize length = strlen(src);
    if (size) {
        gsize n = MIN(length, size - 1);
        memcpy(dest, src, n);
        dest[n] = 0;
    }
    return length;
}

gsize g_strlcat(gchar *dest, const gchar *src, gsize size) {
    gsize used = strnlen(dest, size);
    return used + (used == size ? strlen(src) : g_strlcpy(dest + used, src, size - used));
}

const gchar *g_strerror(gint errnum) { return strerror(errnum); }

gchar *g_format_size(guint64 size) {
    static const gchar units[] = "kMGTPE";
    if (size == 1) return g_strdup("1 byte");
    if (size < 1000) return g_strdup_printf("%" PRIu64 " bytes", size);
    gdouble value = (gdouble)size / 1000;
    guint unit = 0;
    while (value >= 1000) {
        value /= 1000;
        unit++;
    }
    return g_strdup_printf("%.1f\u00a0%cB", value, units[unit]);
}

struct _GPatternSpec {
    gchar *pattern;
};

gboolean g_pattern_match_simple(const gchar *pattern, const gchar *s) {
    const gchar *star = NULL, *mark = NULL;
    while (*s) {
        if (*pattern == '*') {
            star = ++pattern;
            mark = s;
        } else if (*pattern == '?' || *pattern == *s) {
            pattern++;
            s++;
        } else if (star) {
            /* The last star takes in one character more. */
            pattern = star;
            s = ++mark;
        } else {
            return FALSE;
        }
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

GPatternSpec *g_pattern_spec_new(const gchar *pattern) {
    GPatternSpec *spec = g_new(GPatternSpec, 1);
    spec->pattern = g_strdup(pattern);
    return spec;
}

void g_pattern_spec_free(GPatternSpec *spec) {
    g_free(spec->pattern);
    g_free(spec);
}

gboolean g_pattern_spec_match_string(GPatternSpec *spec, const gchar *s) {
    return g_pattern_match_simple(spec->pattern, s);
}

gboolean g_pattern_spec_match(GPatternSpec *spec, gsize length, const gchar *s, const gchar *reversed) {
    (void)reversed;
    g_autofree gchar *text = g_strndup(s, length);
    return g_pattern_match_simple(spec->pattern, text);
}
