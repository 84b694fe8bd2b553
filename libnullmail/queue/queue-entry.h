/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/queue/delay-cause.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_QUEUE_ENTRY (nullmail_queue_entry_get_type ())

typedef struct _NullmailQueueEntry NullmailQueueEntry;

NULLMAIL_AVAILABLE_IN_1_0
GType                nullmail_queue_entry_get_type          (void);

NULLMAIL_AVAILABLE_IN_1_0
NullmailQueueEntry  *nullmail_queue_entry_ref               (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
void                 nullmail_queue_entry_unref             (NullmailQueueEntry *self);

NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_queue_entry_get_queue_id      (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_queue_entry_get_queue_name    (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
const char          *nullmail_queue_entry_get_sender        (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const  *nullmail_queue_entry_get_recipients    (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
const char * const  *nullmail_queue_entry_get_delay_reasons (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
gint64               nullmail_queue_entry_get_arrival_time  (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
guint64              nullmail_queue_entry_get_size          (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean             nullmail_queue_entry_get_forced_expire (NullmailQueueEntry *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDelayCause   nullmail_queue_entry_get_cause         (NullmailQueueEntry *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean             nullmail_queue_entry_equal             (NullmailQueueEntry *self,
                                                             NullmailQueueEntry *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant            *nullmail_queue_entry_to_variant        (NullmailQueueEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailQueueEntry, nullmail_queue_entry_unref)

G_END_DECLS
