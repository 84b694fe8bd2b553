/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/secure-memory-private.h"

G_BEGIN_DECLS

/* Reads a descriptor to its end, straight into locked memory, and drops one newline there. More
 * than limit bytes before it, or a descriptor that cannot be read, is INVALID_CREDENTIALS. Never
 * blocks beyond cancellation. */
NullmailSecureBuffer *_nullmail_secret_fd_read  (int                         fd,
                                                 gsize                       limit,
                                                 GCancellable               *cancellable,
                                                 GError                    **error);

/* Writes a secret to a descriptor that nobody else can read: a pipe, a socket, a memory file or a
 * regular file of mode 0600; anything else is INVALID_ARGUMENT. Raises no SIGPIPE. */
gboolean              _nullmail_secret_fd_write (int                          fd,
                                                 const NullmailSecureBuffer  *secret,
                                                 GCancellable                *cancellable,
                                                 GError                     **error);

G_END_DECLS
