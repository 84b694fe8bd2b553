/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/channel-guards-private.h"

#include <string.h>

#include "config/relay-policy-private.h"
#include "config/sasl-lists-private.h"

#define DNS_SUPPORT "smtp_dns_support_level"
#define DIGEST "smtp_tls_fingerprint_digest"
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

/* The bytes of a fingerprint by the name of its digest; 0 where that is not known. */
static gsize
get_digest_size (NullmailEffective *effective)
{
  static const struct { const char *name; gsize size; } digests[] = {
    { "md5", 16 }, { "sha1", 20 }, { "sha224", 28 }, { "sha256", 32 }, { "sha384", 48 },
    { "sha512", 64 },
  };
  g_autofree char *name = _nullmail_effective_get_value (effective, DIGEST);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (digests); i++)
    if (g_ascii_strcasecmp (name, digests[i].name) == 0)
      return digests[i].size;

  return 0;
}

gboolean
_nullmail_channel_may_be_digest (const char *name)
{
  static const char *const parts[] = {
    "md4", "md5", "mdc2", "sha1", "sha224", "sha256", "sha384", "sha512", "sha2224", "sha2256",
    "sha2384", "sha2512", "sha3", "blake2", "shake", "keccak", "sm3", "ripemd", "rmd160",
    "whirlpool", "gost", "streebog", "tiger",
  };
  g_autofree char *plain = g_ascii_strdown (name, -1);
  char *end = plain;

  /* An object identifier of ASN.1 counts as well. */
  if (strchr (name, '.') != NULL && strspn (name, "0123456789.") == strlen (name))
    return TRUE;

  for (const char *p = plain; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      *end++ = *p;
  *end = '\0';

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (plain, parts[i]) != NULL)
      return TRUE;

  return FALSE;
}

gboolean
_nullmail_channel_is_fingerprint (NullmailEffective *effective,
                                  const char        *text)
{
  gsize wanted = get_digest_size (effective), size = 0;
  gboolean may_join = _nullmail_effective_has_version (effective, "3.6", TRUE);

  for (const char *p = text; *p != '\0'; p += 2, size++)
    {
      gboolean has_colon = size > 0 && *p == ':';

      if (size > 0 && !has_colon && !may_join)
        return FALSE;
      p += has_colon;
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        return FALSE;
    }

  return size > 0 && (wanted == 0 || size == wanted);
}

static gboolean
has_fingerprint (NullmailEffective  *effective,
                 char              **items)
{
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (_nullmail_channel_is_fingerprint (effective, items[i]))
      return TRUE;

  return FALSE;
}

/* (nullable): why there is no fingerprint to compare that of the relay with, in main.cf or in a
 * policy for the relay. A policy of another level needs none. */
static const char *
find_fingerprint_fault (NullmailEffective       *effective,
                        const NullmailRelayHost *relay,
                        gboolean                *is_open)
{
  g_auto(NullmailRelayPolicy) policy = { .parameter = NULL };
  g_auto(GStrv) listed = _nullmail_effective_get_list (effective, FINGERPRINTS);
  g_auto(GStrv) match = NULL;

  if (has_fingerprint (effective, listed))
    return NULL;
  if (relay == NULL)
    *is_open = _nullmail_effective_has_text (effective, POLICIES);
  else
    {
      _nullmail_relay_policy_find (&policy, effective, relay);
      *is_open = policy.is_open;
      match = _nullmail_relay_policy_list_items (&policy, "match");
      if (policy.text != NULL && (policy.level != NULLMAIL_TLS_LEVEL_FINGERPRINT
                                  || has_fingerprint (effective, match)))
        return NULL;
    }

  if (*is_open)
    return NULL;
  return (listed != NULL && listed[0] != NULL) || (match != NULL && match[0] != NULL
                                                   && *match[0] != '\0')
         ? "it needs the fingerprint of the relay's certificate or key in “" FINGERPRINTS "”, and "
           "there is none that Postfix takes: write pairs of hexadecimal digits, as many as “"
           DIGEST "” gives"
         : "it needs the fingerprint of the relay's certificate or key in “" FINGERPRINTS "”";
}

static gboolean
list_has (char       **items,
          const char  *item)
{
  return items != NULL && g_strv_contains ((const char * const *) items, item);
}

/* (nullable): why Postfix finds no record of the relay's certificate in DNS, or believes none; see
 * dane_init () in its smtp_tls_policy.c. */
static const char *
find_dns_fault (NullmailEffective *effective)
{
  g_auto(GStrv) lookup = _nullmail_effective_get_list (effective, "smtp_host_lookup");
  g_auto(GStrv) options = _nullmail_effective_get_list (effective, "smtp_dns_resolver_options");

  if (!has_dnssec (effective))
    return "it needs “" DNS_SUPPORT " = dnssec”";
  if (lookup != NULL && lookup[0] != NULL && !list_has (lookup, "dns"))
    return "it needs dns in “smtp_host_lookup”";
  if (_nullmail_effective_is_yes (effective, "ignore_mx_lookup_error"))
    return "it needs “ignore_mx_lookup_error = no”";
  if (list_has (options, "res_defnames") || list_has (options, "res_dnsrch"))
    return "it needs “smtp_dns_resolver_options” without res_defnames and res_dnsrch";

  return NULL;
}

const char *
_nullmail_channel_find_fault (NullmailEffective       *effective,
                              NullmailTlsLevel         level,
                              const NullmailRelayHost *relay,
                              gboolean                *is_open)
{
  *is_open = FALSE;
  if (needs_dnssec (level))
    return find_dns_fault (effective);

  return level == NULLMAIL_TLS_LEVEL_FINGERPRINT
         ? find_fingerprint_fault (effective, relay, is_open) : NULL;
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

  /* At a text that is neither yes nor no Postfix stops. */
  return !needs_waiver (effective)
         || _nullmail_effective_get_boolean (effective, WAIVER) == NULLMAIL_BOOLEAN_NO
         || nullmail_main_cf_set_value (main_cf, WAIVER, "no", error);
}

gboolean
_nullmail_channel_wants_plain (NullmailEffective *effective)
{
  return _nullmail_effective_allows_mechanism (effective, "plain")
         || _nullmail_effective_allows_mechanism (effective, "login");
}

static gboolean
forbids_plain (const char *option)
{
  return g_ascii_strcasecmp (option, "noplaintext") == 0;
}

gboolean
_nullmail_channel_forbids_plain (NullmailEffective *effective,
                                 NullmailChannel    channel)
{
  g_auto(GStrv) options = _nullmail_effective_get_sasl_options (effective, channel);

  for (guint i = 0; options[i] != NULL; i++)
    if (forbids_plain (options[i]))
      return _nullmail_channel_wants_plain (effective);

  return FALSE;
}

char *
_nullmail_channel_allow_plain (NullmailEffective *effective,
                               NullmailChannel    channel)
{
  const char *parameter = _nullmail_sasl_list_get_parameter (channel);
  g_autofree char *text =
    nullmail_main_cf_get_value (_nullmail_effective_get_main_cf (effective), parameter);
  g_auto(GStrv) options = _nullmail_effective_get_sasl_options (effective, channel);
  GString *rest = g_string_new (NULL);
  gboolean is_own = text != NULL && strchr (text, '$') == NULL;

  for (guint i = 0; is_own && options[i] != NULL; i++)
    if (!forbids_plain (options[i]))
      g_string_append_printf (rest, "%s%s", rest->len > 0 ? ", " : "", options[i]);

  if (rest->len == 0)
    g_string_append (rest, "noanonymous");

  return g_string_free (rest, FALSE);
}
