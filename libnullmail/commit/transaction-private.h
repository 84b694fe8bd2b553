/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/staged-file-private.h"

G_BEGIN_DECLS

/* Replaces several files, all or none of them. They are opened (which locks their directories and
 * removes what a killed run has left there), written, put into an order, and committed: exchanged
 * one by one, with the directories synchronised where the order says so. A failure on the way
 * exchanges back what was done. The displaced files are kept until the transaction is freed, so
 * that it can still be reverted when something else fails. transaction.c tells the whole
 * protocol. */
typedef struct _NullmailTransaction NullmailTransaction;

/* Takes both locks of a directory, the one of this library and the edit lock that other programs
 * take as well. NULL is for files that no other program takes a lock for. */
NullmailTransaction *_nullmail_transaction_new      (const char           *edit_directory,
                                                     GCancellable         *cancellable,
                                                     GError              **error);
void                 _nullmail_transaction_free     (NullmailTransaction  *self);

/* Owned by the transaction. Links in path are followed after their owners were checked. */
NullmailStagedFile  *_nullmail_transaction_open     (NullmailTransaction  *self,
                                                     const char           *path,
                                                     NullmailStagedKind    kind,
                                                     GCancellable         *cancellable,
                                                     GError              **error);

/* Locks the directory of a file that will be opened later, for a caller that has to read the file
 * before. It is no error if there is no such directory. */
gboolean             _nullmail_transaction_enter    (NullmailTransaction  *self,
                                                     const char           *path,
                                                     GCancellable         *cancellable,
                                                     GError              **error);

/* The file is exchanged behind those that were added before; with a barrier, not until these are on
 * the disk. */
void                 _nullmail_transaction_add_step (NullmailTransaction *self,
                                                     NullmailStagedFile  *file,
                                                     gboolean             barrier);

/* After NOT_DURABLE and SUPERSEDED the new state is there; after any other error the old one,
 * unless the message says that not everything could be put back. What another program has put there
 * at the last moment is never removed: it is at its place, or the message says where it is. */
gboolean             _nullmail_transaction_commit   (NullmailTransaction  *self,
                                                     GError              **error);

/* For a caller who has something to do behind the commit that may fail: releases the edit lock
 * meanwhile, so that other writers need not wait for it. */
void                 _nullmail_transaction_unlock   (NullmailTransaction  *self);
/* Takes everything back; FALSE, with nothing changed, if another writer has come meanwhile. */
gboolean             _nullmail_transaction_revert   (NullmailTransaction  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailTransaction, _nullmail_transaction_free)

G_END_DECLS
