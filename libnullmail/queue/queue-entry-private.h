/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/queue-entry.h"

G_BEGIN_DECLS

/* What an entry is made of. Queues repeat their texts a hundred thousand times, so that they are
 * strings of g_ref_string_new_intern (), of which the entry takes over the references. */
typedef struct
{
  char      *queue_id;       /* (owned) an ordinary string: no other message has it */
  char      *queue_name;     /* (owned) */
  char      *sender;         /* (owned) */
  GPtrArray *recipients;     /* (owned) of such strings */
  GPtrArray *delay_reasons;  /* (owned) of such strings */
  gint64     arrival_time;
  guint64    size;
  gboolean   forced_expire;
} NullmailQueueEntryParts;

/* Takes over the parts, of which a text that is NULL is empty. causes: (nullable) what was judged
 * already, see below. */
NullmailQueueEntry *_nullmail_queue_entry_new_take    (NullmailQueueEntryParts *parts,
                                                       GHashTable              *causes);
void                _nullmail_queue_entry_parts_clear (NullmailQueueEntryParts *parts);

/* A new list of such strings. */
GPtrArray          *_nullmail_queue_texts_new         (void);
/* A new table of such strings and their causes: each text is judged once. */
GHashTable         *_nullmail_queue_causes_new        (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailQueueEntryParts, _nullmail_queue_entry_parts_clear)

G_END_DECLS
