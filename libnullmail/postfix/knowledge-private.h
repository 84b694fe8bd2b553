/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/postconf-private.h"

G_BEGIN_DECLS

/* What asking Postfix has told, shared by an instance and its copies in worker threads. */
typedef struct _NullmailKnowledge NullmailKnowledge;

NullmailKnowledge  *_nullmail_knowledge_new             (void);
NullmailKnowledge  *_nullmail_knowledge_ref             (NullmailKnowledge  *self);
void                _nullmail_knowledge_unref           (NullmailKnowledge  *self);

/* (transfer full) (nullable) */
NullmailInspection *_nullmail_knowledge_peek_inspection (NullmailKnowledge  *self);
/* Takes over the reference. */
void                _nullmail_knowledge_set_inspection  (NullmailKnowledge  *self,
                                                         NullmailInspection *inspection);

/* (transfer full) (nullable): what postconf -d has said. */
GHashTable         *_nullmail_knowledge_peek_defaults   (NullmailKnowledge  *self);
void                _nullmail_knowledge_set_defaults    (NullmailKnowledge  *self,
                                                         GHashTable         *defaults);

gboolean            _nullmail_knowledge_get_can_undo    (NullmailKnowledge  *self);
void                _nullmail_knowledge_set_can_undo    (NullmailKnowledge  *self,
                                                         gboolean            can_undo);

G_END_DECLS
