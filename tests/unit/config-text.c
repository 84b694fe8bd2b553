/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Properties assigned from text, and parameters that no property stands for. */

#include <string.h>

#include "nullmail.h"

typedef NullmailNullClientConfig Config;

static NullmailMainCf *
document (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_nonnull (main_cf);
  return main_cf;
}

static void
assert_value (NullmailMainCf *main_cf,
              const char     *name,
              const char     *value)
{
  g_autofree char *found = nullmail_main_cf_get_value (main_cf, name);

  g_assert_cmpstr (found, ==, value);
}

/* What the variant form shows of a property, as text. */
static char *
show (Config     *config,
      const char *property)
{
  g_autoptr(GVariant) variant = nullmail_null_client_config_to_variant (config);
  g_autoptr(GVariant) value = g_variant_lookup_value (variant, property, NULL);

  return value != NULL ? g_variant_print (value, FALSE) : NULL;
}

static void
test_text (void)
{
  static const struct { const char *property, *text, *shown; } cases[] = {
    { "relay-host", " [a]:587\n", "'[a]:587'" },
    { "relay_host", "b", "'b'" },
    { "hostname", " host.example.com ", "'host.example.com'" },
    { "hostname", "", NULL },
    { "interfaces", "loopback-only", "['loopback-only']" },
    { "networks", "127.0.0.0/8, [::1]/128  10.0.0.0/8,",
      "['127.0.0.0/8', '[::1]/128', '10.0.0.0/8']" },
    { "destinations", "", "[]" },
    { "destinations", " , ", "[]" },
    { "protocols", "IPv4", "'ipv4'" },
    { "protocols", "ipv6, ipv4", "'all'" },
    { "protocols", "auto", NULL },
    { "tls-level", "Secure", "'secure'" },
    { "tls_level", "dane_only", "'dane-only'" },
    { "tls-level", "auto", NULL },
    { "tls-level", "", NULL },
    { "tls-wrapper", "YES", "true" },
    { "tls-wrapper", "", NULL },
    { "authentication", "True", "true" },
    { "authentication", "no", "false" },
    { "tls-ca-file", "/a/b.pem", "'/a/b.pem'" },
    { "sasl-mechanisms", "plain login", "['plain', 'login']" },
    { "password-maps", "hash:/a hash:/b", "'hash:/a hash:/b'" },
    { "root-address", "a@example.com", "'a@example.com'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
      g_autoptr(GError) error = NULL;
      g_autofree char *shown = NULL;

      g_test_message ("%s = %s", cases[i].property, cases[i].text);
      g_assert_true (nullmail_null_client_config_assign_text (config, cases[i].property,
                                                              cases[i].text, &error));
      g_assert_no_error (error);
      shown = show (config, g_strdelimit (strdupa (cases[i].property), "_", '-'));
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

/* The error says what would do. */
static void
test_text_refused (void)
{
  static const struct { const char *property, *text; NullmailError code; const char *words; }
  cases[] = {
    { "tls-level", "strong", NULLMAIL_ERROR_INVALID_ARGUMENT, "may, encrypt, dane, dane-only" },
    { "tls-level", "8", NULLMAIL_ERROR_INVALID_ARGUMENT, "secure" },
    { "protocols", "ipv5", NULLMAIL_ERROR_INVALID_ARGUMENT, "all, ipv4, ipv6" },
    { "authentication", "maybe", NULLMAIL_ERROR_INVALID_ARGUMENT, "yes or no" },
    { "authentication", "auto", NULLMAIL_ERROR_INVALID_ARGUMENT, "yes or no" },
    { "relay-host", "a b", NULLMAIL_ERROR_INVALID_RELAY_HOST, "a b" },
    { "relay-hots", "a", NULLMAIL_ERROR_INVALID_ARGUMENT, "relay-host" },
    { "unsupported", "a", NULLMAIL_ERROR_INVALID_ARGUMENT, "can only be read" },
    { "local_delivery", "yes", NULLMAIL_ERROR_INVALID_ARGUMENT, "can only be read" },
  };
  g_autoptr(NullmailNullClientConfig) fresh = nullmail_null_client_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
      g_autoptr(GError) error = NULL;

      g_test_message ("%s = %s", cases[i].property, cases[i].text);
      g_assert_false (nullmail_null_client_config_assign_text (config, cases[i].property,
                                                               cases[i].text, &error));
      g_assert_error (error, NULLMAIL_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_true (nullmail_null_client_config_equal (config, fresh));
    }
}

/* All that the setters tell is told, and the state is the same. */
static void
test_text_is_an_assignment (void)
{
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) other = nullmail_null_client_config_new ();
  const char * const words[] = { "a", "b", NULL };

  g_assert_true (nullmail_null_client_config_assign_text (config, "networks", "a, b", NULL));
  nullmail_null_client_config_set_networks (other, words);
  g_assert_true (nullmail_null_client_config_equal (config, other));
  g_assert_true (nullmail_null_client_config_assign_text (config, "hostname", "", NULL));
  nullmail_null_client_config_set_hostname (other, NULL);
  g_assert_true (nullmail_null_client_config_equal (config, other));
}

static void
test_list_parameters (void)
{
  static const struct { const char *property, *parameters; } cases[] = {
    { "relay-host", "relayhost" },
    { "relay_host", "relayhost" },
    { "tls-level", "smtp_tls_security_level" },
    { "sasl-security-options", "smtp_sasl_security_options smtp_sasl_tls_security_options "
                               "smtp_sasl_tls_verified_security_options" },
    { "sender-address", "sender_canonical_maps sender_canonical_classes smtp_header_checks" },
    { "root-address", "virtual_alias_maps" },
    { "local-delivery", "mydestination" },
    { "unsupported", "" },
  };
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) found =
        nullmail_null_client_config_list_parameters (config, cases[i].property, NULL);
      g_autofree char *joined = g_strjoinv (" ", found);

      g_assert_cmpstr (joined, ==, cases[i].parameters);
    }

  g_assert_null (nullmail_null_client_config_list_parameters (config, "origins", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "“origin”"));
}

static void
test_parameters (void)
{
  g_autoptr(NullmailMainCf) main_cf =
    document ("# kept\nsmtp_host_lookup = dns\nbounce_queue_lifetime = 1d\nmynetworks_style = x\n");
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]", NULL);
  g_autoptr(NullmailNullClientConfig) copy = NULL;
  g_autoptr(NullmailNullClientConfig) again = NULL;
  g_autoptr(GVariant) variant = NULL;
  g_autofree char *shown = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (nullmail_null_client_config_assign_parameter (config, "message_size_limit",
                                                               " 1000 ", &error));
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "bounce_queue_lifetime",
                                                               "1d", &error));
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "smtp_host_lookup", NULL,
                                                               &error));
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "notify_classes", "",
                                                               &error));
  /* It comes along with destinations, and is decided here. */
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "local_transport",
                                                               "discard:", &error));

  shown = show (config, "parameters");
  g_assert_cmpstr (shown, ==, "{'bounce_queue_lifetime': '1d', 'local_transport': 'discard:', "
                              "'message_size_limit': '1000', 'notify_classes': '', "
                              "'smtp_host_lookup': nothing}");
  copy = nullmail_null_client_config_copy (config);
  g_assert_true (nullmail_null_client_config_equal (config, copy));
  variant = nullmail_null_client_config_to_variant (config);
  again = nullmail_null_client_config_new_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_true (nullmail_null_client_config_equal (config, again));
  g_assert_true (nullmail_null_client_config_assign_parameter (again, "notify_classes", NULL,
                                                               NULL));
  g_assert_false (nullmail_null_client_config_equal (config, again));
  g_assert_true (nullmail_null_client_config_equal (config, copy));

  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  assert_value (main_cf, "message_size_limit", "1000");
  assert_value (main_cf, "bounce_queue_lifetime", "1d");
  assert_value (main_cf, "smtp_host_lookup", NULL);
  assert_value (main_cf, "notify_classes", "");
  assert_value (main_cf, "local_transport", "discard:");
  assert_value (main_cf, "mynetworks_style", "x");
  assert_value (main_cf, "relayhost", "[a]");
}

static void
test_parameters_refused (void)
{
  static const struct { const char *name, *value, *words; } cases[] = {
    { "relayhost", "[b]", "“relay-host”" },
    { "relayhost", NULL, "“relay-host”" },
    { "smtp_sasl_tls_security_options", "x", "“sasl-security-options”" },
    { "smtp_sasl_auth_enable", "yes", "“authentication”" },
    { "", "x", "is empty" },
    { "a b", "x", "white space" },
    { "a=b", "x", "“=”" },
    { "#a", NULL, "comment" },
    { "a", "b\nrelayhost = [c]", "newline" },
    { "a\xff", "b", "UTF-8" },
    { "a", "\xff", "UTF-8" },
  };
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new ();
  g_autoptr(NullmailNullClientConfig) fresh = nullmail_null_client_config_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (nullmail_null_client_config_assign_parameter (config, cases[i].name,
                                                                    cases[i].value, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_true (nullmail_null_client_config_equal (config, fresh));
    }
}

/* An address shares its parameters with others, and refuses them where it is assigned: whichever
 * came first. */
static void
test_parameters_of_an_address (void)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]", NULL);
  g_autoptr(NullmailMainCf) main_cf = document ("# kept\n");
  g_autoptr(GError) error = NULL;

  g_assert_true (nullmail_null_client_config_assign_parameter (config, "virtual_alias_maps",
                                                               "hash:/v", &error));
  g_assert_true (nullmail_null_client_config_validate (config, &error));
  nullmail_null_client_config_set_root_address (config, "a@example.com");
  g_assert_false (nullmail_null_client_config_validate (config, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
  g_assert_nonnull (strstr (error->message, "virtual_alias_maps"));
  g_clear_error (&error);
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  assert_value (main_cf, "virtual_alias_maps", NULL);

  g_assert_false (nullmail_null_client_config_assign_parameter (config, "virtual_alias_maps",
                                                                "hash:/w", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "“root-address”"));
}

/* The level FINGERPRINT needs one, which may come in the same commit. */
static void
test_parameters_are_in_view (void)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]:587", NULL);
  g_autoptr(NullmailMainCf) main_cf = document ("");
  g_autoptr(GError) error = NULL;

  nullmail_null_client_config_set_tls_level (config, NULLMAIL_TLS_LEVEL_FINGERPRINT);
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "notify_classes", "x",
                                                               &error));
  g_assert_false (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG);
  g_clear_error (&error);
  assert_value (main_cf, "notify_classes", NULL);  /* nothing was written */

  g_assert_true (nullmail_null_client_config_assign_parameter (
                   config, "smtp_tls_fingerprint_cert_match", "AA:BB", &error));
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, &error));
  g_assert_no_error (error);
  assert_value (main_cf, "smtp_tls_fingerprint_cert_match", "AA:BB");
}

static void
test_parameters_with_a_password (void)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[a]", NULL);
  g_autoptr(NullmailNullClientConfig) copy = NULL;
  g_autofree char *shown = NULL;

  g_assert_true (nullmail_null_client_config_assign_parameter (
                   config, "lmtp_sasl_password_maps", "static:user:Marker", NULL));
  g_assert_true (nullmail_null_client_config_assign_parameter (config, "notify_classes", "x",
                                                               NULL));
  shown = show (config, "parameters");
  g_assert_cmpstr (shown, ==, "{'notify_classes': 'x'}");
  g_assert_true (g_strv_contains (nullmail_null_client_config_get_unsupported (config),
                                  "lmtp_sasl_password_maps"));
  copy = nullmail_null_client_config_copy (config);
  g_assert_true (nullmail_null_client_config_equal (config, copy));

  g_assert_true (nullmail_null_client_config_assign_parameter (
                   config, "lmtp_sasl_password_maps", "hash:/etc/passwords", NULL));
  g_assert_cmpstr (nullmail_null_client_config_get_unsupported (config)[0], ==, NULL);
}

/* A password was shown where it stood in another parameter than the one for passwords. */
static void
test_parameters_with_a_password_elsewhere (void)
{
  static const struct { const char *maps, *name, *value; } cases[] = {
    { NULL, "login", "static:user:Marker" },
    { "$login", "login", "static:user:Marker" },
    { "$login", "login", "inline:{ {[a] = user:Marker} }" },
    { "static:user:$word", "word", "Marker" },
    { NULL, "relay_bind_pw", "Marker" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_for_relay ("[a]", NULL);
      g_autoptr(GVariant) variant = NULL;
      g_autofree char *printed = NULL, *parameters = NULL;

      g_assert_true (nullmail_null_client_config_assign_parameter (config, cases[i].name,
                                                                   cases[i].value, NULL));
      g_assert_true (nullmail_null_client_config_assign_parameter (config, "notify_classes", "x",
                                                                   NULL));
      nullmail_null_client_config_set_password_maps (config, cases[i].maps);

      variant = nullmail_null_client_config_to_variant (config);
      printed = g_variant_print (variant, FALSE);
      g_assert_null (strstr (printed, "Marker"));
      parameters = show (config, "parameters");
      g_assert_cmpstr (parameters, ==, "{'notify_classes': 'x'}");
      g_assert_true (g_strv_contains (nullmail_null_client_config_get_unsupported (config),
                                      cases[i].name));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/config-text/assign", test_text);
  g_test_add_func ("/config-text/refused", test_text_refused);
  g_test_add_func ("/config-text/is-an-assignment", test_text_is_an_assignment);
  g_test_add_func ("/config-text/list-parameters", test_list_parameters);
  g_test_add_func ("/config-text/parameters", test_parameters);
  g_test_add_func ("/config-text/parameters/refused", test_parameters_refused);
  g_test_add_func ("/config-text/parameters/of-an-address", test_parameters_of_an_address);
  g_test_add_func ("/config-text/parameters/in-view", test_parameters_are_in_view);
  g_test_add_func ("/config-text/parameters/password", test_parameters_with_a_password);
  g_test_add_func ("/config-text/parameters/password-elsewhere",
                   test_parameters_with_a_password_elsewhere);

  return g_test_run ();
}
