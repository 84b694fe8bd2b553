/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "commit/state-folder-private.h"
#include "store/password-table-private.h"

G_BEGIN_DECLS

/* A table that was made here answers what its source says, and need not be asked as long as neither
 * file has changed: of each its device, inode, size, and the times of the last change of contents
 * and of status are remembered. This is done behind the commit, whose renaming is such a change of
 * status. */

/* Remembers tables as their files are now, in the place of those that were remembered before. */
void     _nullmail_table_stamps_write   (NullmailStateFolder          *folder,
                                         const GPtrArray              *tables);
gboolean _nullmail_table_stamps_know    (NullmailStateFolder          *folder,
                                         const NullmailPasswordTable  *table);

G_END_DECLS
