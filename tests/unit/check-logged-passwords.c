/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define PEERS "debug_peer_list"
#define FOUND(pattern) "password-logged W " PEERS " (" pattern ") @main.cf:14\n"

static void
start_with_v (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "smtp unix - - n - - smtp\n"
                           "  -o smtp_helo_timeout=5 -v\n"
                           "slow unix - - n - - smtp\n");
}

static void
start_another_with_v (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "smtp unix - - n - - smtp -o smtp_helo_name=-v\n"
                           "slow unix - - n - - smtp -v\n"
                           "pipe unix - n n - - pipe user=nobody argv=/bin/x -v\n");
}

static const CheckCase cases[] = {
  CASE ("none", "", ""),
  CASE ("relay", PEERS " = smtp.example.com", FOUND ("smtp.example.com")),
  CASE ("case", PEERS " = SMTP.Example.Com", FOUND ("SMTP.Example.Com")),
  CASE ("second", PEERS " = other.example.net, smtp.example.com", FOUND ("smtp.example.com")),
  CASE ("domain", PEERS " = example.com", FOUND ("example.com")),
  CASE ("part-of-label", PEERS " = xample.com", ""),
  CASE ("below", PEERS " = a.smtp.example.com", ""),
  CASE ("dot", PEERS " = .example.com", ""),
  CASE ("dot-where-that-counts", PEERS " = .example.com\nparent_domain_matches_subdomains = x",
    FOUND (".example.com")),
  CASE ("macro", PEERS " = $mydomain\nmydomain = example.com", FOUND ("example.com")),
  CASE ("network", PEERS " = 192.0.2.0/24", FOUND ("192.0.2.0/24")),
  CASE ("loopback", PEERS " = 127.0.0.1 127.0.0.0/8 [::1]", ""),
  CASE ("table", PEERS " = hash:/etc/postfix/peers", FOUND ("hash:/etc/postfix/peers")),
  CASE ("exclusion", PEERS " = !smtp.example.com", ""),
  CASE ("no-login", PEERS " = smtp.example.com\nsmtp_sasl_auth_enable = no",
    "password-map-unused N smtp_sasl_password_maps @main.cf:10\n"),

  CASE ("tls", "smtp_tls_loglevel = 4",
    "password-logged W smtp_tls_loglevel = 1 (4) @main.cf:14\n"),
  CASE ("tls-below", "smtp_tls_loglevel = 3", ""),

  CASE ("verbose", "", "password-logged W (smtp) @master.cf:2\n", .adjust = start_with_v),
  CASE ("verbose-elsewhere", "", "", .adjust = start_another_with_v),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/logged-passwords", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
