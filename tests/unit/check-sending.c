/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What keeps mail from being sent: services, accounts, limits, and logins that cannot be. */

#include "check-case.h"

#define RELAY "[smtp.example.com]:587"
#define GOOD RELAY " host7:geheim\n"
#define MISSING(service) "service-missing E (" service ") @master.cf\n"
#define INVALID(parameter, value, line) \
  "invalid-value E " parameter " (" value ") @main.cf:" line "\n"
#define HELD(parameter, subject, line) \
  "mail-held E " parameter " (" subject ") @main.cf:" line "\n"
#define ENTRY(code, key, line) code " (" key ") @sasl_passwd:" line "\n"
#define WHOLE "pickup unix n - n 60 1 pickup\n" WITHOUT_PICKUP
#define WITHOUT_PICKUP \
  "cleanup unix n - n - 0 cleanup\nqmgr fifo n - n 300 1 qmgr\n" \
  "rewrite unix - - n - - trivial-rewrite\nsmtp unix - - n - - smtp\n" \
  "tlsmgr unix - - n 1000? 1 tlsmgr\n"

static void
have_whole (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot, WHOLE);
}

static void
have_all (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           WHOLE "tlsproxy unix - - n - 0 tlsproxy\n"
                           "proxymap unix - - n - - proxymap\n"
                           "postlog unix-dgram n - n - 1 postlogd\n");
}

static void
have_one (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot, "smtp unix - - n - - smtp\nsmtp inet n - n - - smtpd\n");
}

/* Mail of this host goes past the filter. */
static void
have_way_past_filter (NullmailCheckSnapshot *snapshot)
{
  const char *text = "pickup unix n - n 60 1 pickup -o content_filter=\n" WITHOUT_PICKUP;

  check_case_use_services (snapshot, text);
  check_case_use_master (snapshot, text);
}

static void
have_half (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n");
}

static void
have_nothing (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot, "# all gone\n");
}

static void
have_server (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           WHOLE "127.0.0.1:smtp inet n - n - - smtpd\n"
                           "2587 inet n - n - - smtpd\n");
}

static void
lose_plugins (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_password_plugin = snapshot->has_token_plugin = snapshot->has_other_plugins =
    NULLMAIL_FACT_NO;
}

static void
have_token (NullmailCheckSnapshot *snapshot)
{
  lose_plugins (snapshot);
  snapshot->has_token_plugin = NULLMAIL_FACT_YES;
}

static void
hide_main_cf (NullmailCheckSnapshot *snapshot)
{
  snapshot->is_main_cf_private = NULLMAIL_FACT_YES;
}

static const CheckCase cases[] = {
  CASE ("service/whole", "", "", .adjust = have_whole),
  CASE ("service/no-file", "", ""),
  CASE ("service/empty-file", "", "service-missing E @master.cf\n", .adjust = have_nothing),
  CASE ("service/one", "", "", .adjust = have_one),
  CASE ("service/half", "", MISSING ("pickup") MISSING ("rewrite") MISSING ("smtp")
    MISSING ("tlsmgr"), .adjust = have_half),
  CASE ("service/transport", "default_transport = slow:", MISSING ("slow")
    "relay-overridden W default_transport @main.cf:14\n", .adjust = have_whole),
  CASE ("service/filter", "content_filter = scan:[127.0.0.1]:10024", MISSING ("scan")
    "relay-overridden W content_filter @main.cf:14\n", .adjust = have_whole),
  CASE ("service/filter-of-network", "content_filter = scan:[127.0.0.1]:10024",
    "relay-overridden W content_filter @main.cf:14\n", .adjust = have_way_past_filter),
  CASE ("service/filter-of-others", "content_filter = smtp:[127.0.0.1]:10024",
    "relay-overridden W content_filter @main.cf:14\n", .adjust = have_whole),
  CASE ("service/no-filter", "content_filter =", "", .adjust = have_whole),
  CASE ("service/reuse", "smtp_tls_connection_reuse = yes", MISSING ("tlsproxy"),
    .adjust = have_whole),
  CASE ("service/no-reuse", "smtp_tls_connection_reuse = no\nmaillog_file =", "",
    .adjust = have_whole),
  CASE ("service/log", "maillog_file = /var/log/mail", MISSING ("postlog"), .adjust = have_whole),
  CASE ("service/proxy", "virtual_alias_maps = proxy:hash:/etc/postfix/virtual",
    MISSING ("proxymap"), .adjust = have_whole),
  CASE ("service/all", "virtual_alias_maps = proxy:hash:/etc/postfix/virtual\n"
    "smtp_tls_connection_reuse = yes\nmaillog_file = /var/log/mail", "", .adjust = have_all),

  CASE ("self/other-port", "relayhost = [127.0.0.1]:587\nsmtp_tls_security_level = encrypt\n"
    "smtp_sasl_auth_enable = no\n-smtp_sasl_password_maps",
    "relay-is-self N relayhost @main.cf:2\n",
    .adjust = have_server),
  CASE ("self/own-port", "relayhost = [127.0.0.1]:2587\nsmtp_tls_security_level = encrypt\n"
    "smtp_sasl_auth_enable = no\n-smtp_sasl_password_maps",
    "relay-is-self E relayhost @main.cf:2\n",
    .adjust = have_server),
  CASE ("self/bound-port", "relayhost = [127.0.0.1]\nsmtp_tls_security_level = encrypt\n"
    "smtp_sasl_auth_enable = no\n-smtp_sasl_password_maps",
    "relay-is-self E relayhost @main.cf:2\n",
    .adjust = have_server),

  CASE ("submit/nobody", "authorized_submit_users =",
    "submission-refused E authorized_submit_users @main.cf:14\n"),
  CASE ("submit/others", "authorized_submit_users = www-data",
    "submission-refused E authorized_submit_users @main.cf:14\n"),
  CASE ("submit/not-root", "authorized_submit_users = !root, static:all",
    "submission-refused E authorized_submit_users @main.cf:14\n"),
  CASE ("submit/root", "authorized_submit_users = !nobody root", ""),
  CASE ("submit/anybody", "authorized_submit_users = static:anyone", ""),
  CASE ("submit/table", "authorized_submit_users = hash:/etc/postfix/users", ""),
  CASE ("submit/private", "", "submission-refused E @main.cf\n", .adjust = hide_main_cf),

  CASE ("held/transport", "defer_transports = uucp, smtp", HELD ("defer_transports", "smtp", "14")),
  CASE ("held/other-transport", "defer_transports = uucp smtp:", ""),
  CASE ("held/tiny", "message_size_limit = 999", "mail-held E message_size_limit @main.cf:14\n"),
  CASE ("held/small", "message_size_limit = 1000", ""),
  CASE ("held/no-limit", "message_size_limit = 0", ""),

  CASE ("host/address", "inet_interfaces = 127.0.0.1, 192.0.2.8",
    INVALID ("inet_interfaces", "192.0.2.8", "3")
    "listens-on-network W inet_interfaces = loopback-only @main.cf:3\n"),
  CASE ("host/bind", "smtp_bind_address = eth0", INVALID ("smtp_bind_address", "eth0", "14")),
  CASE ("host/bind-good", "smtp_bind_address = 192.0.2.99\nsmtp_bind_address6 = 2001:db8::9", ""),
  CASE ("host/log", "maillog_file = /tmp/mail.log",
    INVALID ("maillog_file", "/tmp/mail.log", "14")),
  CASE ("host/log-good", "maillog_file = /tmp/mail.log\nmaillog_file_prefixes = /var, /tmp", ""),

  CASE ("entry/good", "", "", .passwords = GOOD),
  CASE ("entry/no-colon", "", ENTRY ("credentials-missing E", RELAY, "1"),
    .passwords = RELAY " host7\n"),
  CASE ("entry/blank", "", ENTRY ("credentials-missing E", RELAY, "2"),
    .passwords = "# the relay\n" RELAY " host7 geheim\n"),
  CASE ("entry/no-user", "", ENTRY ("credentials-missing E", RELAY, "1"),
    .passwords = RELAY " :geheim\n"),
  CASE ("entry/no-password", "", ENTRY ("credentials-missing E", RELAY, "1"),
    .passwords = RELAY " host7:\n"),
  CASE ("entry/of-another", "", "", .passwords = GOOD "[b.example.com] nothing\n"),
  CASE ("entry/twice", "", ENTRY ("credentials-key-shadowed W", RELAY, "1"),
    .passwords = GOOD RELAY " host7:anders\n"),
  CASE ("entry/twice-the-same", "", "", .passwords = GOOD GOOD),
  CASE ("entry/no-login", "smtp_sasl_auth_enable = no\n-smtp_sasl_password_maps", "",
    .passwords = RELAY " host7\n"),

  CASE ("fallback/none", "smtp_fallback_relay = [b.example.com]:587",
    "fallback-without-login W smtp_fallback_relay ([b.example.com]:587) @main.cf:14\n"),
  CASE ("fallback/has-one", "smtp_fallback_relay = [b.example.com]:587", "",
    .passwords = GOOD "[b.example.com]:587 a:b\n"),
  CASE ("fallback/bare", "smtp_fallback_relay = [b.example.com]:587", "",
    .passwords = GOOD "b.example.com a:b\n"),
  CASE ("fallback/no-login",
    "smtp_fallback_relay = [b.example.com]\nsmtp_sasl_auth_enable = no\n-smtp_sasl_password_maps",
    ""),

  CASE ("mechanism/none", "smtp_sasl_mechanism_filter = plian",
    "sasl-plugin-missing E smtp_sasl_mechanism_filter @main.cf:14\n"),
  CASE ("mechanism/exclusions", "smtp_sasl_mechanism_filter = !gssapi !ntlm",
    "sasl-plugin-missing E smtp_sasl_mechanism_filter @main.cf:14\n"),
  CASE ("mechanism/rest", "smtp_sasl_mechanism_filter = !gssapi !ntlm static:all", ""),
  CASE ("mechanism/no-plugin", "smtp_sasl_mechanism_filter = cram-md5, xoauth2",
    "sasl-plugin-missing E smtp_sasl_mechanism_filter @main.cf:14\n", .adjust = lose_plugins),
  CASE ("mechanism/token", "smtp_sasl_mechanism_filter = xoauth2", "", .adjust = have_token),
  CASE ("mechanism/external", "smtp_sasl_mechanism_filter = external", "",
    .adjust = lose_plugins),

  CASE ("retired/gmail", "relayhost = [smtp.gmail.com]:587",
    "password-login-retired N relayhost (smtp.gmail.com) @main.cf:2\n",
    .passwords = "[smtp.gmail.com]:587 a:b\n"),
  CASE ("retired/microsoft", "relayhost = [SMTP.office365.com]:587",
    "password-login-retired N relayhost (SMTP.office365.com) @main.cf:2\n",
    .passwords = "[smtp.office365.com]:587 a:b\n"),
  CASE ("retired/token",
    "relayhost = [smtp.office365.com]:587\nsmtp_sasl_mechanism_filter = xoauth2", "",
    .passwords = "[smtp.office365.com]:587 a:b\n", .adjust = have_token),
  CASE ("retired/no-login", "relayhost = [smtp.gmail.com]:587\nsmtp_sasl_auth_enable = no\n"
    "-smtp_sasl_password_maps", ""),

  CASE ("tls/ciphers", "smtp_tls_mandatory_ciphers = hihg",
    "invalid-value E smtp_tls_mandatory_ciphers @main.cf:14\n"),
  CASE ("tls/ciphers-good", "smtp_tls_mandatory_ciphers = High", ""),
  CASE ("tls/protocols", "smtp_tls_mandatory_protocols = !SSLv2, !SSL3",
    "invalid-value E smtp_tls_mandatory_protocols @main.cf:14\n"),
  CASE ("tls/no-protocol", "smtp_tls_mandatory_protocols = !TLSv1 !TLSv1.1 !TLSv1.2 !TLSv1.3",
    "invalid-value E smtp_tls_mandatory_protocols @main.cf:14\n"),
  CASE ("tls/protocols-bound-that-is-none", "smtp_tls_mandatory_protocols = >=SSLv2",
    "invalid-value E smtp_tls_mandatory_protocols @main.cf:14\n"),
  CASE ("tls/protocols-too-old", "smtp_tls_mandatory_protocols = <=SSLv3",
    "invalid-value E smtp_tls_mandatory_protocols @main.cf:14\n"),
  CASE ("tls/protocols-by-code", "smtp_tls_mandatory_protocols = >=0303", ""),
  CASE ("tls/protocols-good", "smtp_tls_mandatory_protocols = >=TLSv1.2, <=tlsv1.3", ""),
  CASE ("tls/protocols-listed", "smtp_tls_mandatory_protocols = TLSv1.2:TLSv1.3", ""),
  CASE ("tls/not-mandatory", "smtp_tls_mandatory_ciphers = hihg\nsmtp_tls_security_level = may\n"
    "smtp_sasl_auth_enable = no\n-smtp_sasl_password_maps", ""),
  CASE ("tls/policy", "smtp_tls_security_level = may\n"
    "smtp_tls_policy_maps = inline:{{" RELAY " = secure}}", ""),
  CASE ("tls/other-port-for-wrapper", "relayhost = [smtp.example.com]:2465\n"
    "smtp_tls_wrappermode = yes", "", .passwords = "[smtp.example.com]:2465 a:b\n"),
  CASE ("tls/log-level", "smtp_tls_loglevel = routine", ""),
  CASE ("tls/match-of-policy", "relayhost = [192.0.2.99]:587\n"
    "smtp_tls_policy_maps = inline:{{[192.0.2.99]:587 = secure match=smtp.example.com}}", "",
    .passwords = "[192.0.2.99]:587 a:b\n"),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/sending", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
