/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/installation-private.h"
#include "queue/postqueue-private.h"

G_BEGIN_DECLS

/* (transfer full): main.cf, without which there is no queue; fills in what the queue is asked
 * with. */
NullmailMainCf *_nullmail_mail_system_find_queue (NullmailMailSystem    *self,
                                                  NullmailInstallation  *installation,
                                                  GCancellable          *cancellable,
                                                  GError               **error);
/* All that a message can be followed with. recipient: (nullable) of a test message, which is to be
 * submitted. */
gboolean        _nullmail_mail_system_find       (NullmailMailSystem    *self,
                                                  NullmailInstallation  *installation,
                                                  const char            *recipient,
                                                  GCancellable          *cancellable,
                                                  GError               **error);
/* Where the log is of a Postfix that reads this, if it is a file. */
void            _nullmail_mail_system_find_logs  (NullmailMailSystem    *self,
                                                  NullmailEffective     *effective);

G_END_DECLS
