/* SPDX-License-Identifier: MIT */
/*
 * A small GLib for plugins that are compiled to WebAssembly: the names, types and behaviour that QEMU's plugins use of
 * GLib 2, in a fresh implementation. One thread: locks check nothing and never block.
 */
#ifndef TCGSCOPE_GLIB_H
#define TCGSCOPE_GLIB_H

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define G_BEGIN_DECLS
#define G_END_DECLS

#define GLIB_MAJOR_VERSION 2
#define GLIB_MINOR_VERSION 74
#define GLIB_MICRO_VERSION 0
#define GLIB_CHECK_VERSION(major, minor, micro) \
    (GLIB_MAJOR_VERSION > (major) || (GLIB_MAJOR_VERSION == (major) && GLIB_MINOR_VERSION > (minor)) || \
     (GLIB_MAJOR_VERSION == (major) && GLIB_MINOR_VERSION == (minor) && GLIB_MICRO_VERSION >= (micro)))

/* ------------------------------------------------------------------------------------------------------------ types -- */

typedef char gchar;
typedef short gshort;
typedef int gint;
typedef long glong;
typedef gint gboolean;
typedef unsigned char guchar;
typedef unsigned short gushort;
typedef unsigned int guint;
typedef unsigned long gulong;
typedef float gfloat;
typedef double gdouble;
typedef int8_t gint8;
typedef uint8_t guint8;
typedef int16_t gint16;
typedef uint16_t guint16;
typedef int32_t gint32;
typedef uint32_t guint32;
typedef int64_t gint64;
typedef uint64_t guint64;
typedef size_t gsize;
typedef ptrdiff_t gssize;
typedef intptr_t gintptr;
typedef uintptr_t guintptr;
typedef int64_t goffset;
typedef void *gpointer;
typedef const void *gconstpointer;
typedef gchar **GStrv;
typedef guint32 GQuark;
typedef guint32 gunichar;

typedef gint (*GCompareFunc)(gconstpointer a, gconstpointer b);
typedef gint (*GCompareDataFunc)(gconstpointer a, gconstpointer b, gpointer user_data);
typedef gboolean (*GEqualFunc)(gconstpointer a, gconstpointer b);
typedef guint (*GHashFunc)(gconstpointer key);
typedef void (*GDestroyNotify)(gpointer data);
typedef void (*GFunc)(gpointer data, gpointer user_data);
typedef void (*GHFunc)(gpointer key, gpointer value, gpointer user_data);
typedef gboolean (*GHRFunc)(gpointer key, gpointer value, gpointer user_data);
typedef gboolean (*GTraverseFunc)(gpointer key, gpointer value, gpointer data);
typedef gpointer (*GCopyFunc)(gconstpointer src, gpointer data);
typedef gpointer (*GThreadFunc)(gpointer data);

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef MIN
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#endif
#define ABS(a) (((a) < 0) ? -(a) : (a))
#define CLAMP(x, low, high) (((x) > (high)) ? (high) : (((x) < (low)) ? (low) : (x)))
#define G_N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

#define G_MININT8 INT8_MIN
#define G_MAXINT8 INT8_MAX
#define G_MAXUINT8 UINT8_MAX
#define G_MININT16 INT16_MIN
#define G_MAXINT16 INT16_MAX
#define G_MAXUINT16 UINT16_MAX
#define G_MININT INT_MIN
#define G_MAXINT INT_MAX
#define G_MAXUINT UINT_MAX
#define G_MININT32 INT32_MIN
#define G_MAXINT32 INT32_MAX
#define G_MAXUINT32 UINT32_MAX
#define G_MININT64 INT64_MIN
#define G_MAXINT64 INT64_MAX
#define G_MAXUINT64 UINT64_MAX
#define G_MAXLONG LONG_MAX
#define G_MAXULONG ULONG_MAX
#define G_MAXSIZE SIZE_MAX
#define G_MAXDOUBLE DBL_MAX
#define G_MINDOUBLE DBL_MIN
#define G_PI 3.1415926535897932384626433832795028841971693993751
#define G_E 2.7182818284590452353602874713526624977572470937000

#define G_GINT64_FORMAT PRId64
#define G_GUINT64_FORMAT PRIu64
#define G_GINT32_FORMAT PRId32
#define G_GUINT32_FORMAT PRIu32
#define G_GINT16_FORMAT PRId16
#define G_GUINT16_FORMAT PRIu16
#define G_GSIZE_FORMAT "zu"
#define G_GSIZE_MODIFIER "z"
#define G_GSSIZE_FORMAT "zd"
#define G_GINT64_MODIFIER "ll"
#define G_GINT64_CONSTANT(value) INT64_C(value)
#define G_GUINT64_CONSTANT(value) UINT64_C(value)

#define GINT_TO_POINTER(i) ((gpointer)(intptr_t)(i))
#define GPOINTER_TO_INT(p) ((gint)(intptr_t)(p))
#define GUINT_TO_POINTER(u) ((gpointer)(uintptr_t)(u))
#define GPOINTER_TO_UINT(p) ((guint)(uintptr_t)(p))
#define GSIZE_TO_POINTER(s) ((gpointer)(gsize)(s))
#define GPOINTER_TO_SIZE(p) ((gsize)(p))

/* WebAssembly is little-endian. */
#define G_LITTLE_ENDIAN 1234
#define G_BIG_ENDIAN 4321
#define G_BYTE_ORDER G_LITTLE_ENDIAN
#define GUINT16_SWAP_LE_BE(v) __builtin_bswap16(v)
#define GUINT32_SWAP_LE_BE(v) __builtin_bswap32(v)
#define GUINT64_SWAP_LE_BE(v) __builtin_bswap64(v)
#define GUINT16_TO_LE(v) ((guint16)(v))
#define GUINT32_TO_LE(v) ((guint32)(v))
#define GUINT64_TO_LE(v) ((guint64)(v))
#define GUINT16_FROM_LE(v) ((guint16)(v))
#define GUINT32_FROM_LE(v) ((guint32)(v))
#define GUINT64_FROM_LE(v) ((guint64)(v))
#define GUINT16_TO_BE(v) GUINT16_SWAP_LE_BE(v)
#define GUINT32_TO_BE(v) GUINT32_SWAP_LE_BE(v)
#define GUINT64_TO_BE(v) GUINT64_SWAP_LE_BE(v)
#define GUINT16_FROM_BE(v) GUINT16_SWAP_LE_BE(v)
#define GUINT32_FROM_BE(v) GUINT32_SWAP_LE_BE(v)
#define GUINT64_FROM_BE(v) GUINT64_SWAP_LE_BE(v)

#define G_GNUC_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#define G_GNUC_UNUSED __attribute__((unused))
#define G_GNUC_CONST __attribute__((const))
#define G_GNUC_PURE __attribute__((pure))
#define G_GNUC_MALLOC __attribute__((malloc))
#define G_GNUC_NORETURN __attribute__((noreturn))
#define G_GNUC_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define G_GNUC_FALLTHROUGH __attribute__((fallthrough))
#define G_LIKELY(expr) __builtin_expect(!!(expr), 1)
#define G_UNLIKELY(expr) __builtin_expect(!!(expr), 0)
#define G_STRINGIFY_ARG(x) #x
#define G_STRINGIFY(x) G_STRINGIFY_ARG(x)
#define G_PASTE_ARGS(a, b) a##b
#define G_PASTE(a, b) G_PASTE_ARGS(a, b)
#define G_STATIC_ASSERT(expr) _Static_assert(expr, #expr)
#define G_STRUCT_OFFSET(type, member) ((glong)offsetof(type, member))
#define G_STRFUNC ((const char *)__func__)
#define G_STRLOC __FILE__ ":" G_STRINGIFY(__LINE__)
#define G_STMT_START do
#define G_STMT_END while (0)
#define G_INLINE_FUNC static inline
#define G_DIR_SEPARATOR '/'
#define G_DIR_SEPARATOR_S "/"

/* ----------------------------------------------------------------------------------------------------------- memory -- */

/* Never NULL: a plugin whose memory ends is stopped, with the number of bytes in its message. */
gpointer g_malloc(gsize bytes);
gpointer g_malloc0(gsize bytes);
gpointer g_realloc(gpointer mem, gsize bytes);
gpointer g_malloc_n(gsize count, gsize bytes);
gpointer g_malloc0_n(gsize count, gsize bytes);
gpointer g_realloc_n(gpointer mem, gsize count, gsize bytes);
/* NULL where there is no memory. */
gpointer g_try_malloc(gsize bytes);
gpointer g_try_malloc0(gsize bytes);
gpointer g_try_realloc(gpointer mem, gsize bytes);
void g_free(gpointer mem);
gpointer g_memdup2(gconstpointer mem, gsize bytes);
#define g_memdup(mem, bytes) g_memdup2(mem, bytes)
#define g_new(type, count) ((type *)g_malloc_n((count), sizeof(type)))
#define g_new0(type, count) ((type *)g_malloc0_n((count), sizeof(type)))
#define g_renew(type, mem, count) ((type *)g_realloc_n((mem), (count), sizeof(type)))
#define g_try_new(type, count) ((type *)g_try_malloc((gsize)(count) * sizeof(type)))
#define g_try_new0(type, count) ((type *)g_try_malloc0((gsize)(count) * sizeof(type)))
#define g_slice_new(type) g_new(type, 1)
#define g_slice_new0(type) g_new0(type, 1)
#define g_slice_free(type, mem) g_free(mem)
#define g_slice_alloc(bytes) g_malloc(bytes)
#define g_slice_alloc0(bytes) g_malloc0(bytes)
#define g_slice_free1(bytes, mem) g_free(mem)
#define g_alloca(bytes) __builtin_alloca(bytes)
#define g_newa(type, count) ((type *)__builtin_alloca(sizeof(type) * (gsize)(count)))
#define g_clear_pointer(pp, destroy) \
    do { \
        __typeof__(*(pp)) g_cleared = *(pp); \
        *(pp) = NULL; \
        if (g_cleared) (destroy)(g_cleared); \
    } while (0)
#define g_steal_pointer(pp) \
    ({ \
        __typeof__(*(pp)) g_stolen = *(pp); \
        *(pp) = NULL; \
        g_stolen; \
    })

/* ------------------------------------------------------------------------------------------- scope-bound clean-up -- */

static inline void g_autofree_cleanup(void *p) { g_free(*(void **)p); }
#define g_autofree __attribute__((cleanup(g_autofree_cleanup)))
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(type, func) \
    typedef type *type##_autoptr; \
    static inline G_GNUC_UNUSED void g_autoptr_cleanup_##type(type **p) { if (*p) (func)(*p); }
#define G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(type, func) \
    static inline G_GNUC_UNUSED void g_auto_cleanup_##type(type *p) { (func)(p); }
#define G_DEFINE_AUTO_CLEANUP_FREE_FUNC(type, func, none) \
    static inline G_GNUC_UNUSED void g_auto_cleanup_##type(type *p) { if (*p != (none)) (func)(*p); }
#define g_autoptr(type) __attribute__((cleanup(g_autoptr_cleanup_##type))) type##_autoptr
#define g_auto(type) __attribute__((cleanup(g_auto_cleanup_##type))) type

/* --------------------------------------------------------------------------------------- messages and assertions -- */

void g_print(const gchar *format, ...) G_GNUC_PRINTF(1, 2);
void g_printerr(const gchar *format, ...) G_GNUC_PRINTF(1, 2);
void g_assertion_message(const char *domain, const char *file, int line, const char *func,
                         const char *message) G_GNUC_NORETURN;
void g_log_message(const char *level, gboolean fatal, const gchar *format, ...) G_GNUC_PRINTF(3, 4);
#ifndef G_LOG_DOMAIN
#define G_LOG_DOMAIN ((gchar *)0)
#endif
#define g_error(...) \
    do { \
        g_log_message("ERROR", TRUE, __VA_ARGS__); \
        __builtin_trap(); \
    } while (0)
#define g_critical(...) g_log_message("CRITICAL", FALSE, __VA_ARGS__)
#define g_warning(...) g_log_message("WARNING", FALSE, __VA_ARGS__)
#define g_message(...) g_log_message("Message", FALSE, __VA_ARGS__)
#define g_info(...) ((void)0)
#define g_debug(...) ((void)0)
#define g_assertion(expr, text) \
    do { \
        if (!(expr)) g_assertion_message(G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, "assertion failed: (" text ")"); \
    } while (0)
#ifdef G_DISABLE_ASSERT
#define g_assert(expr) ((void)0)
#define g_assert_not_reached() __builtin_unreachable()
#else
#define g_assert(expr) g_assertion(expr, #expr)
#define g_assert_not_reached() g_assertion_message(G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, "code should not be reached")
#endif
#define g_assert_true(expr) g_assertion(expr, #expr " should be TRUE")
#define g_assert_false(expr) g_assertion(!(expr), #expr " should be FALSE")
#define g_assert_null(expr) g_assertion((expr) == NULL, #expr " should be NULL")
#define g_assert_nonnull(expr) g_assertion((expr) != NULL, #expr " should not be NULL")
#define g_assert_cmpint(a, op, b) g_assertion((gint64)(a) op (gint64)(b), #a " " #op " " #b)
#define g_assert_cmpuint(a, op, b) g_assertion((guint64)(a) op (guint64)(b), #a " " #op " " #b)
#define g_assert_cmphex(a, op, b) g_assertion((guint64)(a) op (guint64)(b), #a " " #op " " #b)
#define g_assert_cmpfloat(a, op, b) g_assertion((double)(a) op (double)(b), #a " " #op " " #b)
#define g_assert_cmpstr(a, op, b) g_assertion(g_strcmp0((a), (b)) op 0, #a " " #op " " #b)
#define g_return_if_fail(expr) \
    do { \
        if (!(expr)) { \
            g_critical("%s: assertion '%s' failed", G_STRFUNC, #expr); \
            return; \
        } \
    } while (0)
#define g_return_val_if_fail(expr, val) \
    do { \
        if (!(expr)) { \
            g_critical("%s: assertion '%s' failed", G_STRFUNC, #expr); \
            return (val); \
        } \
    } while (0)
#define g_return_if_reached() g_return_if_fail(!"reached")
#define g_warn_if_reached() g_warning("%s: code should not be reached", G_STRFUNC)
#define g_warn_if_fail(expr) \
    do { \
        if (!(expr)) g_warning("%s: runtime check failed: (%s)", G_STRFUNC, #expr); \
    } while (0)

/* ----------------------------------------------------------------------------------------------------------- errors -- */

typedef struct _GError {
    GQuark domain;
    gint code;
    gchar *message;
} GError;

GQuark g_quark_from_string(const gchar *string);
#define g_quark_from_static_string(s) g_quark_from_string(s)
const gchar *g_quark_to_string(GQuark quark);
const gchar *g_intern_string(const gchar *string);
#define g_intern_static_string(s) g_intern_string(s)
GError *g_error_new(GQuark domain, gint code, const gchar *format, ...) G_GNUC_PRINTF(3, 4);
GError *g_error_new_literal(GQuark domain, gint code, const gchar *message);
GError *g_error_copy(const GError *error);
gboolean g_error_matches(const GError *error, GQuark domain, gint code);
void g_error_free(GError *error);
void g_set_error(GError **error, GQuark domain, gint code, const gchar *format, ...) G_GNUC_PRINTF(4, 5);
void g_set_error_literal(GError **error, GQuark domain, gint code, const gchar *message);
void g_propagate_error(GError **dest, GError *src);
void g_clear_error(GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GError, g_error_free)

/* ---------------------------------------------------------------------------------------------------------- strings -- */

gchar *g_strdup(const gchar *s);
gchar *g_strndup(const gchar *s, gsize n);
gchar *g_strnfill(gsize length, gchar fill);
gchar *g_strdup_printf(const gchar *format, ...) G_GNUC_PRINTF(1, 2);
gchar *g_strdup_vprintf(const gchar *format, va_list args);
gint g_vasprintf(gchar **string, const gchar *format, va_list args);
gchar *g_strconcat(const gchar *first, ...);
gchar *g_strjoin(const gchar *separator, ...);
gchar *g_strjoinv(const gchar *separator, gchar **strings);
gchar **g_strsplit(const gchar *s, const gchar *delimiter, gint max_tokens);
gchar **g_strsplit_set(const gchar *s, const gchar *delimiters, gint max_tokens);
void g_strfreev(gchar **strings);
gchar **g_strdupv(gchar **strings);
guint g_strv_length(gchar **strings);
gboolean g_strv_contains(const gchar *const *strings, const gchar *s);
gboolean g_str_has_prefix(const gchar *s, const gchar *prefix);
gboolean g_str_has_suffix(const gchar *s, const gchar *suffix);
gint g_strcmp0(const gchar *a, const gchar *b);
gint g_ascii_strcasecmp(const gchar *a, const gchar *b);
gint g_ascii_strncasecmp(const gchar *a, const gchar *b, gsize n);
guint64 g_ascii_strtoull(const gchar *s, gchar **end, guint base);
gint64 g_ascii_strtoll(const gchar *s, gchar **end, guint base);
gdouble g_ascii_strtod(const gchar *s, gchar **end);
gdouble g_strtod(const gchar *s, gchar **end);
gchar *g_ascii_strup(const gchar *s, gssize length);
gchar *g_ascii_strdown(const gchar *s, gssize length);
gint g_ascii_digit_value(gchar c);
gint g_ascii_xdigit_value(gchar c);
gchar *g_strchug(gchar *s);
gchar *g_strchomp(gchar *s);
#define g_strstrip(s) g_strchomp(g_strchug(s))
gchar *g_strreverse(gchar *s);
gchar *g_strdelimit(gchar *s, const gchar *delimiters, gchar replacement);
gchar *g_strescape(const gchar *s, const gchar *exceptions);
gchar *g_strrstr(const gchar *haystack, const gchar *needle);
gchar *g_strstr_len(const gchar *haystack, gssize length, const gchar *needle);
gsize g_strlcpy(gchar *dest, const gchar *src, gsize size);
gsize g_strlcat(gchar *dest, const gchar *src, gsize size);
const gchar *g_strerror(gint errnum);
gchar *g_format_size(guint64 size);
#define g_snprintf snprintf
#define g_vsnprintf vsnprintf
#define g_fprintf fprintf
#define g_printf printf
#define g_ascii_isdigit(c) ((c) >= '0' && (c) <= '9')
#define g_ascii_islower(c) ((c) >= 'a' && (c) <= 'z')
#define g_ascii_isupper(c) ((c) >= 'A' && (c) <= 'Z')
#define g_ascii_isalpha(c) (g_ascii_islower(c) || g_ascii_isupper(c))
#define g_ascii_isalnum(c) (g_ascii_isalpha(c) || g_ascii_isdigit(c))
#define g_ascii_isxdigit(c) (g_ascii_xdigit_value(c) >= 0)
#define g_ascii_isspace(c) ((c) == ' ' || (c) == '\f' || (c) == '\n' || (c) == '\r' || (c) == '\t')
#define g_ascii_isprint(c) ((c) >= 0x20 && (c) < 0x7f)
#define g_ascii_tolower(c) (g_ascii_isupper(c) ? (gchar)((c) - 'A' + 'a') : (gchar)(c))
#define g_ascii_toupper(c) (g_ascii_islower(c) ? (gchar)((c) - 'a' + 'A') : (gchar)(c))
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(GStrv, g_strfreev, NULL)

/* Patterns of `*` (any characters) and `?` (one). */
typedef struct _GPatternSpec GPatternSpec;
GPatternSpec *g_pattern_spec_new(const gchar *pattern);
void g_pattern_spec_free(GPatternSpec *spec);
gboolean g_pattern_spec_match_string(GPatternSpec *spec, const gchar *s);
gboolean g_pattern_spec_match(GPatternSpec *spec, gsize length, const gchar *s, const gchar *reversed);
#define g_pattern_match_string(spec, s) g_pattern_spec_match_string((spec), (s))
gboolean g_pattern_match_simple(const gchar *pattern, const gchar *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GPatternSpec, g_pattern_spec_free)

typedef struct _GString {
    gchar *str;
    gsize len;
    gsize allocated_len;
} GString;

GString *g_string_new(const gchar *init);
GString *g_string_new_len(const gchar *init, gssize length);
GString *g_string_sized_new(gsize size);
gchar *g_string_free(GString *string, gboolean free_segment);
gchar *g_string_free_and_steal(GString *string);
GString *g_string_assign(GString *string, const gchar *value);
GString *g_string_truncate(GString *string, gsize length);
GString *g_string_set_size(GString *string, gsize length);
GString *g_string_append(GString *string, const gchar *value);
GString *g_string_append_len(GString *string, const gchar *value, gssize length);
GString *g_string_append_c(GString *string, gchar c);
GString *g_string_prepend(GString *string, const gchar *value);
GString *g_string_prepend_c(GString *string, gchar c);
GString *g_string_insert(GString *string, gssize position, const gchar *value);
GString *g_string_insert_len(GString *string, gssize position, const gchar *value, gssize length);
GString *g_string_erase(GString *string, gssize position, gssize length);
guint g_string_replace(GString *string, const gchar *find, const gchar *replace, guint limit);
void g_string_printf(GString *string, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
void g_string_append_printf(GString *string, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
void g_string_vprintf(GString *string, const gchar *format, va_list args);
void g_string_append_vprintf(GString *string, const gchar *format, va_list args);
GString *g_string_ascii_up(GString *string);
GString *g_string_ascii_down(GString *string);
gboolean g_string_equal(const GString *a, const GString *b);
guint g_string_hash(const GString *string);
static inline void g_string_autoptr_free(GString *string) { g_string_free(string, TRUE); }
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GString, g_string_autoptr_free)

/* ------------------------------------------------------------------------------------------------------- hash table -- */

typedef struct _GHashTable GHashTable;
typedef struct _GHashTableIter {
    GHashTable *table;
    guint position;
    guint version;
} GHashTableIter;

guint g_direct_hash(gconstpointer key);
gboolean g_direct_equal(gconstpointer a, gconstpointer b);
guint g_int_hash(gconstpointer key);
gboolean g_int_equal(gconstpointer a, gconstpointer b);
guint g_int64_hash(gconstpointer key);
gboolean g_int64_equal(gconstpointer a, gconstpointer b);
guint g_double_hash(gconstpointer key);
gboolean g_double_equal(gconstpointer a, gconstpointer b);
guint g_str_hash(gconstpointer key);
gboolean g_str_equal(gconstpointer a, gconstpointer b);

GHashTable *g_hash_table_new(GHashFunc hash, GEqualFunc equal);
GHashTable *g_hash_table_new_full(GHashFunc hash, GEqualFunc equal, GDestroyNotify free_key, GDestroyNotify free_value);
GHashTable *g_hash_table_ref(GHashTable *table);
void g_hash_table_unref(GHashTable *table);
void g_hash_table_destroy(GHashTable *table);
gboolean g_hash_table_insert(GHashTable *table, gpointer key, gpointer value);
gboolean g_hash_table_replace(GHashTable *table, gpointer key, gpointer value);
gboolean g_hash_table_add(GHashTable *table, gpointer key);
gboolean g_hash_table_remove(GHashTable *table, gconstpointer key);
gboolean g_hash_table_steal(GHashTable *table, gconstpointer key);
void g_hash_table_remove_all(GHashTable *table);
void g_hash_table_steal_all(GHashTable *table);
gpointer g_hash_table_lookup(GHashTable *table, gconstpointer key);
gboolean g_hash_table_lookup_extended(GHashTable *table, gconstpointer key, gpointer *original, gpointer *value);
gboolean g_hash_table_contains(GHashTable *table, gconstpointer key);
guint g_hash_table_size(GHashTable *table);
void g_hash_table_foreach(GHashTable *table, GHFunc func, gpointer user_data);
guint g_hash_table_foreach_remove(GHashTable *table, GHRFunc func, gpointer user_data);
gpointer g_hash_table_find(GHashTable *table, GHRFunc predicate, gpointer user_data);
void g_hash_table_iter_init(GHashTableIter *iter, GHashTable *table);
gboolean g_hash_table_iter_next(GHashTableIter *iter, gpointer *key, gpointer *value);
void g_hash_table_iter_remove(GHashTableIter *iter);
void g_hash_table_iter_replace(GHashTableIter *iter, gpointer value);
struct _GList *g_hash_table_get_keys(GHashTable *table);
struct _GList *g_hash_table_get_values(GHashTable *table);
gpointer *g_hash_table_get_keys_as_array(GHashTable *table, guint *length);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GHashTable, g_hash_table_unref)

/* ----------------------------------------------------------------------------------------------------------- arrays -- */

typedef struct _GArray {
    gchar *data;
    guint len;
} GArray;
typedef struct _GByteArray {
    guint8 *data;
    guint len;
} GByteArray;
typedef struct _GPtrArray {
    gpointer *pdata;
    guint len;
} GPtrArray;

GArray *g_array_new(gboolean zero_terminated, gboolean clear, guint element_size);
GArray *g_array_sized_new(gboolean zero_terminated, gboolean clear, guint element_size, guint reserved);
gchar *g_array_free(GArray *array, gboolean free_segment);
GArray *g_array_ref(GArray *array);
void g_array_unref(GArray *array);
guint g_array_get_element_size(GArray *array);
GArray *g_array_append_vals(GArray *array, gconstpointer data, guint len);
GArray *g_array_prepend_vals(GArray *array, gconstpointer data, guint len);
GArray *g_array_insert_vals(GArray *array, guint index, gconstpointer data, guint len);
GArray *g_array_remove_index(GArray *array, guint index);
GArray *g_array_remove_index_fast(GArray *array, guint index);
GArray *g_array_remove_range(GArray *array, guint index, guint length);
GArray *g_array_set_size(GArray *array, guint length);
void g_array_set_clear_func(GArray *array, GDestroyNotify clear);
void g_array_sort(GArray *array, GCompareFunc compare);
void g_array_sort_with_data(GArray *array, GCompareDataFunc compare, gpointer user_data);
gboolean g_array_binary_search(GArray *array, gconstpointer target, GCompareFunc compare, guint *index);
#define g_array_append_val(a, v) g_array_append_vals((a), &(v), 1)
#define g_array_prepend_val(a, v) g_array_prepend_vals((a), &(v), 1)
#define g_array_insert_val(a, i, v) g_array_insert_vals((a), (i), &(v), 1)
#define g_array_index(a, type, i) (((type *)(void *)(a)->data)[i])
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GArray, g_array_unref)

GByteArray *g_byte_array_new(void);
GByteArray *g_byte_array_new_take(guint8 *data, gsize len);
GByteArray *g_byte_array_sized_new(guint reserved);
guint8 *g_byte_array_free(GByteArray *array, gboolean free_segment);
GByteArray *g_byte_array_ref(GByteArray *array);
void g_byte_array_unref(GByteArray *array);
GByteArray *g_byte_array_append(GByteArray *array, const guint8 *data, guint len);
GByteArray *g_byte_array_prepend(GByteArray *array, const guint8 *data, guint len);
GByteArray *g_byte_array_remove_index(GByteArray *array, guint index);
GByteArray *g_byte_array_remove_range(GByteArray *array, guint index, guint length);
GByteArray *g_byte_array_set_size(GByteArray *array, guint length);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GByteArray, g_byte_array_unref)

GPtrArray *g_ptr_array_new(void);
GPtrArray *g_ptr_array_new_with_free_func(GDestroyNotify free_element);
GPtrArray *g_ptr_array_new_full(guint reserved, GDestroyNotify free_element);
GPtrArray *g_ptr_array_sized_new(guint reserved);
gpointer *g_ptr_array_free(GPtrArray *array, gboolean free_segment);
GPtrArray *g_ptr_array_ref(GPtrArray *array);
void g_ptr_array_unref(GPtrArray *array);
void g_ptr_array_set_free_func(GPtrArray *array, GDestroyNotify free_element);
void g_ptr_array_add(GPtrArray *array, gpointer data);
void g_ptr_array_insert(GPtrArray *array, gint index, gpointer data);
gboolean g_ptr_array_remove(GPtrArray *array, gpointer data);
gpointer g_ptr_array_remove_index(GPtrArray *array, guint index);
gpointer g_ptr_array_remove_index_fast(GPtrArray *array, guint index);
gpointer g_ptr_array_steal_index(GPtrArray *array, guint index);
void g_ptr_array_set_size(GPtrArray *array, gint length);
void g_ptr_array_foreach(GPtrArray *array, GFunc func, gpointer user_data);
void g_ptr_array_sort(GPtrArray *array, GCompareFunc compare);
void g_ptr_array_sort_with_data(GPtrArray *array, GCompareDataFunc compare, gpointer user_data);
gboolean g_ptr_array_find(GPtrArray *array, gconstpointer needle, guint *index);
#define g_ptr_array_index(a, i) ((a)->pdata[i])
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GPtrArray, g_ptr_array_unref)

void g_qsort_with_data(gconstpointer base, gint count, gsize size, GCompareDataFunc compare, gpointer user_data);

/* ------------------------------------------------------------------------------------------------------------ lists -- */

typedef struct _GList GList;
struct _GList {
    gpointer data;
    GList *next;
    GList *prev;
};
typedef struct _GSList GSList;
struct _GSList {
    gpointer data;
    GSList *next;
};
typedef struct _GQueue {
    GList *head;
    GList *tail;
    guint length;
} GQueue;
#define G_QUEUE_INIT {NULL, NULL, 0}

void g_list_free(GList *list);
void g_list_free_full(GList *list, GDestroyNotify free_data);
void g_list_free_1(GList *link);
GList *g_list_append(GList *list, gpointer data);
GList *g_list_prepend(GList *list, gpointer data);
GList *g_list_insert(GList *list, gpointer data, gint position);
GList *g_list_insert_before(GList *list, GList *sibling, gpointer data);
GList *g_list_insert_sorted(GList *list, gpointer data, GCompareFunc compare);
GList *g_list_concat(GList *a, GList *b);
GList *g_list_remove(GList *list, gconstpointer data);
GList *g_list_remove_link(GList *list, GList *link);
GList *g_list_delete_link(GList *list, GList *link);
GList *g_list_reverse(GList *list);
GList *g_list_copy(GList *list);
GList *g_list_copy_deep(GList *list, GCopyFunc copy, gpointer user_data);
GList *g_list_nth(GList *list, guint n);
gpointer g_list_nth_data(GList *list, guint n);
GList *g_list_find(GList *list, gconstpointer data);
GList *g_list_find_custom(GList *list, gconstpointer data, GCompareFunc compare);
gint g_list_index(GList *list, gconstpointer data);
GList *g_list_first(GList *list);
GList *g_list_last(GList *list);
guint g_list_length(GList *list);
void g_list_foreach(GList *list, GFunc func, gpointer user_data);
GList *g_list_sort(GList *list, GCompareFunc compare);
GList *g_list_sort_with_data(GList *list, GCompareDataFunc compare, gpointer user_data);
#define g_list_next(link) ((link) ? (link)->next : NULL)
#define g_list_previous(link) ((link) ? (link)->prev : NULL)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GList, g_list_free)

void g_slist_free(GSList *list);
void g_slist_free_full(GSList *list, GDestroyNotify free_data);
GSList *g_slist_append(GSList *list, gpointer data);
GSList *g_slist_prepend(GSList *list, gpointer data);
GSList *g_slist_insert_sorted(GSList *list, gpointer data, GCompareFunc compare);
GSList *g_slist_remove(GSList *list, gconstpointer data);
GSList *g_slist_delete_link(GSList *list, GSList *link);
GSList *g_slist_reverse(GSList *list);
GSList *g_slist_copy(GSList *list);
GSList *g_slist_concat(GSList *a, GSList *b);
GSList *g_slist_nth(GSList *list, guint n);
gpointer g_slist_nth_data(GSList *list, guint n);
GSList *g_slist_find(GSList *list, gconstpointer data);
GSList *g_slist_find_custom(GSList *list, gconstpointer data, GCompareFunc compare);
GSList *g_slist_last(GSList *list);
guint g_slist_length(GSList *list);
void g_slist_foreach(GSList *list, GFunc func, gpointer user_data);
GSList *g_slist_sort(GSList *list, GCompareFunc compare);
GSList *g_slist_sort_with_data(GSList *list, GCompareDataFunc compare, gpointer user_data);
#define g_slist_next(link) ((link) ? (link)->next : NULL)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GSList, g_slist_free)

GQueue *g_queue_new(void);
void g_queue_init(GQueue *queue);
void g_queue_free(GQueue *queue);
void g_queue_free_full(GQueue *queue, GDestroyNotify free_data);
void g_queue_clear(GQueue *queue);
void g_queue_push_head(GQueue *queue, gpointer data);
void g_queue_push_tail(GQueue *queue, gpointer data);
gpointer g_queue_pop_head(GQueue *queue);
gpointer g_queue_pop_tail(GQueue *queue);
gpointer g_queue_peek_head(GQueue *queue);
gpointer g_queue_peek_tail(GQueue *queue);
gpointer g_queue_peek_nth(GQueue *queue, guint n);
gboolean g_queue_is_empty(GQueue *queue);
guint g_queue_get_length(GQueue *queue);
void g_queue_foreach(GQueue *queue, GFunc func, gpointer user_data);
gboolean g_queue_remove(GQueue *queue, gconstpointer data);
GList *g_queue_find(GQueue *queue, gconstpointer data);
void g_queue_sort(GQueue *queue, GCompareDataFunc compare, gpointer user_data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GQueue, g_queue_free)

/* A balanced tree, in the order of its keys. */
typedef struct _GTree GTree;
GTree *g_tree_new(GCompareFunc compare);
GTree *g_tree_new_with_data(GCompareDataFunc compare, gpointer user_data);
GTree *g_tree_new_full(GCompareDataFunc compare, gpointer user_data, GDestroyNotify free_key, GDestroyNotify free_value);
void g_tree_destroy(GTree *tree);
void g_tree_insert(GTree *tree, gpointer key, gpointer value);
void g_tree_replace(GTree *tree, gpointer key, gpointer value);
gboolean g_tree_remove(GTree *tree, gconstpointer key);
gpointer g_tree_lookup(GTree *tree, gconstpointer key);
gboolean g_tree_lookup_extended(GTree *tree, gconstpointer key, gpointer *original, gpointer *value);
void g_tree_foreach(GTree *tree, GTraverseFunc func, gpointer user_data);
gint g_tree_nnodes(GTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GTree, g_tree_destroy)

/* --------------------------------------------------------------------------------------- threads (there is but one) -- */

typedef struct { gint locked; } GMutex;
typedef struct { gint locked; } GRecMutex;
typedef struct { gint readers; gint writer; } GRWLock;
typedef struct { gint waiters; } GCond;
typedef struct { gpointer value; GDestroyNotify destroy; } GPrivate;
typedef struct { gint status; gpointer retval; } GOnce;
#define G_PRIVATE_INIT(notify) {NULL, (notify)}
#define G_ONCE_INIT {0, NULL}

void g_mutex_init(GMutex *mutex);
void g_mutex_clear(GMutex *mutex);
void g_mutex_lock(GMutex *mutex);
gboolean g_mutex_trylock(GMutex *mutex);
void g_mutex_unlock(GMutex *mutex);
void g_rec_mutex_init(GRecMutex *mutex);
void g_rec_mutex_clear(GRecMutex *mutex);
void g_rec_mutex_lock(GRecMutex *mutex);
gboolean g_rec_mutex_trylock(GRecMutex *mutex);
void g_rec_mutex_unlock(GRecMutex *mutex);
void g_rw_lock_init(GRWLock *lock);
void g_rw_lock_clear(GRWLock *lock);
void g_rw_lock_writer_lock(GRWLock *lock);
gboolean g_rw_lock_writer_trylock(GRWLock *lock);
void g_rw_lock_writer_unlock(GRWLock *lock);
void g_rw_lock_reader_lock(GRWLock *lock);
gboolean g_rw_lock_reader_trylock(GRWLock *lock);
void g_rw_lock_reader_unlock(GRWLock *lock);
void g_cond_init(GCond *cond);
void g_cond_clear(GCond *cond);
void g_cond_signal(GCond *cond);
void g_cond_broadcast(GCond *cond);
gpointer g_private_get(GPrivate *key);
void g_private_set(GPrivate *key, gpointer value);
void g_private_replace(GPrivate *key, gpointer value);
gpointer g_once_impl(GOnce *once, GThreadFunc func, gpointer arg);
#define g_once(once, func, arg) g_once_impl((once), (func), (arg))
gboolean g_once_init_enter_impl(volatile gsize *location);
void g_once_init_leave_impl(volatile gsize *location, gsize result);
#define g_once_init_enter(location) g_once_init_enter_impl((volatile gsize *)(location))
#define g_once_init_leave(location, result) g_once_init_leave_impl((volatile gsize *)(location), (gsize)(result))

typedef GMutex GMutexLocker;
static inline GMutexLocker *g_mutex_locker_new(GMutex *mutex) { g_mutex_lock(mutex); return mutex; }
static inline void g_mutex_locker_free(GMutexLocker *locker) { g_mutex_unlock(locker); }
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMutexLocker, g_mutex_locker_free)
typedef struct GRWLockReaderLocker GRWLockReaderLocker;
static inline GRWLockReaderLocker *g_rw_lock_reader_locker_new(GRWLock *lock) { g_rw_lock_reader_lock(lock); return (GRWLockReaderLocker *)lock; }
static inline void g_rw_lock_reader_locker_free(GRWLockReaderLocker *locker) { g_rw_lock_reader_unlock((GRWLock *)locker); }
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GRWLockReaderLocker, g_rw_lock_reader_locker_free)
typedef struct GRWLockWriterLocker GRWLockWriterLocker;
static inline GRWLockWriterLocker *g_rw_lock_writer_locker_new(GRWLock *lock) { g_rw_lock_writer_lock(lock); return (GRWLockWriterLocker *)lock; }
static inline void g_rw_lock_writer_locker_free(GRWLockWriterLocker *locker) { g_rw_lock_writer_unlock((GRWLock *)locker); }
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GRWLockWriterLocker, g_rw_lock_writer_locker_free)

#define g_atomic_int_get(p) (*(p))
#define g_atomic_int_set(p, v) ((void)(*(p) = (v)))
#define g_atomic_int_inc(p) ((void)++*(p))
#define g_atomic_int_dec_and_test(p) (--*(p) == 0)
#define g_atomic_int_add(p, v) ({ __typeof__(*(p)) g_old = *(p); *(p) += (v); g_old; })
#define g_atomic_int_or(p, v) ({ __typeof__(*(p)) g_old = *(p); *(p) |= (v); g_old; })
#define g_atomic_int_and(p, v) ({ __typeof__(*(p)) g_old = *(p); *(p) &= (v); g_old; })
#define g_atomic_int_compare_and_exchange(p, o, n) (*(p) == (o) ? (*(p) = (n), TRUE) : FALSE)
#define g_atomic_pointer_get(p) (*(p))
#define g_atomic_pointer_set(p, v) ((void)(*(p) = (v)))
#define g_atomic_pointer_add(p, v) ({ gssize g_old = (gssize)*(p); *(p) = (__typeof__(*(p)))(g_old + (v)); g_old; })
#define g_atomic_pointer_compare_and_exchange(p, o, n) (*(p) == (o) ? (*(p) = (n), TRUE) : FALSE)
#define g_atomic_ref_count_init(p) ((void)(*(p) = 1))
#define g_atomic_ref_count_inc(p) ((void)++*(p))
#define g_atomic_ref_count_dec(p) (--*(p) == 0)
typedef gint gatomicrefcount;
typedef gint grefcount;

/* ----------------------------------------------------------------------------------- random numbers, time, and files -- */

typedef struct _GRand GRand;
GRand *g_rand_new(void);
GRand *g_rand_new_with_seed(guint32 seed);
GRand *g_rand_new_with_seed_array(const guint32 *seed, guint length);
GRand *g_rand_copy(GRand *rand);
void g_rand_free(GRand *rand);
void g_rand_set_seed(GRand *rand, guint32 seed);
void g_rand_set_seed_array(GRand *rand, const guint32 *seed, guint length);
guint32 g_rand_int(GRand *rand);
gint32 g_rand_int_range(GRand *rand, gint32 begin, gint32 end);
gdouble g_rand_double(GRand *rand);
gdouble g_rand_double_range(GRand *rand, gdouble begin, gdouble end);
#define g_rand_boolean(rand) ((g_rand_int(rand) & (1 << 15)) != 0)
guint32 g_random_int(void);
gint32 g_random_int_range(gint32 begin, gint32 end);
gdouble g_random_double(void);
gdouble g_random_double_range(gdouble begin, gdouble end);
void g_random_set_seed(guint32 seed);
#define g_random_boolean() ((g_random_int() & (1 << 15)) != 0)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GRand, g_rand_free)

typedef struct _GTimer GTimer;
GTimer *g_timer_new(void);
void g_timer_destroy(GTimer *timer);
void g_timer_start(GTimer *timer);
void g_timer_stop(GTimer *timer);
void g_timer_continue(GTimer *timer);
void g_timer_reset(GTimer *timer);
gdouble g_timer_elapsed(GTimer *timer, gulong *microseconds);
gboolean g_timer_is_active(GTimer *timer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GTimer, g_timer_destroy)
#define G_USEC_PER_SEC 1000000
gint64 g_get_monotonic_time(void);
gint64 g_get_real_time(void);
void g_usleep(gulong microseconds);

typedef enum {
    G_FILE_ERROR_EXIST, G_FILE_ERROR_ISDIR, G_FILE_ERROR_ACCES, G_FILE_ERROR_NAMETOOLONG, G_FILE_ERROR_NOENT,
    G_FILE_ERROR_NOTDIR, G_FILE_ERROR_NXIO, G_FILE_ERROR_NODEV, G_FILE_ERROR_ROFS, G_FILE_ERROR_TXTBSY,
    G_FILE_ERROR_FAULT, G_FILE_ERROR_LOOP, G_FILE_ERROR_NOSPC, G_FILE_ERROR_NOMEM, G_FILE_ERROR_MFILE,
    G_FILE_ERROR_NFILE, G_FILE_ERROR_BADF, G_FILE_ERROR_INVAL, G_FILE_ERROR_PIPE, G_FILE_ERROR_AGAIN,
    G_FILE_ERROR_INTR, G_FILE_ERROR_IO, G_FILE_ERROR_PERM, G_FILE_ERROR_NOSYS, G_FILE_ERROR_FAILED
} GFileError;
typedef enum {
    G_FILE_TEST_IS_REGULAR = 1 << 0, G_FILE_TEST_IS_SYMLINK = 1 << 1, G_FILE_TEST_IS_DIR = 1 << 2,
    G_FILE_TEST_IS_EXECUTABLE = 1 << 3, G_FILE_TEST_EXISTS = 1 << 4
} GFileTest;
#define G_FILE_ERROR g_file_error_quark()
GQuark g_file_error_quark(void);
GFileError g_file_error_from_errno(gint errnum);
gboolean g_file_get_contents(const gchar *name, gchar **contents, gsize *length, GError **error);
gboolean g_file_set_contents(const gchar *name, const gchar *contents, gssize length, GError **error);
gboolean g_file_test(const gchar *name, GFileTest test);
gchar *g_path_get_basename(const gchar *name);
gchar *g_path_get_dirname(const gchar *name);
gboolean g_path_is_absolute(const gchar *name);
gchar *g_build_filename(const gchar *first, ...);
gchar *g_build_path(const gchar *separator, const gchar *first, ...);
const gchar *g_getenv(const gchar *name);
const gchar *g_get_prgname(void);
const gchar *g_get_tmp_dir(void);
gchar *g_get_current_dir(void);

#ifdef __cplusplus
}
#endif

#endif /* TCGSCOPE_GLIB_H */
