/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/* As g_set_error () and g_prefix_error (), with a message that is UTF-8, whatever bytes the name of
 * a file in it has: a language binding fails over any other. Whoever includes this header calls
 * these by the names of GLib, so that no message is forgotten. */
void _nullmail_set_error    (GError     **error,
                             GQuark       domain,
                             int          code,
                             const char  *format,
                             ...) G_GNUC_PRINTF (4, 5);
void _nullmail_prefix_error (GError     **error,
                             const char  *format,
                             ...) G_GNUC_PRINTF (2, 3);

#define g_set_error    _nullmail_set_error
#define g_prefix_error _nullmail_prefix_error

/* A path or name for a message: a control character in it is shown as “?”, for it could change the
 * meaning of a log, or do things to a terminal. */
char *_nullmail_show_name (const char *name);

/* What errno says, and behind a “; ” what helps against it, where that is known. */
char *_nullmail_describe_errno (int saved_errno);

/* Sets an error from errno: "<prefix>: <its description>". ENOENT and the like are NOT_FOUND,
 * EACCES and EPERM are PERMISSION_DENIED, ENOSPC, EIO, EROFS and the like are WRITE, all else
 * FAILED. */
void _nullmail_set_error_errno (GError    **error,
                                int         saved_errno,
                                const char *format,
                                ...) G_GNUC_PRINTF (3, 4);

/* Turns a GIO, GSpawn or file error into this domain; cancellation stays what it is. */
void _nullmail_propagate_foreign (GError    **error,
                                  GError     *foreign,
                                  const char *prefix);

/* Finds the password in “smtps://user:password@host”, with a scheme or without, as somebody may
 * write a relay. */
gboolean _nullmail_text_find_user_password (const char  *text,
                                            const char **start,
                                            const char **end);

/* Text from a user or a file as it may stand in a message: valid UTF-8 without control characters,
 * without such a password, and shortened where it is long. */
char *_nullmail_text_display (const char *text);

G_END_DECLS
