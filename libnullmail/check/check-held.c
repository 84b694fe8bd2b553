/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Mail that is taken, but never sent. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/master-cf-private.h"
#include "document/value-list-private.h"

#define SMTPD_MILTERS "smtpd_milters"

/* No message with the headers that Postfix itself adds is smaller than this. */
#define SMALLEST_LIMIT 1000

static void
check_deferred (NullmailCheck *self)
{
  g_autofree char *transport = NULL;
  g_auto(GStrv) items = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "defer_transports",
  };

  if (!nullmail_main_cf_has_value (self->main_cf, facts.parameter))
    return;

  transport = _nullmail_check_get_transport (self->effective);
  items = _nullmail_effective_get_list (self->effective, facts.parameter);
  if (items == NULL || !g_strv_contains ((const char * const *) items, transport))
    return;

  facts.subject = transport;
  _nullmail_check_report (self, &facts,
    _("Remove the transport from defer_transports; where that is meant, send mail with “postqueue "
      "-f” or “sendmail -q”."),
    _("defer_transports has “%s”, which takes mail to the relay: all mail waits until somebody "
      "flushes the queue."),
    transport);
}

static void
check_size_limit (NullmailCheck *self)
{
  g_autofree char *value = NULL;
  gint64 limit = 0;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "message_size_limit",
  };

  if (!nullmail_main_cf_has_value (self->main_cf, facts.parameter))
    return;

  value = _nullmail_effective_get_value (self->effective, facts.parameter);
  if (value == NULL
      || !g_ascii_string_to_signed (value, 10, 1, SMALLEST_LIMIT - 1, &limit, NULL))
    return;

  _nullmail_check_report (self, &facts,
    _("Set message_size_limit to the largest message in bytes, such as 10240000, or remove it."),
    _("message_size_limit is %d bytes, so that no message is small enough to be sent."),
    (int) limit);
}

/* What a failing milter does to mail: the action of its own, or the common one. Only to accept is
 * harmless. */
static gboolean
is_harmless (NullmailCheck *self,
             const char    *milter)
{
  g_autofree char *action = NULL;
  const char *own = strstr (milter, "default_action");

  if (own != NULL)
    {
      own += strlen ("default_action");
      own += strspn (own, " =");
      return g_str_has_prefix (own, "accept");
    }
  if (nullmail_main_cf_has_value (self->main_cf, "milter_default_action"))
    action = _nullmail_effective_get_value (self->effective, "milter_default_action");

  return action != NULL && g_ascii_strcasecmp (action, "accept") == 0;
}

/* Whether there is a type of socket in front, and a port behind a host. */
static gboolean
is_milter_address (const char *address)
{
  static const char *const types[] = { "unix:", "local:", "inet:", "inet6:" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (address, types[i]))
      return address[strlen (types[i])] != '\0'
             && (i < 2 || strpbrk (address + strlen (types[i]), ":@") != NULL);

  return FALSE;
}

static void
check_milter (NullmailCheck *self,
              const char    *parameter,
              const char    *milter)
{
  gsize start = strspn (milter, "{ \t");
  g_autofree char *address = g_strndup (milter + start,
                                        strcspn (milter + start, ", \t\r\n}"));
  g_autofree char *queue = _nullmail_check_get_queue_directory (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = address,
  };

  if (is_harmless (self, milter))
    return;
  if (!is_milter_address (address))
    {
      _nullmail_check_report (self, &facts,
        _("Write it as inet:host:port or unix:path."),
        _("“%s” names the milter “%s”, which is no address of one: Postfix takes no mail without "
          "it."),
        parameter, address);
      return;
    }
  if (_nullmail_snapshot_observe_listener (self->snapshot, address, queue) != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, &facts,
    _("Start the milter, remove it, or set milter_default_action to accept."),
    g_str_equal (parameter, SMTPD_MILTERS)
    ? _("“%s” names the milter “%s”, where nobody listens: without it Postfix takes no mail by "
        "SMTP, from the network or from programs that connect to this host.")
    : _("“%s” names the milter “%s”, where nobody listens: Postfix takes no mail without it."),
    parameter, address);
}

/* Whether smtpd(8) runs, which asks smtpd_milters and nothing else does. */
static gboolean
has_smtpd (NullmailCheck *self)
{
  GPtrArray *services = self->snapshot->master_services;

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const NullmailMasterService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->command, "smtpd"))
        return TRUE;
    }

  return services == NULL;
}

static void
check_milters (NullmailCheck *self)
{
  static const char *const parameters[] = { "non_smtpd_milters", SMTPD_MILTERS };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_auto(GStrv) milters = nullmail_main_cf_has_value (self->main_cf, parameters[i])
                              ? _nullmail_effective_get_list (self->effective, parameters[i])
                              : NULL;

      if (g_str_equal (parameters[i], SMTPD_MILTERS) && milters != NULL && !has_smtpd (self))
        continue;
      for (guint j = 0; milters != NULL && milters[j] != NULL; j++)
        check_milter (self, parameters[i], milters[j]);
    }
}

static void
report_dialogue (NullmailCheck *self,
                 const char    *parameter,
                 const char    *subject,
                 const char    *remedy,
                 const char    *fault)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_HELD,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
    .subject = subject,
  };

  _nullmail_check_report (self, &facts, remedy, _("For “%s” %s."), parameter, fault);
}

/* What the client is told not to use of what the relay offers. */
static void
check_dialogue (NullmailCheck *self)
{
  static const char keywords[] = "smtp_discard_ehlo_keywords", never[] = "smtp_never_send_ehlo";
  gboolean needs_tls = _nullmail_tls_level_requires_tls (self->relay_level) && !self->wraps;
  g_auto(GStrv) items = nullmail_main_cf_has_value (self->main_cf, keywords)
                        ? _nullmail_effective_get_list (self->effective, keywords) : NULL;

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (needs_tls && g_ascii_strcasecmp (items[i], "starttls") == 0)
      report_dialogue (self, keywords, items[i], _("Take starttls out of the list."),
                       _("Postfix never asks the relay for TLS, which it needs: all mail waits"));
    else if (self->authenticates && g_ascii_strcasecmp (items[i], "auth") == 0)
      report_dialogue (self, keywords, items[i], _("Take auth out of the list."),
                       _("Postfix never logs in: mail is likely to be refused for good"));

  if ((needs_tls || self->authenticates) && nullmail_main_cf_has_value (self->main_cf, never)
      && _nullmail_effective_is_yes (self->effective, never))
    report_dialogue (self, never, NULL, _("Remove the parameter."),
                     _("Postfix does not learn that the relay has TLS or a login, and mail waits "
                       "or is refused for good"));
}

void
_nullmail_check_held (NullmailCheck *self)
{
  check_deferred (self);
  check_size_limit (self);
  check_milters (self);
  check_dialogue (self);
}
