/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Hosts that take mail from others: those that are meant to, and those that take it from
 * everybody. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/master-cf-private.h"

/* Whether master.cf has smtpd (8) listen anywhere; UNKNOWN where it cannot be read. */
static NullmailFact
has_listener (NullmailCheck *self)
{
  GPtrArray *services = self->snapshot->master_services;

  if (services == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  for (guint i = 0; i < services->len; i++)
    {
      const NullmailMasterService *service = g_ptr_array_index (services, i);

      if (g_strcmp0 (service->type, "inet") == 0)
        return NULLMAIL_FACT_YES;
    }

  return NULLMAIL_FACT_NO;
}

guint
_nullmail_check_get_service_port (const char *name)
{
  const char *colon = strrchr (name, ':');
  g_autoptr(NullmailRelayHost) host =
    nullmail_relay_host_new ("localhost", colon != NULL ? colon + 1 : name, FALSE, NULL);

  return host != NULL ? nullmail_relay_host_get_port (host) : 0;
}

NullmailFact
_nullmail_check_listens_on_port (NullmailCheck *self,
                                 guint          port)
{
  GPtrArray *services = self->snapshot->master_services;

  if (services == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  for (guint i = 0; i < services->len; i++)
    {
      const NullmailMasterService *service = g_ptr_array_index (services, i);

      if (g_strcmp0 (service->type, "inet") == 0
          && _nullmail_check_get_service_port (service->name) == port)
        return NULLMAIL_FACT_YES;
    }

  return NULLMAIL_FACT_NO;
}

static gboolean
says (NullmailCheck *self,
      const char    *parameter)
{
  return nullmail_main_cf_has_value (self->main_cf, parameter)
         && _nullmail_effective_has_text (self->effective, parameter);
}

/* Nobody sets one of these, on a host that listens, without the wish to take others' mail. */
static gboolean
is_meant_to_receive (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "relay_domains", "virtual_mailbox_domains", "virtual_mailbox_maps", "virtual_alias_domains",
    "virtual_transport", "mailbox_transport", "smtpd_sasl_path", "relay_recipient_maps",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (says (self, parameters[i]))
      return TRUE;

  return nullmail_main_cf_has_value (self->main_cf, "smtpd_sasl_auth_enable")
         && _nullmail_effective_is_yes (self->effective, "smtpd_sasl_auth_enable");
}

gboolean
_nullmail_check_is_server (NullmailCheck *self)
{
  return _nullmail_check_listens_on_loopback (self) == NULLMAIL_FACT_NO
         && has_listener (self) != NULLMAIL_FACT_NO && is_meant_to_receive (self);
}

static void
check_server (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAIL_SERVER,
    .severity = NULLMAIL_SEVERITY_NOTICE,
  };

  if (!_nullmail_check_is_server (self))
    return;

  _nullmail_check_report (self, &facts,
    _("Leave it as it is if that is what the host is for. A host that only sends needs "
      "inet_interfaces = loopback-only, and neither domains nor logins of its own."),
    _("This host takes mail for others: it is a mail server and no null client, and what is right "
      "for one is not judged here."));
}

/* Whether the restrictions have an item; those that are not set or not known may have it. */
static gboolean
may_permit (NullmailCheck *self,
            const char    *parameter)
{
  g_auto(GStrv) items = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, parameter))
    return g_str_equal (parameter, "smtpd_relay_restrictions");

  items = _nullmail_effective_get_list (self->effective, parameter);
  return items == NULL || g_strv_contains ((const char * const *) items, "permit_mynetworks");
}

/* (nullable): the first pattern of mynetworks that everybody matches. */
static char *
find_everybody (NullmailCheck *self)
{
  g_auto(GStrv) patterns = _nullmail_effective_get_list (self->effective, "mynetworks");

  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    {
      gboolean is_bad;
      g_autoptr(GInetAddressMask) mask = NULL;
      g_auto(NullmailTableName) name = { 0 };

      if (*patterns[i] == '!')
        continue;
      if (_nullmail_table_name_parse (&name, patterns[i]) && g_str_equal (name.type, "static"))
        return g_strdup (patterns[i]);
      mask = _nullmail_check_parse_network (patterns[i], &is_bad);
      if (mask != NULL && g_inet_address_mask_get_length (mask) == 0)
        return g_strdup (patterns[i]);
    }

  return NULL;
}

static gboolean
is_open_relay (NullmailCheck *self)
{
  g_autofree char *everybody = NULL;

  if (!nullmail_main_cf_has_value (self->main_cf, "mynetworks")
      || _nullmail_check_listens_on_loopback (self) != NULLMAIL_FACT_NO
      || has_listener (self) == NULLMAIL_FACT_NO
      || !(may_permit (self, "smtpd_relay_restrictions")
           || may_permit (self, "smtpd_recipient_restrictions")))
    return FALSE;

  everybody = find_everybody (self);
  return everybody != NULL;
}

static void
check_open_relay (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_OPEN_RELAY,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "mynetworks",
    .suggestion = "127.0.0.0/8 [::1]/128",
  };

  if (!is_open_relay (self))
    return;

  _nullmail_check_report (self, &facts,
    _("Set mynetworks to the addresses of your own hosts alone, or to 127.0.0.0/8 [::1]/128."),
    _("Everybody on the network may send mail through this host to anywhere, because mynetworks "
      "has all addresses: spammers find such hosts within hours."));
}

void
_nullmail_check_server (NullmailCheck *self)
{
  check_server (self);
  check_open_relay (self);
}
