/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Values, states, signals and validation, without the edits of a document. */

#include <string.h>

#include "nullmail.h"

#define KEPT NULLMAIL_SETTING_STATE_KEPT
#define SET NULLMAIL_SETTING_STATE_SET
#define UNSET NULLMAIL_SETTING_STATE_UNSET
#define DERIVED NULLMAIL_SETTING_STATE_DERIVED
#define LOADED NULLMAIL_SETTING_STATE_LOADED

typedef NullmailNullClientConfig Config;

static NullmailRelayHost *
relay (const char *text)
{
  NullmailRelayHost *relay_host = nullmail_relay_host_parse (text, NULL);

  g_assert_nonnull (relay_host);
  return relay_host;
}

static void
set_relay (Config     *config,
           const char *text)
{
  g_autoptr(NullmailRelayHost) relay_host = relay (text);

  nullmail_null_client_config_set_relay_host (config, relay_host);
}

static Config *
load (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  return nullmail_null_client_config_new_from_main_cf (main_cf);
}

static void
assert_state (Config               *config,
              const char           *property,
              NullmailSettingState  state)
{
  if (nullmail_null_client_config_get_state (config, property, NULL) != state)
    g_test_message ("the state of %s", property);
  g_assert_cmpint (nullmail_null_client_config_get_state (config, property, NULL), ==, state);
}

static void
assert_list (const char * const *list,
             const char         *joined)
{
  g_autofree char *found = NULL;

  g_assert_nonnull (list);
  found = g_strjoinv (" ", (char **) list);
  g_assert_cmpstr (found, ==, joined);
}

#define MECHANISMS "plain login scram-sha-512 scram-sha-256 scram-sha-1 digest-md5 cram-md5"

static const struct { const char *property; NullmailSettingState state; const char *text; }
fresh_values[] = {
  { "relay-host", SET, NULL }, { "hostname", KEPT, NULL }, { "domain", KEPT, NULL },
  { "origin", SET, "$mydomain" }, { "interfaces", SET, "loopback-only" },
  { "protocols", KEPT, "auto" }, { "networks", SET, "127.0.0.0/8 [::1]/128" },
  { "destinations", SET, "" }, { "tls-level", DERIVED, "may" }, { "tls-wrapper", DERIVED, "no" },
  { "tls-ca-file", DERIVED, NULL }, { "tls-client-certificate", KEPT, NULL },
  { "authentication", SET, "no" },
  { "password-maps", DERIVED, NULL }, { "sasl-security-options", DERIVED, "noanonymous" },
  { "sasl-mechanisms", DERIVED, MECHANISMS }, { "local-delivery", DERIVED, "no" },
  { "unsupported", DERIVED, "" },
};

static char *
text_of (Config     *config,
         const char *property)
{
  g_auto(GValue) value = G_VALUE_INIT;
  NullmailRelayHost *relay_host;

  g_object_get_property (G_OBJECT (config), property, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    return g_value_dup_string (&value);
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_strdup (g_value_get_boolean (&value) ? "yes" : "no");
  if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    return g_strjoinv (" ", g_value_get_boxed (&value));
  if (G_VALUE_HOLDS_ENUM (&value))
    return g_strdup (g_enum_get_value (g_type_class_peek (G_VALUE_TYPE (&value)),
                                       g_value_get_enum (&value))->value_nick);

  relay_host = g_value_get_boxed (&value);
  return relay_host != NULL ? g_strdup (nullmail_relay_host_to_string (relay_host)) : NULL;
}

static void
assert_fresh (Config *config)
{
  for (guint i = 0; i < G_N_ELEMENTS (fresh_values); i++)
    {
      g_autofree char *text = text_of (config, fresh_values[i].property);

      assert_state (config, fresh_values[i].property, fresh_values[i].state);
      g_assert_cmpstr (text, ==, fresh_values[i].text);
    }
}

static void
test_fresh (void)
{
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) other = g_object_new (NULLMAIL_TYPE_NULL_CLIENT_CONFIG, NULL);

  assert_fresh (config);
  assert_fresh (other);
  g_assert_true (nullmail_null_client_config_equal (config, other));
}

/* As a getter of C and as a property, assigned in both ways. */
static void
test_assign (void)
{
  static const char * const items[] = { "a", "b", NULL };
  static const char * const none[] = { NULL };
  g_autoptr(NullmailRelayHost) relay_host = relay ("[a]");
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) other = NULL;

  nullmail_null_client_config_set_relay_host (config, relay_host);
  nullmail_null_client_config_set_hostname (config, "h");
  nullmail_null_client_config_set_domain (config, "d");
  nullmail_null_client_config_set_origin (config, "o");
  nullmail_null_client_config_set_interfaces (config, items);
  nullmail_null_client_config_set_protocols (config, NULLMAIL_INET_PROTOCOLS_IPV6);
  nullmail_null_client_config_set_networks (config, none);
  nullmail_null_client_config_set_destinations (config, items);
  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_DANE_ONLY);
  nullmail_null_client_config_set_tls_wrapper (config, TRUE);
  nullmail_null_client_config_set_tls_ca_file (config, "/ca");
  nullmail_null_client_config_set_tls_client_certificate (config, "/client.pem");
  nullmail_null_client_config_set_authentication (config, TRUE);
  nullmail_null_client_config_set_password_maps (config, "lmdb:/x");
  nullmail_null_client_config_set_sasl_security_options (config, items);
  nullmail_null_client_config_set_sasl_mechanisms (config, items);

  g_assert_true (nullmail_null_client_config_get_relay_host (config) == relay_host);
  g_assert_cmpstr (nullmail_null_client_config_get_hostname (config), ==, "h");
  g_assert_cmpstr (nullmail_null_client_config_get_domain (config), ==, "d");
  g_assert_cmpstr (nullmail_null_client_config_get_origin (config), ==, "o");
  assert_list (nullmail_null_client_config_get_interfaces (config), "a b");
  g_assert_cmpint (nullmail_null_client_config_get_protocols (config), ==,
                   NULLMAIL_INET_PROTOCOLS_IPV6);
  assert_list (nullmail_null_client_config_get_networks (config), "");
  assert_list (nullmail_null_client_config_get_destinations (config), "a b");
  g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==,
                   NULLMAIL_TLS_LEVEL_DANE_ONLY);
  g_assert_true (nullmail_null_client_config_get_tls_wrapper (config));
  g_assert_cmpstr (nullmail_null_client_config_get_tls_ca_file (config), ==, "/ca");
  g_assert_cmpstr (nullmail_null_client_config_get_tls_client_certificate (config), ==,
                   "/client.pem");
  g_assert_true (nullmail_null_client_config_get_authentication (config));
  g_assert_cmpstr (nullmail_null_client_config_get_password_maps (config), ==, "lmdb:/x");
  assert_list (nullmail_null_client_config_get_sasl_security_options (config), "a b");
  assert_list (nullmail_null_client_config_get_sasl_mechanisms (config), "a b");
  g_assert_true (nullmail_null_client_config_get_local_delivery (config));
  assert_list (nullmail_null_client_config_get_unsupported (config), "");
  for (guint i = 0; i < G_N_ELEMENTS (fresh_values) - 2; i++)
    assert_state (config, fresh_values[i].property, SET);

  other = g_object_new (NULLMAIL_TYPE_NULL_CLIENT_CONFIG,
                        "relay-host", relay_host, "hostname", "h", "domain", "d", "origin", "o",
                        "interfaces", items, "protocols", NULLMAIL_INET_PROTOCOLS_IPV6,
                        "networks", none, "destinations", items,
                        "tls-level", NULLMAIL_TLS_LEVEL_DANE_ONLY, "tls-wrapper", TRUE,
                        "tls-ca-file", "/ca", "tls-client-certificate", "/client.pem",
                        "authentication", TRUE, "password-maps", "lmdb:/x",
                        "sasl-security-options", items, "sasl-mechanisms", items, NULL);
  g_assert_true (nullmail_null_client_config_equal (config, other));

  for (guint i = 0; i < G_N_ELEMENTS (fresh_values) - 2; i++)
    g_assert_true (nullmail_null_client_config_reset (config, fresh_values[i].property, NULL));
  assert_fresh (config);
}

/* NULL, or AUTO, goes back to the fresh state where the property has no such value. */
static void
test_assign_nothing (void)
{
  static const char * const items[] = { "a", NULL };
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();

  nullmail_null_client_config_set_networks (config, items);
  nullmail_null_client_config_set_networks (config, NULL);
  nullmail_null_client_config_set_sasl_security_options (config, items);
  nullmail_null_client_config_set_sasl_security_options (config, NULL);
  nullmail_null_client_config_set_sasl_mechanisms (config, items);
  nullmail_null_client_config_set_sasl_mechanisms (config, NULL);
  nullmail_null_client_config_set_password_maps (config, "hash:/x");
  nullmail_null_client_config_set_password_maps (config, NULL);
  nullmail_null_client_config_set_protocols (config, NULLMAIL_INET_PROTOCOLS_IPV4);
  nullmail_null_client_config_set_protocols (config, NULLMAIL_INET_PROTOCOLS_AUTO);
  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_NONE);
  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_AUTO);
  assert_fresh (config);

  nullmail_null_client_config_set_origin (config, NULL);
  assert_state (config, "origin", SET);
  g_assert_null (nullmail_null_client_config_get_origin (config));
}

static void
test_states (void)
{
  g_autoptr(NullmailNullClientConfig) config = load ("relayhost = [a]\nmydestination = x, y\n"
                                                     "smtp_sasl_auth_enable = yes\n"
                                                     "smtp_tls_wrappermode = True\n");

  assert_state (config, "relay-host", LOADED);
  assert_state (config, "destinations", LOADED);
  assert_state (config, "authentication", LOADED);
  assert_state (config, "tls-wrapper", KEPT);
  assert_state (config, "origin", KEPT);
  assert_state (config, "tls-level", KEPT);
  g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==,
                   NULLMAIL_TLS_LEVEL_AUTO);
  assert_list (nullmail_null_client_config_get_unsupported (config), "smtp_tls_wrappermode");
  g_assert_true (nullmail_null_client_config_get_local_delivery (config));

  nullmail_null_client_config_set_destinations (
    config, nullmail_null_client_config_get_destinations (config));
  assert_state (config, "destinations", SET);  /* even to the value it has */
  assert_list (nullmail_null_client_config_get_destinations (config), "x y");

  g_assert_true (nullmail_null_client_config_unset (config, "destinations", NULL));
  assert_state (config, "destinations", UNSET);
  assert_list (nullmail_null_client_config_get_destinations (config), "");
  g_assert_true (nullmail_null_client_config_get_local_delivery (config));

  g_assert_true (nullmail_null_client_config_reset (config, "destinations", NULL));
  assert_state (config, "destinations", SET);
  g_assert_false (nullmail_null_client_config_get_local_delivery (config));

  g_assert_true (nullmail_null_client_config_keep (config, "authentication", NULL));
  assert_state (config, "authentication", KEPT);
  g_assert_false (nullmail_null_client_config_get_authentication (config));

  g_assert_true (nullmail_null_client_config_keep (config, "tls_wrapper", NULL));
  assert_list (nullmail_null_client_config_get_unsupported (config), "smtp_tls_wrappermode");
  g_assert_true (nullmail_null_client_config_unset (config, "tls-wrapper", NULL));
  assert_list (nullmail_null_client_config_get_unsupported (config), "");
}

static gboolean
has_state (Config      *config,
           const char  *property,
           GError     **error)
{
  return nullmail_null_client_config_get_state (config, property, error) != KEPT;
}

/* It was a critical warning, which a program in another language cannot avoid. */
static void
test_unknown_property (void)
{
  static const struct { const char *property; const char *words; } cases[] = {
    { "tls-levl", "“tls-level”" }, { "relayhost", "“relay-host”" }, { "TLS_LEVEL", "" },
    { "sasl-security-option", "“sasl-security-options”" }, { "", "property" },
    { "local_delivery", "only be read" }, { "unsupported", "only be read" },
    { "relay host\n", "“relay-host”" },
  };
  gboolean (* const functions[]) (Config *, const char *, GError **) = {
    nullmail_null_client_config_keep, nullmail_null_client_config_unset,
    nullmail_null_client_config_reset, has_state,
  };
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) untouched = nullmail_null_client_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (functions); i++)
    {
      guint n = i / G_N_ELEMENTS (functions);
      gboolean reads = functions[i % G_N_ELEMENTS (functions)] == has_state;
      g_autoptr(GError) error = NULL;

      if (reads && strstr (cases[n].words, "only") != NULL)
        continue;
      g_assert_false (functions[i % G_N_ELEMENTS (functions)] (config, cases[n].property, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[n].words));
      g_assert_null (strchr (error->message, '\n'));
    }
  g_assert_true (nullmail_null_client_config_equal (config, untouched));
  assert_state (config, "local_delivery", DERIVED);
}

static void
test_derived (void)
{
  static const struct
  {
    const char       *relay;
    gboolean          authentication;
    NullmailTlsLevel  level;
    gboolean          wrapper;
  } cases[] = {
    { "[a]", FALSE, NULLMAIL_TLS_LEVEL_MAY, FALSE },
    { "[a]:25", FALSE, NULLMAIL_TLS_LEVEL_MAY, FALSE },
    { "[a]:2525", FALSE, NULLMAIL_TLS_LEVEL_MAY, FALSE },
    { "[a]:587", FALSE, NULLMAIL_TLS_LEVEL_SECURE, FALSE },
    { "[a]:submission", FALSE, NULLMAIL_TLS_LEVEL_SECURE, FALSE },
    { "[a]:465", FALSE, NULLMAIL_TLS_LEVEL_SECURE, TRUE },
    { "a:smtps", FALSE, NULLMAIL_TLS_LEVEL_SECURE, TRUE },
    { "[a]", TRUE, NULLMAIL_TLS_LEVEL_SECURE, FALSE },
    { "[a]:465", TRUE, NULLMAIL_TLS_LEVEL_SECURE, TRUE },
  };
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      set_relay (config, cases[i].relay);
      nullmail_null_client_config_set_authentication (config, cases[i].authentication);
      g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==, cases[i].level);
      g_assert_cmpint (nullmail_null_client_config_get_tls_wrapper (config), ==, cases[i].wrapper);
      assert_state (config, "tls-level", DERIVED);
      assert_state (config, "tls-wrapper", DERIVED);
    }
}

/* What main.cf lacks is derived as soon as it is needed, and only then. */
static void
test_dormant (void)
{
  g_autoptr(NullmailNullClientConfig) config = load ("");

  set_relay (config, "[a]:587");
  assert_state (config, "tls-level", KEPT);
  assert_state (config, "tls-wrapper", KEPT);

  set_relay (config, "[a]:465");
  assert_state (config, "tls-level", DERIVED);
  assert_state (config, "tls-wrapper", DERIVED);
  assert_state (config, "password-maps", KEPT);

  set_relay (config, "[a]:25");
  assert_state (config, "tls-level", KEPT);
  g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==,
                   NULLMAIL_TLS_LEVEL_AUTO);

  g_assert_true (nullmail_null_client_config_keep (config, "tls-ca-file", NULL));
  nullmail_null_client_config_set_authentication (config, TRUE);
  assert_state (config, "tls-level", DERIVED);
  g_assert_cmpint (nullmail_null_client_config_get_tls_level (config), ==,
                   NULLMAIL_TLS_LEVEL_SECURE);
  assert_state (config, "password-maps", DERIVED);
  assert_state (config, "sasl-security-options", DERIVED);
  assert_state (config, "tls-ca-file", KEPT);  /* said so */
  assert_state (config, "tls-wrapper", KEPT);
}

static void
log_notify (Config     *config G_GNUC_UNUSED,
            GParamSpec *pspec,
            GString    *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
log_state (Config     *config,
           const char *property,
           GString    *log)
{
  g_string_append_printf (log, "%s=%d ", property,
                          nullmail_null_client_config_get_state (config, property, NULL));
}

static void
assert_log (GString    *log,
            const char *expected)
{
  g_auto(GStrv) found_words = g_strsplit (log->str, " ", -1);
  g_auto(GStrv) expected_words = g_strsplit (expected, " ", -1);

  g_test_message ("told: %s", log->str);
  for (guint i = 0; expected_words[i] != NULL; i++)
    g_assert_true (*expected_words[i] == '\0'
                   || g_strv_contains ((const char * const *) found_words, expected_words[i]));
  g_assert_cmpuint (strlen (log->str), ==, strlen (expected) + (*expected != '\0'));
  g_string_truncate (log, 0);
}

static void
test_signals (void)
{
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(GString) notified = g_string_new (NULL);
  g_autoptr(GString) states = g_string_new (NULL);
  g_autoptr(GString) detail = g_string_new (NULL);

  g_signal_connect (config, "notify", G_CALLBACK (log_notify), notified);
  g_signal_connect (config, "state-changed", G_CALLBACK (log_state), states);
  g_signal_connect (config, "state-changed::tls-level", G_CALLBACK (log_state), detail);

  set_relay (config, "[a]:465");
  assert_log (notified, "relay-host tls-level tls-wrapper");
  assert_log (states, "");

  set_relay (config, "[a]:465");
  nullmail_null_client_config_set_origin (config, "$mydomain");
  assert_log (notified, "");
  assert_log (states, "");

  nullmail_null_client_config_set_authentication (config, TRUE);
  assert_log (notified, "authentication");

  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_SECURE);
  assert_log (notified, "");
  assert_log (states, "tls-level=1");
  assert_log (detail, "tls-level=1");

  g_assert_true (nullmail_null_client_config_unset (config, "destinations", NULL));
  assert_log (notified, "local-delivery");
  assert_log (states, "destinations=2");

  g_assert_true (nullmail_null_client_config_keep (config, "relay-host", NULL));
  assert_log (notified, "relay-host tls-wrapper");
  assert_log (states, "relay-host=0");
  assert_log (detail, "");
}

static const struct { const char *loaded; const char *assigned; const char *names; }
invalid_cases[] = {
  /* names: what the message must name; NULL where all is well */
  { NULL, "{}", "relay-host" },
  { NULL, "{'unset': <['relay-host']>}", NULL },
  { NULL, "{'relay-host': <'[a]'>}", NULL },
  { NULL, "{'relay-host': <'[a]:465'>}", NULL },
  { NULL, "{'relay-host': <'[a]:465'>, 'tls-wrapper': <false>}", "tls-wrapper" },
  { NULL, "{'relay-host': <'[a]:465'>, 'unset': <['tls-wrapper']>}", "tls-wrapper" },
  { NULL, "{'relay-host': <'[a]:465'>, 'tls-level': <'may'>}", "tls-level" },
  { NULL, "{'relay-host': <'[a]:465'>, 'tls-level': <'dane'>}", "tls-level" },
  { NULL, "{'relay-host': <'[a]:465'>, 'tls-level': <'encrypt'>}", NULL },
  { NULL, "{'relay-host': <'[a]:465'>, 'unset': <['tls-level']>}", "tls-level" },
  { NULL, "{'relay-host': <'[a]'>, 'tls-wrapper': <true>}", "tls-level" },
  { NULL, "{'relay-host': <'[a]:8465'>, 'tls-wrapper': <true>, 'tls-level': <'dane-only'>}", NULL },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <''>}", "origin" },
  { NULL, "{'relay-host': <'[a]'>, 'hostname': <''>}", "hostname" },
  { NULL, "{'relay-host': <'[a]'>, 'domain': <''>}", "domain" },
  { NULL, "{'relay-host': <'[a]'>, 'domain': <'a b'>}", "domain" },
  { NULL, "{'relay-host': <'[a]'>, 'domain': <'a,b'>}", "domain" },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <'a$'>}", "origin" },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <'${x'>}", "origin" },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <'${-}'>}", "origin" },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <'${}'>}", "origin" },
  { NULL, "{'relay-host': <'[a]'>, 'origin': <'a$$b${x}$(y)${z:}$w'>}", NULL },
  { NULL, "{'relay-host': <'[a]'>, 'networks': <['a b']>}", "networks" },
  { NULL, "{'relay-host': <'[a]'>, 'networks': <['a,b']>}", "networks" },
  { NULL, "{'relay-host': <'[a]'>, 'networks': <['']>}", "networks" },
  { NULL, "{'relay-host': <'[a]'>, 'networks': <@as []>, 'interfaces': <@as []>}", NULL },
  { NULL, "{'relay-host': <'[a]'>, 'destinations': <['$myhostname', 'hash:/x']>}", NULL },
  { NULL, "{'relay-host': <'[a]'>, 'tls-ca-file': <'ca.pem'>}", "tls-ca-file" },
  { NULL, "{'relay-host': <'[a]'>, 'tls-ca-file': <''>}", "tls-ca-file" },
  { NULL, "{'relay-host': <'[a]'>, 'tls-ca-file': <'/a b'>}", "tls-ca-file" },
  { NULL, "{'relay-host': <'[a]'>, 'tls-ca-file': <'$config_directory/ca.pem'>}", NULL },
  { NULL, "{'relay-host': <'[a]'>, 'password-maps': <'hash:/x, lmdb:/y'>}", NULL },

  /* What was loaded and not touched is not judged. */
  { "", "{}", NULL },
  { "relayhost =\n", "{}", NULL },
  { "relayhost = a b\n", "{}", NULL },
  { "relayhost = [a]:465\nmyorigin =\nmynetworks = {a, b}\n", "{}", NULL },
  { "relayhost = [a]:465\nmyorigin =\n", "{'hostname': <'x'>}", NULL },
  { "relayhost = [a]:465\n", "{'tls-wrapper': <false>}", "tls-wrapper" },
  { "relayhost = [a]:465\nsmtp_tls_wrappermode = yes\n", "{'tls-level': <'may'>}", "tls-level" },
  { "smtp_tls_wrappermode = no\n", "{'relay-host': <'[a]:465'>}", "tls-wrapper" },
  { "smtp_tls_security_level = may\n", "{'relay-host': <'[a]:465'>}", "tls-level" },
  { "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = may\n", "{'relay-host': <'[a]:587'>}",
    NULL },
};

static void
test_validate (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (invalid_cases); i++)
    {
      const char *names = invalid_cases[i].names;
      g_autoptr(NullmailNullClientConfig) config =
        invalid_cases[i].loaded != NULL ? load (invalid_cases[i].loaded)
                                        : nullmail_null_client_config_new ();
      g_autoptr(GVariant) variant = g_variant_parse (NULL, invalid_cases[i].assigned, NULL, NULL,
                                                     NULL);
      g_autoptr(GError) error = NULL;

      if (variant == NULL)  /* {} alone has no type */
        variant = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
      g_test_message ("%s %s", invalid_cases[i].loaded, invalid_cases[i].assigned);
      g_assert_true (nullmail_null_client_config_apply_variant (config, variant, &error));
      g_assert_no_error (error);

      g_assert_cmpint (nullmail_null_client_config_validate (config, &error), ==, names == NULL);
      if (names == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, names));
    }
}

static void
test_relay_taken_away (void)
{
  g_autoptr(NullmailNullClientConfig) config = load ("relayhost = [a]\n");
  g_autoptr(GError) error = NULL;

  nullmail_null_client_config_set_relay_host (config, NULL);
  g_assert_false (nullmail_null_client_config_validate (config, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
}

/* Every text of every property, with each character that main.cf cannot hold. */
static void
test_control_characters (void)
{
  static const char * const texts[] = { "hostname", "domain", "origin", "tls-ca-file",
                                        "password-maps" };
  static const char * const lists[] = { "interfaces", "networks", "destinations",
                                        "sasl-security-options", "sasl-mechanisms" };

  for (guint c = 1; c <= 0x7f; c = c == 0x1f ? 0x7f : c + 1)
    for (guint i = 0; i < G_N_ELEMENTS (texts) + G_N_ELEMENTS (lists); i++)
      {
        const char *property = i < G_N_ELEMENTS (texts) ? texts[i]
                                                        : lists[i - G_N_ELEMENTS (texts)];
        char text[] = { '/', 'a', (char) c, 'b', '\0' };
        const char *list[] = { "a", text, NULL };
        g_autoptr(NullmailNullClientConfig) config =
          nullmail_null_client_config_new_for_relay ("[a]", NULL);
        g_autoptr(GError) error = NULL;

        g_object_set (config, property,
                      i < G_N_ELEMENTS (texts) ? (gconstpointer) text : (gconstpointer) list, NULL);
        g_assert_false (nullmail_null_client_config_validate (config, &error));
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
        g_assert_true (g_str_has_prefix (error->message, property));
        g_assert_null (strchr (error->message, (int) c));
      }
}

static void
test_copy (void)
{
  g_autoptr(NullmailNullClientConfig) config = load ("relayhost = a, b\nmyorigin = o\n");
  g_autoptr(NullmailNullClientConfig) copy = nullmail_null_client_config_copy (config);

  g_assert_true (nullmail_null_client_config_equal (config, copy));
  assert_list (nullmail_null_client_config_get_unsupported (copy), "relayhost");

  nullmail_null_client_config_set_authentication (copy, TRUE);
  assert_state (copy, "tls-level", DERIVED);  /* what was dormant is so in the copy */
  g_assert_false (nullmail_null_client_config_equal (config, copy));
  assert_state (config, "tls-level", KEPT);
  assert_state (config, "authentication", KEPT);

  g_clear_object (&copy);
  copy = nullmail_null_client_config_copy (config);
  nullmail_null_client_config_set_origin (copy, "o");
  g_assert_false (nullmail_null_client_config_equal (config, copy));  /* SET is not LOADED */
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/null-client-config/fresh", test_fresh);
  g_test_add_func ("/null-client-config/assign", test_assign);
  g_test_add_func ("/null-client-config/assign-nothing", test_assign_nothing);
  g_test_add_func ("/null-client-config/states", test_states);
  g_test_add_func ("/null-client-config/unknown-property", test_unknown_property);
  g_test_add_func ("/null-client-config/derived", test_derived);
  g_test_add_func ("/null-client-config/dormant", test_dormant);
  g_test_add_func ("/null-client-config/signals", test_signals);
  g_test_add_func ("/null-client-config/validate", test_validate);
  g_test_add_func ("/null-client-config/relay-taken-away", test_relay_taken_away);
  g_test_add_func ("/null-client-config/control-characters", test_control_characters);
  g_test_add_func ("/null-client-config/copy", test_copy);

  return g_test_run ();
}
