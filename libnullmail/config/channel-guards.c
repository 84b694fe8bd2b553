/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/channel-guards-private.h"

#define DNS_SUPPORT "smtp_dns_support_level"
#define FINGERPRINTS "smtp_tls_fingerprint_cert_match"
#define LEVEL "smtp_tls_security_level"
#define POLICIES "smtp_tls_policy_maps"
#define WAIVER "tls_required_enable"

static gboolean
needs_dnssec (NullmailTlsLevel level)
{
  return level == NULLMAIL_TLS_LEVEL_DANE || level == NULLMAIL_TLS_LEVEL_DANE_ONLY;
}

static gboolean
has_dnssec (NullmailEffective *effective)
{
  g_autofree char *support = _nullmail_effective_get_value (effective, DNS_SUPPORT);

  return support != NULL && g_ascii_strcasecmp (support, "dnssec") == 0;
}

gboolean
_nullmail_channel_is_waivable (NullmailEffective *effective)
{
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  return (_nullmail_tls_level_requires_tls (level) || needs_dnssec (level))
         && _nullmail_effective_has_default (effective, WAIVER)
         && _nullmail_effective_get_boolean (effective, WAIVER) == NULLMAIL_BOOLEAN_YES;
}

const char *
_nullmail_channel_find_fault (NullmailEffective *effective,
                              NullmailTlsLevel   level)
{
  if (needs_dnssec (level) && !has_dnssec (effective))
    return "it needs “" DNS_SUPPORT " = dnssec”";

  /* A policy for the relay may bring fingerprints of its own. */
  if (level == NULLMAIL_TLS_LEVEL_FINGERPRINT
      && !_nullmail_effective_has_text (effective, FINGERPRINTS)
      && !_nullmail_effective_has_text (effective, POLICIES))
    return "it needs the fingerprint of the relay's certificate or key in “" FINGERPRINTS "”";

  return NULL;
}

void
_nullmail_channel_drop_dead (NullmailEffective *effective)
{
  static const char * const dead[] = {
    "smtp_use_tls", "smtp_enforce_tls", "smtp_tls_enforce_peername"
  };

  if (!_nullmail_effective_has_text (effective, LEVEL))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (dead); i++)
    nullmail_main_cf_unset (_nullmail_effective_get_main_cf (effective), dead[i]);
}

gboolean
_nullmail_channel_write_guards (NullmailEffective  *effective,
                                NullmailTlsLevel    level,
                                GError            **error)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);

  if (needs_dnssec (level) && !has_dnssec (effective)
      && !nullmail_main_cf_set_value (main_cf, DNS_SUPPORT, "dnssec", error))
    return FALSE;

  return !_nullmail_channel_is_waivable (effective)
         || nullmail_main_cf_set_value (main_cf, WAIVER, "no", error);
}
