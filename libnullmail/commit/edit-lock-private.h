/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NULLMAIL_LOCK_TIMEOUT_MS 10000

/* There are two lock files; each is waited for until a deadline, and then the error is BUSY:
 *
 * - The one that Postfix's commands lock before they read main.cf, which lies beside it. Whoever
 *   holds it may replace main.cf, and loses no change of another program that takes the lock.
 * - One of this library, in each directory it changes. It keeps two transactions apart where there
 *   is no main.cf, and while the service follows; and whoever holds it may remove what a killed run
 *   has left. Its name begins like those of that (NULLMAIL_STAGED_PREFIX).
 *
 * Only their owner and root can open them, so that no other user can hold them for ever, as he
 * could a lock on the directory itself. They are removed on release. */
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
