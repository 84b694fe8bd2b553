/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "queue/log-line-private.h"
#include "queue/postqueue-private.h"

G_BEGIN_DECLS

typedef void (* NullmailJournalFunc) (const NullmailLogLine *line,
                                      gpointer               user_data);

/* Reads the journal of systemd from a time on, in seconds since 1970. All of it each time: what was
 * read before is read again. FALSE where there is none, or none for this user. */
gboolean _nullmail_journal_read (const NullmailMailSystem *system,
                                 gint64                    since,
                                 NullmailJournalFunc       func,
                                 gpointer                  user_data,
                                 GCancellable             *cancellable);

G_END_DECLS
