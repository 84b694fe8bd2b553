/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#define MAPS "smtp_sasl_password_maps"
#define FOUND(parameter, line) \
  "password-in-main-cf E " parameter " (" parameter ") @main.cf:" line "\n"
#define FILE_OF_GOOD "hash:/etc/postfix/sasl_passwd"

static void
hide_main_cf (NullmailCheckSnapshot *snapshot)
{
  snapshot->is_main_cf_private = NULLMAIL_FACT_YES;
}

static void
write_into_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot,
                         "smtp unix - - n - - smtp\n"
                         "slow unix - - n - - smtp\n"
                         "  -o smtp_sasl_auth_enable=yes\n"
                         "  -o smtp_sasl_password_maps=static:u:geheim\n");
}

static void
write_into_hidden_master (NullmailCheckSnapshot *snapshot)
{
  write_into_master (snapshot);
  snapshot->is_master_cf_private = NULLMAIL_FACT_YES;
}

static void
refer_from_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot,
                         "slow unix - - n - - smtp -o smtp_sasl_password_maps=$slow_relay\n");
}

static void
name_file_in_master (NullmailCheckSnapshot *snapshot)
{
  check_case_use_master (snapshot,
                         "slow unix - - n - - smtp -o { smtp_sasl_password_maps = hash:/x }\n"
                        "fast unix - - n - - smtp -o transport_maps=inline:{a=b:c}\n");
}

static const CheckCase cases[] = {
  CASE ("none", "", ""),
  CASE ("static", MAPS " = " FILE_OF_GOOD ", static:u:geheim", FOUND (MAPS, "10")),
  CASE ("proxied", MAPS " = " FILE_OF_GOOD ", proxy:static:u:geheim", FOUND (MAPS, "10")),
  CASE ("inline", MAPS " = " FILE_OF_GOOD " inline:{ {a = u:geheim} }", FOUND (MAPS, "10")),
  CASE ("nested", MAPS " = " FILE_OF_GOOD " unionmap:{hash:/a, inline:{a=geheim}}",
    "map-type-unsupported E " MAPS " (unionmap) @main.cf:10\n" FOUND (MAPS, "10")),
  CASE ("macro", MAPS " = " FILE_OF_GOOD " $x\nx = $y\ny = static:u:geheim", FOUND ("y", "15")),
  CASE ("branch-not-taken", MAPS " = " FILE_OF_GOOD "${x?{static:u:geheim}}", FOUND (MAPS, "10")),
  CASE ("part", MAPS " = " FILE_OF_GOOD " static:u:$x\nx = geheim", FOUND (MAPS, "10")),
  CASE ("other-protocol", "lmtp_sasl_password_maps = static:u:geheim",
    FOUND ("lmtp_sasl_password_maps", "14")),
  CASE ("private", MAPS " = " FILE_OF_GOOD ", static:u:geheim",
    "submission-refused E @main.cf\n", .adjust = hide_main_cf),
  CASE ("nothing-inside", MAPS " = " FILE_OF_GOOD " inline:{}", ""),
  CASE ("other-table", "smtp_generic_maps = inline:{ {a = b:c} }", ""),
  CASE ("macro-for-names", MAPS " = hash:$dir/sasl_passwd\ndir = /etc/postfix", ""),
  CASE ("not-a-type", MAPS " = " FILE_OF_GOOD "\nnobody_uses = static:u:geheim", ""),

  CASE ("master-cf", "", "password-in-main-cf E " MAPS " (slow/unix) @master.cf:4\n",
    .adjust = write_into_master),
  CASE ("master-cf/private", "", "", .adjust = write_into_hidden_master),
  CASE ("master-cf/macro", "slow_relay = static:u:geheim", FOUND ("slow_relay", "14"),
    .adjust = refer_from_master),
  CASE ("master-cf/file", "", "", .adjust = name_file_in_master),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  check_case_add_all ("/check/plain-passwords", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
