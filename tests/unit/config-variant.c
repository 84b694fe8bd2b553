/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "nullmail.h"

static void
test_variant (void)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]:587", NULL);
  g_autoptr(NullmailNullClientConfig) again = NULL;
  g_autoptr(GVariant) variant = NULL;
  g_autoptr(GVariant) derived = NULL;
  g_autoptr(GError) error = NULL;
  const char *text;
  gboolean yes;

  nullmail_null_client_config_set_protocols (config, NULLMAIL_INET_PROTOCOLS_IPV4);
  nullmail_null_client_config_set_authentication (config, TRUE);
  nullmail_null_client_config_set_hostname (config, NULL);
  g_assert_true (nullmail_null_client_config_unset (config, "networks", NULL));

  variant = nullmail_null_client_config_to_variant (config);
  g_assert_cmpstr (g_variant_get_type_string (variant), ==, "a{sv}");
  g_assert_true (g_variant_lookup (variant, "relay-host", "&s", &text));
  g_assert_cmpstr (text, ==, "[a]:587");
  g_assert_true (g_variant_lookup (variant, "protocols", "&s", &text));
  g_assert_cmpstr (text, ==, "ipv4");
  g_assert_true (g_variant_lookup (variant, "authentication", "b", &yes));
  g_assert_true (yes);
  g_assert_false (g_variant_lookup (variant, "tls-level", "&s", &text));
  g_assert_false (g_variant_lookup (variant, "networks", "as", NULL));

  derived = g_variant_lookup_value (variant, "derived", G_VARIANT_TYPE_VARDICT);
  g_assert_true (g_variant_lookup (derived, "tls-level", "&s", &text));
  g_assert_cmpstr (text, ==, "secure");

  again = nullmail_null_client_config_new_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_true (nullmail_null_client_config_equal (config, again));
  g_assert_cmpint (nullmail_null_client_config_get_state (again, "networks", NULL), ==,
                   NULLMAIL_SETTING_STATE_UNSET);
}

static void
test_variant_refused (void)
{
  static const struct { const char *text; NullmailError code; } cases[] = {
    { "{'relay_host': <'[a]'>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'nonsense': <1>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'local-delivery': <true>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'unsupported': <['x']>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'relay-host': <1>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'relay-host': <'a b'>}", NULLMAIL_ERROR_INVALID_RELAY_HOST },
    { "{'authentication': <'yes'>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'tls-level': <'strong'>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'tls-level': <8>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'networks': <'a'>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'unset': <['nonsense']>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'unset': <'origin'>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "{'origin': <'x'>, 'unset': <['local-delivery']>}", NULLMAIL_ERROR_INVALID_ARGUMENT },
    { "['origin']", NULLMAIL_ERROR_INVALID_ARGUMENT },
  };
  g_autoptr(NullmailNullClientConfig) fresh = nullmail_null_client_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
      g_autoptr(GVariant) variant = g_variant_parse (NULL, cases[i].text, NULL, NULL, NULL);
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_null (nullmail_null_client_config_new_from_variant (variant, &error));
      g_assert_error (error, NULLMAIL_ERROR, (gint) cases[i].code);
      g_assert_false (nullmail_null_client_config_apply_variant (config, variant, NULL));
      g_assert_true (nullmail_null_client_config_equal (config, fresh));  /* nothing was assigned */
    }
}

/* An error says what would do: the words, the types, the nearest name. */
static void
test_variant_errors_help (void)
{
  static const struct { const char *text; const char *words; } cases[] = {
    { "{'tls-level': <'strong'>}", "may, encrypt, dane, dane-only, fingerprint, verify, secure" },
    { "{'protocols': <'ipv5'>}", "all, ipv4, ipv6" },
    { "{'authentication': <'yes'>}", "true or false" },
    { "{'networks': <'a'>}", "a list of strings" },
    { "{'origin': <1>}", "a string" },
    { "{'relay_host': <'[a]'>}", "“relay-host”" },
    { "{'unset': <['orgin']>}", "“origin”" },
    { "{'parameters': <{'a': 'b'}>}", "a{sms}" },
    { "{'parameters': <{'relayhost': just 'b'}>}", "“relay-host”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
      g_autoptr(GVariant) variant = g_variant_parse (NULL, cases[i].text, NULL, NULL, NULL);
      g_autoptr(GError) error = NULL;

      g_assert_false (nullmail_null_client_config_apply_variant (config, variant, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

/* What was loaded shows as what was assigned does; text that is not understood only by name. */
static void
test_loaded (void)
{
  static const char text[] = "relayhost = a, b\nsmtp_tls_security_level = encrypt\n"
                             "inet_protocols = ipv4\nsmtp_tls_wrappermode = no\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_from_main_cf (main_cf);
  g_autoptr(GVariant) variant = nullmail_null_client_config_to_variant (config);
  g_autofree char *printed = g_variant_print (variant, FALSE);

  g_assert_nonnull (strstr (printed, "'tls-level': <'encrypt'>"));
  g_assert_nonnull (strstr (printed, "'protocols': <'ipv4'>"));
  g_assert_nonnull (strstr (printed, "'tls-wrapper': <false>"));
  g_assert_nonnull (strstr (printed, "'unsupported': <['relayhost']>"));
  g_assert_nonnull (strstr (printed, "'local-delivery': <true>"));
  g_assert_null (strstr (printed, "'relay-host'"));
  g_assert_null (strstr (printed, "'origin'"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/config-variant/round-trip", test_variant);
  g_test_add_func ("/config-variant/refused", test_variant_refused);
  g_test_add_func ("/config-variant/errors-help", test_variant_errors_help);
  g_test_add_func ("/config-variant/loaded", test_loaded);

  return g_test_run ();
}
