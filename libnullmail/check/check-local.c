/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/value-list-private.h"

NullmailFact
_nullmail_check_listens_on_loopback (NullmailCheck *self)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, "inet_interfaces");

  if (items == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  for (guint i = 0; items[i] != NULL; i++)
    if (!_nullmail_interface_is_loopback (items[i]))
      return NULLMAIL_FACT_NO;

  return NULLMAIL_FACT_YES;
}

static void
check_interfaces (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_LISTENS_ON_NETWORK,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "inet_interfaces",
    .suggestion = "loopback-only",
  };

  if (_nullmail_check_listens_on_loopback (self) != NULLMAIL_FACT_NO)
    return;

  _nullmail_check_report (self, &facts,
    _("Set inet_interfaces to loopback-only."),
    _("Postfix takes mail from the network, but a host that only sends needs to take it from "
      "itself alone."));
}

static void
report_local_delivery (NullmailCheck *self,
                       const char    *parameter)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_LOCAL_DELIVERY,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .fix = NULLMAIL_FIX_SET,
    .parameter = parameter,
    .suggestion = "",
  };

  _nullmail_check_report (self, &facts,
    _("Set the parameter to nothing, so that all mail goes to the relay."),
    _("Mail for the domains in “%s” does not go to the relay."),
    parameter);
}

static void
check_local_delivery (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "relay_domains",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
  };
  NullmailMainCf *main_cf = self->main_cf;

  /* If the parameter is not set its default holds, which is this host. */
  if (!nullmail_main_cf_has_value (main_cf, "mydestination")
      || _nullmail_effective_has_text (self->effective, "mydestination"))
    report_local_delivery (self, "mydestination");

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (nullmail_main_cf_has_value (main_cf, parameters[i])
        && _nullmail_effective_has_text (self->effective, parameters[i]))
      report_local_delivery (self, parameters[i]);
}

static gboolean
is_loopback_mask (GInetAddressMask *mask)
{
  const guint8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 };
  GInetAddress *address = g_inet_address_mask_get_address (mask);
  const guint8 *bytes = g_inet_address_to_bytes (address);
  guint length = g_inet_address_mask_get_length (mask);

  if (g_inet_address_mask_get_family (mask) == G_SOCKET_FAMILY_IPV4)
    return bytes[0] == 127 && length >= 8;

  return (g_inet_address_get_is_loopback (address) && length == 128)
         || (memcmp (bytes, mapped, sizeof mapped) == 0 && length >= 8 * sizeof mapped);
}

/* Whether a pattern of mynetworks stays on this host; UNKNOWN for a file or table. */
static NullmailFact
is_loopback_pattern (const char *pattern)
{
  gboolean is_bad;
  g_autoptr(GInetAddressMask) mask = _nullmail_check_parse_network (pattern, &is_bad);

  /* A pattern with “!” lets nobody in, and one that Postfix refuses is for another check. */
  if (*pattern == '!' || is_bad)
    return NULLMAIL_FACT_YES;
  if (mask != NULL)
    return is_loopback_mask (mask) ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
  if (strpbrk (pattern, ":/") != NULL)
    return NULLMAIL_FACT_UNKNOWN;

  return _nullmail_interface_is_loopback (pattern) ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

static NullmailFact
judge_patterns (char **patterns)
{
  NullmailFact verdict = NULLMAIL_FACT_YES;

  for (guint i = 0; patterns[i] != NULL; i++)
    {
      NullmailFact fact = is_loopback_pattern (patterns[i]);

      if (fact == NULLMAIL_FACT_NO)
        return fact;
      if (fact == NULLMAIL_FACT_UNKNOWN)
        verdict = fact;
    }

  return verdict;
}

/* What postconf -d says of mynetworks is about the default interfaces, not about these: see
 * mynetworks_style in postconf(5). The style “host” is this host alone. */
static NullmailFact
judge_default_networks (NullmailCheck *self)
{
  g_autofree char *style = _nullmail_effective_get_value (self->effective, "mynetworks_style");

  if (_nullmail_check_listens_on_loopback (self) != NULLMAIL_FACT_NO
      || g_strcmp0 (style, "host") == 0)
    return NULLMAIL_FACT_YES;

  return style != NULL ? NULLMAIL_FACT_NO : NULLMAIL_FACT_YES;
}

static void
check_networks (NullmailCheck *self)
{
  gboolean is_set = nullmail_main_cf_has_value (self->main_cf, "mynetworks");
  g_auto(GStrv) patterns = is_set ? _nullmail_effective_get_list (self->effective, "mynetworks")
                                  : NULL;
  NullmailFact verdict = NULLMAIL_FACT_YES;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_NETWORKS_OPEN,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "mynetworks",
    .suggestion = "127.0.0.0/8 [::1]/128",
  };

  if (!is_set)
    verdict = judge_default_networks (self);
  else if (patterns != NULL)
    verdict = judge_patterns (patterns);

  if (verdict == NULLMAIL_FACT_NO)
    _nullmail_check_report (self, &facts,
      _("Set mynetworks to 127.0.0.0/8 [::1]/128."),
      _("Other hosts may send mail through this one, because mynetworks has more than its own "
        "loopback addresses."));
  else if (verdict == NULLMAIL_FACT_UNKNOWN)
    _nullmail_check_report_open (self, facts.code, facts.parameter,
      _("Look at the file or table, or write the networks into mynetworks."),
      _("Which networks may send mail through this host stands in a file or table that was not "
        "read."));
}

static void
check_hostname (NullmailCheck *self)
{
  g_autofree char *hostname = _nullmail_effective_get_value (self->effective, "myhostname");
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_HOSTNAME_NOT_QUALIFIED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = "myhostname",
  };

  if (hostname == NULL || *hostname == '\0' || strchr (hostname, '.') != NULL)
    return;

  _nullmail_check_report (self, &facts,
    _("Set myhostname to the full name of this host, such as host7.example.com."),
    _("Postfix greets the relay as “%s”, a name without a domain, which many relays refuse."),
    hostname);
}

/* (nullable): the domain behind the “@”. Debian's Postfix takes a path for the file that has it. */
static char *
get_origin (NullmailCheck *self)
{
  g_autofree char *origin = _nullmail_effective_get_value (self->effective, "myorigin");
  const char *line;

  if (origin == NULL || *origin != '/')
    return g_steal_pointer (&origin);

  line = _nullmail_snapshot_observe_origin_line (self->snapshot, origin);
  if (line != NULL)
    return g_strstrip (g_strdup (line));
  if (_nullmail_snapshot_observe_origin_file (self->snapshot, origin) == NULLMAIL_FACT_NO)
    return NULL;  /* which is worse than a domain that nobody knows, and another finding */

  _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_ORIGIN_NOT_ROUTABLE, "myorigin",
    _("Set myorigin to the domain itself, or make sure that the file has it."),
    _("The domain of the senders stands in the file “%s”, which was not read."), origin);
  return NULL;
}

static gboolean
is_routable (const char *domain)
{
  static const char *const endings[] = { ".local", ".localdomain" };
  g_autofree char *name = g_ascii_strdown (domain, -1);
  gsize length = strlen (name);

  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return FALSE;

  return strchr (name, '.') != NULL;
}

/* Whether other tables may give senders another domain. */
static gboolean
may_rewrite_senders (NullmailCheck *self)
{
  static const char *const parameters[] = {
    "smtp_generic_maps", "sender_canonical_maps", "canonical_maps",
  };

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (nullmail_main_cf_has_value (self->main_cf, parameters[i])
        && _nullmail_effective_has_text (self->effective, parameters[i]))
      return TRUE;

  return FALSE;
}

/* Where the relay is a host of the same network it knows the names of that network. */
static gboolean
has_internal_relay (NullmailCheck *self)
{
  const char *host = self->relay != NULL ? nullmail_relay_host_get_host (self->relay) : NULL;
  g_autoptr(GInetAddress) address = NULL;

  if (host == NULL)
    return FALSE;

  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address)
           || g_inet_address_get_is_loopback (address);

  return !is_routable (host) || g_str_has_suffix (host, ".internal")
         || g_str_has_suffix (host, ".lan") || g_str_has_suffix (host, ".home.arpa");
}

static void
check_origin (NullmailCheck *self)
{
  g_autofree char *origin = get_origin (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_ORIGIN_NOT_ROUTABLE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = "myorigin",
  };

  if (origin == NULL || *origin == '\0' || is_routable (origin) || may_rewrite_senders (self)
      || has_internal_relay (self))
    return;

  _nullmail_check_report (self, &facts,
    _("Set myorigin to a domain that takes mail, such as example.com."),
    _("Mail from this host comes from “%s”, a domain that nobody else knows: relays refuse it, and "
      "no answer or bounce can come back."),
    origin);
}

static void
check_protocols (NullmailCheck *self)
{
  g_auto(GStrv) protocols = _nullmail_effective_get_list (self->effective, "inet_protocols");
  gboolean wants_ipv6 = FALSE, wants_ipv4 = FALSE;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PROTOCOL_UNAVAILABLE,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "inet_protocols",
    .suggestion = "ipv4",
  };

  for (guint i = 0; protocols != NULL && protocols[i] != NULL; i++)
    {
      wants_ipv6 |= !g_str_equal (protocols[i], "ipv4");
      wants_ipv4 |= !g_str_equal (protocols[i], "ipv6");
    }

  if (!wants_ipv6 || _nullmail_snapshot_observe_ipv6 (self->snapshot) != NULLMAIL_FACT_NO)
    return;

  if (!wants_ipv4)
    facts.severity = NULLMAIL_SEVERITY_ERROR;
  _nullmail_check_report (self, &facts,
    _("Set inet_protocols to ipv4."),
    "%s", wants_ipv4
          ? _("Postfix is to use IPv6 too, but it is switched off in the kernel: Postfix warns "
              "about it.")
          : _("Postfix is to use IPv6 alone, but it is switched off in the kernel: every program "
              "of Postfix stops at that."));
}

void
_nullmail_check_local (NullmailCheck *self)
{
  /* Of a mail server another finding tells. */
  if (!_nullmail_check_is_server (self))
    {
      check_interfaces (self);
      if (self->has_relay)
        check_local_delivery (self);
      check_networks (self);
    }
  check_hostname (self);
  check_origin (self);
  check_protocols (self);
}
