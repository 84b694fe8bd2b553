/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <libnullmail/nullmail.h>

#include <string.h>

#include "check-case.h"
#include "document/password-file-private.h"

#define CODE(name) NULLMAIL_FINDING_CODE_##name
#define SEVERITY(name) NULLMAIL_SEVERITY_##name

static NullmailFinding *
make (const NullmailFindingFacts *facts)
{
  return _nullmail_finding_new (facts, g_strdup ("A message."), g_strdup ("A remedy."));
}

/* The page that an address leads to has a heading for each code, and for nothing else. */
static void
test_urls (void)
{
  g_autoptr(GEnumClass) codes = g_type_class_ref (NULLMAIL_TYPE_FINDING_CODE);
  g_autofree char *path = g_build_filename (TEST_DATA, "..", "..", "docs", "findings.md",
                                             NULL);
  g_autofree char *page = NULL;
  g_autoptr(GError) error = NULL;
  guint n_headings = 0;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  for (const char *p = page; (p = strstr (p, "\n## ")) != NULL; p++)
    n_headings++;
  g_assert_cmpuint (n_headings, ==, codes->n_values - 1);

  for (guint i = 0; i < codes->n_values; i++)
    {
      const NullmailFindingFacts facts = { .code = codes->values[i].value };
      g_autofree char *heading = g_strdup_printf ("\n## %s\n", codes->values[i].value_nick);
      g_autofree char *end = g_strdup_printf ("/findings.html#%s", codes->values[i].value_nick);
      g_autoptr(NullmailFinding) finding = NULL;

      if (codes->values[i].value == NULLMAIL_FINDING_CODE_NONE)
        continue;
      finding = make (&facts);
      g_assert_true (g_str_has_prefix (nullmail_finding_get_url (finding), "file:///"));
      g_assert_true (g_str_has_suffix (nullmail_finding_get_url (finding), end));
      g_test_message ("%s", heading);
      g_assert_nonnull (strstr (page, heading));
    }
}

static void
test_getters (void)
{
  const NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TLS_UNVERIFIED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .fix = NULLMAIL_FIX_SET,
    .parameter = "smtp_tls_security_level",
    .suggestion = "secure",
    .subject = "a subject",
    .path = "/etc/postfix/main.cf",
    .line = 7,
  };
  g_autoptr(NullmailFinding) finding = make (&facts);
  g_autoptr(NullmailFinding) other = make (&facts);
  g_autoptr(NullmailFinding) same = nullmail_finding_ref (finding);

  g_assert_cmpint (nullmail_finding_get_code (finding), ==, NULLMAIL_FINDING_CODE_TLS_UNVERIFIED);
  g_assert_cmpint (nullmail_finding_get_severity (finding), ==, NULLMAIL_SEVERITY_NOTICE);
  g_assert_cmpstr (nullmail_finding_get_message (finding), ==, "A message.");
  g_assert_cmpstr (nullmail_finding_get_remedy (finding), ==, "A remedy.");
  g_assert_cmpstr (nullmail_finding_get_parameter (finding), ==, "smtp_tls_security_level");
  g_assert_cmpstr (nullmail_finding_get_suggestion (finding), ==, "secure");
  g_assert_cmpstr (nullmail_finding_get_subject (finding), ==, "a subject");
  g_assert_cmpstr (nullmail_finding_get_path (finding), ==, "/etc/postfix/main.cf");
  g_assert_cmpuint (nullmail_finding_get_line (finding), ==, 7);

  g_assert_true (same == finding);
  g_assert_true (nullmail_finding_equal (finding, other));
}

static void
test_can_fix (void)
{
  static const struct { NullmailFix fix; const char *parameter; gboolean expected; } cases[] = {
    { NULLMAIL_FIX_NONE, "smtp_tls_security_level", FALSE },
    { NULLMAIL_FIX_SET, NULL, FALSE },
    { NULLMAIL_FIX_SET, "smtp_tls_security_level", TRUE },
    { NULLMAIL_FIX_SET_SASL_LIST, "smtp_sasl_security_options", TRUE },
    { NULLMAIL_FIX_UNSET, "smtp_use_tls", TRUE },
    { NULLMAIL_FIX_DEDUPLICATE, "relayhost", TRUE },
    { NULLMAIL_FIX_MODERNISE_TLS, "smtp_use_tls", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_TLS_UNVERIFIED,
        .severity = NULLMAIL_SEVERITY_NOTICE,
        .fix = cases[i].fix,
        .parameter = cases[i].parameter,
        .suggestion = "secure",
      };
      g_autoptr(NullmailFinding) finding = make (&facts);

      g_assert_cmpint (nullmail_finding_can_fix (finding), ==, cases[i].expected);
    }
}

static void
test_equal (void)
{
  static const NullmailFindingFacts facts[] = {
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 1 },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (WARNING), .line = 1 },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 2 },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 1, .path = "/x" },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 1, .subject = "x" },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 1, .parameter = "x" },
    { .code = CODE (BAD_LINE), .severity = SEVERITY (ERROR), .line = 1, .suggestion = "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (facts); j++)
      {
        g_autoptr(NullmailFinding) a = make (&facts[i]);
        g_autoptr(NullmailFinding) b = make (&facts[j]);

        g_assert_cmpint (nullmail_finding_equal (a, b), ==, i == j);
      }
}

static void
test_variant (void)
{
  const NullmailFindingFacts full = {
    .code = NULLMAIL_FINDING_CODE_LOCAL_DELIVERY,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = "mydestination",
    .suggestion = "",
    .subject = "s",
    .path = "/etc/\xff/main.cf",
    .line = 3,
  };
  const NullmailFindingFacts bare = {
    .code = NULLMAIL_FINDING_CODE_NOT_RUNNING,
    .severity = NULLMAIL_SEVERITY_WARNING,
  };
  g_autoptr(NullmailFinding) finding = make (&full);
  g_autoptr(GVariant) variant = nullmail_finding_to_variant (finding);
  g_autofree char *text = g_variant_print (variant, FALSE);

  g_assert_cmpstr (g_variant_get_type_string (variant), ==, "a{sv}");
  g_assert_cmpuint (g_variant_n_children (variant), ==, 10);
  g_assert_nonnull (g_strstr_len (text, -1, "'code': <'local-delivery'>"));
  g_assert_nonnull (g_strstr_len (text, -1, "'severity': <'notice'>"));
  g_assert_nonnull (g_strstr_len (text, -1, "'suggestion': <''>"));
  g_assert_nonnull (g_strstr_len (text, -1, "'can-fix': <false>"));

  g_clear_pointer (&finding, nullmail_finding_unref);
  g_clear_pointer (&variant, g_variant_unref);
  g_free (text);
  finding = make (&bare);
  variant = nullmail_finding_to_variant (finding);
  text = g_variant_print (variant, FALSE);
  g_assert_cmpuint (g_variant_n_children (variant), ==, 5);
  g_assert_null (g_strstr_len (text, -1, "line"));
}

static void
test_order (void)
{
  static const NullmailFindingFacts facts[] = {
    { .code = CODE (MAP_MISSING), .severity = SEVERITY (ERROR) },
    { .code = CODE (SECRET_FILE_MODE), .severity = SEVERITY (ERROR), .path = "/a" },
    { .code = CODE (SECRET_FILE_MODE), .severity = SEVERITY (ERROR), .path = "/b" },
    { .code = CODE (NO_RELAY), .severity = SEVERITY (WARNING) },
    { .code = CODE (DUPLICATE_PARAMETER), .severity = SEVERITY (WARNING), .parameter = "a" },
    { .code = CODE (DUPLICATE_PARAMETER), .severity = SEVERITY (WARNING), .parameter = "b" },
    { .code = CODE (NOT_CHECKED), .severity = SEVERITY (NOTICE), .subject = "a" },
    { .code = CODE (NOT_CHECKED), .severity = SEVERITY (NOTICE), .subject = "b" },
    { .code = CODE (NOT_CHECKED), .severity = SEVERITY (NOTICE), .subject = "b", .line = 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (facts); j++)
      {
        g_autoptr(NullmailFinding) a = make (&facts[i]);
        g_autoptr(NullmailFinding) b = make (&facts[j]);
        int order = _nullmail_finding_compare (&a, &b);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
}

static GPtrArray *
make_list (const NullmailFindingFacts *facts)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);

  for (; facts->code != NULLMAIL_FINDING_CODE_NONE; facts++)
    g_ptr_array_add (list, make (facts));

  return list;
}

static void
test_new (void)
{
  static const NullmailFindingFacts before[] = {
    { .code = CODE (CREDENTIALS_MISSING), .severity = SEVERITY (ERROR), .subject = "[a]" },
    { .code = CODE (INVALID_VALUE), .severity = SEVERITY (ERROR), .parameter = "a", .line = 3 },
    { .code = NULLMAIL_FINDING_CODE_NONE },
  };
  static const NullmailFindingFacts after[] = {
    { .code = CODE (CREDENTIALS_MISSING), .severity = SEVERITY (ERROR), .subject = "[a]" },
    { .code = CODE (CREDENTIALS_MISSING), .severity = SEVERITY (ERROR), .subject = "[b]" },
    { .code = CODE (INVALID_VALUE), .severity = SEVERITY (ERROR), .parameter = "a", .line = 4 },
    { .code = CODE (INVALID_VALUE), .severity = SEVERITY (ERROR), .parameter = "b", .line = 3 },
    { .code = CODE (NO_RELAY), .severity = SEVERITY (WARNING) },
    { .code = NULLMAIL_FINDING_CODE_NONE },
  };
  g_autoptr(GPtrArray) old = make_list (before);
  g_autoptr(GPtrArray) new = make_list (after);
  g_autoptr(GPtrArray) errors = _nullmail_finding_list_new_errors (old, new, FALSE);
  g_autoptr(GPtrArray) channel_errors = _nullmail_finding_list_new_errors (old, new, TRUE);

  g_assert_cmpuint (errors->len, ==, 2);
  g_assert_true (errors->pdata[0] == new->pdata[1]);
  g_assert_true (errors->pdata[1] == new->pdata[3]);

  /* What endangers a changed channel is new, also where it was there before. */
  g_assert_cmpuint (channel_errors->len, ==, 3);
  g_assert_true (channel_errors->pdata[0] == new->pdata[0]);
}

/* Where 4 has been fixed, a password is not allowed in clear as well. */
static void
test_fix_all (void)
{
  g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf (
    "smtp_tls_security_level = may\n-smtp_sasl_tls_verified_security_options");
  g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
  NullmailCheckSnapshot snapshot = { .effective = effective };
  g_autofree char *clear = NULL;

  check_case_fill (&snapshot);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr(GPtrArray) findings = _nullmail_check_run (&snapshot);

      for (guint i = 0; i < findings->len; i++)
        nullmail_finding_fix (g_ptr_array_index (findings, i), main_cf);
    }

  clear = nullmail_main_cf_get_value (main_cf, "smtp_sasl_security_options");
  g_assert_cmpstr (clear, ==,
                   "noplaintext, noactive, nodictionary, noanonymous");
}

/* What a fresh configuration writes is in order; the plan adds CAs and the password's table. */
static void
test_fresh (void)
{
  static const struct { const char *relay; gboolean authentication; } cases[] = {
    { "[smtp.example.com]", FALSE },
    { "[smtp.example.com]:587", FALSE },
    { "[smtp.example.com]:587", TRUE },
    { "[smtp.example.com]:465", TRUE },
    { "[smtp.example.com]:submissions", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(NullmailNullClientConfig) config =
        nullmail_null_client_config_new_for_relay (cases[i].relay, NULL);
      g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new ();
      g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
      g_autoptr(NullmailPasswordFile) passwords = _nullmail_password_file_new ();
      g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("x", 1);
      g_autoptr(GPtrArray) findings = NULL;
      NullmailCheckSnapshot snapshot = { .effective = effective };

      nullmail_null_client_config_set_authentication (config, cases[i].authentication);
      nullmail_null_client_config_set_sender_address (config, "host7@example.com");
      nullmail_null_client_config_set_root_address (config, "admin@example.com");
      nullmail_null_client_config_set_tls_ca_file (config, "/etc/ssl/certs/ca-certificates.crt");
      if (cases[i].authentication)
        nullmail_null_client_config_set_password_maps (config, "hash:/etc/postfix/sasl_passwd");
      g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));

      check_case_fill (&snapshot);
      _nullmail_password_file_set (passwords, cases[i].relay, "host7", password);
      snapshot.file.passwords = passwords;
      findings = _nullmail_check_run (&snapshot);
      for (guint j = 0; j < findings->len; j++)
        g_test_message ("%s", nullmail_finding_get_message (g_ptr_array_index (findings, j)));
      g_assert_cmpuint (findings->len, ==, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/finding/getters", test_getters);
  g_test_add_func ("/finding/urls", test_urls);
  g_test_add_func ("/finding/can-fix", test_can_fix);
  g_test_add_func ("/finding/equal", test_equal);
  g_test_add_func ("/finding/variant", test_variant);
  g_test_add_func ("/finding/order", test_order);
  g_test_add_func ("/finding/new", test_new);
  g_test_add_func ("/finding/fix-all", test_fix_all);
  g_test_add_func ("/finding/fresh", test_fresh);

  return g_test_run ();
}
