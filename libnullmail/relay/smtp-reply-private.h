/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most that a relay may say in one reply. The standard has 512 bytes for a line and 12288 for a
 * challenge of a login (RFC 5321, RFC 4954); whoever says more than this is no mail server. */
#define NULLMAIL_SMTP_REPLY_LIMIT (64 * 1024)

/* One reply of a relay, be it of one line or of several. */
typedef struct
{
  guint   code;   /* 100 to 599 */
  char  **lines;  /* (owned) what stands behind the code, line by line; at least one. UTF-8 with
                   * “?” for each control character, so that it can be shown to people */
} NullmailSmtpReply;

typedef enum
{
  NULLMAIL_SMTP_READ_MORE,      /* the reply has no end yet */
  NULLMAIL_SMTP_READ_REPLY,
  NULLMAIL_SMTP_READ_GARBAGE,   /* a line that is no reply, or has a NUL */
  NULLMAIL_SMTP_READ_TOO_LONG,
} NullmailSmtpRead;

/* Finds the replies in what a relay sends, however it is cut into pieces. It never holds more than
 * the limit; once something was wrong there is no more to be had from it. */
typedef struct _NullmailSmtpReader NullmailSmtpReader;

NullmailSmtpReader *_nullmail_smtp_reader_new       (void);
void                _nullmail_smtp_reader_free      (NullmailSmtpReader  *self);

void                _nullmail_smtp_reader_add       (NullmailSmtpReader  *self,
                                                     const void          *data,
                                                     gsize                size);
/* reply is set for READ_REPLY only. */
NullmailSmtpRead    _nullmail_smtp_reader_take      (NullmailSmtpReader  *self,
                                                     NullmailSmtpReply  **reply);
/* Whether something came behind the last reply that was taken. */
gboolean            _nullmail_smtp_reader_has_rest  (NullmailSmtpReader  *self);
/* (transfer full): the start of what came last and is no reply, for people. */
char               *_nullmail_smtp_reader_show_rest (NullmailSmtpReader  *self);

void                _nullmail_smtp_reply_free       (NullmailSmtpReply   *self);
/* (transfer full): the whole reply, a line each. */
char               *_nullmail_smtp_reply_to_string  (const NullmailSmtpReply *self);

/* What a reply to EHLO says of the relay, as smtp(8) takes it. */

/* (transfer full): the extensions with their parameters; the greeting is none. */
char              **_nullmail_smtp_reply_list_extensions (const NullmailSmtpReply *self);
/* Whether one of the extensions has that name. */
gboolean            _nullmail_smtp_extensions_have       (const char * const *extensions,
                                                          const char         *name);
/* (transfer full) (nullable): the mechanisms of the last AUTH; NULL where there is none. */
char              **_nullmail_smtp_extensions_list_mechanisms
                                                         (const char * const *extensions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSmtpReader, _nullmail_smtp_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSmtpReply, _nullmail_smtp_reply_free)

G_END_DECLS
