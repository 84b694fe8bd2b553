/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delay-cause.h"
#include "queue/log-line-private.h"

G_BEGIN_DECLS

/* What delivery agents have logged before they tell what became of a message: warnings, and the
 * channel. Such lines name no message, but the process is the same. */
typedef struct _NullmailProcessNotes NullmailProcessNotes;

NullmailProcessNotes *_nullmail_process_notes_new   (void);
void                  _nullmail_process_notes_free  (NullmailProcessNotes  *self);

/* Looks at a line, whatever message it is about. */
void                  _nullmail_process_notes_add   (NullmailProcessNotes  *self,
                                                     const NullmailLogLine *line);
/* To be called for a line with “status=”, before the line is added: (transfer full) (nullable): the
 * channel that it was, and the line that explains a cause. */
char                 *_nullmail_process_notes_get_tls    (NullmailProcessNotes  *self,
                                                          const NullmailLogLine *line,
                                                          const char            *relay);
char                 *_nullmail_process_notes_get_detail (NullmailProcessNotes  *self,
                                                          const NullmailLogLine *line,
                                                          NullmailDelayCause     cause);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailProcessNotes, _nullmail_process_notes_free)

G_END_DECLS
