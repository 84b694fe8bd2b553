/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What makes Postfix's client write the password into the mail log: smtp(8) tells all that it does
 * where it is started with “-v” or talks to a peer of debug_peer_list, and all that it sends at the
 * highest smtp_tls_loglevel. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/master-cf-private.h"

#define PEERS     "debug_peer_list"
#define LOG_LEVEL "smtp_tls_loglevel"

static const char *
get_remedy (void)
{
  return _("Switch it off, remove what the mail log has of it, and change the password.");
}

/* The relay itself, or a domain above it, which is written with a dot in front where
 * parent_domain_matches_subdomains leaves this list out. */
static gboolean
has_name (NullmailCheck *self,
          const char    *host,
          const char    *pattern)
{
  gsize length = strlen (host), n = strlen (pattern);
  g_auto(GStrv) lists = NULL;
  gboolean has_parents;

  if (n > length || g_ascii_strcasecmp (host + length - n, pattern) != 0)
    return FALSE;
  if (n == length)
    return TRUE;

  lists = _nullmail_effective_get_list (self->effective, "parent_domain_matches_subdomains");
  has_parents = lists == NULL || g_strv_contains ((const char * const *) lists, PEERS);
  return has_parents ? host[length - n - 1] == '.' : *pattern == '.';
}

/* Where a network matches cannot be said without the relay's addresses, nor what a table has: they
 * count, but for the loopback network, which is what Postfix's own main.cf has as an example. */
static gboolean
matches_relay (NullmailCheck *self,
               const char    *pattern)
{
  gboolean is_bad = FALSE;
  g_autoptr(GInetAddressMask) network = _nullmail_check_parse_network (pattern, &is_bad);
  const char *host = nullmail_relay_host_get_host (self->relay);
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  if (network != NULL && address != NULL)
    return g_inet_address_mask_matches (network, address);
  if (network != NULL)
    return !g_inet_address_get_is_loopback (g_inet_address_mask_get_address (network));

  return strpbrk (pattern, "/:") != NULL || has_name (self, host, pattern);
}

static void
check_peers (NullmailCheck *self)
{
  g_auto(GStrv) patterns = nullmail_main_cf_has_value (self->main_cf, PEERS)
                           ? _nullmail_effective_get_list (self->effective, PEERS) : NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_LOGGED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = PEERS,
    .fix = NULLMAIL_FIX_UNSET,
  };

  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    {
      if (*patterns[i] == '!' || !matches_relay (self, patterns[i]))
        continue;

      facts.subject = patterns[i];
      _nullmail_check_report (self, &facts, get_remedy (),
        _("debug_peer_list has “%s”: where that is the relay, Postfix writes the password into the "
          "mail log at each login."),
        patterns[i]);
      return;
    }
}

/* Postfix from 3.12 on takes names for the levels. */
static void
check_log_level (NullmailCheck *self)
{
  g_autofree char *value = nullmail_main_cf_has_value (self->main_cf, LOG_LEVEL)
                           ? _nullmail_effective_get_value (self->effective, LOG_LEVEL) : NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_LOGGED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = LOG_LEVEL,
    .subject = value,
    .fix = NULLMAIL_FIX_SET,
    .suggestion = "1",
  };

  if (value != NULL && g_ascii_strtoull (value, NULL, 10) >= 4)
    _nullmail_check_report (self, &facts, get_remedy (),
      _("At smtp_tls_loglevel %s Postfix writes all that it sends into the mail log, the password "
        "included."),
      value);
}

static void
check_client (NullmailCheck *self)
{
  g_autofree char *transport = _nullmail_check_get_transport (self->effective);
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);
  const NullmailMasterService *service =
    self->snapshot->master_services != NULL
    ? _nullmail_master_cf_find (self->snapshot->master_services, transport, "unix") : NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_LOGGED,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .subject = transport,
    .path = path,
  };

  if (service == NULL || service->verbose_line == 0)
    return;

  facts.line = service->verbose_line;
  _nullmail_check_report (self, &facts, get_remedy (),
    _("master.cf starts the service “%s” with -v: Postfix writes the password into the mail log at "
      "each login."),
    transport);
}

void
_nullmail_check_logged_passwords (NullmailCheck *self)
{
  if (!self->authenticates || self->relay == NULL)
    return;

  check_peers (self);
  check_log_level (self);
  check_client (self);
}
