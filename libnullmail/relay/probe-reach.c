/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The first stages of a probe: to find the relay, to connect, to be greeted, to ask what it can. */

#include "relay/probe-course-private.h"

#include "base/i18n-private.h"

#define TLS_PORT 465

static GPtrArray *
find_addresses (NullmailProbeCourse *self)
{
  const NullmailProbePolicy *policy = self->policy;
  g_autoptr(GError) error = NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *joined = NULL;
  GPtrArray *found;

  _nullmail_probe_course_begin (self);
  found = _nullmail_relay_addresses_find (policy->relay_host, policy->families,
                                          _nullmail_step_limit_get_cancellable (self->limit),
                                          &error);
  if (found == NULL)
    {
      _nullmail_probe_course_fail (self, "dns", NULLMAIL_PROBE_OUTCOME_DNS_FAILED, error->message,
                                   _("Check the name of the relay, and that this machine reaches a "
                                     "DNS server. A host that has no MX records stands in "
                                     "brackets."));
      return NULL;
    }

  for (guint i = 0; i < found->len; i++)
    {
      NullmailRelayAddress *address = g_ptr_array_index (found, i);
      g_autofree char *text = g_inet_address_to_string (address->address);

      g_strv_builder_add (builder, text);
    }
  g_strfreev (self->report->addresses);
  self->report->addresses = g_strv_builder_end (builder);
  joined = g_strjoinv (", ", self->report->addresses);
  _nullmail_probe_course_pass (self, "dns", joined);
  return found;
}

static guint
find_port (NullmailProbeCourse *self)
{
  guint port = nullmail_relay_host_get_port (self->policy->relay_host);
  g_autofree char *detail = NULL;

  if (port != 0)
    return port;

  detail = g_strdup_printf (_("this machine knows no service “%s”"),
                            nullmail_relay_host_get_service (self->policy->relay_host));
  _nullmail_probe_course_begin (self);
  _nullmail_probe_course_fail (self, "connect", NULLMAIL_PROBE_OUTCOME_CONNECT_FAILED, detail,
                               _("Write the number of the port in the relay host."));
  return 0;
}

/* Where the connection is to come from. What this machine does not have is left out, as smtp(8)
 * does with a warning. */
static void
set_own_address (const NullmailProbePolicy *policy,
                 GSocketClient             *client,
                 GInetAddress              *target)
{
  GSocketFamily family = g_inet_address_get_family (target);
  GInetAddress *own = family == G_SOCKET_FAMILY_IPV6 ? policy->own_ipv6 : policy->own_ipv4;
  g_autoptr(GSocketAddress) address = own != NULL ? g_inet_socket_address_new (own, 0) : NULL;
  g_autoptr(GSocket) socket = NULL;

  if (address == NULL)
    return;

  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  if (socket != NULL && g_socket_bind (socket, address, FALSE, NULL))
    g_socket_client_set_local_address (client, address);
}

static gboolean
connect_to (NullmailProbeCourse        *self,
            const NullmailRelayAddress *address,
            guint                       port)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) target = g_inet_socket_address_new (address->address, (guint16) port);
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = g_inet_address_to_string (address->address);
  g_autofree char *detail = NULL;

  /* Neither does Postfix use a proxy. */
  g_socket_client_set_enable_proxy (client, FALSE);
  set_own_address (self->policy, client, address->address);
  /* An address that was connected to is worth more words than one that was not. */
  self->keeps_outcome = self->channel != NULL;
  _nullmail_probe_course_begin (self);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (target),
                                        _nullmail_step_limit_get_cancellable (self->limit),
                                        &error);
  if (connection == NULL)
    {
      detail = g_strdup_printf ("%s, %u: %s", text, port, error->message);
      return _nullmail_probe_course_fail (self, "connect", NULLMAIL_PROBE_OUTCOME_CONNECT_FAILED,
                                          detail,
                                          _("Check the port, and whether a firewall in between "
                                            "lets this machine reach it: many providers block "
                                            "port 25. The relay's other ports are 587 and 465."));
    }

  self->keeps_outcome = FALSE;
  g_free (self->report->address);
  self->report->address = g_strdup (text);
  g_free (self->host);
  self->host = g_strdup (address->host);
  g_clear_pointer (&self->channel, _nullmail_smtp_channel_free);
  self->channel = _nullmail_smtp_channel_new (connection, self->limit);
  detail = g_strdup_printf (_("%s, port %u"), text, port);
  _nullmail_probe_course_pass (self, "connect", detail);
  return TRUE;
}

static const char *
get_greeting_remedy (NullmailProbeCourse *self)
{
  if (!self->policy->wraps
      && nullmail_relay_host_get_port (self->policy->relay_host) == TLS_PORT)
    return _("Port 465 begins with TLS at once: set tls-wrapper (smtp_tls_wrappermode), or use "
             "port 587 without it.");
  if (!self->policy->wraps)
    return _("Check the port: no mail server has greeted there. One that begins with TLS at once "
             "waits for it in silence: set tls-wrapper (smtp_tls_wrappermode) for that.");

  return _("Check the port: no mail server has greeted there.");
}

static gboolean
be_greeted (NullmailProbeCourse *self)
{
  g_autoptr(NullmailSmtpReply) reply = NULL;
  g_autofree char *detail = NULL;

  _nullmail_probe_course_begin (self);
  reply = _nullmail_probe_course_ask (self, NULL, &detail);
  if (reply == NULL)
    return _nullmail_probe_course_fail (self, "greeting", NULLMAIL_PROBE_OUTCOME_GREETING_FAILED,
                                        detail, get_greeting_remedy (self));
  if (reply->code / 100 != 2)
    return _nullmail_probe_course_fail (self, "greeting", NULLMAIL_PROBE_OUTCOME_GREETING_FAILED,
                                        self->report->reply,
                                        _("The relay turns this machine away: its words say why. "
                                          "Ask who runs it."));

  g_free (self->report->banner);
  self->report->banner = g_strjoinv ("\n", reply->lines);
  _nullmail_probe_course_pass (self, "greeting", self->report->banner);
  return TRUE;
}

/* Whether another address may do better. */
static gboolean
may_go_on (NullmailProbeCourse *self)
{
  return !_nullmail_step_limit_is_cancelled (self->limit) && self->report->tls_protocol == NULL
         && self->report->outcome != NULLMAIL_PROBE_OUTCOME_TLS_FAILED
         && self->report->outcome != NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE;
}

gboolean
_nullmail_probe_course_reach (NullmailProbeCourse *self)
{
  g_autoptr(GPtrArray) addresses = find_addresses (self);
  guint port;

  if (addresses == NULL)
    return FALSE;
  port = find_port (self);
  if (port == 0)
    return FALSE;

  /* Where TLS begins with the first byte the greeting comes under it. */
  for (guint i = 0; i < addresses->len; i++)
    {
      if (connect_to (self, g_ptr_array_index (addresses, i), port)
          && (!self->policy->wraps || _nullmail_probe_course_protect (self)) && be_greeted (self)
          && _nullmail_probe_course_greet (self))
        return TRUE;
      if (!may_go_on (self))
        return FALSE;
      self->was_refused = TRUE;
    }

  return FALSE;
}

/* What is said in clear counts for nothing: somebody in between may have said it. */
static void
note_mechanisms (NullmailProbeCourse *self)
{
  char **mechanisms;

  if (_nullmail_smtp_channel_get_tls (self->channel) == NULL)
    return;

  mechanisms = _nullmail_smtp_extensions_list_mechanisms (
                 (const char * const *) self->report->extensions);
  self->offers_login = mechanisms != NULL;
  g_strfreev (self->report->mechanisms);
  self->report->mechanisms = mechanisms != NULL ? mechanisms : g_new0 (char *, 1);
}

gboolean
_nullmail_probe_course_greet (NullmailProbeCourse *self)
{
  g_autofree char *command = g_strconcat ("EHLO ", self->policy->helo_name, NULL);
  g_autofree char *old_command = g_strconcat ("HELO ", self->policy->helo_name, NULL);
  g_autofree char *detail = NULL, *joined = NULL;
  g_autoptr(NullmailSmtpReply) reply = NULL;

  _nullmail_probe_course_begin (self);
  reply = _nullmail_probe_course_ask (self, command, &detail);
  if (reply != NULL && reply->code / 100 == 5)
    {
      /* As smtp(8) does; what answers it can nothing more. */
      g_clear_pointer (&reply, _nullmail_smtp_reply_free);
      reply = _nullmail_probe_course_ask (self, old_command, &detail);
    }

  if (reply == NULL || reply->code / 100 != 2)
    return _nullmail_probe_course_fail (self, "ehlo", NULLMAIL_PROBE_OUTCOME_GREETING_FAILED,
                                        reply == NULL ? detail : self->report->reply,
                                        _("The relay turns this machine away: its words say why. "
                                          "It may not like the name that this machine gives "
                                          "itself (myhostname)."));

  g_strfreev (self->report->extensions);
  self->report->extensions = _nullmail_smtp_reply_list_extensions (reply);
  note_mechanisms (self);
  joined = g_strjoinv (", ", self->report->extensions);
  _nullmail_probe_course_pass (self, "ehlo", joined);
  return TRUE;
}
