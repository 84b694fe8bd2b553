/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define NO_LOGIN "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
#define FILTER "smtp_sasl_mechanism_filter = "
#define PREFERRED \
  "mechanism-preferred W smtp_sasl_mechanism_filter = plain, login, scram-sha-512, " \
  "scram-sha-256, scram-sha-1, digest-md5, cram-md5 @main.cf"
#define SUGGESTED(filter) \
  "mechanism-preferred W smtp_sasl_mechanism_filter = " filter " @main.cf:14\n"
#define WAIVABLE "tls-waivable W tls_required_enable = no @main.cf"
#define FINGERPRINT "smtp_tls_security_level = fingerprint\n"
#define BAD_LEVEL(level) "invalid-value E smtp_tls_security_level (" level ") @main.cf:7\n"

static void
install_token_plugin (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_token_plugin = NULLMAIL_FACT_YES;
}

static void
make_waivable (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("tls_required_enable", "yes");
}

static void
live_before_joined (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.5.25");
}

static const CheckCase cases[] = {
  /* S3: a plug-in that happens to be installed. */
  CASE ("preferred/no-filter", "", PREFERRED "\n", .adjust = install_token_plugin),
  CASE ("preferred/empty-filter", FILTER, PREFERRED ":14\n", .adjust = install_token_plugin),
  CASE ("preferred/both", FILTER "plain, XOAUTH2", SUGGESTED ("plain"),
    .adjust = install_token_plugin),
  CASE ("preferred/no-plain", FILTER "scram-sha-256 xoauth2", SUGGESTED ("scram-sha-256"),
    .adjust = install_token_plugin),
  CASE ("preferred/bearer", FILTER "!xoauth2, static:all",
    SUGGESTED ("!oauthbearer, !xoauth2, static:all"), .adjust = install_token_plugin),
  CASE ("preferred/table", FILTER "hash:/etc/postfix/mechanisms",
    SUGGESTED ("!xoauth2, !oauthbearer, hash:/etc/postfix/mechanisms"),
    .adjust = install_token_plugin),
  CASE ("preferred/macro", "mechanisms = login xoauth2\n" FILTER "$mechanisms",
    "mechanism-preferred W smtp_sasl_mechanism_filter = !xoauth2, $mechanisms @main.cf:15\n",
    .adjust = install_token_plugin),
  CASE ("preferred/passwords", FILTER "plain, login", "", .adjust = install_token_plugin),
  CASE ("preferred/token", FILTER "xoauth2", "", .adjust = install_token_plugin),
  CASE ("preferred/refused", FILTER "!xoauth2, !oauthbearer, static:all", "",
    .adjust = install_token_plugin),
  CASE ("preferred/no-login", NO_LOGIN, "", .adjust = install_token_plugin),
  CASE ("preferred/no-plugin", "", ""),

  /* S4: a header takes the level away, in a Postfix that knows the parameter. */
  CASE ("waivable/secure", "", WAIVABLE "\n", .adjust = make_waivable),
  CASE ("waivable/encrypt", NO_LOGIN "smtp_tls_security_level = encrypt", WAIVABLE "\n",
    .adjust = make_waivable),
  CASE ("waivable/yes", "tls_required_enable = yes", WAIVABLE ":14\n", .adjust = make_waivable),
  CASE ("waivable/no", "tls_required_enable = no", "", .adjust = make_waivable),
  CASE ("waivable/may", NO_LOGIN "smtp_tls_security_level = may", "", .adjust = make_waivable),
  CASE ("waivable/unknown", "", ""),

  /* S7: levels that cannot work. */
  CASE ("level/dane", "smtp_tls_security_level = dane", BAD_LEVEL ("dane")),
  CASE ("level/dane-only", NO_LOGIN "smtp_tls_security_level = dane-only",
    BAD_LEVEL ("dane-only")),
  CASE ("level/dnssec", "smtp_tls_security_level = dane\nsmtp_dns_support_level = DNSSEC", ""),
  CASE ("level/dane-address", NO_LOGIN "relayhost = [192.0.2.1]\n"
    "smtp_tls_security_level = dane-only\nsmtp_dns_support_level = dnssec",
    BAD_LEVEL ("dane-only")),
  CASE ("level/fingerprint", NO_LOGIN "smtp_tls_security_level = fingerprint",
    BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprints", "smtp_tls_security_level = fingerprint\n"
    "smtp_tls_fingerprint_cert_match = 00:11", ""),

  /* What is none is passed over. */
  CASE ("level/fingerprint-of-other-signs", NO_LOGIN FINGERPRINT
    "smtp_tls_fingerprint_cert_match = zz", BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprint-too-short", NO_LOGIN FINGERPRINT "smtp_tls_fingerprint_digest = SHA1\n"
    "smtp_tls_fingerprint_cert_match = 00:11", BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprint-of-unknown-digest", NO_LOGIN FINGERPRINT
    "smtp_tls_fingerprint_digest = blake2s256\nsmtp_tls_fingerprint_cert_match = 00:11", ""),
  CASE ("level/fingerprint-beside-others", NO_LOGIN FINGERPRINT
    "smtp_tls_fingerprint_cert_match = zz, 00:11",
    "invalid-value W smtp_tls_fingerprint_cert_match @main.cf:12\n"),
  CASE ("level/fingerprint-that-nobody-reads", "smtp_tls_fingerprint_cert_match = zz", ""),
  CASE ("level/fingerprint-joined", NO_LOGIN FINGERPRINT
    "smtp_tls_fingerprint_cert_match = 0011aAFf", ""),
  CASE ("level/fingerprint-joined-for-an-older-postfix", NO_LOGIN FINGERPRINT
    "smtp_tls_fingerprint_cert_match = 0011aAFf", BAD_LEVEL ("fingerprint"),
    .adjust = live_before_joined),
  CASE ("level/fingerprint-policy-of-other-signs", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = static:{fingerprint match=zz|00:1}", BAD_LEVEL ("fingerprint")),

  /* TLS that is to encrypt nothing. */
  CASE ("ciphers/null", "smtp_tls_mandatory_ciphers = NULL",
    "invalid-value N smtp_tls_mandatory_ciphers @main.cf:14\n"),
  CASE ("ciphers/null-at-encrypt", NO_LOGIN "smtp_tls_security_level = encrypt\n"
    "smtp_tls_mandatory_ciphers = null",
    "invalid-value E smtp_tls_mandatory_ciphers @main.cf:12\n"),
  CASE ("ciphers/null-that-nobody-reads", NO_LOGIN "smtp_tls_security_level = may\n"
    "smtp_tls_mandatory_ciphers = null", ""),
  CASE ("ciphers/low", "smtp_tls_mandatory_ciphers = low", ""),

  /* A policy may bring fingerprints, but only one for the relay. */
  CASE ("level/fingerprint-policy-for-others", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = inline:{ {x=fingerprint match=00:11} }", BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprint-policy", NO_LOGIN FINGERPRINT "smtp_tls_policy_maps = "
    "inline:{ {[smtp.example.com]:587 = fingerprint match=00:11} }", ""),
  CASE ("level/fingerprint-policy-without-match", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = inline:{ [smtp.example.com]:587=fingerprint }",
    BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprint-policy-empty-match", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = static:{fingerprint match= }", BAD_LEVEL ("fingerprint")),
  CASE ("level/fingerprint-policy-static", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = static:{fingerprint match=00:11}", ""),
  CASE ("level/fingerprint-policy-of-another-level", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = inline:{ [smtp.example.com]:587=secure }", ""),
  CASE ("level/fingerprint-policy-unknown", NO_LOGIN FINGERPRINT
    "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy",
    "not-checked N smtp_tls_policy_maps (tls-overridden) @main.cf:12\n"
    "not-checked N smtp_tls_security_level (invalid-value) @main.cf:7\n"),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  check_case_add_all ("/check-channel", cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
