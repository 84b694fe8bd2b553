/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/relay-channel-private.h"
#include "config/relay-policy-private.h"
#include "config/tls-level-private.h"
#include "document/logical-lines-private.h"

static void
check_no_relay (NullmailCheck *self)
{
  g_autofree char *transport = _nullmail_check_get_transport (self->effective);
  gboolean is_told_elsewhere = !g_str_equal (transport, "smtp")
                               || _nullmail_check_has_routes (self);
  g_auto(GStrv) relays = _nullmail_effective_get_list (self->effective, "relayhost");
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_NO_RELAY,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = "relayhost",
  };

  if (relays == NULL || relays[0] != NULL)
    return;

  _nullmail_check_report (self, &facts,
    _("Set relayhost to the relay in brackets, such as [smtp.example.com]:587."),
    is_told_elsewhere
    ? _("There is no relay: mail that nothing else in main.cf has a way for is sent straight to "
        "the mail servers of its recipients, many of which refuse mail from hosts that are not "
        "known to them.")
    : _("There is no relay: each message is sent straight to the mail servers of its recipients, "
        "many of which refuse mail from hosts that are not known to them."));
}

/* Puts the relay into brackets: as it is written or, if its host is in a macro, as that expands. */
static char *
put_in_brackets (NullmailCheck *self)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, "relayhost");
  g_autoptr(NullmailRelayHost) written = NULL;
  NullmailRelayHost *relay = self->relay;

  if (text != NULL)
    written = nullmail_relay_host_parse (text, NULL);
  if (written != NULL
      && g_strcmp0 (nullmail_relay_host_get_service (written),
                    nullmail_relay_host_get_service (relay)) == 0)
    relay = written;

  return g_strconcat ("[", nullmail_relay_host_get_host (relay), "]",
                      nullmail_relay_host_get_service (relay) != NULL ? ":" : NULL,
                      nullmail_relay_host_get_service (relay), NULL);
}

/* Whether a table of policies has an entry for the relay as it is written, which one in brackets
 * would not get. */
static gboolean
loses_policy (NullmailCheck *self,
              const char    *relay)
{
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_copy (self->main_cf);
  g_autoptr(NullmailEffective) effective =
    _nullmail_effective_for_main_cf (self->effective, main_cf);

  return !nullmail_main_cf_set_value (main_cf, "relayhost", relay, NULL)
         || _nullmail_relay_channel_gives_less (self->effective, effective);
}

static void
check_without_brackets (NullmailCheck *self)
{
  gboolean can_fix;
  g_autofree char *suggestion = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_RELAY_WITHOUT_BRACKETS,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = "relayhost",
  };

  /* No exchangers are looked up for an address, and brackets keep Postfix from SRV records, too. */
  if (self->relay == NULL || !nullmail_relay_host_get_mx_lookup (self->relay)
      || _nullmail_check_relay_is_address (self)
      || _nullmail_effective_looks_up_services (self->effective, self->relay)
      || (nullmail_relay_host_get_service (self->relay) == NULL && !self->authenticates))
    return;

  suggestion = put_in_brackets (self);
  can_fix = !loses_policy (self, suggestion);
  facts.fix = can_fix ? NULLMAIL_FIX_SET_FOR_LOGIN : NULLMAIL_FIX_NONE;
  facts.suggestion = can_fix ? suggestion : NULL;
  _nullmail_check_report (self, &facts,
    can_fix
    ? _("Put the name into brackets. If there is a password for it, its key is renamed with it.")
    : _("Put the name into brackets, and in smtp_tls_policy_maps as well, where the relay has a "
        "policy as it is written now."),
    _("The relay “%s” stands without brackets, so that Postfix asks DNS for other hosts that take "
      "mail for that name, and connects to those."),
    nullmail_relay_host_to_string (self->relay));
}

static void
report_override (NullmailCheck *self,
                 const char    *parameter)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_RELAY_OVERRIDDEN,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = parameter,
  };

  _nullmail_check_report (self, &facts,
    _("Remove the parameter, unless that is what you want."),
    _("“%s” is set and decides before relayhost does, so that some or all mail does not go to the "
      "relay."),
    parameter);
}

/* A transport with no next hop leaves the choice to relayhost, see transport(5). */
static gboolean
overrides_relay (const char *transport)
{
  const char *colon = strchr (transport, ':');
  gsize length = colon != NULL ? (gsize) (colon - transport) : strlen (transport);

  if (colon != NULL && colon[1] != '\0')
    return TRUE;

  return !(length == strlen ("smtp") && g_str_has_prefix (transport, "smtp"))
         && !(length == strlen ("relay") && g_str_has_prefix (transport, "relay"));
}

/* Whether the tables of a parameter are files that have nothing but comments, as packages bring
 * them. */
static gboolean
are_empty (NullmailCheck *self,
           const char    *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, parameter);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };
      g_autofree char *text = NULL;
      g_auto(GStrv) lines = NULL;

      if (!_nullmail_table_name_parse (&name, items[i])
          || (_nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_KEYED
              && _nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_PATTERN))
        return FALSE;
      text = _nullmail_effective_load_file (self->effective, name.name);
      lines = text != NULL ? _nullmail_lines_join (text) : NULL;
      if (lines == NULL || lines[0] != NULL)
        return FALSE;
    }

  return items != NULL;
}

static void
check_overridden (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "content_filter",
    "sender_dependent_default_transport_maps",
    "sender_dependent_relayhost_maps",
    "transport_maps",
  };
  g_autofree char *transport = _nullmail_effective_get_value (self->effective, "default_transport");

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (_nullmail_effective_has_text (self->effective, parameters[i])
        && !are_empty (self, parameters[i]))
      report_override (self, parameters[i]);

  if (transport != NULL && *transport != '\0' && overrides_relay (transport))
    report_override (self, "default_transport");

  g_free (transport);
  transport = nullmail_main_cf_has_value (self->main_cf, "relay_transport")
              && nullmail_main_cf_has_value (self->main_cf, "relay_domains")
              && _nullmail_effective_has_text (self->effective, "relay_domains")
              ? _nullmail_effective_get_value (self->effective, "relay_transport") : NULL;
  if (transport != NULL && *transport != '\0' && overrides_relay (transport))
    report_override (self, "relay_transport");
}

/* (nullable): the address that a host is, be it written with “IPv6:” in front or not. */
static GInetAddress *
parse_address (const char *host)
{
  if (g_ascii_strncasecmp (host, "ipv6:", strlen ("ipv6:")) == 0)
    host += strlen ("ipv6:");

  return g_inet_address_new_from_string (host);
}

static void
check_name_unverifiable (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_RELAY_NAME_UNVERIFIABLE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "relayhost",
  };

  if (!_nullmail_tls_level_needs_ca (self->level) || !_nullmail_check_is_unverifiable (self))
    return;

  _nullmail_check_report (self, &facts,
    _("Give the relay by the name that its certificate has."),
    _("The relay is given by its address “%s”, but a certificate is verified by name, so that none "
      "is ever accepted and all mail waits."),
    nullmail_relay_host_get_host (self->relay));
}

gboolean
_nullmail_check_relay_is_address (NullmailCheck *self)
{
  g_autoptr(GInetAddress) address = NULL;

  if (self->relay != NULL)
    address = parse_address (nullmail_relay_host_get_host (self->relay));
  return address != NULL;
}

gboolean
_nullmail_check_is_unverifiable (NullmailCheck *self)
{
  static const char *const from_relay[] = { "nexthop", "dot-nexthop", "hostname" };
  g_autofree char *match = NULL;
  g_auto(GStrv) names = NULL;

  g_auto(NullmailRelayPolicy) policy = { .parameter = NULL };
  g_auto(GStrv) policy_match = NULL;

  if (!_nullmail_check_relay_is_address (self))
    return FALSE;

  /* So does one that a policy has for this relay. */
  _nullmail_relay_policy_find (&policy, self->effective, self->relay);
  policy_match = policy.text != NULL ? _nullmail_relay_policy_list_items (&policy, "match") : NULL;
  if (policy.is_open || policy_match != NULL)
    return FALSE;

  /* A name of its own to compare with makes up for the address; colons separate as well. */
  match = _nullmail_effective_get_value (self->effective, self->level == NULLMAIL_TLS_LEVEL_VERIFY
                                           ? "smtp_tls_verify_cert_match"
                                           : "smtp_tls_secure_cert_match");
  names = g_strsplit_set (match != NULL ? match : "", ":, \t\r\n", -1);
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_own = *names[i] != '\0';

      for (guint j = 0; j < G_N_ELEMENTS (from_relay); j++)
        is_own = is_own && g_ascii_strcasecmp (names[i], from_relay[j]) != 0;
      if (is_own)
        return FALSE;
    }

  return TRUE;
}

static gboolean
names_are_equal (const char *a,
                 const char *b)
{
  gsize length_a = strlen (a), length_b = strlen (b);

  if (length_a > 0 && a[length_a - 1] == '.')
    length_a--;
  if (length_b > 0 && b[length_b - 1] == '.')
    length_b--;

  return length_a > 0 && length_a == length_b && g_ascii_strncasecmp (a, b, length_a) == 0;
}

static gboolean
is_own_address (NullmailCheck *self,
                GInetAddress  *address)
{
  return g_inet_address_get_is_any (address)
         || _nullmail_check_has_address (self, address) == NULLMAIL_FACT_YES;
}

static gboolean
is_own_name (NullmailCheck *self,
             const char    *host)
{
  static const char *const loopback[] = { "localhost", "localhost.localdomain" };
  const char *host_name = _nullmail_effective_get_host_name (self->effective);
  g_autofree char *hostname = _nullmail_effective_get_value (self->effective, "myhostname");

  for (guint i = 0; i < G_N_ELEMENTS (loopback); i++)
    if (names_are_equal (host, loopback[i]))
      return TRUE;

  if (host_name != NULL && names_are_equal (host, host_name))
    return TRUE;

  return hostname != NULL && names_are_equal (host, hostname);
}

/* Whether Postfix itself listens where the relay is to be; on other ports of this host there is a
 * tunnel or a filter. What master.cf has is not always known. */
static gboolean
is_own_port (NullmailCheck *self,
             guint          port)
{
  NullmailFact fact = _nullmail_check_listens_on_port (self, port);

  return fact == NULLMAIL_FACT_UNKNOWN ? port == 25 || port == 465 || port == 587
                                       : fact == NULLMAIL_FACT_YES;
}

static void
check_is_self (NullmailCheck *self)
{
  g_autoptr(GInetAddress) address = NULL;
  const char *host;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_RELAY_IS_SELF,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = "relayhost",
  };

  gboolean is_own;

  if (self->relay == NULL)
    return;

  host = nullmail_relay_host_get_host (self->relay);
  address = parse_address (host);
  if (!(address != NULL ? is_own_address (self, address) : is_own_name (self, host)))
    return;

  is_own = is_own_port (self, nullmail_relay_host_get_port (self->relay));
  facts.severity = is_own ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_NOTICE;
  if (is_own)
    _nullmail_check_report (self, &facts,
      _("Set relayhost to another host, the one that takes the mail of this one."),
      _("The relay “%s” is this host itself, so that mail would come back to where it came from."),
      nullmail_relay_host_to_string (self->relay));
  else
    _nullmail_check_report (self, &facts,
      _("Make sure that a tunnel or filter listens there."),
      _("The relay “%s” is this host itself, on a port that is not Postfix's own."),
      nullmail_relay_host_to_string (self->relay));
}

/* The names of services(5) are found with their case alone. */
static void
check_service (NullmailCheck           *self,
               const char              *parameter,
               const NullmailRelayHost *relay)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (relay == NULL || nullmail_relay_host_get_port (relay) != 0)
    return;

  facts.subject = nullmail_relay_host_get_service (relay);
  _nullmail_check_report (self, &facts,
    _("Write the port as a number, such as 587, or as services(5) names it: submission, "
      "submissions, smtp."),
    _("The relay's port “%s” is no service that this host knows: Postfix's client stops at it, and "
      "all mail waits."),
    facts.subject);
}

static void
check_services (NullmailCheck *self,
                const char    *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, parameter);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (items[i], NULL);

      check_service (self, parameter, relay);
    }
}

void
_nullmail_check_relay (NullmailCheck *self)
{
  check_no_relay (self);
  check_services (self, "relayhost");
  if (nullmail_main_cf_has_value (self->main_cf, "smtp_fallback_relay"))
    check_services (self, "smtp_fallback_relay");
  check_without_brackets (self);
  check_overridden (self);
  check_name_unverifiable (self);
  check_is_self (self);
}
