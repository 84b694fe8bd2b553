/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#include <string.h>

#define NO_LOGIN "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
#define PLAIN_FORBIDDEN \
  "sasl-options-forbid-plain E smtp_sasl_security_options @main.cf:11\n"
#define OPPORTUNISTIC \
  "tls-opportunistic-with-auth E smtp_tls_security_level = secure @main.cf"
#define PORT_465 "relayhost = [smtp.example.com]:465\n"
#define DNSSEC "smtp_dns_support_level = dnssec"
#define FINGERPRINT "smtp_tls_fingerprint_cert_match = 00:11"
#define LOGIN "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/x\n" \
  "smtp_sasl_tls_verified_security_options = noanonymous\n"
#define CAS "smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt\n"
#define POLICY(entry) "smtp_tls_policy_maps = inline:{" entry "}"

static void
lose_cas (NullmailCheckSnapshot *snapshot)
{
  snapshot->can_read_ca_file = snapshot->can_read_ca_path = NULLMAIL_FACT_NO;
  snapshot->has_default_cas = NULLMAIL_FACT_NO;
}

static void
forget_cas (NullmailCheckSnapshot *snapshot)
{
  snapshot->can_read_ca_file = snapshot->can_read_ca_path = NULLMAIL_FACT_UNKNOWN;
}

static const CheckCase cases[] = {
  CASE ("obsolete/all",
    "smtp_use_tls = yes\nsmtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n"
    "smtp_tls_per_site =",
    "obsolete-tls-parameter W smtp_enforce_tls @main.cf:15\n"
    "obsolete-tls-parameter W smtp_tls_enforce_peername @main.cf:16\n"
    "obsolete-tls-parameter W smtp_tls_per_site @main.cf:17\n"
    "obsolete-tls-parameter W smtp_use_tls @main.cf:14\n"),

  CASE ("opportunistic/may", "smtp_tls_security_level = may",
    OPPORTUNISTIC ":7\n" PLAIN_FORBIDDEN),
  CASE ("opportunistic/none", "smtp_tls_security_level = NONE",
    OPPORTUNISTIC ":7\n" PLAIN_FORBIDDEN),
  CASE ("opportunistic/unset", "-smtp_tls_security_level",
    OPPORTUNISTIC "\nsasl-options-forbid-plain E smtp_sasl_security_options "
    "@main.cf:10\n"),
  CASE ("opportunistic/use-tls", "smtp_tls_security_level =\nsmtp_use_tls = yes",
    OPPORTUNISTIC ":7\n" PLAIN_FORBIDDEN
    "obsolete-tls-parameter W smtp_use_tls @main.cf:14\n"),
  CASE ("opportunistic/enforced",
    "smtp_tls_security_level =\nsmtp_enforce_tls = yes",
    "obsolete-tls-parameter W smtp_enforce_tls @main.cf:14\n"),
  CASE ("opportunistic/no-cas", "smtp_tls_security_level = may\n-smtp_tls_CAfile",
    "tls-opportunistic-with-auth E smtp_tls_security_level @main.cf:7\n"
    "sasl-options-forbid-plain E smtp_sasl_security_options @main.cf:10\n"),
  CASE ("opportunistic/address",
    "smtp_tls_security_level = may\nrelayhost = [192.0.2.1]:587",
    "tls-opportunistic-with-auth E smtp_tls_security_level @main.cf:7\n" PLAIN_FORBIDDEN,
    .passwords = "[192.0.2.1]:587 a:b\n"),
  CASE ("opportunistic/no-login", NO_LOGIN "smtp_tls_security_level = may", ""),

  CASE ("unverified/encrypt",
    "smtp_tls_security_level = encrypt\nsmtp_sasl_tls_security_options = noanonymous",
    "tls-unverified N smtp_tls_security_level = secure @main.cf:7\n"),
  CASE ("unverified/no-login", NO_LOGIN "smtp_tls_security_level = encrypt", ""),
  CASE ("unverified/fingerprint", "smtp_tls_security_level = fingerprint\n" FINGERPRINT, ""),
  CASE ("unverified/dane-only", "smtp_tls_security_level = dane-only\n" DNSSEC, ""),

  CASE ("wrapper/missing", PORT_465,
    "tls-wrapper-missing E smtp_tls_wrappermode = yes @main.cf\n",
    .passwords = "[smtp.example.com]:465 a:b\n"),
  CASE ("wrapper/missing-by-name", NO_LOGIN "relayhost = [smtp.example.com]:submissions",
    "tls-wrapper-missing E smtp_tls_wrappermode = yes @main.cf\n"),
  CASE ("wrapper/there", NO_LOGIN PORT_465 "smtp_tls_wrappermode = yes", ""),
  CASE ("wrapper/unexpected", "smtp_tls_wrappermode = yes",
    "tls-wrapper-unexpected W smtp_tls_wrappermode = no @main.cf:14\n"),
  CASE ("wrapper/unexpected-25",
    NO_LOGIN "relayhost = [smtp.example.com]\nsmtp_tls_wrappermode = yes",
    "tls-wrapper-unexpected W smtp_tls_wrappermode = no @main.cf:12\n"),
  CASE ("wrapper/port-2465",
    NO_LOGIN "relayhost = [smtp.example.com]:2465\nsmtp_tls_wrappermode = yes", ""),
  CASE ("wrapper/port-of-a-tunnel",
    NO_LOGIN "relayhost = [smtp.example.com]:10465\nsmtp_tls_wrappermode = yes", ""),
  CASE ("wrapper/level",
    NO_LOGIN PORT_465 "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = may",
    "tls-wrapper-level E smtp_tls_security_level = secure @main.cf:7\n"),
  CASE ("wrapper/level-no-cas",
    NO_LOGIN PORT_465 "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = may",
    "tls-wrapper-level E smtp_tls_security_level = encrypt @main.cf:7\n"
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n",
    .adjust = lose_cas),

  CASE ("wrapper/level-dane",
    NO_LOGIN PORT_465 "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = dane\n" DNSSEC,
    "tls-wrapper-level E smtp_tls_security_level = dane-only @main.cf:7\n"),

  CASE ("cas/unreadable", NO_LOGIN,
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n",
    .adjust = lose_cas),
  CASE ("cas/unreadable-beside-path", NO_LOGIN "smtp_tls_CApath = /etc/ssl/certs",
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n",
    .adjust = lose_cas),
  CASE ("cas/none", NO_LOGIN "-smtp_tls_CAfile", "ca-missing E smtp_tls_CAfile @main.cf\n"),
  CASE ("cas/verify", NO_LOGIN "-smtp_tls_CAfile\nsmtp_tls_security_level = verify",
    "ca-missing E smtp_tls_CAfile @main.cf\n"),
  CASE ("cas/path", NO_LOGIN "-smtp_tls_CAfile\nsmtp_tls_CApath = /etc/ssl/certs", ""),
  CASE ("cas/path-unreadable", NO_LOGIN "-smtp_tls_CAfile\nsmtp_tls_CApath = /etc/ssl/certs",
    "ca-missing E smtp_tls_CAfile @main.cf\n", .adjust = lose_cas),
  CASE ("cas/default", NO_LOGIN "-smtp_tls_CAfile\ntls_append_default_CA = yes", ""),
  CASE ("cas/unknown", NO_LOGIN, "not-checked N smtp_tls_CAfile (ca-missing) @main.cf:8\n",
    .adjust = forget_cas),
  CASE ("cas/not-needed-but-loaded", NO_LOGIN "smtp_tls_security_level = encrypt",
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n",
    .adjust = lose_cas),
  CASE ("cas/not-needed-but-loaded-at-may", NO_LOGIN "smtp_tls_security_level = may",
    "ca-missing W smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n",
    .adjust = lose_cas),
  CASE ("cas/not-needed-and-unknown", NO_LOGIN "smtp_tls_security_level = encrypt", "",
    .adjust = forget_cas),
  CASE ("cas/not-needed", NO_LOGIN "-smtp_tls_CAfile\nsmtp_tls_security_level = encrypt", ""),
  CASE ("cas/fingerprint",
    NO_LOGIN "-smtp_tls_CAfile\nsmtp_tls_security_level = fingerprint\n" FINGERPRINT, ""),

  CASE ("overridden/may", POLICY ("[smtp.example.com]:587=may"),
    "tls-overridden E smtp_tls_policy_maps ([smtp.example.com]:587) @main.cf:14\n"),
  CASE ("overridden/no-login",
    NO_LOGIN POLICY ("{[SMTP.example.com]:587 = encrypt protocols=TLSv1.2}"),
    "tls-overridden W smtp_tls_policy_maps ([smtp.example.com]:587) @main.cf:12\n"),
  CASE ("overridden/as-strict", POLICY ("[smtp.example.com]:587=secure"), ""),
  CASE ("overridden/verify", POLICY ("[smtp.example.com]:587=verify"), ""),
  CASE ("overridden/verify-with-mx",
    NO_LOGIN "relayhost = smtp.example.com\n" POLICY ("smtp.example.com=verify"),
    "tls-overridden W smtp_tls_policy_maps (smtp.example.com) @main.cf:12\n"),
  CASE ("overridden/fingerprint",
    "smtp_tls_security_level = fingerprint\n" POLICY ("[smtp.example.com]:587=secure"), ""),
  CASE ("overridden/dane",
    "smtp_tls_security_level = dane-only\n" DNSSEC "\n" POLICY ("[smtp.example.com]:587=dane"),
    "tls-overridden E smtp_tls_policy_maps ([smtp.example.com]:587) @main.cf:15\n"),
  CASE ("overridden/other-key", POLICY ("smtp.example.com=none, {[smtp.example.com]=may}"), ""),
  CASE ("overridden/parent",
    NO_LOGIN "relayhost = smtp.example.com\n" POLICY (".example.com=none"),
    "tls-overridden W smtp_tls_policy_maps (smtp.example.com) @main.cf:12\n"),
  CASE ("overridden/static", NO_LOGIN "smtp_tls_policy_maps = static:{may protocols=TLSv1}",
    "tls-overridden W smtp_tls_policy_maps ([smtp.example.com]:587) @main.cf:12\n"),
  CASE ("overridden/file", NO_LOGIN "smtp_tls_policy_maps = hash:/etc/postfix/tls_policy",
    "not-checked N smtp_tls_policy_maps (tls-overridden) @main.cf:12\n"),
  CASE ("overridden/behind-inline",
    NO_LOGIN POLICY ("[smtp.example.com]:587=secure") ", hash:/etc/postfix/tls_policy", ""),
  CASE ("overridden/none-needed",
    NO_LOGIN "-smtp_tls_security_level\nsmtp_tls_policy_maps = hash:/etc/postfix/tls_policy", ""),
  CASE ("overridden/per-site", "smtp_tls_per_site = inline:{smtp.example.com=MUST_NOPEERMATCH}",
    "tls-overridden E smtp_tls_per_site ([smtp.example.com]:587) @main.cf:14\n"
    "obsolete-tls-parameter W smtp_tls_per_site @main.cf:14\n"),

  /* Fixes that brought an error in. */
  CASE ("fix/verified-list-inherits",
    "smtp_tls_security_level = encrypt\nsmtp_sasl_tls_security_options = noanonymous\n"
    "-smtp_sasl_tls_verified_security_options",
    "tls-unverified N smtp_tls_security_level = secure @main.cf:7\n"),
  CASE ("fix/no-verified-list",
    "smtp_tls_security_level = encrypt\n-smtp_sasl_tls_security_options\n"
    "-smtp_sasl_tls_verified_security_options",
    "sasl-options-forbid-plain E smtp_sasl_tls_security_options = noanonymous @main.cf\n"
    "tls-unverified N smtp_tls_security_level = secure @main.cf:7\n"),
  CASE ("fix/no-verified-list-at-may",
    "smtp_tls_security_level = may\n-smtp_sasl_tls_security_options\n"
    "-smtp_sasl_tls_verified_security_options",
    OPPORTUNISTIC ":7\n" PLAIN_FORBIDDEN),
  CASE ("fix/unverified-no-cas", "smtp_tls_security_level = encrypt\n"
    "smtp_sasl_tls_security_options = noanonymous",
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n"
    "tls-unverified N smtp_tls_security_level @main.cf:7\n", .adjust = lose_cas),
  CASE ("fix/unverified-policy", "smtp_tls_security_level = encrypt\n"
    "smtp_sasl_tls_security_options = noanonymous\n" POLICY ("[smtp.example.com]:587=encrypt"),
    "tls-unverified N smtp_tls_security_level @main.cf:7\n"),
  CASE ("fix/opportunistic-policy", "smtp_tls_security_level = may\n"
    POLICY ("[smtp.example.com]:587=may"),
    "tls-opportunistic-with-auth E smtp_tls_security_level @main.cf:7\n" PLAIN_FORBIDDEN),
  CASE ("fix/wrapper-at-may", NO_LOGIN PORT_465 "smtp_tls_security_level = may",
    "tls-wrapper-missing E smtp_tls_wrappermode = yes @main.cf\n"),
  CASE ("fix/wrapper-at-none-with-login", PORT_465 "-smtp_tls_security_level",
    OPPORTUNISTIC "\n" "tls-wrapper-missing E smtp_tls_wrappermode @main.cf\n"
    "sasl-options-forbid-plain E smtp_sasl_security_options @main.cf:10\n",
    .passwords = "[smtp.example.com]:465 a:b\n"),
  CASE ("fix/wrapper-level-dane",
    PORT_465 "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = dane\n" DNSSEC,
    "tls-wrapper-level E smtp_tls_security_level = dane-only @main.cf:7\n"
    "credentials-missing E ([smtp.example.com]:465) @sasl_passwd\n",
    .passwords = "[x.example.com] a:b\n"),
  CASE ("fix/wrapper-level-no-cas",
    PORT_465 "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = may",
    "tls-opportunistic-with-auth E smtp_tls_security_level @main.cf:7\n"
    "tls-wrapper-level E smtp_tls_security_level @main.cf:7\n"
    "ca-missing E smtp_tls_CAfile (/etc/ssl/certs/ca-certificates.crt) @main.cf:8\n"
    PLAIN_FORBIDDEN, .adjust = lose_cas, .passwords = "[smtp.example.com]:465 a:b\n"),

  /* Without wrapper mode what waits now would go out in clear. */
  CASE ("fix/wrapper-unexpected-at-may", NO_LOGIN
    "smtp_tls_wrappermode = yes\nsmtp_tls_security_level = may",
    "tls-wrapper-level E smtp_tls_security_level = secure @main.cf:7\n"
    "tls-wrapper-unexpected W smtp_tls_wrappermode @main.cf:12\n"),
};

static const struct
{
  const char *before;
  const char *parameter;
  const char *after;
} successors[] = {
  { "smtp_use_tls = yes\n", "smtp_use_tls", "smtp_tls_security_level = may\n" },
  { "smtp_use_tls = no\n", "smtp_use_tls", "" },
  { "smtp_enforce_tls = yes\n", "smtp_enforce_tls", "smtp_tls_security_level = verify\n" },
  { "smtp_enforce_tls = YES\nsmtp_tls_enforce_peername = no\n", "smtp_enforce_tls",
    "smtp_tls_enforce_peername = no\nsmtp_tls_security_level = encrypt\n" },
  { "smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n", "smtp_tls_enforce_peername",
    "smtp_enforce_tls = yes\nsmtp_tls_security_level = encrypt\n" },
  { "smtp_use_tls = yes\nsmtp_enforce_tls = yes\n", "smtp_use_tls",
    "smtp_enforce_tls = yes\nsmtp_tls_security_level = verify\n" },
  { "smtp_use_tls = True\n", "smtp_use_tls", "smtp_tls_security_level = may\n" },
  { "smtp_tls_security_level = secure\nsmtp_use_tls = yes\n", "smtp_use_tls",
    "smtp_tls_security_level = secure\n" },

  /* Whatever the table demands, nothing is weaker without it. */
  { "smtp_tls_per_site =\n", "smtp_tls_per_site", "" },
  { "smtp_tls_per_site = hash:/x\n", "smtp_tls_per_site", NULL },
  { "smtp_use_tls = yes\nsmtp_tls_per_site = inline:{a=MUST}\n", "smtp_tls_per_site", NULL },
  { "smtp_use_tls = yes\nsmtp_tls_per_site = inline:{a=MUST}\n", "smtp_use_tls",
    "smtp_tls_per_site = inline:{a=MUST}\nsmtp_tls_security_level = may\n" },
  { "smtp_tls_security_level = may\nsmtp_tls_per_site = hash:/x\n", "smtp_tls_per_site", NULL },
  { "smtp_tls_security_level = dane\n" DNSSEC "\nsmtp_tls_per_site = hash:/x\n",
    "smtp_tls_per_site", NULL },
  { "smtp_tls_security_level = verify\nsmtp_tls_per_site = hash:/x\n", "smtp_tls_per_site",
    "smtp_tls_security_level = verify\n" },
  { "smtp_tls_policy_maps = hash:/y\nsmtp_tls_per_site = hash:/x\n", "smtp_tls_per_site",
    "smtp_tls_policy_maps = hash:/y\n" },
  { "smtp_tls_per_site = hash:/x\nsmtp_tls_enforce_peername = no\n",
    "smtp_tls_enforce_peername", "smtp_tls_per_site = hash:/x\n" },
  { LOGIN CAS "smtp_tls_per_site = hash:/x\n", "smtp_tls_per_site",
    LOGIN CAS "smtp_tls_security_level = secure\n" },
  { LOGIN CAS "smtp_tls_security_level = may\nsmtp_tls_per_site = inline:{a=MUST}\n",
    "smtp_tls_per_site", LOGIN CAS "smtp_tls_security_level = secure\n" },
  { LOGIN "smtp_tls_per_site = hash:/x\n", "smtp_tls_per_site", NULL },
  { LOGIN "smtp_tls_per_site = inline:{}\nsmtp_use_tls = yes\n", "smtp_tls_per_site", NULL },

  /* A level that is not known here may be one that says more. */
  { "smtp_tls_security_level = ${x_y}\nsmtp_use_tls = yes\n", "smtp_use_tls", NULL },
};

/* The successor says no less than what the obsolete parameters said together; where that cannot be
 * there is no fix. */
static void
test_successors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (successors); i++)
    {
      g_autofree char *text = g_strconcat ("=", successors[i].before, NULL);
      g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf (text);
      g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
      NullmailCheckSnapshot snapshot = {
        .effective = effective, .can_read_ca_file = NULLMAIL_FACT_YES,
      };
      g_autoptr(GPtrArray) findings = _nullmail_check_run (&snapshot);
      const char *after = successors[i].after != NULL ? successors[i].after : successors[i].before;
      g_autoptr(GBytes) bytes = NULL;
      guint n_fixed = 0;

      g_test_message ("%s of %s", successors[i].parameter, successors[i].before);

      for (guint j = 0; j < findings->len; j++)
        {
          const NullmailFinding *finding = g_ptr_array_index (findings, j);

          if (nullmail_finding_get_code (finding) == NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER
              && g_strcmp0 (nullmail_finding_get_parameter (finding),
                            successors[i].parameter) == 0)
            n_fixed += nullmail_finding_fix (finding, main_cf);
        }

      g_assert_cmpuint (n_fixed, ==, successors[i].after != NULL);
      bytes = nullmail_main_cf_to_bytes (main_cf);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), after,
                       strlen (after));
    }
}

/* Postfix warns of each from a version on, and no finding says that it does where it does not. */
static void
test_warnings (void)
{
  static const struct { const char *version; guint n_warned; } worlds[] = {
    { NULL, 0 }, { "3.5.27", 0 }, { "3.7.11", 0 }, { "3.8.17", 0 }, { "3.9.0", 3 },
    { "3.10.13", 3 }, { "3.11.6", 4 }, { "3.11-20250901", 4 }, { "3.12-20260821", 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (worlds); i++)
    {
      g_autoptr(NullmailMainCf) main_cf =
        check_case_make_main_cf ("=smtp_enforce_tls = no\nsmtp_tls_enforce_peername = no\n"
                                 "smtp_tls_per_site =\nsmtp_use_tls = no\n");
      g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
      NullmailCheckSnapshot snapshot = { .effective = effective };
      g_autoptr(GPtrArray) findings = NULL;
      guint n_found = 0, n_warned = 0;

      if (worlds[i].version != NULL)
        check_case_know_default ("mail_version", worlds[i].version);
      findings = _nullmail_check_run (&snapshot);
      for (guint j = 0; j < findings->len; j++)
        {
          const NullmailFinding *finding = g_ptr_array_index (findings, j);
          const char *message = nullmail_finding_get_message (finding);

          if (nullmail_finding_get_code (finding) != NULLMAIL_FINDING_CODE_OBSOLETE_TLS_PARAMETER)
            continue;
          n_found++;
          n_warned += strstr (message, "warns about it,") != NULL;
          g_assert_true (strstr (message, "warns about it,") != NULL
                         || strstr (message, "from version 3.") != NULL);
        }

      g_test_message ("%s", worlds[i].version);
      g_assert_cmpuint (n_found, ==, 4);
      g_assert_cmpuint (n_warned, ==, worlds[i].n_warned);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/tls", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/check/tls/successors", test_successors);
  g_test_add_func ("/check/tls/warnings", test_warnings);

  return g_test_run ();
}
