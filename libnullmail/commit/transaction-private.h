/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/staged-file-private.h"

G_BEGIN_DECLS

/* Several files, all or none. Files are opened (which locks their directories and removes what a
 * killed run left there), filled, put into an order, and committed: exchanged one by one, with the
 * directories synchronised where the order says so. A failure on the way exchanges back what was
 * done. Until it is finished or freed the displaced files are kept, so that a later failure can
 * still revert. */
typedef struct _NullmailTransaction NullmailTransaction;

/* Takes the locks of that directory and its main.cf; NULL for files without a main.cf beside. */
NullmailTransaction *_nullmail_transaction_new      (const char           *main_cf_directory,
                                                     GCancellable         *cancellable,
                                                     GError              **error);
void                 _nullmail_transaction_free     (NullmailTransaction  *self);

/* Owned by the transaction. Links in path are followed after their owners were checked. */
NullmailStagedFile  *_nullmail_transaction_open     (NullmailTransaction  *self,
                                                     const char           *path,
                                                     NullmailStagedKind    kind,
                                                     GCancellable         *cancellable,
                                                     GError              **error);

/* Locks the directory of a file that is not opened yet, for who has to read it before; there may be
 * none. */
gboolean             _nullmail_transaction_enter    (NullmailTransaction  *self,
                                                     const char           *path,
                                                     GCancellable         *cancellable,
                                                     GError              **error);

/* The next one to be exchanged; with barrier, what went before is on disk before it. */
void                 _nullmail_transaction_add_step (NullmailTransaction  *self,
                                                     NullmailStagedFile   *file,
                                                     gboolean              barrier);

/* After NOT_DURABLE and SUPERSEDED the new state is there; after any other error the old one,
 * unless the message says that not everything could be put back. What another program has put there
 * at the last moment is never removed: it is at its place, or the message says where it is. */
gboolean             _nullmail_transaction_commit   (NullmailTransaction  *self,
                                                     GError              **error);

/* For what may fail behind the commit: lets writers of main.cf in meanwhile, ... */
void                 _nullmail_transaction_unlock   (NullmailTransaction  *self);
/* ... and takes everything back, unless another writer has come (FALSE, nothing changed). */
gboolean             _nullmail_transaction_revert   (NullmailTransaction  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailTransaction, _nullmail_transaction_free)

G_END_DECLS
