/* SPDX-License-Identifier: MIT */
/* GLib's own printf functions are C's here: glib.h has them. */
#include <glib.h>
