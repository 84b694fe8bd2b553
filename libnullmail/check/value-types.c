/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/value-types-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "check/check-context-private.h"
#include "config/channel-guards-private.h"
#include "config/tls-strength-private.h"
#include "config/tls-versions-private.h"
#include "document/host-name-private.h"
#include "document/value-list-private.h"

/* Postfix itself looks at most values only when a message is to be delivered, and stops. What the
 * types take is in its conv_bool (), get_mail_conf_int (), get_mail_conf_time () and the like. */
static gboolean
is_boolean (const char *value)
{
  return _nullmail_boolean_parse (value) != NULLMAIL_BOOLEAN_INVALID;
}

static gboolean
is_number (const char *value)
{
  if (*value == '+')
    value++;

  return *value != '\0' && strspn (value, "0123456789") == strlen (value)
         && g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, NULL, NULL);
}

/* Postfix puts no lower bound to limits that may be 0, see check_mail_conf_long (). */
static gboolean
is_limit (const char *value)
{
  return is_number (*value == '-' ? value + 1 : value);
}

/* Whether a value is a time: a number, and maybe one small letter for the unit. Some versions of
 * Postfix ignore what stands behind the letter, as in 1h30m, so that this is not accepted here. */
static gboolean
is_time (const char *value)
{
  static const char units[] = "smhdw";
  static const guint seconds[] = { 1, 60, 3600, 86400, 604800 };
  g_autofree char *number = g_strdup (value);
  gsize length = strlen (number);
  const char *unit = length > 1 ? strchr (units, number[length - 1]) : NULL;

  if (unit != NULL)
    number[length - 1] = '\0';

  return is_number (number)
         && g_ascii_strtoull (number, NULL, 10)
            <= G_MAXINT / (unit != NULL ? seconds[unit - units] : 1u);
}

/* One that is not 0. */
static gboolean
is_period (const char *value)
{
  return is_time (value) && strspn (value, "+0smhdw") != strlen (value);
}

static gboolean
is_level (const char *value)
{
  return *value == '\0' || _nullmail_tls_level_parse (value) != NULLMAIL_TLS_LEVEL_AUTO;
}

/* Whether each item is one of those words, case included. */
static gboolean
is_list_of (const char        *value,
            const char *const *words)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  for (guint i = 0; items[i] != NULL; i++)
    if (!g_strv_contains (words, items[i]))
      return FALSE;

  return TRUE;
}

static gboolean
is_protocols (const char *value)
{
  static const char *const words[] = { "all", "ipv4", "ipv6", NULL };

  return *value != '\0' && is_list_of (value, words);
}

static gboolean
is_sasl_options (const char *value)
{
  static const char *const words[] = {
    "noplaintext", "noactive", "nodictionary", "noanonymous", "mutual_auth", NULL
  };

  return is_list_of (value, words);
}

/* Without its case, see pre_init () in Postfix's smtp.c; where it is empty an older parameter
 * counts. */
static gboolean
is_dns_support (const char *value)
{
  static const char *const words[] = { "", "disabled", "enabled", "dnssec", NULL };
  g_autofree char *lower = g_ascii_strdown (value, -1);

  return g_strv_contains (words, lower);
}

static gboolean
is_classes (const char *value)
{
  static const char *const words[] = {
    "envelope_sender", "envelope_recipient", "header_sender", "header_recipient", NULL
  };

  return is_list_of (value, words);
}

static gboolean
is_style (const char *value)
{
  static const char *const words[] = { "class", "subnet", "host", NULL };

  return g_strv_contains (words, value);
}

/* Whether a value is a SASL type of a client, its case included. Those of a server are others, see
 * SASL_README. */
static gboolean
is_sasl_type (const char *value)
{
  return g_str_equal (value, "cyrus");
}

static gboolean
is_extensions (const char *value)
{
  static const char *const words[] = {
    "canonical", "virtual", "alias", "forward", "include", "generic", NULL
  };

  return is_list_of (value, words);
}

static gboolean
is_overrides (const char *value)
{
  static const char *const words[] = {
    "no_unknown_recipient_checks", "no_address_mappings", "no_header_body_checks", "no_milters",
    NULL
  };

  return is_list_of (value, words);
}

static gboolean
is_message_classes (const char *value)
{
  static const char *const words[] = {
    "all", "sendmail", "smtpd", "qmqpd", "forward", "bounce", "notify", "verify", NULL
  };

  return *value != '\0' && is_list_of (value, words);
}

/* Several relays are tried in their order. */
static gboolean
is_relay (const char *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (items[i], NULL);

      if (relay == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_word_of (const char        *value,
            const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (value, words[i]) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_host_lookup (const char *value)
{
  static const char *const words[] = { "dns", "native", NULL };
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  for (guint i = 0; items[i] != NULL; i++)
    if (!is_word_of (items[i], words))
      return FALSE;

  return items[0] != NULL;
}

static gboolean
is_address_preference (const char *value)
{
  static const char *const words[] = { "any", "ipv4", "ipv6", NULL };

  return is_word_of (value, words);
}

static gboolean
is_dane_policy (const char *value)
{
  static const char *const words[] = { "may", "encrypt", "dane", NULL };

  return is_word_of (value, words);
}

static gboolean
is_cipher_grade (const char *value)
{
  return _nullmail_cipher_grade_parse (value) != NULLMAIL_CIPHERS_INVALID;
}

/* A table that only proxymap(8) opens, or none. */
static gboolean
is_proxied (const char *value)
{
  g_auto(NullmailTableName) name = { 0 };

  return *value == '\0' || (_nullmail_table_name_parse (&name, value) && name.is_proxied);
}

/* Whether some version of TLS is left. */
static gboolean
is_tls_protocols (const char *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);
  guint versions;

  return _nullmail_tls_versions_parse ((const char * const *) items, &versions)
         && _nullmail_tls_versions_get_oldest (versions) != G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

static gboolean
is_networks (const char *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  for (guint i = 0; items[i] != NULL; i++)
    {
      gboolean is_bad;
      g_autoptr(GInetAddressMask) mask = _nullmail_check_parse_network (items[i], &is_bad);

      if (mask == NULL && is_bad)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_tables (const char *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (!_nullmail_table_name_parse (&name, items[i])
          || (g_str_equal (name.type, "static") && *name.name == '\0'))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_hostname (const char *value)
{
  return _nullmail_host_name_find_fault (value) == NULL;
}

/* A name to be asked for in TLS, or none. */
static gboolean
is_servername (const char *value)
{
  return *value == '\0' || is_hostname (value);
}

static gboolean
is_text (const char *value)
{
  return *value != '\0';
}

/* At least one, see get_mail_conf_int () and its lower bound. */
static gboolean
is_count (const char *value)
{
  return is_number (value) && strspn (value, "+0") != strlen (value);
}

static gboolean
is_resolver_options (const char *value)
{
  static const char *const words[] = { "res_defnames", "res_dnsrch", NULL };

  return is_list_of (value, words);
}

static gboolean
is_origin (const char *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (value);

  return g_strv_length (items) == 1;
}

static gboolean
is_separator (const char *value)
{
  return strlen (value) == 1;
}

static gboolean
is_compatibility_level (const char *value)
{
  g_auto(GStrv) parts = g_strsplit (value, ".", -1);

  if (g_strv_length (parts) > 3)
    return FALSE;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strspn (parts[i], "0123456789") != strlen (parts[i]))
      return FALSE;

  return parts[0] != NULL;
}

static const struct
{
  gboolean  (*is_valid) (const char *value);
  const char *remedy;
} types[] = {
  [NULLMAIL_VALUE_BOOLEAN] = {
    is_boolean,
    N_("Write yes or no.")
  },
  [NULLMAIL_VALUE_NUMBER] = {
    is_number,
    N_("Write a whole number that is not negative.")
  },
  [NULLMAIL_VALUE_LIMIT] = {
    is_limit,
    N_("Write a whole number.")
  },
  [NULLMAIL_VALUE_TIME] = {
    is_time,
    N_("Write a whole number, and behind it one of s, m, h, d and w.")
  },
  [NULLMAIL_VALUE_LEVEL] = {
    is_level,
    N_("Write none, may, encrypt, dane, dane-only, fingerprint, verify or secure.")
  },
  [NULLMAIL_VALUE_PROTOCOLS] = {
    is_protocols,
    N_("Write all, ipv4 or ipv6, in small letters.")
  },
  [NULLMAIL_VALUE_DNS_SUPPORT] = {
    is_dns_support,
    N_("Write disabled, enabled or dnssec.")
  },
  [NULLMAIL_VALUE_CLASSES] = {
    is_classes,
    N_("Write some of envelope_sender, envelope_recipient, header_sender and "
       "header_recipient.")
  },
  [NULLMAIL_VALUE_SASL_OPTIONS] = {
    is_sasl_options,
    N_("Write some of noplaintext, noactive, nodictionary, noanonymous and "
       "mutual_auth.")
  },
  [NULLMAIL_VALUE_SASL_TYPE] = {
    is_sasl_type,
    N_("Write cyrus.")
  },
  [NULLMAIL_VALUE_STYLE] = {
    is_style,
    N_("Write host, subnet or class.")
  },
  [NULLMAIL_VALUE_RELAY] = {
    is_relay,
    N_("Write relays as [host], [host]:port, host or host:port.")
  },
  [NULLMAIL_VALUE_NETWORKS] = {
    is_networks,
    N_("Write networks such as 127.0.0.0/8, with no bits set behind the mask, and IPv6"
       " as [::1]/128.")
  },
  [NULLMAIL_VALUE_TABLES] = {
    is_tables,
    N_("Write tables with their type, such as hash:/etc/postfix/x.")
  },
  [NULLMAIL_VALUE_HOSTNAME] = {
    is_hostname,
    N_("Write a name of letters, digits, hyphens and dots.")
  },
  [NULLMAIL_VALUE_ORIGIN] = {
    is_origin,
    N_("Write one domain, or remove it for the default.")
  },
  [NULLMAIL_VALUE_COMPATIBILITY_LEVEL] = {
    is_compatibility_level,
    N_("Write a version such as 3.6.")
  },
  [NULLMAIL_VALUE_SEPARATOR] = {
    is_separator,
    N_("Write one character that is in no user name.")
  },
  [NULLMAIL_VALUE_HOST_LOOKUP] = {
    is_host_lookup,
    N_("Write dns or native, or both.")
  },
  [NULLMAIL_VALUE_ADDRESS_PREFERENCE] = {
    is_address_preference,
    N_("Write any, ipv4 or ipv6.")
  },
  [NULLMAIL_VALUE_CIPHER_GRADE] = {
    is_cipher_grade,
    N_("Write medium or high.")
  },
  [NULLMAIL_VALUE_TLS_PROTOCOLS] = {
    is_tls_protocols,
    N_("Write >=TLSv1.2, or exclude some as in !SSLv2, !SSLv3; one has to be left.")
  },
  [NULLMAIL_VALUE_DIGEST] = {
    _nullmail_channel_may_be_digest,
    N_("Write sha256 or another digest that OpenSSL knows.")
  },
  [NULLMAIL_VALUE_SERVERNAME] = {
    is_servername,
    N_("Write the name of a host, or remove it.")
  },
  [NULLMAIL_VALUE_TEXT] = {
    is_text,
    N_("Write the name of this host, or remove it for the default.")
  },
  [NULLMAIL_VALUE_COUNT] = {
    is_count,
    N_("Write a whole number, at least 1.")
  },
  [NULLMAIL_VALUE_RESOLVER_OPTIONS] = {
    is_resolver_options,
    N_("Write res_defnames or res_dnsrch, or both.")
  },
  [NULLMAIL_VALUE_PERIOD] = {
    is_period,
    N_("Write a whole number, at least 1, and behind it one of s, m, h, d and w.")
  },
  [NULLMAIL_VALUE_SOMETHING] = {
    is_text,
    N_("Write a value, or remove the parameter for the default.")
  },
  [NULLMAIL_VALUE_EXTENSIONS] = {
    is_extensions,
    N_("Write some of canonical, virtual, alias, forward, include and generic.")
  },
  [NULLMAIL_VALUE_OVERRIDES] = {
    is_overrides,
    N_("Write some of no_unknown_recipient_checks, no_address_mappings, "
       "no_header_body_checks and no_milters.")
  },
  [NULLMAIL_VALUE_MESSAGE_CLASSES] = {
    is_message_classes,
    N_("Write all, or some of sendmail, smtpd, qmqpd, forward, bounce, notify and "
       "verify.")
  },
  [NULLMAIL_VALUE_PROXIED] = {
    is_proxied,
    N_("Write proxy: in front of the table, or remove it.")
  },
  [NULLMAIL_VALUE_DANE_POLICY] = {
    is_dane_policy,
    N_("Write may, encrypt or dane.")
  },
};

gboolean
_nullmail_value_type_takes (NullmailValueType  type,
                            const char        *value)
{
  return types[type].is_valid (value);
}

const char *
_nullmail_value_type_get_remedy (NullmailValueType type)
{
  return _(types[type].remedy);
}
