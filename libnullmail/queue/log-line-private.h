/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one line of the mail log says, whichever program has written it down and in whatever form
 * the time stands in front. */
typedef struct
{
  char  *service;   /* (owned) the daemon: “smtp” of “postfix/relay/smtp” */
  guint  pid;
  char  *queue_id;  /* (owned) (nullable) the word that stands where a queue id would */
  char  *text;      /* (owned) what is behind that; else the whole message */
} NullmailLogLine;

/* A line of a file, as of syslogd (8), rsyslogd (8) or postlogd (8); FALSE for any other line. */
gboolean _nullmail_log_line_parse         (NullmailLogLine *self,
                                           const char      *line);
/* A line of “journalctl -o json”. */
gboolean _nullmail_log_line_parse_journal (NullmailLogLine *self,
                                           const char      *line,
                                           gsize            length);
void     _nullmail_log_line_clear         (NullmailLogLine *self);

/* (transfer full) (nullable): the value of an attribute, “to” for example, by its name and not by
 * its place, for newer versions of Postfix log more of them. An address comes without its brackets.
 * What stands behind “status=” has no attributes. */
char    *_nullmail_log_line_get           (const NullmailLogLine *self,
                                           const char            *name);
/* (transfer full) (nullable): “sent” of “status=sent (250 Ok)”, and what is in brackets. */
char    *_nullmail_log_line_get_status    (const NullmailLogLine  *self,
                                           char                  **reason);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailLogLine, _nullmail_log_line_clear)

G_END_DECLS
