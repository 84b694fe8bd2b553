/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define NO_LOGIN "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
#define NO_PASSWORD(key) "credentials-missing E (" key ") @sasl_passwd\n"

static void
lose_domain (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_set_host_name ("host7");
}

static void
live_before_srv (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.7.11");
}

static void
live_with_srv (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.8.0");
}

static const CheckCase cases[] = {
  CASE ("good", "", ""),

  CASE ("no-relay/absent", "-relayhost", "no-relay W relayhost @main.cf\n"),
  CASE ("no-relay/empty", "relayhost =", "no-relay W relayhost @main.cf:2\n"),
  CASE ("no-relay/nothing-behind-macro", "relayhost = $nothing",
    "no-relay W relayhost @main.cf:2\n"),
  CASE ("no-relay/unknown", "relayhost = $nothing\nmyorigin = example.com", "",
    .adjust = check_case_forget_defaults),

  CASE ("brackets/port", NO_LOGIN "relayhost = smtp.example.com:587",
    "relay-without-brackets N relayhost = [smtp.example.com]:587 @main.cf:2\n"),
  CASE ("brackets/login", "relayhost = smtp.example.com",
    "relay-without-brackets N relayhost = [smtp.example.com] @main.cf:2\n",
    .passwords = "smtp.example.com a:b\n"),
  CASE ("brackets/macro", NO_LOGIN "relayhost = mail.$mydomain:587",
    "relay-without-brackets N relayhost = [mail.$mydomain]:587 @main.cf:2\n"),
  CASE ("brackets/whole-macro", NO_LOGIN "relayhost = $my_relay\nmy_relay = smtp.example.com:587",
    "relay-without-brackets N relayhost = [smtp.example.com]:587 @main.cf:2\n"),
  CASE ("brackets/domain", NO_LOGIN "relayhost = $mydomain", ""),
  CASE ("brackets/there", NO_LOGIN "relayhost = [smtp.example.com]", ""),

  CASE ("srv/port", NO_LOGIN "relayhost = example.com:submission\nuse_srv_lookup = submission", "",
    .adjust = live_with_srv),
  CASE ("srv/unknown-version", NO_LOGIN
    "relayhost = example.com:submission\nuse_srv_lookup = submission", ""),
  CASE ("srv/list", NO_LOGIN
    "relayhost = example.com:submission\nuse_srv_lookup = smtps, SUBMISSION", "",
    .adjust = live_with_srv),
  CASE ("srv/table", NO_LOGIN
    "relayhost = example.com:submission\nuse_srv_lookup = texthash:/etc/postfix/x", "",
    .adjust = live_with_srv),
  CASE ("srv/usual-port", "relayhost = smtp.example.com\nuse_srv_lookup = smtp", "",
    .adjust = live_with_srv, .passwords = "smtp.example.com a:b\n"),
  CASE ("srv/other-port", NO_LOGIN "relayhost = example.com:587\nuse_srv_lookup = submission",
    "relay-without-brackets N relayhost = [example.com]:587 @main.cf:2\n",
    .adjust = live_with_srv),
  CASE ("srv/excluded", NO_LOGIN
    "relayhost = example.com:submission\nuse_srv_lookup = !submission, static:all",
    "relay-without-brackets N relayhost = [example.com]:submission @main.cf:2\n",
    .adjust = live_with_srv),
  CASE ("srv/before", NO_LOGIN "relayhost = example.com:submission\nuse_srv_lookup = submission",
    "relay-without-brackets N relayhost = [example.com]:submission @main.cf:2\n",
    .adjust = live_before_srv),

  CASE ("overridden/tables",
    "transport_maps = hash:/etc/postfix/transport\n"
    "sender_dependent_relayhost_maps = hash:/etc/postfix/relays\n"
    "content_filter = amavis:[127.0.0.1]:10024",
    "relay-overridden W content_filter @main.cf:16\n"
    "relay-overridden W sender_dependent_relayhost_maps @main.cf:15\n"
    "relay-overridden W transport_maps @main.cf:14\n"),
  CASE ("overridden/empty", "transport_maps =\ncontent_filter =", ""),
  CASE ("overridden/default-transport", "default_transport = smtp:[other.example.com]",
    "relay-overridden W default_transport @main.cf:14\n"),
  CASE ("overridden/another-transport", "default_transport = slow",
    "relay-overridden W default_transport @main.cf:14\n"),
  CASE ("overridden/same-transport", "default_transport = smtp:", ""),
  CASE ("overridden/relay-transport", "default_transport = relay", ""),

  CASE ("service/case", NO_LOGIN "relayhost = [smtp.example.com]:Submission",
    "invalid-value E relayhost (Submission) @main.cf:2\n"),
  CASE ("service/misspelt", NO_LOGIN "relayhost = [smtp.example.com]:submision",
    "invalid-value E relayhost (submision) @main.cf:2\n"),
  CASE ("service/known", NO_LOGIN "relayhost = [smtp.example.com]:submission", ""),

  CASE ("unverifiable/ipv4", "relayhost = [192.0.2.1]:587",
    NO_PASSWORD ("[192.0.2.1]:587") "relay-name-unverifiable E relayhost @main.cf:2\n"),
  CASE ("unverifiable/ipv6", NO_LOGIN "relayhost = [IPv6:2001:db8::1]:587",
    "relay-name-unverifiable E relayhost @main.cf:2\n"),
  CASE ("unverifiable/verify",
    NO_LOGIN "relayhost = [192.0.2.1]:587\nsmtp_tls_security_level = verify",
    "relay-name-unverifiable E relayhost @main.cf:2\n"),
  CASE ("unverifiable/encrypt",
    NO_LOGIN "relayhost = [192.0.2.1]:587\nsmtp_tls_security_level = encrypt", ""),
  CASE ("unverifiable/other-name",
    NO_LOGIN "relayhost = [192.0.2.1]:587\n"
    "smtp_tls_secure_cert_match = nexthop:smtp.example.com", ""),

  CASE ("self/name", NO_LOGIN "relayhost = [host7.example.com]",
    "relay-is-self E relayhost @main.cf:2\n"),
  CASE ("self/short-name", NO_LOGIN "relayhost = [HOST7]\nmydomain = example.com",
    "relay-is-self E relayhost @main.cf:2\n", .adjust = lose_domain),
  CASE ("self/myhostname",
    NO_LOGIN "relayhost = [out.example.com]\nmyhostname = out.example.com",
    "relay-is-self E relayhost @main.cf:2\n"),
  CASE ("self/loopback",
    NO_LOGIN "relayhost = [127.0.0.1]\nsmtp_tls_security_level = may",
    "relay-is-self E relayhost @main.cf:2\n"),
  CASE ("self/localhost", NO_LOGIN "relayhost = [localhost]",
    "relay-is-self E relayhost @main.cf:2\n"),
  CASE ("self/address",
    NO_LOGIN "relayhost = [2001:DB8::7]:587\nsmtp_tls_security_level = may",
    "relay-is-self E relayhost @main.cf:2\n"),
  CASE ("self/tunnel",
    NO_LOGIN "relayhost = [127.0.0.1]:2525\nsmtp_tls_security_level = may",
    "relay-is-self N relayhost @main.cf:2\n"),
  CASE ("self/other-address",
    NO_LOGIN "relayhost = [192.0.2.8]\nsmtp_tls_security_level = may", ""),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/relay", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
