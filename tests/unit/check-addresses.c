/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "check-case.h"

#define NO_LOGIN "-smtp_sasl_auth_enable\n-smtp_sasl_password_maps\n"
#define NOT_SET "sender-not-set N sender_canonical_maps @main.cf\n"
#define REWRITTEN "bounces-rewritten W sender_canonical_maps"
#define NOWHERE "root-mail-nowhere N virtual_alias_maps @main.cf\n"
#define PATTERN "regexp:{ {/@/ x@y.example} }"

/* What the property reads. */
#define SENDER "mydomain = y.example\n" \
  "sender_canonical_classes = envelope_sender header_sender\n" \
  "sender_canonical_maps = regexp:{ {/@/ x@host.y.example} }\n"

static void
know_masquerade (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  check_case_know_default ("masquerade_domains", "");
  check_case_know_default ("masquerade_exceptions", "");
  check_case_know_default ("masquerade_classes",
                           "envelope_sender, header_sender, header_recipient");
}

static void
lose_root_alias (NullmailCheckSnapshot *snapshot)
{
  snapshot->lost_root_alias = "/etc/aliases: root";
}

static void
lose_alias (NullmailCheckSnapshot *snapshot)
{
  snapshot->lost_alias = "/etc/aliases: webmaster";
}

static const CheckCase cases[] = {
  CASE ("sender/absent", "-sender_canonical_maps", NOT_SET),
  CASE ("sender/empty", "sender_canonical_maps =",
    "sender-not-set N sender_canonical_maps @main.cf:14\n"),
  CASE ("sender/no-login", NO_LOGIN "-sender_canonical_maps", ""),
  CASE ("sender/generic", "-sender_canonical_maps\nsmtp_generic_maps = hash:/etc/postfix/generic",
    ""),
  CASE ("sender/canonical", "-sender_canonical_maps\ncanonical_maps = hash:/etc/postfix/x", ""),
  CASE ("sender/unknown", "-sender_canonical_maps\nsmtp_generic_maps = $x", "",
    .adjust = check_case_forget_defaults),

  CASE ("sender/tables-skipped", SENDER "receive_override_options = no_address_mappings\n"
    "mydestination = localhost", "local-delivery N mydestination =  @main.cf:5\n"
    "sender-not-set N receive_override_options @main.cf:17\n"),
  CASE ("sender/masqueraded", SENDER "masquerade_domains = $mydomain",
    "sender-not-set N masquerade_domains @main.cf:17\n", .adjust = know_masquerade),
  CASE ("sender/masqueraded-not-here", SENDER "masquerade_domains = !host.y.example y.example",
    "", .adjust = know_masquerade),
  CASE ("sender/masqueraded-already", SENDER "masquerade_domains = host.y.example", "",
    .adjust = know_masquerade),
  CASE ("sender/masqueraded-in-headers", SENDER "masquerade_domains = y.example\n"
    "masquerade_classes = header_sender", "", .adjust = know_masquerade),
  CASE ("sender/masqueraded-but-x", SENDER "masquerade_domains = y.example\n"
    "masquerade_exceptions = root X", "", .adjust = know_masquerade),

  CASE ("bounces/static", "sender_canonical_maps = static:x@y.example",
    REWRITTEN " = " PATTERN " @main.cf:14\n"),
  CASE ("bounces/static-of-several", "sender_canonical_maps = hash:/a, static:x@y.example hash:/b",
    REWRITTEN " = hash:/a, " PATTERN " hash:/b @main.cf:14\n"),
  CASE ("bounces/static-name", "sender_canonical_maps = static:x", REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/anything", "sender_canonical_maps = regexp:{ {/./ x@y.example} }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/anything-long", "sender_canonical_maps = regexp:{{/.+/ x@y}}",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/anything-at-all", "sender_canonical_maps = pcre:{ {/a/ x@y}, {/^(.*)$$/i x@y} }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/behind", "sender_canonical_maps = " PATTERN ", static:z@y.example",
    REWRITTEN " = " PATTERN ", regexp:{ {/@/ z@y.example} } @main.cf:14\n"),
  CASE ("bounces/macro", "mine = static:x@y.example\nsender_canonical_maps = $mine",
    REWRITTEN " @main.cf:15\n"),
  CASE ("bounces/both", "canonical_maps = static:x@y.example",
    "bounces-rewritten W canonical_maps = " PATTERN " @main.cf:14\n"),
  CASE ("bounces/not", "sender_canonical_maps = regexp:{ {!/@example/ x@y.example} }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/not-the-empty-one", "sender_canonical_maps = regexp:{ {! /^\"\"$$/ x@y.example} }",
    ""),
  CASE ("bounces/other-delimiter", "sender_canonical_maps = regexp:{ {|.*| x@y.example} }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/random", "sender_canonical_maps = randmap:{ x@y.example, z@y.example }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/nested", "sender_canonical_maps = pipemap:{ static:x@y.example, hash:/a }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/nested-second", "sender_canonical_maps = unionmap:{ hash:/a, static:x@y.example }",
    REWRITTEN " @main.cf:14\n"),
  CASE ("bounces/nested-pattern", "sender_canonical_maps = unionmap:{ " PATTERN " }", ""),
  CASE ("bounces/addresses", "sender_canonical_maps = regexp:{ {/^.+@.+$$/ x@y.example} }", ""),
  CASE ("bounces/escaped", "sender_canonical_maps = regexp:{ {/^a\\/./ x@y.example} }", ""),
  CASE ("bounces/headers-only",
    "sender_canonical_maps = static:x@y.example\nsender_canonical_classes = header_sender", ""),
  CASE ("bounces/not-read", "sender_canonical_maps = regexp:/nonexistent/x", ""),

  CASE ("root/absent", "-virtual_alias_maps", NOWHERE),
  CASE ("root/others", "virtual_alias_maps = inline:{web=x@y}",
    "root-mail-nowhere N virtual_alias_maps @main.cf:14\n"),
  CASE ("root/table", "virtual_alias_maps = inline:{web=x@y} hash:/etc/postfix/virtual", ""),
  CASE ("root/canonical", "-virtual_alias_maps\nrecipient_canonical_maps = inline:{root=x@y}", ""),
  CASE ("root/tables-skipped", "receive_override_options = no_header_body_checks, "
    "no_address_mappings", "root-mail-nowhere N receive_override_options @main.cf:14\n"),
  CASE ("root/tables-in-use", "receive_override_options = no_header_body_checks", ""),
  CASE ("root/by-default", "-virtual_alias_maps\n-mydestination",
    "local-delivery N mydestination =  @main.cf\n"),
  CASE ("root/delivered", "-virtual_alias_maps\nmydestination = localhost",
    "local-delivery N mydestination =  @main.cf:5\n"),
  CASE ("root/alias", "-virtual_alias_maps", NOWHERE, .adjust = lose_root_alias),
  CASE ("root/alias-kept", "relayhost = [smtp.example.com]:587", "", .adjust = lose_root_alias),
  CASE ("root/other-alias", "relayhost = [smtp.example.com]:587",
    "root-mail-nowhere N virtual_alias_maps @main.cf:15\n", .adjust = lose_alias),
};

static void
test_alias_is_named (void)
{
  g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf ("-virtual_alias_maps");
  g_autoptr(NullmailEffective) effective = check_case_read (main_cf);
  NullmailCheckSnapshot snapshot = { .effective = effective };
  gboolean is_named = FALSE;
  g_autoptr(GPtrArray) findings = NULL;

  check_case_fill (&snapshot);
  lose_root_alias (&snapshot);
  findings = _nullmail_check_run (&snapshot);
  for (guint i = 0; i < findings->len; i++)
    {
      const NullmailFinding *finding = g_ptr_array_index (findings, i);

      if (nullmail_finding_get_code (finding) == NULLMAIL_FINDING_CODE_ROOT_MAIL_NOWHERE)
        is_named = strstr (nullmail_finding_get_message (finding), snapshot.lost_root_alias) != NULL
                   && strstr (nullmail_finding_get_remedy (finding), "root-address") != NULL;
    }

  g_assert_true (is_named);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check-addresses", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/check-addresses/alias-is-named", test_alias_is_named);

  return g_test_run ();
}
