/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/channel-guards-private.h"

#include "config/tls-policies-private.h"

#define DNS_SUPPORT "smtp_dns_support_level"
#define FINGERPRINTS "smtp_tls_fingerprint_cert_match"
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

/* Whether there is something that a header could take away, in a Postfix that lets it do so. */
static gboolean
needs_waiver (NullmailEffective *effective)
{
  NullmailTlsLevel level = _nullmail_effective_get_level (effective);

  return (_nullmail_tls_level_requires_tls (level) || needs_dnssec (level))
         && _nullmail_effective_has_default (effective, WAIVER);
}

gboolean
_nullmail_channel_is_waivable (NullmailEffective *effective)
{
  return needs_waiver (effective)
         && _nullmail_effective_get_boolean (effective, WAIVER) == NULLMAIL_BOOLEAN_YES;
}

/* Whether there is a fingerprint to compare that of the relay with: in main.cf, or in a policy for
 * the relay. A policy of another level needs none. */
static gboolean
has_fingerprints (NullmailEffective       *effective,
                  const NullmailRelayHost *relay,
                  gboolean                *is_open)
{
  g_autofree char *policy = NULL;

  if (_nullmail_effective_has_text (effective, FINGERPRINTS))
    return TRUE;
  if (relay == NULL)
    {
      *is_open = _nullmail_effective_has_text (effective, POLICIES);
      return FALSE;
    }

  policy = _nullmail_tls_policy_look_up (effective, POLICIES, relay, is_open);
  return policy != NULL
         && (_nullmail_tls_policy_get_level (POLICIES, policy) != NULLMAIL_TLS_LEVEL_FINGERPRINT
             || _nullmail_tls_policy_has (policy, "match"));
}

const char *
_nullmail_channel_find_fault (NullmailEffective       *effective,
                              NullmailTlsLevel         level,
                              const NullmailRelayHost *relay,
                              gboolean                *is_open)
{
  *is_open = FALSE;
  if (needs_dnssec (level) && !has_dnssec (effective))
    return "it needs “" DNS_SUPPORT " = dnssec”";

  return level == NULLMAIL_TLS_LEVEL_FINGERPRINT
         && !has_fingerprints (effective, relay, is_open) && !*is_open
         ? "it needs the fingerprint of the relay's certificate or key in “" FINGERPRINTS "”" : NULL;
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

  /* At a text that is neither yes nor no Postfix stops. */
  return !needs_waiver (effective)
         || _nullmail_effective_get_boolean (effective, WAIVER) == NULLMAIL_BOOLEAN_NO
         || nullmail_main_cf_set_value (main_cf, WAIVER, "no", error);
}
