/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NULLMAIL_LOCK_TIMEOUT_MS 10000

/* Two advisory locks, each waited for until a deadline (then BUSY):
 *
 * - The lock that `postconf -e` takes before it reads main.cf: flock (2) on main.cf.tmp beside it
 *   (Postfix: src/global/edit_file.c). Whoever holds it may replace main.cf and loses no update of
 *   a cooperating writer. The lock file is never renamed by this library, and removed on release.
 * - flock (2) on a directory itself, which keeps two transactions of this library apart where there
 *   is no main.cf, and makes it safe to remove a killed run's left-overs.
 */
typedef struct _NullmailEditLock NullmailEditLock;

NullmailEditLock *_nullmail_edit_lock_acquire_main_cf   (const char    *directory_path,
                                                         guint          timeout_ms,
                                                         GCancellable  *cancellable,
                                                         GError       **error);
NullmailEditLock *_nullmail_edit_lock_acquire_directory (int            directory,
                                                         const char    *directory_path,
                                                         guint          timeout_ms,
                                                         GCancellable  *cancellable,
                                                         GError       **error);
void              _nullmail_edit_lock_release           (NullmailEditLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailEditLock, _nullmail_edit_lock_release)

G_END_DECLS
