/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/queue/queue-entry.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_MAIL_QUEUE (nullmail_mail_queue_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailMailQueue, nullmail_mail_queue, NULLMAIL, MAIL_QUEUE, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailMailQueue   *nullmail_mail_queue_new_from_bytes (GBytes             *bytes,
                                                         GError            **error);

NULLMAIL_AVAILABLE_IN_1_0
GPtrArray           *nullmail_mail_queue_get_entries    (NullmailMailQueue  *self);
NULLMAIL_AVAILABLE_IN_1_0
guint                nullmail_mail_queue_get_n_entries  (NullmailMailQueue  *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailQueueEntry  *nullmail_mail_queue_get_entry      (NullmailMailQueue  *self,
                                                         const char         *queue_id);
NULLMAIL_AVAILABLE_IN_1_0
guint                nullmail_mail_queue_count_cause    (NullmailMailQueue  *self,
                                                         NullmailDelayCause  cause);
NULLMAIL_AVAILABLE_IN_1_0
GVariant            *nullmail_mail_queue_to_variant     (NullmailMailQueue  *self);

G_END_DECLS
