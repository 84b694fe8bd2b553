/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "relay/probe-policy-private.h"
#include "relay/probe-report-private.h"
#include "config/tls-versions-private.h"

/* What a policy reads from the extract of a main.cf. */
static void
read_extract (NullmailProbePolicy *policy,
              const char          *text,
              const char          *relay)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (relay, NULL);
  NullmailDefaultSource source = { .config_directory = "/etc/postfix", .host_name = "host" };
  g_autoptr(NullmailEffective) effective = _nullmail_effective_new (main_cf, &source);
  g_autoptr(NullmailMainCf) extract = _nullmail_probe_policy_extract (effective, relay_host);

  _nullmail_probe_policy_read (policy, extract);
}

static void
assert_list (char       **list,
             const char  *expected)
{
  g_autofree char *joined = g_strjoinv (" ", list);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_levels (void)
{
  static const struct { const char *text; NullmailTlsLevel level; const char *names; } cases[] = {
    { "", NULLMAIL_TLS_LEVEL_NONE, "nexthop dot-nexthop" },
    { "smtp_use_tls = yes\n", NULLMAIL_TLS_LEVEL_MAY, "nexthop dot-nexthop" },
    { "smtp_tls_security_level = bogus\n", NULLMAIL_TLS_LEVEL_NONE, "nexthop dot-nexthop" },
    { "a = secure\nsmtp_tls_security_level = $a\n", NULLMAIL_TLS_LEVEL_SECURE,
      "nexthop dot-nexthop" },
    { "smtp_tls_security_level = verify\n", NULLMAIL_TLS_LEVEL_VERIFY, "hostname" },
    { "smtp_tls_security_level = secure\nsmtp_tls_secure_cert_match = a.example.com:.b nexthop\n",
      NULLMAIL_TLS_LEVEL_SECURE, "a.example.com .b nexthop" },
    { "smtp_tls_policy_maps = inline:{[a.example.com]:587=encrypt}\n"
      "smtp_tls_security_level = secure\n", NULLMAIL_TLS_LEVEL_ENCRYPT, "nexthop dot-nexthop" },
    { "smtp_tls_policy_maps = inline:{ {[a.example.com]:587 = secure match=x:y} }\n",
      NULLMAIL_TLS_LEVEL_SECURE, "x y" },
    { "smtp_tls_policy_maps = static:{verify match=z}\n", NULLMAIL_TLS_LEVEL_VERIFY, "z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(NullmailProbePolicy) policy = { 0 };

      read_extract (&policy, cases[i].text, "[a.example.com]:587");
      g_assert_cmpint (policy.level, ==, cases[i].level);
      assert_list (policy.names, cases[i].names);
    }
}

/* What was expanded once is literal: no macro of a value is expanded again. */
static void
test_values (void)
{
  g_auto(NullmailProbePolicy) policy = { 0 };
  g_auto(GStrv) options = NULL;

  read_extract (&policy,
                "smtp_tls_CAfile = $config_directory/a$$b.pem\n"
                "smtp_tls_CApath = /etc/certs\n"
                "tls_append_default_CA = yes\n"
                "smtp_tls_wrappermode = yes\n"
                "smtp_tls_servername = hostname\n"
                "smtp_tls_chain_files = /a.pem, /b.pem\n"
                "smtp_helo_name = me.example.com\n"
                "inet_protocols = ipv6\n"
                "smtp_sasl_mechanism_filter = !plain, static:all\n"
                "smtp_sasl_security_options = noplaintext noactive\n"
                "smtp_sasl_tls_verified_security_options = noanonymous\n"
                "smtp_tls_security_level = fingerprint\n"
                "smtp_tls_fingerprint_cert_match = AB:CD ef\n", "[a.example.com]");
  g_assert_cmpstr (policy.ca_file, ==, "/etc/postfix/a$b.pem");
  g_assert_cmpstr (policy.ca_path, ==, "/etc/certs");
  g_assert_true (policy.trusts_system);
  g_assert_true (policy.wraps);
  g_assert_cmpstr (policy.server_name, ==, "hostname");
  assert_list (policy.own_files, "/a.pem /b.pem");
  g_assert_cmpstr (policy.helo_name, ==, "me.example.com");
  g_assert_cmpint (policy.families, ==, NULLMAIL_FAMILY_IPV6);
  assert_list (policy.fingerprints, "AB:CD ef");
  g_assert_true (_nullmail_probe_policy_needs_match (&policy));

  g_assert_false (_nullmail_effective_allows_mechanism (policy.effective, "PLAIN"));
  g_assert_true (_nullmail_effective_allows_mechanism (policy.effective, "LOGIN"));
  options = _nullmail_effective_get_sasl_options (policy.effective, NULLMAIL_CHANNEL_ENCRYPTED);
  assert_list (options, "noplaintext noactive");
  g_clear_pointer (&options, g_strfreev);
  options = _nullmail_effective_get_sasl_options (policy.effective, NULLMAIL_CHANNEL_VERIFIED);
  assert_list (options, "noanonymous");
}

static void
test_versions (void)
{
  static const struct { const char *items; const char *oldest; } cases[] = {
    { "", "TLSv1" },
    { ">=TLSv1", "TLSv1" },
    { ">=TLSv1.2", "TLSv1.2" },
    { ">=tlsv1.3", "TLSv1.3" },
    { "!SSLv2 !SSLv3", "TLSv1" },
    { "!SSLv2 !SSLv3 !TLSv1 !TLSv1.1", "TLSv1.2" },
    { "TLSv1.3 TLSv1.2", "TLSv1.2" },
    { "TLSv1.1 !TLSv1.1 TLSv1.3", "TLSv1.3" },
    { ">=TLSv1.1 <=TLSv1.2", "TLSv1.1" },
    { ">=TLSv1.3 <=TLSv1.2", "TLS" },
    { "SSLv3", "TLS" },
    { "TLSv1.4", "TLS" },
    { "TLSv1.3:TLSv1.2", "TLSv1.2" },
    { ">=0303", "TLSv1.2" },
    { ">=0x0301 <=0x0302", "TLSv1" },
    { ">= <=", "TLSv1" },
    { ">=TLSv1.3 >=TLSv1.1", "TLSv1.1" },
    { "SSLv2", "TLSv1" },
    { "!SSLv2 TLSv1.2", "TLSv1.2" },
    { ">=SSLv2", "TLS" },
    { ">TLSv1", "TLS" },
    { ">=-1", "TLS" },
    { "yes", "TLS" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(GStrv) items = g_strsplit (cases[i].items, " ", -1);
      GTlsProtocolVersion oldest = G_TLS_PROTOCOL_VERSION_UNKNOWN;
      guint versions;

      g_test_message ("%s", cases[i].items);
      if (_nullmail_tls_versions_parse ((const char * const *) items, &versions))
        oldest = _nullmail_tls_versions_get_oldest (versions);
      g_assert_cmpstr (_nullmail_tls_version_to_string (oldest), ==, cases[i].oldest);
    }
}

/* Which of the two parameters counts. */
static void
test_policy_versions (void)
{
  static const char text[] = "smtp_tls_mandatory_protocols = >=TLSv1.3\n"
                             "smtp_tls_protocols = !SSLv3:!TLSv1\n";
  static const struct { const char *level; GTlsProtocolVersion oldest; } cases[] = {
    { "may", G_TLS_PROTOCOL_VERSION_TLS_1_1 },
    { "dane", G_TLS_PROTOCOL_VERSION_TLS_1_1 },
    { "encrypt", G_TLS_PROTOCOL_VERSION_TLS_1_3 },
    { "secure", G_TLS_PROTOCOL_VERSION_TLS_1_3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(NullmailProbePolicy) policy = { 0 };
      g_autofree char *main_cf = g_strconcat (text, "smtp_tls_security_level = ", cases[i].level,
                                              "\n", NULL);

      read_extract (&policy, main_cf, "[a.example.com]");
      g_assert_cmpint (policy.oldest, ==, cases[i].oldest);
    }
}

/* What a policy table says for the relay is in place of what main.cf says for all. */
static void
test_policy_attributes (void)
{
  g_auto(NullmailProbePolicy) policy = { 0 };

  read_extract (&policy,
                "smtp_tls_mandatory_protocols = >=TLSv1\nsmtp_tls_servername = x\n"
                "smtp_tls_policy_maps = inline:{ {[a.example.com] = "
                "secure protocols=!TLSv1:!TLSv1.1 servername=hostname match=b} }\n",
                "[a.example.com]");
  g_assert_cmpint (policy.level, ==, NULLMAIL_TLS_LEVEL_SECURE);
  g_assert_cmpint (policy.oldest, ==, G_TLS_PROTOCOL_VERSION_TLS_1_2);
  g_assert_cmpstr (policy.server_name, ==, "hostname");
  assert_list (policy.names, "b");
  _nullmail_probe_policy_clear (&policy);

  policy = (NullmailProbePolicy) { 0 };
  read_extract (&policy, "smtp_tls_policy_maps = static:{fingerprint match=AB:CD|EF:01}\n",
                "[a.example.com]");
  g_assert_cmpint (policy.level, ==, NULLMAIL_TLS_LEVEL_FINGERPRINT);
  assert_list (policy.fingerprints, "AB:CD EF:01");
}

/* A report of nothing is whole, and what is added to it shows in its variant. */
static void
test_report (void)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[a.example.com]", NULL);
  g_autoptr(NullmailProbeReport) report = _nullmail_probe_report_new (relay);
  g_autoptr(NullmailProbeReport) other = _nullmail_probe_report_new (relay);
  g_autoptr(GVariant) variant = NULL, steps = NULL;
  g_autofree const char **flags = NULL;
  const char *text;

  g_assert_true (nullmail_probe_report_equal (report, other));
  report->outcome = NULLMAIL_PROBE_OUTCOME_TLS_FAILED;
  report->errors = G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_UNKNOWN_CA;
  _nullmail_probe_report_add_step (report, "tls", NULLMAIL_PROBE_OUTCOME_TLS_FAILED, "why", 3);
  g_assert_false (nullmail_probe_report_equal (report, other));
  g_assert_false (nullmail_probe_report_is_ok (report));

  variant = nullmail_probe_report_to_variant (report);
  g_assert_true (g_variant_lookup (variant, "outcome", "&s", &text));
  g_assert_cmpstr (text, ==, "tls-failed");
  g_assert_true (g_variant_lookup (variant, "certificate-errors", "^a&s", &flags));
  g_assert_cmpuint (g_strv_length ((char **) flags), ==, 2);
  g_assert_true (g_strv_contains (flags, "expired"));
  g_assert_true (g_strv_contains (flags, "unknown-ca"));
  g_assert_false (g_variant_lookup (variant, "address", "&s", &text));

  steps = nullmail_probe_report_get_steps (report);
  g_assert_cmpstr (g_variant_get_type_string (steps), ==, "aa{sv}");
  g_assert_cmpuint (g_variant_n_children (steps), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/relay-probe/levels", test_levels);
  g_test_add_func ("/relay-probe/values", test_values);
  g_test_add_func ("/relay-probe/versions", test_versions);
  g_test_add_func ("/relay-probe/policy-versions", test_policy_versions);
  g_test_add_func ("/relay-probe/policy-attributes", test_policy_attributes);
  g_test_add_func ("/relay-probe/report", test_report);

  return g_test_run ();
}
