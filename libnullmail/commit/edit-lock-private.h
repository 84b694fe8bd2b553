/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NULLMAIL_LOCK_TIMEOUT_MS 10000

/* Two lock files, each waited for until a deadline (then BUSY):
 *
 * - The one that `postconf -e` locks before it reads main.cf, which lies beside it (Postfix:
 *   src/global/edit_file.c). Whoever holds it may replace main.cf and loses no update of a
 *   cooperating writer.
 * - One of this library, in each directory it changes: it keeps two transactions apart where there
 *   is no main.cf and while the service follows, and makes it safe to remove a killed run's
 *   left-overs. It begins as they do (NULLMAIL_STAGED_PREFIX).
 *
 * Both are flock (2) on a file that only its owner and root can open, which no other user can
 * hold for ever, as he could a lock on the directory itself. It is never renamed by this library,
 * and removed on release.
 */
#define NULLMAIL_LOCK_MAIN_CF   "main.cf.tmp"
#define NULLMAIL_LOCK_DIRECTORY ".nullmail-lock"

typedef struct _NullmailEditLock NullmailEditLock;

/* Neither the directory's descriptor nor the name are copied: both must outlive the lock. */
NullmailEditLock *_nullmail_edit_lock_acquire (int            directory,
                                               const char    *directory_path,
                                               const char    *name,
                                               guint          timeout_ms,
                                               GCancellable  *cancellable,
                                               GError       **error);
void              _nullmail_edit_lock_release (NullmailEditLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailEditLock, _nullmail_edit_lock_release)

G_END_DECLS
