/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NULLMAIL_LOCK_TIMEOUT_MS 10000

/* There are two lock files; each is waited for until a deadline, and then the error is BUSY:
 *
 * - EDIT: the one that other programs lock, too, before they read the file beside it that they are
 *   going to change. Whoever holds it may replace that file, and loses no change of another program
 *   that takes the lock. The name is the one that Postfix's commands use.
 * - DIRECTORY: one of this library, in each directory that it changes. It keeps two transactions
 *   apart where nobody takes the other lock, and while that is free for others. Whoever holds it
 *   may also remove what a killed run has left in the directory: files whose names begin with
 *   NULLMAIL_STAGED_PREFIX, as that of this lock does.
 *
 * Only their owner and root can open them, so that no other user can hold them for ever, as he
 * could a lock on the directory itself. They are removed on release. */
#define NULLMAIL_LOCK_EDIT      "main.cf.tmp"
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
