/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/smtp-channel-private.h"

#include "base/error-private.h"
#include "base/i18n-private.h"

#define READ_SIZE 4096

struct _NullmailSmtpChannel
{
  GSocketConnection  *connection;  /* (owned) */
  GIOStream          *stream;      /* (owned) the connection, or TLS over it */
  GTlsConnection     *tls;         /* (unowned) (nullable) the stream */
  NullmailSmtpReader *reader;      /* (owned) */
  NullmailStepLimit  *limit;       /* (unowned) */
};

NullmailSmtpChannel *
_nullmail_smtp_channel_new (GSocketConnection *connection,
                            NullmailStepLimit *limit)
{
  NullmailSmtpChannel *self = g_new0 (NullmailSmtpChannel, 1);

  self->connection = g_object_ref (connection);
  self->stream = g_object_ref (G_IO_STREAM (connection));
  self->reader = _nullmail_smtp_reader_new ();
  self->limit = limit;
  return self;
}

void
_nullmail_smtp_channel_free (NullmailSmtpChannel *self)
{
  /* TLS would wait for the other side. */
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_clear_object (&self->stream);
  g_clear_object (&self->connection);
  _nullmail_smtp_reader_free (self->reader);
  g_free (self);
}

static void
set_read_error (NullmailSmtpChannel  *self,
                NullmailSmtpRead      result,
                GError              **error)
{
  g_autofree char *rest = NULL;

  if (result == NULLMAIL_SMTP_READ_TOO_LONG)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("it says more than %d bytes in one reply"), NULLMAIL_SMTP_REPLY_LIMIT);
      return;
    }

  rest = _nullmail_smtp_reader_show_rest (self->reader);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("what it says is no reply of a mail server: “%s”"), rest);
}

NullmailSmtpReply *
_nullmail_smtp_channel_read (NullmailSmtpChannel  *self,
                             GError              **error)
{
  GInputStream *input = g_io_stream_get_input_stream (self->stream);
  GCancellable *cancellable = _nullmail_step_limit_get_cancellable (self->limit);
  NullmailSmtpReply *reply = NULL;
  NullmailSmtpRead result;

  while ((result = _nullmail_smtp_reader_take (self->reader, &reply)) == NULLMAIL_SMTP_READ_MORE)
    {
      char data[READ_SIZE];
      gssize size = g_input_stream_read (input, data, sizeof data, cancellable, error);

      if (size < 0)
        return NULL;
      if (size == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                       _("it closes the connection"));
          return NULL;
        }
      _nullmail_smtp_reader_add (self->reader, data, (gsize) size);
    }

  if (result != NULLMAIL_SMTP_READ_REPLY)
    set_read_error (self, result, error);
  return reply;
}

gboolean
_nullmail_smtp_channel_send (NullmailSmtpChannel  *self,
                             const char           *data,
                             gsize                 size,
                             GError              **error)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), data, size, NULL,
                                    _nullmail_step_limit_get_cancellable (self->limit), error);
}

gboolean
_nullmail_smtp_channel_has_rest (NullmailSmtpChannel *self)
{
  return _nullmail_smtp_reader_has_rest (self->reader);
}

static gboolean
accept_cb (GTlsConnection       *tls G_GNUC_UNUSED,
           GTlsCertificate      *certificate G_GNUC_UNUSED,
           GTlsCertificateFlags  errors G_GNUC_UNUSED,
           gpointer              user_data G_GNUC_UNUSED)
{
  return TRUE;
}

gboolean
_nullmail_smtp_channel_start_tls (NullmailSmtpChannel  *self,
                                  const char           *server_name,
                                  GTlsCertificate      *certificate,
                                  GError              **error)
{
  g_autoptr(GSocketConnectable) identity = NULL;
  g_autoptr(GIOStream) tls = NULL;

  if (server_name != NULL)
    identity = g_network_address_new (server_name, 0);
  tls = g_tls_client_connection_new (self->stream, identity, error);
  if (tls == NULL)
    return FALSE;

  /* The certificate is judged as Postfix does, by relay-certificate.c. */
  g_tls_connection_set_database (G_TLS_CONNECTION (tls), NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  if (certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (tls), certificate);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);

  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls),
                                   _nullmail_step_limit_get_cancellable (self->limit), error))
    return FALSE;

  g_set_object (&self->stream, tls);
  self->tls = G_TLS_CONNECTION (tls);
  return TRUE;
}

GTlsConnection *
_nullmail_smtp_channel_get_tls (NullmailSmtpChannel *self)
{
  return self->tls;
}
