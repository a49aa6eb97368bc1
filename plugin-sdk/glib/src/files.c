/* SPDX-License-Identifier: MIT */
/* Time, files and paths. */
#include "internal.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

gint64 g_get_monotonic_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64 g_get_real_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Nobody else runs meanwhile that one could wait for. */
void g_usleep(gulong microseconds) { (void)microseconds; }

struct _GTimer {
    gint64 start;
    gint64 end;
    gboolean active;
};

GTimer *g_timer_new(void) {
    GTimer *timer = g_new0(GTimer, 1);
    g_timer_start(timer);
    return timer;
}

void g_timer_destroy(GTimer *timer) { g_free(timer); }
void g_timer_start(GTimer *timer) { *timer = (GTimer){g_get_monotonic_time(), 0, TRUE}; }
void g_timer_reset(GTimer *timer) { timer->start = g_get_monotonic_time(); }
gboolean g_timer_is_active(GTimer *timer) { return timer->active; }

void g_timer_stop(GTimer *timer) {
    timer->end = g_get_monotonic_time();
    timer->active = FALSE;
}

void g_timer_continue(GTimer *timer) {
    if (timer->active) return;
    timer->start = g_get_monotonic_time() - (timer->end - timer->start);
    timer->active = TRUE;
}

gdouble g_timer_elapsed(GTimer *timer, gulong *microseconds) {
    gint64 elapsed = (timer->active ? g_get_monotonic_time() : timer->end) - timer->start;
    if (microseconds) *microseconds = (gulong)(elapsed % G_USEC_PER_SEC);
    return (gdouble)elapsed / G_USEC_PER_SEC;
}

GQuark g_file_error_quark(void) { return g_quark_from_string("g-file-error-quark"); }

GFileError g_file_error_from_errno(gint errnum) {
    static const struct {
        gint errnum;
        GFileError code;
    } codes[] = {
        {EEXIST, G_FILE_ERROR_EXIST},   {EISDIR, G_FILE_ERROR_ISDIR},   {EACCES, G_FILE_ERROR_ACCES},
        {ENOENT, G_FILE_ERROR_NOENT},   {ENOTDIR, G_FILE_ERROR_NOTDIR}, {EROFS, G_FILE_ERROR_ROFS},
        {ENOSPC, G_FILE_ERROR_NOSPC},   {ENOMEM, G_FILE_ERROR_NOMEM},   {EMFILE, G_FILE_ERROR_MFILE},
        {ENFILE, G_FILE_ERROR_NFILE},   {EBADF, G_FILE_ERROR_BADF},     {EINVAL, G_FILE_ERROR_INVAL},
        {EPIPE, G_FILE_ERROR_PIPE},     {EAGAIN, G_FILE_ERROR_AGAIN},   {EINTR, G_FILE_ERROR_INTR},
        {EIO, G_FILE_ERROR_IO},         {EPERM, G_FILE_ERROR_PERM},     {ENOSYS, G_FILE_ERROR_NOSYS},
        {ENAMETOOLONG, G_FILE_ERROR_NAMETOOLONG},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (codes[i].errnum == errnum) return codes[i].code;
    }
    return G_FILE_ERROR_FAILED;
}

static gboolean fail(GError **error, const gchar *what, const gchar *name) {
    gint errnum = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errnum), "Failed to %s file \342\200\234%s\342\200\235: %s",
                what, name, strerror(errnum));
    return FALSE;
}

gboolean g_file_get_contents(const gchar *name, gchar **contents, gsize *length, GError **error) {
    *contents = NULL;
    if (length) *length = 0;
    FILE *file = fopen(name, "rb");
    if (!file) return fail(error, "open", name);
    GString *all = g_string_new(NULL);
    gchar part[4096];
    gsize n;
    while ((n = fread(part, 1, sizeof part, file)) > 0) g_string_append_len(all, part, (gssize)n);
    gboolean good = !ferror(file);
    if (!good) fail(error, "read", name);
    fclose(file);
    if (good && length) *length = all->len;
    gchar *text = g_string_free(all, !good);
    if (good) *contents = text;
    return good;
}

gboolean g_file_set_contents(const gchar *name, const gchar *contents, gssize length, GError **error) {
    FILE *file = fopen(name, "wb");
    if (!file) return fail(error, "create", name);
    gsize n = length < 0 ? strlen(contents) : (gsize)length;
    gboolean good = fwrite(contents, 1, n, file) == n;
    if (fclose(file) || !good) return fail(error, "write", name);
    return TRUE;
}

gboolean g_file_test(const gchar *name, GFileTest test) {
    struct stat status;
    if (stat(name, &status)) return FALSE;
    return (test & G_FILE_TEST_EXISTS) || ((test & G_FILE_TEST_IS_REGULAR) && S_ISREG(status.st_mode)) ||
           ((test & G_FILE_TEST_IS_DIR) && S_ISDIR(status.st_mode));
}

gboolean g_path_is_absolute(const gchar *name) { return name[0] == '/'; }

gchar *g_path_get_basename(const gchar *name) {
    if (!*name) return g_strdup(".");
    gsize end = strlen(name);
    while (end > 1 && name[end - 1] == '/') end--;
    gsize start = end;
    while (start > 0 && name[start - 1] != '/') start--;
    return start == end ? g_strdup("/") : g_strndup(name + start, end - start);
}

gchar *g_path_get_dirname(const gchar *name) {
    const gchar *slash = strrchr(name, '/');
    if (!slash) return g_strdup(".");
    while (slash > name && slash[-1] == '/') slash--;
    return slash == name ? g_strdup("/") : g_strndup(name, (gsize)(slash - name));
}

static gchar *build(const gchar *separator, const gchar *first, va_list rest) {
    gsize skip = strlen(separator);
    GString *path = g_string_new(NULL);
    gboolean any = FALSE;
    for (const gchar *part = first; part; part = va_arg(rest, const gchar *)) {
        if (!*part) continue;
        if (any && skip) {
            while (g_str_has_suffix(path->str, separator)) g_string_truncate(path, path->len - skip);
            while (g_str_has_prefix(part, separator)) part += skip;
            g_string_append(path, separator);
        }
        g_string_append(path, part);
        any = TRUE;
    }
    return g_string_free(path, FALSE);
}

gchar *g_build_path(const gchar *separator, const gchar *first, ...) {
    va_list rest;
    va_start(rest, first);
    gchar *path = build(separator, first, rest);
    va_end(rest);
    return path;
}

gchar *g_build_filename(const gchar *first, ...) {
    va_list rest;
    va_start(rest, first);
    gchar *path = build("/", first, rest);
    va_end(rest);
    return path;
}

const gchar *g_getenv(const gchar *name) { return getenv(name); }
const gchar *g_get_prgname(void) { return "tcgscope"; }
const gchar *g_get_tmp_dir(void) { return "/tmp"; }
gchar *g_get_current_dir(void) { return g_strdup("."); }
