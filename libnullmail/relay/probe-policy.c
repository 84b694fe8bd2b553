/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/probe-policy-private.h"

#include <string.h>
#include <unistd.h>

#include "config/relay-policy-private.h"
#include "config/tls-versions-private.h"
#include "document/value-list-private.h"

#define SECURE_MATCH "smtp_tls_secure_cert_match"
#define VERIFY_MATCH "smtp_tls_verify_cert_match"
#define FINGERPRINT_MATCH "smtp_tls_fingerprint_cert_match"

/* What a policy reads beside what depends on the relay. */
static const char * const parameters[] = {
  "inet_protocols",
  "send_cyrus_sasl_authzid",
  "smtp_bind_address",
  "smtp_bind_address6",
  "smtp_helo_name",
  "smtp_sasl_auth_enable",
  "smtp_sasl_mechanism_filter",
  "smtp_sasl_security_options",
  "smtp_sasl_tls_security_options",
  "smtp_sasl_tls_verified_security_options",
  "smtp_tls_CAfile",
  "smtp_tls_CApath",
  "smtp_tls_cert_file",
  "smtp_tls_chain_files",
  "smtp_tls_eccert_file",
  "smtp_tls_eckey_file",
  "smtp_tls_fingerprint_digest",
  "smtp_tls_key_file",
  "smtp_tls_mandatory_protocols",
  "smtp_tls_protocols",
  "smtp_tls_servername",
  "tls_append_default_CA",
};

/* The value of a parameter; NULL also where it is empty. */
static char *
get_text (NullmailEffective *effective,
          const char        *parameter)
{
  g_autofree char *value = _nullmail_effective_get_value (effective, parameter);

  return value != NULL && *value != '\0' ? g_steal_pointer (&value) : NULL;
}

/* The parameter that says whose certificate the level accepts; NULL for none. */
static const char *
get_match_parameter (NullmailTlsLevel level)
{
  if (level == NULLMAIL_TLS_LEVEL_VERIFY)
    return VERIFY_MATCH;

  return level == NULLMAIL_TLS_LEVEL_FINGERPRINT ? FINGERPRINT_MATCH : SECURE_MATCH;
}

/* The items of a parameter of TLS; a colon parts them as well, in names but not in digests. */
static char **
list_items (NullmailEffective *effective,
            const char        *parameter)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (effective, parameter);
  g_autofree char *joined = NULL;

  if (items == NULL || g_str_equal (parameter, FINGERPRINT_MATCH))
    return items != NULL ? g_steal_pointer (&items) : g_new0 (char *, 1);

  joined = g_strjoinv (" ", items);
  g_strdelimit (joined, ":", ' ');
  return _nullmail_text_split_list (joined);
}

/* Another parameter counts where Postfix can do without TLS. */
static GTlsProtocolVersion
get_oldest (NullmailEffective *effective,
            NullmailTlsLevel   level)
{
  g_auto(GStrv) items =
    list_items (effective, _nullmail_tls_level_requires_tls (level)
                           ? "smtp_tls_mandatory_protocols" : "smtp_tls_protocols");
  guint versions;

  return _nullmail_tls_versions_parse ((const char * const *) items, &versions)
         ? _nullmail_tls_versions_get_oldest (versions) : G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

static NullmailFamilies
get_families (NullmailEffective *effective)
{
  g_auto(GStrv) protocols = _nullmail_effective_get_list (effective, "inet_protocols");
  NullmailFamilies families = 0;

  for (guint i = 0; protocols != NULL && protocols[i] != NULL; i++)
    if (g_ascii_strcasecmp (protocols[i], "ipv4") == 0)
      families |= NULLMAIL_FAMILY_IPV4;
    else if (g_ascii_strcasecmp (protocols[i], "ipv6") == 0)
      families |= NULLMAIL_FAMILY_IPV6;
    else
      families |= NULLMAIL_FAMILY_IPV4 | NULLMAIL_FAMILY_IPV6;

  return families != 0 ? families : NULLMAIL_FAMILY_IPV4 | NULLMAIL_FAMILY_IPV6;
}

/* (transfer full) (nullable) */
static GInetAddress *
get_address (NullmailEffective *effective,
             const char        *parameter,
             GSocketFamily      family)
{
  g_autofree char *text = get_text (effective, parameter);
  g_autoptr(GInetAddress) address = text != NULL ? g_inet_address_new_from_string (text) : NULL;

  return address != NULL && g_inet_address_get_family (address) == family
         ? g_steal_pointer (&address) : NULL;
}

/* (transfer full) (nullable): a key and its certificate, where one of the older parameters says so.
 * The key is in the file of the certificate unless the other parameter names one. */
static char **
read_pair (NullmailEffective *effective,
           const char        *certificate_parameter,
           const char        *key_parameter)
{
  g_autofree char *certificate = get_text (effective, certificate_parameter);
  g_autofree char *key = get_text (effective, key_parameter);
  const char *files[] = { key, certificate, NULL };
  gboolean is_one_file = key == NULL || g_strcmp0 (key, certificate) == 0;

  return certificate != NULL ? g_strdupv ((char **) files + is_one_file) : NULL;
}

/* smtp_tls_chain_files overrides the others. Of those for several kinds of keys one is shown. */
static char **
read_own_files (NullmailEffective *effective)
{
  char **files = _nullmail_effective_get_list (effective, "smtp_tls_chain_files");

  if (files != NULL && files[0] != NULL)
    return files;

  g_strfreev (files);
  files = read_pair (effective, "smtp_tls_cert_file", "smtp_tls_key_file");
  if (files == NULL)
    files = read_pair (effective, "smtp_tls_eccert_file", "smtp_tls_eckey_file");
  return files != NULL ? files : g_new0 (char *, 1);
}

void
_nullmail_probe_policy_read (NullmailProbePolicy *self,
                             NullmailMainCf      *main_cf)
{
  NullmailEffective *effective = _nullmail_effective_new (main_cf, NULL);

  self->effective = effective;
  self->level = _nullmail_effective_get_level (effective);
  self->wraps = _nullmail_effective_wraps (effective);
  self->ca_file = get_text (effective, "smtp_tls_CAfile");
  self->ca_path = get_text (effective, "smtp_tls_CApath");
  self->trusts_system = _nullmail_effective_is_yes (effective, "tls_append_default_CA");
  self->names = list_items (effective, self->level == NULLMAIL_TLS_LEVEL_VERIFY ? VERIFY_MATCH
                                                                                : SECURE_MATCH);
  self->oldest = get_oldest (effective, self->level);
  self->fingerprints = list_items (effective, FINGERPRINT_MATCH);
  self->digest = get_text (effective, "smtp_tls_fingerprint_digest");
  self->server_name = get_text (effective, "smtp_tls_servername");
  self->own_files = read_own_files (effective);
  self->helo_name = get_text (effective, "smtp_helo_name");
  if (self->helo_name == NULL)
    self->helo_name = g_strdup (g_get_host_name ());
  self->families = get_families (effective);
  self->own_ipv4 = get_address (effective, "smtp_bind_address", G_SOCKET_FAMILY_IPV4);
  self->own_ipv6 = get_address (effective, "smtp_bind_address6", G_SOCKET_FAMILY_IPV6);
  self->sends_authzid = _nullmail_effective_is_yes (effective, "send_cyrus_sasl_authzid");
}

void
_nullmail_probe_policy_clear (NullmailProbePolicy *self)
{
  g_clear_pointer (&self->relay_host, nullmail_relay_host_unref);
  g_clear_pointer (&self->credentials, nullmail_relay_credentials_unref);
  g_free (self->ca_file);
  g_free (self->ca_path);
  g_strfreev (self->names);
  g_strfreev (self->fingerprints);
  g_free (self->digest);
  g_free (self->server_name);
  g_strfreev (self->own_files);
  g_free (self->helo_name);
  g_clear_object (&self->own_ipv4);
  g_clear_object (&self->own_ipv6);
  g_clear_pointer (&self->effective, _nullmail_effective_free);
}

void
_nullmail_probe_policy_set_literal (NullmailMainCf *main_cf,
                                    const char     *parameter,
                                    const char     *value)
{
  g_auto(GStrv) parts = g_strsplit (value, "$", -1);
  g_autofree char *quoted = g_strjoinv ("$$", parts);

  nullmail_main_cf_set_value (main_cf, parameter, quoted, NULL);
}

static void
extract_match (NullmailMainCf      *main_cf,
               NullmailEffective   *effective,
               NullmailRelayPolicy *policy,
               NullmailTlsLevel     level)
{
  const char *wanted = get_match_parameter (level);
  const char * const all[] = { SECURE_MATCH, VERIFY_MATCH, FINGERPRINT_MATCH };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_auto(GStrv) match = _nullmail_relay_policy_list_items (policy, "match");
      g_auto(GStrv) items = NULL;
      g_autofree char *text = NULL;

      if (match != NULL && g_str_equal (all[i], wanted))
        items = g_steal_pointer (&match);
      else
        items = list_items (effective, all[i]);
      text = g_strjoinv (" ", items);
      _nullmail_probe_policy_set_literal (main_cf, all[i], text);
    }
}

/* What else a policy has for the relay alone. */
static void
extract_attributes (NullmailMainCf      *main_cf,
                    NullmailRelayPolicy *policy)
{
  static const struct { const char *attribute, *parameter; } attributes[] = {
    { "protocols", "smtp_tls_mandatory_protocols" },
    { "protocols", "smtp_tls_protocols" },
    { "servername", "smtp_tls_servername" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      g_auto(GStrv) items = _nullmail_relay_policy_list_items (policy, attributes[i].attribute);
      g_autofree char *text = items != NULL ? g_strjoinv (" ", items) : NULL;

      if (text != NULL)
        _nullmail_probe_policy_set_literal (main_cf, attributes[i].parameter, text);
    }
}

NullmailMainCf *
_nullmail_probe_policy_extract (NullmailEffective       *effective,
                                const NullmailRelayHost *relay_host)
{
  NullmailMainCf *main_cf = nullmail_main_cf_new ();
  g_auto(NullmailRelayPolicy) policy = { 0 };
  NullmailTlsLevel level;

  _nullmail_relay_policy_find (&policy, effective, relay_host);
  level = policy.text != NULL ? policy.level : _nullmail_effective_get_level (effective);

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *value = _nullmail_effective_get_value (effective, parameters[i]);

      if (value != NULL)
        _nullmail_probe_policy_set_literal (main_cf, parameters[i], value);
    }

  nullmail_main_cf_set_value (main_cf, "smtp_tls_security_level",
                              level != NULLMAIL_TLS_LEVEL_AUTO
                              ? _nullmail_tls_level_to_string (level) : "none", NULL);
  nullmail_main_cf_set_value (main_cf, "smtp_tls_wrappermode",
                              _nullmail_effective_wraps (effective) ? "yes" : "no", NULL);
  extract_match (main_cf, effective, &policy, level);
  extract_attributes (main_cf, &policy);
  return main_cf;
}

gboolean
_nullmail_probe_policy_needs_match (const NullmailProbePolicy *self)
{
  return self->level == NULLMAIL_TLS_LEVEL_VERIFY || self->level == NULLMAIL_TLS_LEVEL_SECURE
         || self->level == NULLMAIL_TLS_LEVEL_FINGERPRINT
         || self->level == NULLMAIL_TLS_LEVEL_DANE_ONLY;
}
