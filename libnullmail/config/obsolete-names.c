/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/obsolete-names-private.h"

/* Those that a host may have which hands its mail to a relay, in the order of their names, with
 * what postconf (1) says of them, see pcf_depr_param_info in its postconf_unused.c. */
static const NullmailObsoleteName obsolete_names[] = {
  { "disable_dns_lookups", "3.9", "smtp_dns_support_level", FALSE, FALSE },
  { "fallback_relay", "3.11", "smtp_fallback_relay", FALSE, TRUE },
  { "smtp_enforce_tls", "3.9", "smtp_tls_security_level", TRUE, FALSE },
  { "smtp_per_record_deadline", "3.11", "smtp_per_request_deadline", FALSE, TRUE },
  { "smtp_tls_enforce_peername", "3.11", "smtp_tls_security_level", TRUE, FALSE },
  { "smtp_tls_per_site", "3.9", "smtp_tls_policy_maps", TRUE, FALSE },
  { "smtp_use_tls", "3.9", "smtp_tls_security_level", TRUE, FALSE },
  { "smtpd_enforce_tls", "3.9", "smtpd_tls_security_level", FALSE, FALSE },
  { "smtpd_use_tls", "3.9", "smtpd_tls_security_level", FALSE, FALSE },
  { "virtual_maps", "3.11", "virtual_alias_maps", FALSE, TRUE },
};

const NullmailObsoleteName *
_nullmail_obsolete_name_get (guint index)
{
  return index < G_N_ELEMENTS (obsolete_names) ? &obsolete_names[index] : NULL;
}

const NullmailObsoleteName *
_nullmail_obsolete_name_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (obsolete_names); i++)
    if (g_str_equal (obsolete_names[i].name, name))
      return &obsolete_names[i];

  return NULL;
}

gboolean
_nullmail_obsolete_name_warns (const NullmailObsoleteName *self,
                               NullmailEffective          *effective)
{
  return _nullmail_effective_has_version (effective, self->warned_since, FALSE);
}
