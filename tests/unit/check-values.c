/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define NO_LOGIN "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
#define UNUSED "password-map-unused N smtp_sasl_password_maps @main.cf"
#define NOWHERE "root-mail-nowhere N virtual_alias_maps @main.cf\n"
#define INVALID(parameter, line) "invalid-value E " parameter " @main.cf:" line "\n"

static void
know_waiver (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("tls_required_enable", "yes");
}

static void
live_before_functions (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.10.13");
}

static void
know_separator (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.9.0");
  check_case_know_default ("smtp_sasl_password_result_delimiter", ":");
}

static void
live_with_functions (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.11.0");
}

static const CheckCase cases[] = {
  CASE ("duplicate", "=compatibility_level = 3.6\n" "relayhost = [a.example.com]\n"
    "inet_interfaces = loopback-only\nmydestination =\nrelayhost = [b.example.com]\n",
    "duplicate-parameter W relayhost @main.cf:5\n" NOWHERE),
  CASE ("duplicate/equal", "=inet_interfaces = loopback-only\nrelayhost = [a.example.com]\n"
    "inet_interfaces =\n  loopback-only\nmydestination =\n",
    "duplicate-parameter W inet_interfaces @main.cf:3\n" NOWHERE),

  CASE ("bad-line", "=relayhost = [a.example.com]\ninet_interfaces = loopback-only\n"
    "mydestination =\nnonsense\n= x\n",
    "bad-line E @main.cf:4\nbad-line E @main.cf:5\n" NOWHERE),
  CASE ("bad-line/indented-first", "= relayhost = [a.example.com]\nrelayhost = [a.example.com]\n"
    "inet_interfaces = loopback-only\nmydestination =\n",
    "bad-line W @main.cf:1\n" NOWHERE),

  CASE ("boolean/python", "smtp_sasl_auth_enable = True",
    INVALID ("smtp_sasl_auth_enable", "9") UNUSED ":10\n"),
  CASE ("boolean/any-case", "smtp_sasl_auth_enable = YES\nsoft_bounce = No", ""),
  CASE ("boolean/empty", "soft_bounce =", INVALID ("soft_bounce", "14")),
  CASE ("boolean/number", "smtp_tls_wrappermode = 0", INVALID ("smtp_tls_wrappermode", "14")),
  CASE ("boolean/macro", "my_answer = maybe\nsoft_bounce = $my_answer",
    INVALID ("soft_bounce", "15")),
  CASE ("boolean/unknown-macro", "soft_bounce = $my_answer\nmyorigin = example.com", "",
    .adjust = check_case_forget_defaults),

  CASE ("boolean/waiver", "tls_required_enable = true", INVALID ("tls_required_enable", "14"),
    .adjust = know_waiver),
  CASE ("boolean/waiver-of-a-later-postfix", "tls_required_enable = true", ""),
  CASE ("dns-support/unknown", "smtp_dns_support_level = dns",
    INVALID ("smtp_dns_support_level", "14")),
  CASE ("dns-support/good", "smtp_dns_support_level = Enabled", ""),
  CASE ("dns-support/empty", "smtp_dns_support_level =", ""),
  CASE ("classes/unknown", "sender_canonical_classes = envelope_sender, header",
    INVALID ("sender_canonical_classes", "14")),
  CASE ("classes/good", "sender_canonical_classes = envelope_sender header_sender", ""),

  CASE ("digest/unknown", "smtp_tls_fingerprint_digest = sha999",
    INVALID ("smtp_tls_fingerprint_digest", "14")),
  CASE ("digest/empty", "smtp_tls_fingerprint_digest =",
    INVALID ("smtp_tls_fingerprint_digest", "14")),
  CASE ("digest/good", "smtp_tls_fingerprint_digest = SHA-256", ""),
  CASE ("digest/object-identifier", "smtp_tls_fingerprint_digest = 2.16.840.1.101.3.4.2.1", ""),
  CASE ("servername/blank", "smtp_tls_servername = a name", INVALID ("smtp_tls_servername", "14")),
  CASE ("servername/good", "smtp_tls_servername = nexthop", ""),
  CASE ("servername/empty", "smtp_tls_servername =", ""),
  CASE ("header-checks/no-type", "smtp_header_checks = nope",
    INVALID ("smtp_header_checks", "14")),
  CASE ("header-checks/inline", "smtp_header_checks = regexp:{ {/^X:/ IGNORE} }", ""),

  CASE ("level/unknown", NO_LOGIN "smtp_tls_security_level = strong",
    INVALID ("smtp_tls_security_level", "7")),
  CASE ("level/case", NO_LOGIN "smtp_tls_security_level = Dane-Only\n"
    "smtp_dns_support_level = dnssec", ""),
  CASE ("level/empty", NO_LOGIN "smtp_tls_security_level =", ""),
  CASE ("level/output-only", NO_LOGIN "smtp_tls_security_level = half-dane",
    INVALID ("smtp_tls_security_level", "7")),

  CASE ("number/word", "message_size_limit = 10M", INVALID ("message_size_limit", "14")),
  CASE ("number/negative", "message_size_limit = -5", ""),
  CASE ("number/good", "message_size_limit = 20480000\nsmtp_tls_loglevel = 1", ""),
  CASE ("time/bad", "maximal_queue_lifetime = 5x", INVALID ("maximal_queue_lifetime", "14")),
  CASE ("time/blank", "queue_run_delay = 300 s", INVALID ("queue_run_delay", "14")),
  CASE ("time/unit-only", "queue_run_delay = s", INVALID ("queue_run_delay", "14")),
  CASE ("time/capital", "queue_run_delay = 5M", INVALID ("queue_run_delay", "14")),
  CASE ("time/two-units", "queue_run_delay = 1h30m", INVALID ("queue_run_delay", "14")),
  CASE ("time/good", "maximal_queue_lifetime = 5d\nqueue_run_delay = 300", ""),

  CASE ("relay/two", NO_LOGIN "relayhost = [a.example.com], [b.example.com]", ""),
  CASE ("relay/second", NO_LOGIN "relayhost = [a.example.com], smtp:[b.example.com]",
    INVALID ("relayhost", "2")),
  CASE ("relay/port", NO_LOGIN "relayhost = [a.example.com]:99999", INVALID ("relayhost", "2")),
  CASE ("relay/transport", NO_LOGIN "relayhost = smtp:[a.example.com]:587",
    INVALID ("relayhost", "2")),
  CASE ("relay/user", NO_LOGIN "relayhost = me@a.example.com", INVALID ("relayhost", "2")),

  CASE ("protocols/case", "inet_protocols = IPv4", INVALID ("inet_protocols", "14")),
  CASE ("protocols/unknown", "inet_protocols = ipv4, ipv5", INVALID ("inet_protocols", "14")),
  CASE ("protocols/good", "inet_protocols = ipv4, ipv6", ""),

  CASE ("networks/host-bits", "mynetworks = 127.0.0.0/8 10.0.0.1/8", INVALID ("mynetworks", "4")),
  CASE ("networks/bare-ipv6", "mynetworks = 127.0.0.0/8 ::1/128", INVALID ("mynetworks", "4")),
  CASE ("networks/bracket", "mynetworks = 127.0.0.0/8 [::1", INVALID ("mynetworks", "4")),
  CASE ("networks/octets", "mynetworks = 127.0.0/8", INVALID ("mynetworks", "4")),

  CASE ("style/unknown", "mynetworks_style = lan", INVALID ("mynetworks_style", "14")),
  CASE ("style/two", "mynetworks_style = host, subnet", INVALID ("mynetworks_style", "14")),
  CASE ("style/good", "mynetworks_style = host", ""),

  CASE ("sasl/options", NO_LOGIN "smtp_sasl_security_options = no-anonymous",
    INVALID ("smtp_sasl_security_options", "9") INVALID ("smtp_sasl_tls_security_options", "10")),
  CASE ("sasl/none", NO_LOGIN "smtp_sasl_security_options =", ""),
  CASE ("sasl/type", NO_LOGIN "smtp_sasl_type = dovecot", ""),

  CASE ("table/no-type", "smtp_sasl_password_maps = /etc/postfix/sasl_passwd",
    INVALID ("smtp_sasl_password_maps", "10")
    "not-checked N smtp_sasl_password_maps (credentials-missing) @main.cf:10\n"),
  CASE ("table/empty", "transport_maps =\nsmtp_generic_maps =", ""),
  CASE ("table/secret", NO_LOGIN "smtp_sasl_password_maps = geheim",
    INVALID ("smtp_sasl_password_maps", "12")
    "password-map-unused N smtp_sasl_password_maps @main.cf:12\n"),

  CASE ("name/hyphen", "myhostname = bad_name-.example.com", INVALID ("myhostname", "14")),
  CASE ("name/blank", "mydomain = a b.example.com\nmyorigin = example.com",
    INVALID ("mydomain", "14")),
  CASE ("name/empty", "myorigin =", INVALID ("myorigin", "6")),
  CASE ("name/two", "myorigin = a.example.com, b.example.com", INVALID ("myorigin", "6")),
  CASE ("name/beyond-ascii", "myhostname = büro.example.com", INVALID ("myhostname", "14")),
  CASE ("name/numbers", "myhostname = 192.0.2.7\nmyorigin = example.com",
    INVALID ("myhostname", "14")),
  CASE ("name/empty-label", "mydomain = example..com\nmyorigin = example.com",
    INVALID ("mydomain", "14")),
  CASE ("level/compatibility", "compatibility_level = 3.6.1.2",
    INVALID ("compatibility_level", "1")),

  CASE ("macro/open", "smtp_helo_name = ${myhostname", INVALID ("smtp_helo_name", "14")),
  CASE ("macro/loop", "my_a = $my_b\nmy_b = $my_a", INVALID ("my_a", "14") INVALID ("my_b", "15")),
  CASE ("macro/function-before", "smtp_helo_name = ${domain_to_ascii{$myhostname}}",
    INVALID ("smtp_helo_name", "14"), .adjust = live_before_functions),
  CASE ("macro/function", "smtp_helo_name = ${domain_to_ascii{$myhostname}}", "",
    .adjust = live_with_functions),
  CASE ("macro/function-of-later", "smtp_helo_name = ${to_be_invented{$myhostname}}", "",
    .adjust = live_with_functions),
  CASE ("macro/function-unknown-version", "smtp_helo_name = ${domain_to_ascii{$myhostname}}", ""),
  CASE ("macro/function-open", "smtp_helo_name = ${domain_to_ascii{$myhostname}",
    INVALID ("smtp_helo_name", "14"), .adjust = live_with_functions),
  CASE ("macro/function-as-level", "smtp_tls_security_level = ${domain_to_ascii{secure}}", "",
    .adjust = live_with_functions),
  CASE ("separator/empty", "smtp_sasl_password_result_delimiter =",
    INVALID ("smtp_sasl_password_result_delimiter", "14"), .adjust = know_separator),
  CASE ("separator/two", "smtp_sasl_password_result_delimiter = ||",
    INVALID ("smtp_sasl_password_result_delimiter", "14"), .adjust = know_separator),
  CASE ("separator/usual", "smtp_sasl_password_result_delimiter = :", "",
    .adjust = know_separator),
  CASE ("separator/before", "smtp_sasl_password_result_delimiter = ||", "",
    .adjust = live_before_functions),
  CASE ("macro/dollar", "my_a = 5 $$ and $myhostname ${nothing?x}", ""),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/values", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
