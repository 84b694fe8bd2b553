/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delivery-report-private.h"
#include "queue/log-line-private.h"

G_BEGIN_DECLS

/* What the log tells of one message, which is known by its queue id, or by its Message-ID until
 * cleanup (8) has logged the queue id. */
typedef struct _NullmailMessageTrace NullmailMessageTrace;

NullmailMessageTrace *_nullmail_message_trace_new  (const char            *queue_id,
                                                    const char            *message_id);
void                  _nullmail_message_trace_free (NullmailMessageTrace  *self);

void                  _nullmail_message_trace_add  (NullmailMessageTrace  *self,
                                                    const NullmailLogLine *line);
/* All lines are forgotten, to be added once more. */
void                  _nullmail_message_trace_forget_lines   (NullmailMessageTrace *self);
/* They were about another message that has had the same queue id. */
void                  _nullmail_message_trace_forget_message (NullmailMessageTrace *self);

/* (nullable) */
const char           *_nullmail_message_trace_get_queue_id    (NullmailMessageTrace *self);
/* Whether any line was about the message. */
gboolean              _nullmail_message_trace_is_known        (NullmailMessageTrace *self);
/* Whether the log says that it has left the queue. */
gboolean              _nullmail_message_trace_is_removed      (NullmailMessageTrace *self);
/* How many attempts have failed so far. */
guint                 _nullmail_message_trace_get_n_deferrals (NullmailMessageTrace *self);
/* Whether the log has told all that it will tell: no recipient is left, and if it went back to the
 * sender, then under what name. */
gboolean              _nullmail_message_trace_is_complete     (NullmailMessageTrace *self);

/* Fills in what became of the recipient that fared worst; FALSE where nothing is known of any. */
gboolean              _nullmail_message_trace_get_facts       (NullmailMessageTrace  *self,
                                                               NullmailDeliveryFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailMessageTrace, _nullmail_message_trace_free)

G_END_DECLS
