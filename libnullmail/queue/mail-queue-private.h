/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/mail-queue.h"

G_BEGIN_DECLS

/* A queue is made line by line, and shown to nobody before it is complete. */
NullmailMailQueue *_nullmail_mail_queue_new      (void);
/* Adds the message of one line of “postqueue -j”. */
gboolean           _nullmail_mail_queue_add_line (NullmailMailQueue  *self,
                                                  const char         *line,
                                                  gsize               length,
                                                  GError            **error);
void               _nullmail_mail_queue_complete (NullmailMailQueue  *self);

G_END_DECLS
