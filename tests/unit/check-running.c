/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What is found of the Postfix that runs, and of what master.cf sets for its services. */

#include "check-case.h"

#include <string.h>

#include "document/master-cf-private.h"

#define OVERRIDES(service, parameter, line) \
  "master-override W " parameter " (" service ") @master.cf:" line "\n"

static void
override_in_three_ways (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "cleanup unix n - n - 0 cleanup -o virtual_alias_maps=\n"
                           "  -o virtual_alias_maps=inline:{root=x@example.org}\n"
                           "smtp unix - - n - - smtp -omyhostname=a.example.org\n"
                           "# between\n"
                           "  -o { inet_protocols = ipv4 }\n"
                           "  -o smtp_sasl_tls_security_options=$own_options\n");
}

/* Blanks, macros, a default that is written out, and options that are none of the settings. */
static void
override_with_the_same (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "smtp unix - - n - - smtp -o { inet_interfaces =  loopback-only }\n"
                           "  -o myhostname=${own_name} -o smtp_sasl_auth_enable=yes\n"
                           "  -o smtp_connect_timeout=20s -o syslog_name=postfix/$service_name\n"
                           "cleanup unix n - n - 0 cleanup\n"
                           "  -o myhostname=other.example.org -o myhostname=$own_name\n");
}

static void
override_for_others (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "smtp unix - - n - - smtp -o myhostname=replaced.example.org\n"
                           "smtp unix - - n - - smtp\n"
                           "filter unix - - n - - smtp -o smtp_sasl_auth_enable=no\n"
                           "127.0.0.1:10025 inet n - n - - smtpd -o mynetworks=127.0.0.0/8\n"
                           "submission inet n - n - - smtpd -o mynetworks=\n");
}

static void
override_for_transport (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot,
                           "filter unix - - n - - smtp -o myhostname=a.example.org\n"
                           "smtp inet n - n - - smtpd -o mynetworks=0.0.0.0/0\n"
                           "rewrite unix - - n - - trivial-rewrite -o relayhost=\n");
}

static void
override_with_password (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot, "smtp unix - - n - - smtp\n"
                                   "  -o smtp_sasl_password_maps=inline:{[x]:587=u:geheim}\n");
  check_case_use_services (snapshot,
                           "smtp unix - - n - - smtp\n"
                           "  -o smtp_sasl_password_maps=inline:{[x]:587=u:geheim}\n");
  snapshot->is_master_cf_private = NULLMAIL_FACT_YES;
}

static void
change_main_cf (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_read_main_cf = NULLMAIL_FACT_NO;
}

static void
have_read_main_cf (NullmailCheckSnapshot *snapshot)
{
  snapshot->has_read_main_cf = NULLMAIL_FACT_YES;
}

static NullmailWaitingMail waiting;

static void
let_one_wait (NullmailCheckSnapshot *snapshot)
{
  waiting = (NullmailWaitingMail) { .n_deferred = 1, .cause = NULLMAIL_DELAY_CAUSE_NETWORK,
                                    .n_of_cause = 1, .reason = (char *) "Connection refused" };
  snapshot->waiting = &waiting;
}

static void
let_many_wait (NullmailCheckSnapshot *snapshot)
{
  waiting = (NullmailWaitingMail) { .n_deferred = 7, .is_partial = TRUE, .n_of_cause = 4,
                                    .cause = NULLMAIL_DELAY_CAUSE_UNKNOWN,
                                    .detail = (char *) "a line of the log" };
  snapshot->waiting = &waiting;
}

static void
let_none_wait (NullmailCheckSnapshot *snapshot)
{
  waiting = (NullmailWaitingMail) { 0 };
  snapshot->waiting = &waiting;
}

static void
hide_queue (NullmailCheckSnapshot *snapshot)
{
  snapshot->queue_problem = "the queue is for others";
}

static const char *const stale[] = { "/etc/resolv.conf", "/etc/services", NULL };

static void
have_stale_chroot (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot, "smtp unix - - y - - smtp\n");
  snapshot->stale_copies = stale;
}

static void
have_no_chroot (NullmailCheckSnapshot *snapshot)
{
  check_case_use_services (snapshot, "smtp unix - - n - - smtp\n");
  snapshot->stale_copies = stale;
}

static const CheckCase cases[] = {
  CASE ("override/ways", "own_options = noplaintext",
    OVERRIDES ("smtp/unix", "inet_protocols", "5") OVERRIDES ("smtp/unix", "myhostname", "3")
    OVERRIDES ("smtp/unix", "smtp_sasl_tls_security_options", "6")
    OVERRIDES ("cleanup/unix", "virtual_alias_maps", "2"),
    .adjust = override_in_three_ways),
  CASE ("override/same", "myhostname = a.example.com\nown_name = a.example.com", "",
    .adjust = override_with_the_same),
  CASE ("override/others", "", "", .adjust = override_for_others),
  CASE ("override/transport", "default_transport = filter:",
    OVERRIDES ("filter/unix", "myhostname", "1") OVERRIDES ("smtp/inet", "mynetworks", "2")
    OVERRIDES ("rewrite/unix", "relayhost", "3")
    "relay-overridden W default_transport @main.cf:14\n",
    .adjust = override_for_transport),

  CASE ("pending/yes", "", "restart-pending W @main.cf\n", .adjust = change_main_cf),
  CASE ("pending/no", "", "", .adjust = have_read_main_cf),

  CASE ("waiting/one", "", "mail-waiting W\n", .adjust = let_one_wait),
  CASE ("waiting/many", "", "mail-waiting W\n", .adjust = let_many_wait),
  CASE ("waiting/none", "", "", .adjust = let_none_wait),
  CASE ("waiting/hidden", "", "not-checked N (mail-waiting)\n", .adjust = hide_queue),

  CASE ("chroot/stale", "queue_directory = /var/spool/mine",
    "chroot-stale W @mine\n", .adjust = have_stale_chroot),
  CASE ("chroot/none", "", "", .adjust = have_no_chroot),
};

static GPtrArray *
run (void (*adjust) (NullmailCheckSnapshot *))
{
  g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf ("queue_directory = /q");
  g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
  g_autoptr(NullmailMask) mask = NULL;
  NullmailCheckSnapshot snapshot = { .effective = effective };

  check_case_fill (&snapshot);
  adjust (&snapshot);
  snapshot.mask = mask = _nullmail_mask_new (effective, NULL, snapshot.master_options, NULL);
  return _nullmail_check_run (&snapshot);
}

static void
assert_says (void       (*adjust) (NullmailCheckSnapshot *),
             const char  *code,
             const char  *words,
             const char  *remedy)
{
  g_autoptr(GPtrArray) findings = run (adjust);
  guint n_found = 0;

  for (guint i = 0; i < findings->len; i++)
    {
      NullmailFinding *finding = g_ptr_array_index (findings, i);
      g_autoptr(GVariant) variant = nullmail_finding_to_variant (finding);
      const char *nick;

      g_assert_null (strstr (nullmail_finding_get_message (finding), "geheim"));
      g_variant_lookup (variant, "code", "&s", &nick);
      if (!g_str_equal (nick, code))
        continue;

      n_found++;
      g_assert_nonnull (strstr (nullmail_finding_get_message (finding), words));
      g_assert_nonnull (strstr (nullmail_finding_get_remedy (finding), remedy));
    }

  g_assert_cmpuint (n_found, ==, 1);
}

static void
test_words (void)
{
  assert_says (let_one_wait, "mail-waiting", "A message waits for another attempt: Connection "
               "refused.", "");
  assert_says (let_many_wait, "mail-waiting", "More than 6 messages wait for another attempt, 4 of",
               "postqueue -p");
  assert_says (let_many_wait, "mail-waiting", "(a line of the log).", "mail log");
  assert_says (have_stale_chroot, "chroot-stale", "below “/q”, and there /etc/resolv.conf, "
               "/etc/services is missing", "Copy");
  assert_says (override_with_password, "master-override",
               "In line 2 of master.cf the service “smtp/unix” sets smtp_sasl_password_maps to",
               "Take the option out");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/running", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/check/running/words", test_words);

  return g_test_run ();
}
