/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/settings-private.h"

#include <string.h>

#include "config/effective-private.h"
#include "config/name-distance-private.h"
#include "config/sasl-lists-private.h"
#include "document/value-list-private.h"
#include "enum-types.h"

#define KIND(name) NULLMAIL_SETTING_KIND_##name
#define KEPT NULLMAIL_SETTING_STATE_KEPT
#define SET NULLMAIL_SETTING_STATE_SET
#define DERIVED NULLMAIL_SETTING_STATE_DERIVED
#define RELOAD NULLMAIL_ACTIVATION_CLASS_RELOAD
#define RESTART NULLMAIL_ACTIVATION_CLASS_RESTART

static const NullmailSetting settings[NULLMAIL_N_SETTINGS] = {
  [NULLMAIL_SETTING_RELAY_HOST] =
    { "relay-host", "relayhost", KIND (RELAY_HOST), SET, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_HOSTNAME] =
    { "hostname", "myhostname", KIND (NAME), KEPT, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_DOMAIN] =
    { "domain", "mydomain", KIND (NAME), KEPT, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_ORIGIN] =
    { "origin", "myorigin", KIND (NAME), SET, "$mydomain", RELOAD, FALSE },
  [NULLMAIL_SETTING_INTERFACES] =
    { "interfaces", "inet_interfaces", KIND (LIST), SET, "loopback-only", RESTART, FALSE },
  [NULLMAIL_SETTING_PROTOCOLS] =
    { "protocols", "inet_protocols", KIND (PROTOCOLS), KEPT, NULL, RESTART, FALSE },
  [NULLMAIL_SETTING_NETWORKS] =
    { "networks", "mynetworks", KIND (LIST), SET, "127.0.0.0/8 [::1]/128", RELOAD, FALSE },
  [NULLMAIL_SETTING_DESTINATIONS] =
    { "destinations", "mydestination", KIND (LIST), SET, "", RELOAD, FALSE },
  [NULLMAIL_SETTING_SENDER_ADDRESS] =
    { "sender-address", "sender_canonical_maps", KIND (ADDRESS), KEPT, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_ROOT_ADDRESS] =
    { "root-address", "virtual_alias_maps", KIND (ADDRESS), KEPT, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_TLS_LEVEL] =
    { "tls-level", "smtp_tls_security_level", KIND (TLS_LEVEL), DERIVED, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_TLS_WRAPPER] =
    { "tls-wrapper", "smtp_tls_wrappermode", KIND (BOOLEAN), DERIVED, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_TLS_CA_FILE] =
    { "tls-ca-file", "smtp_tls_CAfile", KIND (PATH), DERIVED, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_TLS_CLIENT_CERTIFICATE] =
    { "tls-client-certificate", "smtp_tls_chain_files", KIND (PATH), KEPT, NULL, RELOAD, FALSE },
  [NULLMAIL_SETTING_PASSWORD_MAPS] =
    { "password-maps", "smtp_sasl_password_maps", KIND (MAPS), DERIVED, NULL, RELOAD, TRUE },
  [NULLMAIL_SETTING_SASL_SECURITY_OPTIONS] =
    { "sasl-security-options", "smtp_sasl_security_options", KIND (LIST), DERIVED, "noanonymous",
      RELOAD, TRUE },
  [NULLMAIL_SETTING_SASL_MECHANISMS] =
    { "sasl-mechanisms", "smtp_sasl_mechanism_filter", KIND (LIST), DERIVED,
      NULLMAIL_PASSWORD_MECHANISMS, RELOAD, TRUE },
  [NULLMAIL_SETTING_AUTHENTICATION] =
    { "authentication", "smtp_sasl_auth_enable", KIND (BOOLEAN), SET, "no", RELOAD, FALSE },
};

const NullmailSetting *
_nullmail_setting_get (NullmailSettingId id)
{
  return &settings[id];
}

int
_nullmail_setting_find (const char *property)
{
  for (int i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (strcmp (property, settings[i].property) == 0)
      return i;

  return -1;
}

int
_nullmail_setting_find_by_parameter (const char *parameter)
{
  for (int i = 0; i < NULLMAIL_N_SETTINGS; i++)
    if (strcmp (parameter, settings[i].parameter) == 0)
      return i;

  return -1;
}

const char *
_nullmail_setting_find_nearest (const char *property)
{
  const char *nearest = settings[0].property;

  for (int i = 1; i < NULLMAIL_N_SETTINGS; i++)
    if (_nullmail_name_get_distance (property, settings[i].property, G_MAXUINT)
        < _nullmail_name_get_distance (property, nearest, G_MAXUINT))
      nearest = settings[i].property;

  return nearest;
}

GType
_nullmail_setting_get_type (NullmailSettingId id)
{
  switch (settings[id].kind)
    {
    case KIND (RELAY_HOST):
      return NULLMAIL_TYPE_RELAY_HOST;
    case KIND (LIST):
      return G_TYPE_STRV;
    case KIND (BOOLEAN):
      return G_TYPE_BOOLEAN;
    case KIND (TLS_LEVEL):
      return NULLMAIL_TYPE_TLS_LEVEL;
    case KIND (PROTOCOLS):
      return NULLMAIL_TYPE_INET_PROTOCOLS;
    default:
      return G_TYPE_STRING;
    }
}

char *
_nullmail_setting_list_words (NullmailSettingId id)
{
  GType type = _nullmail_setting_get_type (id);
  g_autoptr(GEnumClass) class = NULL;
  GString *words;

  if (type == G_TYPE_BOOLEAN)
    return g_strdup ("yes or no");
  if (!G_TYPE_IS_ENUM (type))
    return NULL;

  class = g_type_class_ref (type);
  words = g_string_new (NULL);
  for (guint i = 1; i < class->n_values; i++)
    g_string_append_printf (words, "%s, ", class->values[i].value_nick);

  g_string_append_printf (words, "or %s to have it derived", class->values[0].value_nick);
  return g_string_free (words, FALSE);
}

/* What a property reads that has no value; a list is never NULL. */
void
_nullmail_setting_init_value (NullmailSettingId  id,
                              GValue            *value)
{
  g_value_init (value, _nullmail_setting_get_type (id));
  if (settings[id].kind == KIND (LIST))
    g_value_take_boxed (value, g_new0 (char *, 1));
}

static gboolean
parse_boolean (const char *text,
               GValue     *value)
{
  NullmailBoolean boolean = _nullmail_boolean_parse (text);

  g_value_set_boolean (value, boolean == NULLMAIL_BOOLEAN_YES);
  return boolean != NULLMAIL_BOOLEAN_INVALID;
}

static gboolean
parse_relay_host (const char *text,
                  GValue     *value)
{
  NullmailRelayHost *relay_host = NULL;

  if (*text != '\0' && (relay_host = nullmail_relay_host_parse (text, NULL)) == NULL)
    return FALSE;

  g_value_take_boxed (value, relay_host);
  return TRUE;
}

/* These words are compared with their case, unlike most of Postfix's. */
static gboolean
parse_protocols (const char *text,
                 GValue     *value)
{
  g_auto(GStrv) items = _nullmail_text_split_list (text);
  gboolean ipv4 = FALSE, ipv6 = FALSE;

  for (guint i = 0; items[i] != NULL; i++)
    {
      gboolean all = strcmp (items[i], "all") == 0;

      if (!all && strcmp (items[i], "ipv4") != 0 && strcmp (items[i], "ipv6") != 0)
        return FALSE;
      ipv4 |= all || items[i][3] == '4';
      ipv6 |= all || items[i][3] == '6';
    }

  if (!ipv4 && !ipv6)
    return FALSE;

  g_value_set_enum (value, ipv4 && ipv6 ? NULLMAIL_INET_PROTOCOLS_ALL
                           : ipv4 ? NULLMAIL_INET_PROTOCOLS_IPV4 : NULLMAIL_INET_PROTOCOLS_IPV6);
  return TRUE;
}

gboolean
_nullmail_setting_parse (NullmailSettingId  id,
                         const char        *text,
                         GValue            *value)
{
  NullmailTlsLevel level;

  switch (settings[id].kind)
    {
    case KIND (RELAY_HOST):
      return parse_relay_host (text, value);
    case KIND (LIST):
      g_value_take_boxed (value, _nullmail_text_split_list (text));
      return TRUE;
    case KIND (BOOLEAN):
      return parse_boolean (text, value);
    case KIND (TLS_LEVEL):
      level = _nullmail_tls_level_parse (text);
      if (level != NULLMAIL_TLS_LEVEL_AUTO)
        g_value_set_enum (value, level);
      return level != NULLMAIL_TLS_LEVEL_AUTO;
    case KIND (PROTOCOLS):
      return parse_protocols (text, value);
    case KIND (PATH):
      g_value_set_string (value, text);
      return strpbrk (text, ", \t") == NULL;  /* several files, or one that is never assigned */
    default:
      g_value_set_string (value, text);
      return TRUE;
    }
}

static char *
format_protocols (NullmailInetProtocols protocols)
{
  g_autoptr(GEnumClass) class = g_type_class_ref (NULLMAIL_TYPE_INET_PROTOCOLS);

  return g_strdup (g_enum_get_value (class, protocols)->value_nick);
}

char *
_nullmail_setting_format (NullmailSettingId  id,
                          const GValue      *value)
{
  NullmailRelayHost *relay_host;

  switch (settings[id].kind)
    {
    case KIND (RELAY_HOST):
      relay_host = g_value_get_boxed (value);
      return relay_host != NULL ? g_strdup (nullmail_relay_host_to_string (relay_host)) : NULL;
    case KIND (LIST):
      return g_strjoinv (" ", g_value_get_boxed (value));
    case KIND (BOOLEAN):
      return g_value_get_boolean (value) ? g_strdup ("yes") : NULL;
    case KIND (TLS_LEVEL):
      return g_strdup (_nullmail_tls_level_to_string (g_value_get_enum (value)));
    case KIND (PROTOCOLS):
      return format_protocols (g_value_get_enum (value));
    default:
      return g_value_dup_string (value);
    }
}

static gboolean
maps_equal (const char *a,
            const char *b)
{
  g_auto(GStrv) a_items = NULL, b_items = NULL;

  if (a == NULL || b == NULL)
    return a == b;

  a_items = _nullmail_text_split_list (a);
  b_items = _nullmail_text_split_list (b);
  return g_strv_equal ((const char * const *) a_items, (const char * const *) b_items);
}

static gboolean
relay_hosts_equal (const NullmailRelayHost *a,
                   const NullmailRelayHost *b)
{
  return a == NULL || b == NULL ? a == b : nullmail_relay_host_equal (a, b);
}

gboolean
_nullmail_setting_values_equal (NullmailSettingId  id,
                                const GValue      *a,
                                const GValue      *b)
{
  switch (settings[id].kind)
    {
    case KIND (RELAY_HOST):
      return relay_hosts_equal (g_value_get_boxed (a), g_value_get_boxed (b));
    case KIND (LIST):
      return g_strv_equal (g_value_get_boxed (a), g_value_get_boxed (b));
    case KIND (BOOLEAN):
      return g_value_get_boolean (a) == g_value_get_boolean (b);
    case KIND (TLS_LEVEL):
    case KIND (PROTOCOLS):
      return g_value_get_enum (a) == g_value_get_enum (b);
    case KIND (MAPS):
      return maps_equal (g_value_get_string (a), g_value_get_string (b));
    default:
      return g_strcmp0 (g_value_get_string (a), g_value_get_string (b)) == 0;
    }
}
