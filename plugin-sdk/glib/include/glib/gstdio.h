/* SPDX-License-Identifier: MIT */
/* The file functions of C under GLib's names. */
#ifndef TCGSCOPE_GSTDIO_H
#define TCGSCOPE_GSTDIO_H

#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct stat GStatBuf;
#define g_fopen fopen
#define g_freopen freopen
#define g_open open
#define g_unlink unlink
#define g_remove remove
#define g_rename rename
#define g_mkdir mkdir
#define g_stat stat
#define g_access access

#endif /* TCGSCOPE_GSTDIO_H */
