/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

#include "base/secure-memory-private.h"

G_BEGIN_DECLS

#define NULLMAIL_MAX_FILE_BYTES (64 * 1024 * 1024)

/* Opens a configuration file for reading, relative to directory (AT_FDCWD allowed). Never waits: a
 * FIFO, device, socket or directory is INVALID_FILE, and so is a file of more than 64 MiB. path is
 * for messages. Symbolic links are followed. info is filled in; -1 with error set. */
int                   _nullmail_regular_file_open        (int            directory,
                                                          const char    *name,
                                                          const char    *path,
                                                          struct stat   *info,
                                                          GError       **error);

/* Reads what such a descriptor holds. The size in info is only a hint. */
GBytes               *_nullmail_regular_file_read        (int                 fd,
                                                          const struct stat  *info,
                                                          const char         *path,
                                                          GCancellable       *cancellable,
                                                          GError            **error);
NullmailSecureBuffer *_nullmail_regular_file_read_secret (int                 fd,
                                                          const struct stat  *info,
                                                          const char         *path,
                                                          GCancellable       *cancellable,
                                                          GError            **error);

/* Both in one. */
GBytes               *_nullmail_regular_file_load        (const char         *path,
                                                          GCancellable       *cancellable,
                                                          GError            **error);
/* The same as a text, which ends at its first NUL. */
char                 *_nullmail_regular_file_load_text   (const char         *path,
                                                          GCancellable       *cancellable,
                                                          GError            **error);
char                 *_nullmail_bytes_to_text            (GBytes             *bytes);

/* Whether a descriptor, wherever its offset is, holds just these bytes; FALSE with errno 0 if it
 * holds others, with another errno if that cannot be told. What is read of a secret file is held in
 * memory for secrets. */
gboolean              _nullmail_regular_file_holds       (int            fd,
                                                          const void    *data,
                                                          gsize          size,
                                                          gboolean       is_secret);

/* The same open file under a number above the standard three, where the caller has closed some of
 * those: what anybody prints must not get into a file. Takes over fd; -1 with errno set. */
int                   _nullmail_leave_standard_fds       (int            fd);

/* Writes everything, however often it takes; FALSE with errno set. */
gboolean              _nullmail_write_all                (int            fd,
                                                          const void    *data,
                                                          gsize          size);

G_END_DECLS
