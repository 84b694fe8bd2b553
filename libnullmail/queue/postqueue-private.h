/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/command-private.h"
#include "queue/mail-queue.h"

G_BEGIN_DECLS

/* Where the programs and the logs of one Postfix are. */
typedef struct
{
  char  *config_directory;  /* (owned) */
  char  *postqueue;         /* (owned) a program's path */
  char  *sendmail;          /* (owned) (nullable) a program's path */
  char **log_files;         /* (owned) (nullable) where its log may be */
  char  *own_log;           /* (owned) (nullable) the one of them that it writes itself */
  char  *journalctl;        /* (owned) (nullable) a program's path */
  guint  facility;          /* of syslog (3), for the journal */
  char  *alias;             /* (owned) (nullable) the recipient whom a test message has in the queue
                             * in place of the one that it was sent to */
} NullmailMailSystem;

void               _nullmail_mail_system_clear (NullmailMailSystem        *self);

/* Hands on each line of a listing, which is one message, see queue-line-private.h. */
gboolean           _nullmail_postqueue_read    (const NullmailMailSystem  *self,
                                                NullmailLineFunc           func,
                                                gpointer                   user_data,
                                                GCancellable              *cancellable,
                                                GError                   **error);
/* The whole queue, the maildrop queue included. PERMISSION_DENIED where Postfix does not let this
 * user look, COMMAND where it cannot be asked. */
NullmailMailQueue *_nullmail_postqueue_load    (const NullmailMailSystem  *self,
                                                GCancellable              *cancellable,
                                                GError                   **error);
/* The messages of the queue in whose line one of the texts stands, whatever it is there; the others
 * are not even kept in memory. texts: (nullable) all messages. */
NullmailMailQueue *_nullmail_postqueue_search  (const NullmailMailSystem  *self,
                                                const char * const        *texts,
                                                GCancellable              *cancellable,
                                                GError                   **error);
gboolean           _nullmail_postqueue_flush   (const NullmailMailSystem  *self,
                                                GCancellable              *cancellable,
                                                GError                   **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailMailSystem, _nullmail_mail_system_clear)

G_END_DECLS
