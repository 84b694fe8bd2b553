/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delay-cause.h"
#include "queue/postqueue-private.h"

G_BEGIN_DECLS

/* How much mail waits for another attempt, and mostly why. */
typedef struct
{
  guint               n_deferred;
  gboolean            is_partial;  /* there was no time for all of the queue */
  NullmailDelayCause  cause;       /* the most frequent one ... */
  guint               n_of_cause;  /* ... of so many messages */
  char               *queue_id;    /* (owned) (nullable) the first of those */
  char               *reason;      /* (owned) (nullable) what Postfix says of it, for people */
  char               *detail;      /* (owned) (nullable) what its log says before that */
} NullmailWaitingMail;

/* Lists the queue, and looks for the reason in the end of the log, if that is a file that this user
 * may read. A queue that is too long for the time of the cancellable is counted as far as it was
 * read; the errors are those of _nullmail_postqueue_load (). */
gboolean _nullmail_waiting_mail_load  (NullmailWaitingMail       *self,
                                       const NullmailMailSystem  *system,
                                       GCancellable              *cancellable,
                                       GError                   **error);
void     _nullmail_waiting_mail_clear (NullmailWaitingMail       *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailWaitingMail, _nullmail_waiting_mail_clear)

G_END_DECLS
