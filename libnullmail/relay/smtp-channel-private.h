/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "relay/smtp-reply-private.h"
#include "relay/step-limit-private.h"

G_BEGIN_DECLS

/* A connection to a relay, in clear and then perhaps under TLS, over which lines go out and replies
 * come in. Each wait ends with the step at the latest. */
typedef struct _NullmailSmtpChannel NullmailSmtpChannel;

/* Keeps a reference to the connection; the limit has to outlive the channel. */
NullmailSmtpChannel *_nullmail_smtp_channel_new        (GSocketConnection    *connection,
                                                        NullmailStepLimit    *limit);
/* Closes it, without waiting. */
void                 _nullmail_smtp_channel_free       (NullmailSmtpChannel  *self);

/* (transfer full): fails with CONNECTION_CLOSED of G_IO_ERROR at the end of the connection, with
 * INVALID_DATA where what comes is no reply. */
NullmailSmtpReply   *_nullmail_smtp_channel_read       (NullmailSmtpChannel  *self,
                                                        GError              **error);
/* Sends what it gets, which may hold a password. */
gboolean             _nullmail_smtp_channel_send       (NullmailSmtpChannel  *self,
                                                        const char           *data,
                                                        gsize                 size,
                                                        GError              **error);
/* Whether the relay has said more than what it was asked for. */
gboolean             _nullmail_smtp_channel_has_rest   (NullmailSmtpChannel  *self);

/* Begins TLS, and accepts any certificate: to judge it is for the caller. server_name is what the
 * relay is told whom it is asked for, NULL for nothing; certificate, which may be NULL, is what it
 * is shown where it asks who is there. */
gboolean             _nullmail_smtp_channel_start_tls  (NullmailSmtpChannel  *self,
                                                        const char           *server_name,
                                                        GTlsCertificate      *certificate,
                                                        GError              **error);
/* (transfer none) (nullable): NULL before TLS has begun. */
GTlsConnection      *_nullmail_smtp_channel_get_tls    (NullmailSmtpChannel  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSmtpChannel, _nullmail_smtp_channel_free)

G_END_DECLS
