/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define NO_LOGIN "smtp_sasl_auth_enable = no\n"
#define USE_SECOND \
  "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd, hash:/etc/postfix/second"
#define MISSING "credentials-missing E ([smtp.example.com]:587) @sasl_passwd\n"
#define OPEN "not-checked N smtp_sasl_password_maps (credentials-missing) @main.cf:10\n"
#define PLAIN \
  "password-in-main-cf E smtp_sasl_password_maps (smtp_sasl_password_maps) @main.cf:10\n"
#define MISMATCH(key, line) "credentials-key-mismatch E (" key ") @sasl_passwd:" line "\n"
#define FORBIDDEN "sasl-options-forbid-plain E smtp_sasl_"

static void
hide_source (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.passwords = NULL;
}

static void
lose_source (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.passwords = NULL;
  snapshot->file.source.exists = NULLMAIL_FACT_NO;
}

static void
lose_map (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.map.exists = NULLMAIL_FACT_NO;
}

static void
use_texthash (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.map_type = "texthash";
  snapshot->file.map_path = NULL;
  snapshot->file.map = (NullmailFileFacts) { 0 };
}

/* What is wrong with it says what it is. */
static void
add_second (NullmailCheckSnapshot *snapshot)
{
  static const NullmailTableFile second = {
    .map_type = "hash",
    .source_path = "/etc/postfix/second",
    .map_path = "/etc/postfix/second.db",
    .source = { NULLMAIL_FACT_YES, 0644, 0, FALSE },
    .map = { NULLMAIL_FACT_NO, 0, 0, FALSE },
  };

  snapshot->more_files = &second;
  snapshot->n_more_files = 1;
}

static void
make_stale (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.map_is_stale = NULLMAIL_FACT_YES;
}

static void
lose_hash (NullmailCheckSnapshot *snapshot)
{
  static const char *const types[] = { "inline", "lmdb", "static", "texthash", NULL };

  snapshot->map_types = types;
}

static void
lose_hash_and_lmdb (NullmailCheckSnapshot *snapshot)
{
  static const char *const types[] = { "inline", "static", "texthash", NULL };

  snapshot->map_types = types;
}

static void
expose_files (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.source.mode = 0640;
  snapshot->file.map.mode = 0604;
}

static void
give_files_away (NullmailCheckSnapshot *snapshot)
{
  snapshot->file.source.uid = snapshot->file.map.uid = 1000;
}

static void
run_as_owner (NullmailCheckSnapshot *snapshot)
{
  give_files_away (snapshot);
  snapshot->user = 1000;
}

static void
lose_plugins (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_password_plugin = NULLMAIL_FACT_NO;
}

static void
forget_plugins (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_password_plugin = NULLMAIL_FACT_UNKNOWN;
}

#define SERVICE "socketmap:unix:private/nullmail:sasl"
#define USE_SERVICE "smtp_sasl_password_maps = " SERVICE

/* No password file, and a service that has said this. */
static void
hear_service (NullmailCheckSnapshot *snapshot,
              NullmailFact           relay,
              NullmailFact           host,
              const char            *failure)
{
  static const char *const types[] = { "hash", "socketmap", NULL };
  static NullmailTableAnswer answer = { .table = (char *) SERVICE };
  static gpointer pointers[] = { &answer };
  static GPtrArray answers = { .pdata = pointers, .len = 1 };

  answer.relay = relay;
  answer.host = host;
  answer.failure = (char *) failure;
  snapshot->answers = &answers;
  snapshot->map_types = types;
  snapshot->file.map_type = snapshot->file.source_path = snapshot->file.map_path = NULL;
  snapshot->file.passwords = NULL;
}

static void
hear_yes (NullmailCheckSnapshot *snapshot)
{
  hear_service (snapshot, NULLMAIL_FACT_YES, NULLMAIL_FACT_NO, NULL);
}

static void
hear_no (NullmailCheckSnapshot *snapshot)
{
  hear_service (snapshot, NULLMAIL_FACT_NO, NULLMAIL_FACT_NO, NULL);
}

static void
hear_host (NullmailCheckSnapshot *snapshot)
{
  hear_service (snapshot, NULLMAIL_FACT_NO, NULLMAIL_FACT_YES, NULL);
}

static void
hear_nothing (NullmailCheckSnapshot *snapshot)
{
  hear_service (snapshot, NULLMAIL_FACT_UNKNOWN, NULLMAIL_FACT_UNKNOWN, "connect to x: refused");
}

static void
hear_refusal (NullmailCheckSnapshot *snapshot)
{
  hear_service (snapshot, NULLMAIL_FACT_UNKNOWN, NULLMAIL_FACT_UNKNOWN, NULL);
}

static void
log_in_by_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot, "smtp unix - - n - - smtp -o smtp_sasl_auth_enable=$answer\n"
                                   "slow unix - - n - - smtp -o smtp_tls_security_level=none\n");
}

static void
do_all_by_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot, "smtp unix - - n - - smtp\n"
                                   "  -o smtp_tls_security_level=secure\n"
                                   "  -o { smtp_sasl_password_maps = inline:{\n"
                                   "       {[smtp.example.com]:587 = u:geheim} } }\n"
                                   "  -o smtp_sasl_auth_enable=yes\n");
  snapshot->is_master_cf_private = NULLMAIL_FACT_YES;
}

static void
weaken_by_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot, "out unix - - n - - smtp -o smtp_tls_security_level=may\n");
}

static void
live_with_srv (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("mail_version", "3.8.0");
}

static const CheckCase cases[] = {
  /* The relay's records may name that host, by which Postfix looks first. */
  CASE ("srv/name-of-a-host", "relayhost = example.com:submission\nuse_srv_lookup = submission",
    OPEN, .passwords = "mail.example.net a:b\n", .adjust = live_with_srv),
  CASE ("srv/relay", "relayhost = example.com:submission\nuse_srv_lookup = submission", "",
    .passwords = "example.com:submission a:b\n", .adjust = live_with_srv),
  CASE ("srv/other-relay", "relayhost = example.com:submission\nuse_srv_lookup = submission",
    "credentials-missing E (example.com:submission) @sasl_passwd\n",
    .passwords = "[mail.example.net]:587 a:b\n", .adjust = live_with_srv),
  CASE ("srv/other-port", "relayhost = example.com:587\nuse_srv_lookup = submission",
    "credentials-missing E (example.com:587) @sasl_passwd\n"
    "relay-without-brackets N relayhost = [example.com]:587 @main.cf:2\n",
    .passwords = "mail.example.net a:b\n", .adjust = live_with_srv),

  /* What master.cf alone switches on. */
  CASE ("master/no-login", "-smtp_sasl_auth_enable\nanswer = no",
    "password-map-unused N smtp_sasl_password_maps @main.cf:9\n", .adjust = log_in_by_master),
  CASE ("master/login", "-smtp_sasl_auth_enable\nanswer = yes", "", .adjust = log_in_by_master),
  CASE ("master/login-without-password", "-smtp_sasl_auth_enable\nanswer = yes",
    "credentials-missing E ([smtp.example.com]:587) @sasl_passwd\n", .adjust = log_in_by_master,
    .passwords = ""),
  CASE ("master/login-without-table",
    "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\nanswer = yes",
    "password-map-missing E smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd @main.cf\n",
    .adjust = log_in_by_master),
  CASE ("master/login-in-clear",
    "-smtp_sasl_auth_enable\nsmtp_tls_security_level = may\nanswer = yes",
    "tls-opportunistic-with-auth E smtp_tls_security_level = secure @main.cf:7\n"
    "sasl-options-forbid-plain E smtp_sasl_security_options @main.cf:10\n",
    .adjust = log_in_by_master),
  CASE ("master/all", "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
    "smtp_tls_security_level = may", "", .adjust = do_all_by_master),
  CASE ("master/weaker-transport", "default_transport = out:",
    "tls-opportunistic-with-auth E smtp_tls_security_level @main.cf:7\n"
    "sasl-options-forbid-plain E smtp_sasl_security_options @main.cf:11\n"
    "relay-overridden W default_transport @main.cf:14\n", .adjust = weaken_by_master),

  CASE ("service/yes", USE_SERVICE, "", .adjust = hear_yes),
  CASE ("service/no", USE_SERVICE, "credentials-missing E ([smtp.example.com]:587)\n",
    .adjust = hear_no),
  CASE ("service/bare-host", USE_SERVICE, "", .adjust = hear_host),
  CASE ("service/failed", USE_SERVICE,
    "map-missing E smtp_sasl_password_maps (" SERVICE ") @main.cf:10\n" OPEN,
    .adjust = hear_nothing),
  CASE ("service/may-not-ask", USE_SERVICE, OPEN, .adjust = hear_refusal),
  CASE ("service/not-asked", "smtp_sasl_password_maps = socketmap:inet:127.0.0.1:1:sasl", OPEN,
    .adjust = hear_yes),
  CASE ("service/one-of-two", "smtp_sasl_password_maps = hash:/etc/postfix/other, " SERVICE, "",
    .adjust = hear_yes),
  CASE ("service/two-and-one-unknown",
    "smtp_sasl_password_maps = hash:/etc/postfix/other, " SERVICE, OPEN, .adjust = hear_no),
  CASE ("service/behind-proxymap", "smtp_sasl_password_maps = proxy:" SERVICE, OPEN,
    .adjust = hear_yes),

  CASE ("map-missing/absent", "-smtp_sasl_password_maps",
    "password-map-missing E smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd @main.cf\n"),
  CASE ("map-missing/empty", "smtp_sasl_password_maps =",
    "password-map-missing E smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd "
    "@main.cf:10\n"),
  CASE ("map-missing/no-login", NO_LOGIN "-smtp_sasl_password_maps", ""),

  CASE ("unused/set", NO_LOGIN, "password-map-unused N smtp_sasl_password_maps @main.cf:10\n"),
  CASE ("unused/empty", NO_LOGIN "smtp_sasl_password_maps =", ""),

  CASE ("missing/other-relay", "", MISSING, .passwords = "[mail.example.org]:587 a:b\n"),
  CASE ("missing/empty-file", "", MISSING, .passwords = "# nothing yet\n"),
  CASE ("missing/no-file", "", MISSING, .passwords = ""),
  CASE ("missing/case", "", "", .passwords = "[SMTP.example.com]:587 a:b\n"),
  CASE ("missing/bare-host", "", "", .passwords = "smtp.example.com a:b\n"),
  CASE ("missing/bare-host-of-mx", "relayhost = smtp.example.com:587",
    "relay-without-brackets N relayhost = [smtp.example.com]:587 @main.cf:2\n" OPEN,
    .passwords = "smtp.example.com a:b\n"),
  CASE ("missing/unreadable", "", OPEN, .adjust = hide_source),
  CASE ("missing/map-without-source", "", OPEN, .adjust = lose_source),
  CASE ("missing/other-table",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd, mysql:/etc/postfix/sasl.cf",
    "map-type-unsupported E smtp_sasl_password_maps (mysql) @main.cf:10\n" OPEN,
    .passwords = "x a:b\n"),
  CASE ("missing/socket", "smtp_sasl_password_maps = socketmap:unix:/run/nullmail:sasl",
    "map-type-unsupported E smtp_sasl_password_maps (socketmap) @main.cf:10\n" OPEN,
    .passwords = "x a:b\n"),
  CASE ("missing/static", "smtp_sasl_password_maps = static:a:geheim", PLAIN,
    .passwords = "x a:b\n"),
  CASE ("missing/inline",
    "smtp_sasl_password_maps = inline:{ {[smtp.example.com]:587 = a:geheim} }",
    PLAIN),
  CASE ("missing/not-inline",
    "smtp_sasl_password_maps = inline:{ {[smtp.example.com] = a:geheim} }",
    MISSING PLAIN),
  CASE ("missing/by-sender", "smtp_sender_dependent_authentication = yes", OPEN,
    .passwords = "me@example.com a:b\n"),
  CASE ("missing/relay-unknown", "-relayhost", "no-relay W relayhost @main.cf\n",
    .passwords = "x a:b\n"),

  CASE ("mismatch/port", "", MISMATCH ("[smtp.example.com]", "1"),
    .passwords = "[smtp.example.com] a:b\n"),
  CASE ("mismatch/service", "", MISMATCH ("[smtp.example.com]:submission", "2"),
    .passwords = "# a comment\n[smtp.example.com]:submission a:b\n"),
  CASE ("mismatch/brackets", "", MISMATCH ("Smtp.Example.com:587", "1"),
    .passwords = "Smtp.Example.com:587 a:b\n"),
  CASE ("mismatch/two", "",
    MISMATCH ("[smtp.example.com]", "1") MISMATCH ("smtp.example.com:587", "2"),
    .passwords = "[smtp.example.com] a:b\nsmtp.example.com:587 a:b\n"),
  CASE ("mismatch/beside-match", "", "",
    .passwords = "[smtp.example.com] a:b\n[smtp.example.com]:587 a:b\n"),

  CASE ("shadowed/other-entry", "",
    "credentials-key-shadowed W (smtp.example.com) @sasl_passwd:2\n",
    .passwords = "[smtp.example.com]:587 a:b\nsmtp.example.com a:c\n"),
  CASE ("shadowed/same-entry", "", "",
    .passwords = "[smtp.example.com]:587 a:b\nsmtp.example.com a:b\n"),

  CASE ("table/stale", "", "map-stale W @sasl_passwd.db\n", .adjust = make_stale),
  CASE ("table/stale-unused", NO_LOGIN "-smtp_sasl_password_maps", "", .adjust = make_stale),
  CASE ("table/missing", "", "map-missing E @sasl_passwd.db\n", .adjust = lose_map),
  CASE ("table/none-needed", "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd", "",
    .adjust = use_texthash),
  CASE ("table/second", USE_SECOND,
    "map-missing E @second.db\nsecret-file-mode E @second\n", .adjust = add_second),
  CASE ("table/second-not-read", USE_SECOND,
    "map-missing E @second.db\nsecret-file-mode E @second\n" OPEN, .adjust = add_second,
    .passwords = "x a:b\n"),

  CASE ("type/unsupported", "",
    "map-type-unsupported E smtp_sasl_password_maps = lmdb:/etc/postfix/sasl_passwd (hash) "
    "@main.cf:10\n", .adjust = lose_hash),
  CASE ("type/plain-text-left", "",
    "map-type-unsupported E smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd (hash) "
    "@main.cf:10\n", .adjust = lose_hash_and_lmdb),
  CASE ("type/macro",
    "config_directory = /etc/postfix\nmy_type = hash\n"
    "smtp_sasl_password_maps = $my_type:$config_directory/sasl_passwd",
    "map-type-unsupported E smtp_sasl_password_maps = lmdb:/etc/postfix/sasl_passwd (hash) "
    "@main.cf:10\n", .adjust = lose_hash),
  CASE ("type/keeps-the-rest",
    "config_directory = /etc/postfix\n"
    "smtp_sasl_password_maps = hash:$config_directory/sasl_passwd texthash:/etc/x",
    "map-type-unsupported E smtp_sasl_password_maps = lmdb:$config_directory/sasl_passwd, "
    "texthash:/etc/x (hash) @main.cf:10\n", .adjust = lose_hash),
  CASE ("type/hides-secrets",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd, static:a:geheim",
    "map-type-unsupported E smtp_sasl_password_maps (hash) @main.cf:10\n" PLAIN,
    .adjust = lose_hash),

  CASE ("mode/readable", "",
    "secret-file-mode E @sasl_passwd\nsecret-file-mode E @sasl_passwd.db\n",
    .adjust = expose_files),
  CASE ("mode/readable-unused", NO_LOGIN "-smtp_sasl_password_maps",
    "secret-file-mode E @sasl_passwd\nsecret-file-mode E @sasl_passwd.db\n",
    .adjust = expose_files),
  CASE ("mode/owner", "", "secret-file-mode E @sasl_passwd\nsecret-file-mode E @sasl_passwd.db\n",
    .adjust = give_files_away),
  CASE ("mode/own", "", "", .adjust = run_as_owner),

  CASE ("plain/secure", "-smtp_sasl_tls_verified_security_options",
    FORBIDDEN "tls_verified_security_options = noanonymous @main.cf\n"),
  CASE ("plain/all-default",
    "-smtp_sasl_security_options\n-smtp_sasl_tls_security_options\n"
    "-smtp_sasl_tls_verified_security_options",
    FORBIDDEN "tls_verified_security_options = noanonymous @main.cf\n"),
  CASE ("plain/keeps-the-rest",
    "smtp_sasl_tls_verified_security_options = noanonymous noplaintext noactive",
    FORBIDDEN "tls_verified_security_options = noanonymous, noactive @main.cf:13\n"),
  CASE ("plain/encrypt", "smtp_tls_security_level = encrypt",
    FORBIDDEN "tls_security_options = noanonymous @main.cf:12\n"
    "tls-unverified N smtp_tls_security_level = secure @main.cf:7\n"),
  CASE ("plain/no-login", NO_LOGIN "-smtp_sasl_password_maps\n"
    "-smtp_sasl_tls_verified_security_options", ""),
  CASE ("plain/other-mechanism",
    "-smtp_sasl_tls_verified_security_options\nsmtp_sasl_mechanism_filter = scram-sha-256",
    ""),
  CASE ("plain/filtered",
    "-smtp_sasl_tls_verified_security_options\nsmtp_sasl_mechanism_filter = PLAIN, LOGIN",
    FORBIDDEN "tls_verified_security_options = noanonymous @main.cf\n"),

  CASE ("plugin/missing", "", "sasl-plugin-missing E smtp_sasl_auth_enable @main.cf:9\n",
    .adjust = lose_plugins),
  CASE ("plugin/not-needed", "smtp_sasl_mechanism_filter = cram-md5", "", .adjust = lose_plugins),
  CASE ("plugin/no-login", NO_LOGIN "-smtp_sasl_password_maps", "", .adjust = lose_plugins),
  CASE ("plugin/unknown", "",
    "not-checked N smtp_sasl_auth_enable (sasl-plugin-missing) @main.cf:9\n",
    .adjust = forget_plugins),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/credentials", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
