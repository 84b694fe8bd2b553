/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends a unified diff of one file, three lines of context, nothing if both texts are equal. NULL
 * stands for a file that is not there. Text that is not UTF-8 shows with U+FFFD. */
void _nullmail_text_diff_append (GString    *diff,
                                 const char *path,
                                 const char *old_text,
                                 gssize      old_size,
                                 const char *new_text,
                                 gssize      new_size);

G_END_DECLS
