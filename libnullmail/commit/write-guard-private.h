/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/held-signal-private.h"

G_BEGIN_DECLS

/* Keeps programs that write into a file, as “>>” does, from opening it while it is replaced. They
 * wait until the guard is released. One thread takes and releases it. */
typedef struct
{
  int                fd;         /* (unowned) */
  gboolean           has_lease;  /* FALSE also where the file system knows no leases */
  NullmailHeldSignal signal;
} NullmailWriteGuard;

/* FALSE if a program has the file open for writing, also after a while. The descriptor is open for
 * reading only. */
gboolean _nullmail_write_guard_take       (NullmailWriteGuard *self,
                                           int                 fd);
/* Whether a program waits to write into the file. */
gboolean _nullmail_write_guard_is_awaited (NullmailWriteGuard *self);
void     _nullmail_write_guard_release    (NullmailWriteGuard *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailWriteGuard, _nullmail_write_guard_release)

G_END_DECLS
