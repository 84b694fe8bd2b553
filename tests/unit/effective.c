/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "config/effective-private.h"

static guint n_loads;

/* What differs from one Postfix to the next, and so is not known without asking. */
static GHashTable *
load_defaults (gpointer      user_data,
               GCancellable *cancellable G_GNUC_UNUSED)
{
  GHashTable *defaults = g_hash_table_new (g_str_hash, g_str_equal);

  n_loads++;
  if (user_data != NULL)
    g_hash_table_insert (defaults, (gpointer) "default_database_type", user_data);

  return defaults;
}

static NullmailEffective *
read_text (const char *text,
           gpointer    map_type)
{
  const NullmailDefaultSource source = {
    .config_directory = "/etc/postfix",
    .host_name = "host7.example.com",
    .load_defaults = load_defaults,
    .user_data = map_type,
  };
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_nonnull (main_cf);
  return _nullmail_effective_new (main_cf, &source);
}

/* Macros are expanded, defaults filled in; NULL where Postfix would stop. */
static void
test_values (void)
{
  static const struct { const char *text; const char *name; const char *value; } cases[] = {
    { "", "relayhost", "" },
    { "relayhost = $mydomain", "relayhost", "example.com" },
    { "a = b\nrelayhost = [$a]:587", "relayhost", "[b]:587" },
    { "relayhost = ${nothing?x}${nothing:y}", "relayhost", "y" },
    { "relayhost = $nothing", "relayhost", "" },
    { "relayhost = $config_directory", "relayhost", "/etc/postfix" },
    { "relayhost = $relayhost", "relayhost", NULL },
    { "relayhost = ${a", "relayhost", NULL },
    { "", "myhostname", "host7.example.com" },
    { "myhostname = out.example.org", "mydomain", "example.org" },
    { "", "smtp_sasl_tls_verified_security_options", "noplaintext, noanonymous" },
    { "smtp_sasl_security_options = noanonymous", "smtp_sasl_tls_verified_security_options",
      "noanonymous" },
    { "", "default_database_type", "lmdb" },
    { "default_database_type = hash", "default_database_type", "hash" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailEffective) effective = read_text (cases[i].text, (gpointer) "lmdb");
      g_autofree char *value = _nullmail_effective_get_value (effective, cases[i].name);

      g_test_message ("%s: %s", cases[i].text, cases[i].name);
      g_assert_cmpstr (value, ==, cases[i].value);
    }
}

/* Defaults that follow from each other, the wrong way round: as Postfix has it, and no crash. */
static void
test_circles (void)
{
  static const struct { const char *text; const char *name; const char *value; } cases[] = {
    { "mydomain = $myhostname", "mydomain", "vm." },
    { "foo = $myhostname\nmydomain = ${foo}", "mydomain", "vm." },
    { "myhostname = x.$mydomain", "myhostname", "x." },
    { "compatibility_level = $smtp_tls_security_level", "smtp_tls_security_level", "" },
    { "", "mydomain", "localdomain" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const NullmailDefaultSource source = { .host_name = "vm", .load_defaults = load_defaults };
      g_autoptr(GBytes) bytes = g_bytes_new (cases[i].text, strlen (cases[i].text));
      g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
      g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, &source);
      g_autofree char *value = _nullmail_effective_get_value (effective, cases[i].name);

      g_test_message ("%s: %s", cases[i].text, cases[i].name);
      g_assert_cmpstr (value, ==, cases[i].value);
    }
}

/* Postfix is asked once, and only where the answer is not the same for all. */
static void
test_asks (void)
{
  g_autoptr(NullmailEffective) effective = read_text ("relayhost = [a]:587", (gpointer) "cdb");
  g_autoptr(NullmailEffective) other = NULL;
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new ();

  n_loads = 0;
  g_assert_cmpint (_nullmail_effective_get_level (effective), ==, NULLMAIL_TLS_LEVEL_NONE);
  g_assert_false (_nullmail_effective_logs_in (effective));
  g_assert_false (_nullmail_effective_wraps (effective));
  g_assert_cmpuint (n_loads, ==, 0);

  other = _nullmail_effective_for_main_cf (effective, main_cf);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *a = _nullmail_effective_get_value (effective, "default_database_type");
      g_autofree char *b = _nullmail_effective_get_value (other, "default_database_type");

      g_assert_cmpstr (a, ==, "cdb");
      g_assert_cmpstr (b, ==, "cdb");
    }
  g_assert_cmpuint (n_loads, ==, 1);
}

static GHashTable *
load_version (gpointer      user_data,
              GCancellable *cancellable G_GNUC_UNUSED)
{
  GHashTable *defaults = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (defaults, (gpointer) "mail_version", user_data);
  return defaults;
}

/* Without a version there is no Postfix that could be asked. */
static NullmailEffective *
read_by_version (const char *text,
                 const char *version)
{
  const NullmailDefaultSource source = {
    .host_name = "host7.example.com",
    .load_defaults = version != NULL ? load_version : NULL,
    .user_data = (gpointer) version,
  };
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  return _nullmail_effective_new (main_cf, &source);
}

static void
test_versions (void)
{
  static const struct { const char *version; gboolean has_3_9, has_3_11; } cases[] = {
    { "3.5.27", FALSE, FALSE }, { "3.8.17", FALSE, FALSE }, { "3.9.0", TRUE, FALSE },
    { "3.10.13", TRUE, FALSE }, { "3.11.6", TRUE, TRUE }, { "3.11-20250901", TRUE, TRUE },
    { "3.12-20260821", TRUE, TRUE }, { "4.0.0", TRUE, TRUE }, { "3.9.0-RC1", TRUE, FALSE },
  };
  g_autoptr(NullmailEffective) unknown = read_by_version ("mail_version = 3.11.0\n", NULL);
  g_autoptr(NullmailEffective) odd = read_by_version ("", "unreleased");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailEffective) effective = read_by_version ("mail_version = 2.0\n",
                                                                cases[i].version);

      g_test_message ("%s", cases[i].version);
      g_assert_cmpint (_nullmail_effective_has_version (effective, "3.9", FALSE), ==,
                       cases[i].has_3_9);
      g_assert_cmpint (_nullmail_effective_has_version (effective, "3.11", TRUE), ==,
                       cases[i].has_3_11);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (_nullmail_effective_has_version (unknown, "3.9", i == 1), ==, i == 1);
      g_assert_cmpint (_nullmail_effective_has_version (odd, "3.9", i == 1), ==, i == 1);
    }
}

/* What a function makes of a name is said where no table is needed for it, and is otherwise not
 * known; a Postfix that has no functions stops. */
static void
test_functions (void)
{
  static const struct { const char *version, *value, *expanded; gboolean stops; } cases[] = {
    { "3.11.0", "${domain_to_ascii{Example.com}}", "Example.com", FALSE },
    { "3.11.0", "a.${domain_to_ascii{$mydomain}}:587", "a.example.com:587", FALSE },
    { "3.12-20260821", "$(domain_to_utf8{${mydomain}})", "example.com", FALSE },
    { "3.11.0", "${domain_to_utf8{b\xc3\xbc" "cher.example}}", "b\xc3\xbc" "cher.example", FALSE },
    { "3.11.0", "${{${domain_to_ascii{a}}} == {a} ? {y} : {n}}", "y", FALSE },
    { "3.11.0", "${domain_to_ascii{b\xc3\xbc" "cher.example}}", NULL, FALSE },
    { "3.11.0", "${domain_to_ascii{}}", NULL, FALSE },
    { "3.11.0", "${domain_to_utf8{xn--bcher-kva.example}}", NULL, FALSE },
    { "3.11.0", "${domain_to_utf8{Example.com}}", NULL, FALSE },
    { "3.11.0", "${domain_to_utf8{}}", NULL, FALSE },
    { "3.11.0", "${domain_to_utf8{a..b}}", NULL, FALSE },
    { "3.11.0", "${domain_to_ascii {a}}", NULL, FALSE },
    { "3.11.0", "${domain_to_ascii{a}?b}", NULL, FALSE },
    { "3.11.0", "${nosuch{a}}", NULL, FALSE },
    { "3.11.0", "${a-b{a}}", NULL, TRUE },
    { "3.11.0", "${domain_to_ascii{a}", NULL, TRUE },
    { "3.11.0", "${domain_to_ascii{${a}}", NULL, TRUE },
    { "3.11.0", "${domain_to_ascii{$-}}", NULL, TRUE },
    { "3.10.13", "${domain_to_ascii{a}}", NULL, TRUE },
    { "3.5.27", "${domain_to_ascii{a}}", NULL, TRUE },
    { NULL, "${domain_to_ascii{a}}", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailEffective) effective = read_by_version ("", cases[i].version);
      g_autoptr(GError) error = NULL;
      g_autofree char *expanded = _nullmail_effective_expand (effective, cases[i].value, &error);

      g_test_message ("%s: %s", cases[i].version, cases[i].value);
      g_assert_cmpstr (expanded, ==, cases[i].expanded);
      g_assert_cmpint (error != NULL, ==, cases[i].stops);
    }
}

/* As smtp_tls_policy_init () in Postfix has it, the obsolete parameters included. */
static void
test_level (void)
{
  static const struct { const char *text; NullmailTlsLevel level; } cases[] = {
    { "", NULLMAIL_TLS_LEVEL_NONE },
    { "smtp_tls_security_level = Secure", NULLMAIL_TLS_LEVEL_SECURE },
    { "l = may\nsmtp_tls_security_level = $l", NULLMAIL_TLS_LEVEL_MAY },
    { "smtp_tls_security_level = strong", NULLMAIL_TLS_LEVEL_AUTO },
    { "smtp_use_tls = yes", NULLMAIL_TLS_LEVEL_MAY },
    { "smtp_use_tls = YES\nsmtp_tls_security_level = none", NULLMAIL_TLS_LEVEL_NONE },
    { "smtp_use_tls = true", NULLMAIL_TLS_LEVEL_NONE },
    { "smtp_enforce_tls = yes", NULLMAIL_TLS_LEVEL_VERIFY },
    { "smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no", NULLMAIL_TLS_LEVEL_ENCRYPT },
    { "compatibility_level = 3.11", NULLMAIL_TLS_LEVEL_MAY },
    { "compatibility_level = 3.6", NULLMAIL_TLS_LEVEL_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailEffective) effective = read_text (cases[i].text, NULL);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (_nullmail_effective_get_level (effective), ==, cases[i].level);
    }
}

/* convert_mail_conf_bool () knows two words. */
static void
test_boolean (void)
{
  g_assert_cmpint (_nullmail_boolean_parse ("yes"), ==, NULLMAIL_BOOLEAN_YES);
  g_assert_cmpint (_nullmail_boolean_parse ("No"), ==, NULLMAIL_BOOLEAN_NO);
  g_assert_cmpint (_nullmail_boolean_parse ("True"), ==, NULLMAIL_BOOLEAN_INVALID);
  g_assert_cmpint (_nullmail_boolean_parse ("1"), ==, NULLMAIL_BOOLEAN_INVALID);
  g_assert_cmpint (_nullmail_boolean_parse (""), ==, NULLMAIL_BOOLEAN_INVALID);
}

static void
test_relay (void)
{
  g_autoptr(NullmailEffective) effective =
    read_text ("relayhost = [smtp.$mydomain]:587\nsmtp_sasl_auth_enable = yes", NULL);
  g_autoptr(NullmailEffective) none = read_text ("relayhost =", NULL);
  g_autoptr(NullmailEffective) several = read_text ("relayhost = a.example, b.example", NULL);
  g_autoptr(NullmailRelayHost) relay = _nullmail_effective_get_relay_host (effective);
  g_autofree char *key = _nullmail_effective_get_relay_key (effective);

  g_assert_cmpstr (key, ==, "[smtp.example.com]:587");
  g_assert_cmpstr (nullmail_relay_host_get_host (relay), ==, "smtp.example.com");
  g_assert_true (_nullmail_effective_logs_in (effective));
  g_assert_null (_nullmail_effective_get_relay_key (none));
  g_assert_null (_nullmail_effective_get_relay_host (several));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/effective/values", test_values);
  g_test_add_func ("/effective/circles", test_circles);
  g_test_add_func ("/effective/asks", test_asks);
  g_test_add_func ("/effective/versions", test_versions);
  g_test_add_func ("/effective/functions", test_functions);
  g_test_add_func ("/effective/level", test_level);
  g_test_add_func ("/effective/boolean", test_boolean);
  g_test_add_func ("/effective/relay", test_relay);

  return g_test_run ();
}
