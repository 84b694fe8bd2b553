/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The last stage of a probe: the login. */

#include "relay/probe-course-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/relay-credentials-private.h"
#include "relay/sasl-client-private.h"

/* A longer first response is sent on a line of its own, as by smtp(8): a command has 512 bytes. */
#define MAX_INITIAL_RESPONSE 512
/* No mechanism takes more than that. */
#define MAX_CHALLENGES 16
/* What a reply repeats of a response before it is taken for a part of the login. */
#define MIN_REPEATED 12

/* Offered and allowed, in the relay's order. */
static char **
filter_mechanisms (NullmailProbeCourse *self)
{
  g_autoptr(GStrvBuilder) allowed = g_strv_builder_new ();
  char **offered = self->report->mechanisms;

  for (guint i = 0; offered[i] != NULL; i++)
    if (_nullmail_effective_allows_mechanism (self->policy->effective, offered[i]))
      g_strv_builder_add (allowed, offered[i]);

  return g_strv_builder_end (allowed);
}

static gboolean
fail_auth (NullmailProbeCourse *self,
           const char          *detail,
           const char          *remedy)
{
  return _nullmail_probe_course_fail (self, "auth", NULLMAIL_PROBE_OUTCOME_AUTH_UNAVAILABLE,
                                      detail, remedy);
}

/* Why there is none to choose, though the relay offers some. */
static gboolean
fail_choice (NullmailProbeCourse *self,
             char               **allowed,
             GError              *error)
{
  g_autofree char *offered = g_strjoinv (" ", self->report->mechanisms);
  g_autofree char *detail = NULL;

  if (allowed[0] == NULL)
    {
      detail = g_strdup_printf (_("the relay offers %s, and the filter lets none of them pass"),
                                *offered != '\0' ? offered : _("no mechanism"));
      return fail_auth (self, detail,
                        _("Name one of them in sasl-mechanisms (smtp_sasl_mechanism_filter); for a "
                          "login by access token that is xoauth2 or oauthbearer."));
    }
  if (!_nullmail_sasl_has_plugin ((const char * const *) allowed))
    {
      detail = g_strdup_printf (_("this machine has no plug-in for any of %s"), offered);
      return fail_auth (self, detail,
                        _("Install the plug-ins of Cyrus SASL: libsasl2-modules on Debian, "
                          "cyrus-sasl-plain on Fedora."));
    }

  detail = g_strdup_printf (_("the relay offers %s, none of which may be used over this "
                              "connection: %s"), offered, error->message);
  return fail_auth (self, detail,
                    _("The lists smtp_sasl_…security_options refuse them: with a verified "
                      "certificate, level secure, a list of noanonymous lets a password pass."));
}

/* Whether a text repeats a part of what was sent. */
static gboolean
repeats (const char                 *text,
         const NullmailSecureBuffer *sent)
{
  gsize size = MIN (sent->size, MIN_REPEATED);

  for (gsize i = 0; size > 0 && i + size <= sent->size; i++)
    if (memmem (text, strlen (text), sent->data + i, size) != NULL)
      return TRUE;

  return FALSE;
}

/* Hides a reply that gives the login away. */
static void
mask_reply (NullmailProbeCourse        *self,
            const NullmailSecureBuffer *response)
{
  const NullmailSecureBuffer *password =
    _nullmail_relay_credentials_peek_password (self->policy->credentials);
  char *reply = self->report->reply;

  if (!repeats (reply, response)
      && memmem (reply, strlen (reply), password->data, password->size) == NULL)
    return;

  self->report->reply = g_strdup_printf ("%.3s ********", reply);
  g_free (reply);
}

/* Why there is no reply to a line of the login. What came in its place may be that line. */
static char *
describe_failure (const GError *error)
{
  return g_strdup (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA)
                   ? _("what it says to the login is no reply of a mail server") : error->message);
}

/* Sends a line that may hold the password, and takes the reply. */
static NullmailSmtpReply *
say (NullmailProbeCourse         *self,
     const char                  *prefix,
     const NullmailSecureBuffer  *response,
     char                       **detail)
{
  g_autoptr(NullmailSecureBuffer) line =
    _nullmail_secure_buffer_new (strlen (prefix) + response->size + 2);
  g_autoptr(GError) error = NULL;
  NullmailSmtpReply *reply = NULL;

  _nullmail_secure_buffer_append (line, prefix, strlen (prefix));
  _nullmail_secure_buffer_append (line, response->data, response->size);
  _nullmail_secure_buffer_append (line, "\r\n", 2);
  if (_nullmail_smtp_channel_send (self->channel, line->data, line->size, &error))
    reply = _nullmail_smtp_channel_read (self->channel, &error);
  if (reply == NULL)
    {
      *detail = describe_failure (error);
      return NULL;
    }

  g_free (self->report->reply);
  self->report->reply = _nullmail_smtp_reply_to_string (reply);
  mask_reply (self, response);
  return reply;
}

static NullmailSmtpReply *
send_auth (NullmailProbeCourse   *self,
           NullmailSecureBuffer **response,
           char                 **detail)
{
  gboolean fits = (*response)->size > 0 && (*response)->size <= MAX_INITIAL_RESPONSE;
  g_autofree char *command = g_strconcat ("AUTH ", self->report->mechanism, fits ? " " : "", NULL);
  g_autoptr(NullmailSecureBuffer) nothing = _nullmail_secure_buffer_new (0);
  NullmailSmtpReply *reply = say (self, command, fits ? *response : nothing, detail);

  /* What was sent is not to be sent once more. */
  if (fits)
    g_clear_pointer (response, _nullmail_secure_buffer_unref);
  return reply;
}

static gboolean
fail_login (NullmailProbeCourse *self,
            const char          *detail)
{
  return _nullmail_probe_course_fail (self, "login", NULLMAIL_PROBE_OUTCOME_LOGIN_FAILED, detail,
                                      _("Check user name and password; many providers want a "
                                        "password made for programs, or mail to be sent allowed "
                                        "for the account first. The relay's reply says more."));
}

/* What answers a challenge: the first response if that is still to be sent. */
static NullmailSecureBuffer *
answer (NullmailSaslClient       *client,
        NullmailSecureBuffer    **response,
        const NullmailSmtpReply  *reply,
        char                    **detail)
{
  g_autoptr(GError) error = NULL;
  NullmailSecureBuffer *next;

  if (*response != NULL && (*response)->size > 0)
    return g_steal_pointer (response);

  next = _nullmail_sasl_client_step (client, g_strstrip (reply->lines[0]), &error);
  if (next == NULL)
    *detail = g_strdup_printf (_("the relay's challenge is not understood: %s"), error->message);
  return next;
}

static gboolean
hold_dialogue (NullmailProbeCourse   *self,
               NullmailSaslClient    *client,
               NullmailSecureBuffer **response)
{
  g_autofree char *detail = NULL;
  g_autoptr(NullmailSmtpReply) reply = NULL;

  _nullmail_probe_course_begin (self);
  self->report->login_tried = TRUE;
  reply = send_auth (self, response, &detail);
  for (guint n = 0; reply != NULL && reply->code / 100 == 3 && n < MAX_CHALLENGES; n++)
    {
      g_autoptr(NullmailSecureBuffer) next = answer (client, response, reply, &detail);

      g_clear_pointer (&reply, _nullmail_smtp_reply_free);
      if (next != NULL)
        reply = say (self, "", next, &detail);
    }

  if (reply == NULL)
    return fail_login (self, detail);
  if (reply->code / 100 != 2)
    return fail_login (self, self->report->reply);

  _nullmail_probe_course_pass (self, "login", self->report->reply);
  return TRUE;
}

/* A password goes over TLS, and past a certificate that will do; whatever went before. */
static gboolean
is_safe (NullmailProbeCourse *self)
{
  return _nullmail_smtp_channel_get_tls (self->channel) != NULL && self->is_good;
}

gboolean
_nullmail_probe_course_log_in (NullmailProbeCourse *self)
{
  const NullmailProbePolicy *policy = self->policy;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) allowed = NULL, options = NULL;
  g_autoptr(NullmailSaslClient) client = NULL;
  g_autoptr(NullmailSecureBuffer) response = NULL;
  g_autofree char *detail = NULL, *offered = NULL;

  if (policy->credentials == NULL)
    return TRUE;

  _nullmail_probe_course_begin (self);
  if (!is_safe (self))
    return _nullmail_probe_course_fail (self, "auth", NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE,
                                        _("the connection is not safe enough for a password"),
                                        _("Set the level to secure."));
  if (!self->offers_login)
    return fail_auth (self, _("the relay offers no login under TLS"),
                      _("Check the port: relays offer logins at 587 and 465. Postfix would go on "
                        "without a login, and the relay then refuses the mail."));

  allowed = filter_mechanisms (self);
  options = _nullmail_effective_get_sasl_options (policy->effective,
                                                  self->is_matched ? NULLMAIL_CHANNEL_VERIFIED
                                                                   : NULLMAIL_CHANNEL_ENCRYPTED);
  if (allowed[0] != NULL)
    client = _nullmail_sasl_client_new (self->host, policy->credentials,
                                        (const char * const *) options, policy->sends_authzid,
                                        &error);
  if (client != NULL)
    response = _nullmail_sasl_client_start (client, (const char * const *) allowed,
                                            &self->report->mechanism, &error);
  if (response == NULL)
    return fail_choice (self, allowed, error);

  offered = g_strjoinv (" ", self->report->mechanisms);
  detail = g_strdup_printf (_("%s of %s"), self->report->mechanism, offered);
  _nullmail_probe_course_pass (self, "auth", detail);
  return hold_dialogue (self, client, &response);
}
