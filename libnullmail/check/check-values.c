/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "check/check-private.h"
#include "config/channel-guards-private.h"
#include "config/tls-level-private.h"
#include "config/tls-strength-private.h"
#include "config/tls-versions-private.h"
#include "document/main-cf-private.h"
#include "document/host-name-private.h"
#include "document/value-list-private.h"

#define WAIVER "tls_required_enable"
#define SEPARATOR "smtp_sasl_password_result_delimiter"

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
  g_autofree char *number = g_strdup (value);
  gsize length = strlen (number);

  if (length > 1 && strchr ("smhdw", number[length - 1]) != NULL)
    number[length - 1] = '\0';

  return is_number (number);
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

  return is_list_of (value, words);
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

/* Whether a value is a SASL type of a client. Those of a server are others, see SASL_README. */
static gboolean
is_sasl_type (const char *value)
{
  return *value != '\0' && strcmp (value, "dovecot") != 0;
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
is_cipher_grade (const char *value)
{
  return _nullmail_cipher_grade_parse (value) != NULLMAIL_CIPHERS_INVALID;
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

      if (!_nullmail_table_name_parse (&name, items[i]))
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

typedef enum
{
  TYPE_BOOLEAN,
  TYPE_NUMBER,
  TYPE_LIMIT,
  TYPE_TIME,
  TYPE_LEVEL,
  TYPE_PROTOCOLS,
  TYPE_DNS_SUPPORT,
  TYPE_CLASSES,
  TYPE_SASL_OPTIONS,
  TYPE_SASL_TYPE,
  TYPE_STYLE,
  TYPE_RELAY,
  TYPE_NETWORKS,
  TYPE_TABLES,
  TYPE_HOSTNAME,
  TYPE_ORIGIN,
  TYPE_COMPATIBILITY_LEVEL,
  TYPE_SEPARATOR,
  TYPE_HOST_LOOKUP,
  TYPE_ADDRESS_PREFERENCE,
  TYPE_CIPHER_GRADE,
  TYPE_TLS_PROTOCOLS,
  TYPE_DIGEST,
  TYPE_SERVERNAME,
  TYPE_TEXT,
  TYPE_COUNT,
  TYPE_RESOLVER_OPTIONS,
} ValueType;

static const struct
{
  gboolean  (*is_valid) (const char *value);
  const char *remedy;
} types[] = {
  [TYPE_BOOLEAN] = { is_boolean, N_("Write yes or no.") },
  [TYPE_NUMBER] = { is_number, N_("Write a whole number that is not negative.") },
  [TYPE_LIMIT] = { is_limit, N_("Write a whole number.") },
  [TYPE_TIME] = { is_time, N_("Write a whole number, and behind it one of s, m, h, d and w.") },
  [TYPE_LEVEL] = { is_level, N_("Write none, may, encrypt, dane, dane-only, fingerprint, verify or "
                                "secure.") },
  [TYPE_PROTOCOLS] = { is_protocols, N_("Write all, ipv4 or ipv6, in small letters.") },
  [TYPE_DNS_SUPPORT] = { is_dns_support, N_("Write disabled, enabled or dnssec.") },
  [TYPE_CLASSES] = { is_classes, N_("Write some of envelope_sender, envelope_recipient, "
                                    "header_sender and header_recipient.") },
  [TYPE_SASL_OPTIONS] = { is_sasl_options, N_("Write some of noplaintext, noactive, nodictionary, "
                                              "noanonymous and mutual_auth.") },
  [TYPE_SASL_TYPE] = { is_sasl_type, N_("Write cyrus.") },
  [TYPE_STYLE] = { is_style, N_("Write host, subnet or class.") },
  [TYPE_RELAY] = { is_relay, N_("Write relays as [host], [host]:port, host or host:port.") },
  [TYPE_NETWORKS] = { is_networks, N_("Write networks such as 127.0.0.0/8, with no bits set behind "
                                      "the mask, and IPv6 as [::1]/128.") },
  [TYPE_TABLES] = { is_tables, N_("Write tables with their type, such as hash:/etc/postfix/x.") },
  [TYPE_HOSTNAME] = { is_hostname, N_("Write a name of letters, digits, hyphens and dots.") },
  [TYPE_ORIGIN] = { is_origin, N_("Write one domain, or remove it for the default.") },
  [TYPE_COMPATIBILITY_LEVEL] = { is_compatibility_level, N_("Write a version such as 3.6.") },
  [TYPE_SEPARATOR] = { is_separator, N_("Write one character that is in no user name.") },
  [TYPE_HOST_LOOKUP] = { is_host_lookup, N_("Write dns or native, or both.") },
  [TYPE_ADDRESS_PREFERENCE] = { is_address_preference, N_("Write any, ipv4 or ipv6.") },
  [TYPE_CIPHER_GRADE] = { is_cipher_grade, N_("Write medium or high.") },
  [TYPE_TLS_PROTOCOLS] = { is_tls_protocols, N_("Write >=TLSv1.2, or exclude some as in "
                                                "!SSLv2, !SSLv3; one has to be left.") },
  [TYPE_DIGEST] = { _nullmail_channel_may_be_digest, N_("Write sha256 or another digest that "
                                                        "OpenSSL knows.") },
  [TYPE_SERVERNAME] = { is_servername, N_("Write the name of a host, or remove it.") },
  [TYPE_TEXT] = { is_text, N_("Write the name of this host, or remove it for the default.") },
  [TYPE_COUNT] = { is_count, N_("Write a whole number, at least 1.") },
  [TYPE_RESOLVER_OPTIONS] = { is_resolver_options, N_("Write res_defnames or res_dnsrch, or "
                                                      "both.") },
};

static const struct
{
  const char *parameter;
  ValueType   type;
} parameters[] = {
  { "relayhost", TYPE_RELAY },
  { "myhostname", TYPE_HOSTNAME },
  { "mydomain", TYPE_HOSTNAME },
  { "myorigin", TYPE_ORIGIN },
  { "inet_protocols", TYPE_PROTOCOLS },
  { "mynetworks", TYPE_NETWORKS },
  { "mynetworks_style", TYPE_STYLE },
  { "compatibility_level", TYPE_COMPATIBILITY_LEVEL },

  { "smtp_dns_support_level", TYPE_DNS_SUPPORT },
  { "smtp_tls_security_level", TYPE_LEVEL },
  { "smtp_tls_wrappermode", TYPE_BOOLEAN },
  { "smtp_tls_mandatory_ciphers", TYPE_CIPHER_GRADE },
  { "smtp_tls_mandatory_protocols", TYPE_TLS_PROTOCOLS },
  { "smtp_tls_fingerprint_digest", TYPE_DIGEST },
  { "smtp_tls_scert_verifydepth", TYPE_LIMIT },
  { "smtp_tls_servername", TYPE_SERVERNAME },
  { "smtp_tls_connection_reuse", TYPE_BOOLEAN },
  { "smtp_tls_note_starttls_offer", TYPE_BOOLEAN },
  { "smtp_use_tls", TYPE_BOOLEAN },
  { "smtp_enforce_tls", TYPE_BOOLEAN },
  { "smtp_tls_enforce_peername", TYPE_BOOLEAN },
  { "smtp_tls_session_cache_timeout", TYPE_TIME },
  { "tls_append_default_CA", TYPE_BOOLEAN },
  { WAIVER, TYPE_BOOLEAN },

  { "smtp_sasl_auth_enable", TYPE_BOOLEAN },
  { "smtp_sasl_auth_soft_bounce", TYPE_BOOLEAN },
  { "smtp_sasl_auth_cache_time", TYPE_TIME },
  { SEPARATOR, TYPE_SEPARATOR },
  { "smtp_sasl_security_options", TYPE_SASL_OPTIONS },
  { "smtp_sasl_tls_security_options", TYPE_SASL_OPTIONS },
  { "smtp_sasl_tls_verified_security_options", TYPE_SASL_OPTIONS },
  { "smtp_sasl_type", TYPE_SASL_TYPE },
  { "smtp_sender_dependent_authentication", TYPE_BOOLEAN },

  { "alias_maps", TYPE_TABLES },
  { "canonical_maps", TYPE_TABLES },
  { "recipient_canonical_maps", TYPE_TABLES },
  { "sender_canonical_classes", TYPE_CLASSES },
  { "sender_canonical_maps", TYPE_TABLES },
  { "sender_dependent_default_transport_maps", TYPE_TABLES },
  { "sender_dependent_relayhost_maps", TYPE_TABLES },
  { "smtp_body_checks", TYPE_TABLES },
  { "smtp_generic_maps", TYPE_TABLES },
  { "smtp_header_checks", TYPE_TABLES },
  { "smtp_mime_header_checks", TYPE_TABLES },
  { "smtp_nested_header_checks", TYPE_TABLES },
  { "smtp_sasl_password_maps", TYPE_TABLES },
  { "smtp_tls_per_site", TYPE_TABLES },
  { "smtp_tls_policy_maps", TYPE_TABLES },
  { "transport_maps", TYPE_TABLES },
  { "virtual_alias_maps", TYPE_TABLES },

  { "append_at_myorigin", TYPE_BOOLEAN },
  { "append_dot_mydomain", TYPE_BOOLEAN },
  { "biff", TYPE_BOOLEAN },
  { "disable_dns_lookups", TYPE_BOOLEAN },
  { "smtputf8_enable", TYPE_BOOLEAN },
  { "smtp_skip_5xx_greeting", TYPE_BOOLEAN },
  { "smtp_skip_quit_response", TYPE_BOOLEAN },
  { "smtp_randomize_addresses", TYPE_BOOLEAN },
  { "soft_bounce", TYPE_BOOLEAN },
  { "smtp_address_preference", TYPE_ADDRESS_PREFERENCE },
  { "smtp_dns_resolver_options", TYPE_RESOLVER_OPTIONS },
  { "smtp_helo_name", TYPE_TEXT },
  { "smtp_host_lookup", TYPE_HOST_LOOKUP },

  { "default_process_limit", TYPE_NUMBER },
  { "initial_destination_concurrency", TYPE_COUNT },
  { "mailbox_size_limit", TYPE_LIMIT },
  { "message_size_limit", TYPE_LIMIT },
  { "queue_minfree", TYPE_LIMIT },

  { "bounce_queue_lifetime", TYPE_TIME },
  { "delay_warning_time", TYPE_TIME },
  { "ipc_timeout", TYPE_TIME },
  { "max_idle", TYPE_TIME },
  { "maximal_backoff_time", TYPE_TIME },
  { "maximal_queue_lifetime", TYPE_TIME },
  { "minimal_backoff_time", TYPE_TIME },
  { "queue_run_delay", TYPE_TIME },
  { "smtp_connect_timeout", TYPE_TIME },
  { "smtp_data_done_timeout", TYPE_TIME },
  { "smtp_data_init_timeout", TYPE_TIME },
  { "smtp_data_xfer_timeout", TYPE_TIME },
  { "smtp_helo_timeout", TYPE_TIME },
  { "smtp_mail_timeout", TYPE_TIME },
  { "smtp_rcpt_timeout", TYPE_TIME },
  { "smtp_starttls_timeout", TYPE_TIME },
};

/* The value as it may be shown: as it is written, where its macros may bring a password in. */
static char *
show_value (NullmailCheck *self,
            const char    *parameter,
            const char    *value)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, parameter);
  g_autofree char *shown =
    _nullmail_mask_show_value (self->snapshot->mask, parameter,
                               text != NULL && strchr (text, '$') != NULL
                               && _nullmail_mask_has_secrets (self->snapshot->mask) ? text : value);

  return _nullmail_text_display (shown);
}

/* Whether this Postfix does not look at a parameter, which it has not known from 3.4 on: then its
 * value harms nobody. */
static gboolean
is_ignored (NullmailCheck *self,
            const char    *parameter)
{
  return (g_str_equal (parameter, WAIVER) || g_str_equal (parameter, SEPARATOR))
         && !_nullmail_effective_has_default (self->snapshot->effective, parameter);
}

/* Whether Postfix looks at a value of that type at a level: some are read, or keep mail from going
 * out, only where TLS is required or wanted. */
static gboolean
is_read_at (NullmailTlsLevel level,
            ValueType        type)
{
  switch (type)
    {
    case TYPE_CIPHER_GRADE:
    case TYPE_TLS_PROTOCOLS:
      return _nullmail_tls_level_requires_tls (level);
    case TYPE_DIGEST:
      return _nullmail_tls_level_requires_tls (level) || level == NULLMAIL_TLS_LEVEL_DANE;
    case TYPE_SERVERNAME:
      return level != NULLMAIL_TLS_LEVEL_AUTO && level != NULLMAIL_TLS_LEVEL_NONE;
    default:
      return TRUE;
    }
}

static void
check_value (NullmailCheck *self,
             const char    *parameter,
             ValueType      type)
{
  g_autofree char *value = _nullmail_effective_get_value (self->snapshot->effective, parameter);
  g_autofree char *display = NULL, *macro = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (value == NULL || types[type].is_valid (value) || is_ignored (self, parameter))
    return;
  if (!is_read_at (self->level, type))
    return;

  /* The text of an inline table may hold a password. */
  if (type == TYPE_TABLES)
    {
      _nullmail_check_report (self, &facts, _(types[type].remedy),
        _("The value of “%s” names no type of table: Postfix stops at it."), parameter);
      return;
    }

  /* Where nothing is left of what nobody has filled in, that is shown. */
  macro = *value == '\0' ? nullmail_main_cf_get_value (self->main_cf, parameter) : NULL;
  display = show_value (self, parameter, macro != NULL ? macro : value);
  _nullmail_check_report (self, &facts, _(types[type].remedy),
    type == TYPE_RELAY
    ? _("“%s” is set to “%s”, which is no relay that Postfix "
        "understands.")
    : _("“%s” is set to “%s”, which is no value for it: the part of Postfix that uses it stops, "
        "and mail waits."),
    parameter, display);
}

gboolean
_nullmail_check_knows_value (const char *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (g_str_equal (parameters[i].parameter, parameter))
      return TRUE;

  return FALSE;
}

static void
check_macros (NullmailCheck *self,
              const char    *parameter)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, parameter);
  g_autofree char *expanded = NULL;
  g_autoptr(GError) error = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_INVALID_VALUE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (text == NULL)
    return;

  expanded = _nullmail_effective_expand (self->snapshot->effective, text, &error);
  if (error == NULL)
    return;

  _nullmail_check_report (self, &facts,
    _("Correct the macro: $name, ${name}, ${name?text}, ${name:text}, and $$ for a dollar sign."),
    _("The value of “%s” has a macro that cannot be expanded, or that refers to itself: Postfix "
      "stops at it."),
    parameter);
}

void
_nullmail_check_values (NullmailCheck *self)
{
  g_auto(GStrv) names = _nullmail_main_cf_list_with (self->main_cf, '$');

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (nullmail_main_cf_has_value (self->main_cf, parameters[i].parameter))
      check_value (self, parameters[i].parameter, parameters[i].type);

  for (guint i = 0; names[i] != NULL; i++)
    check_macros (self, names[i]);
}
