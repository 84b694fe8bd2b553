/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/master-cf-private.h"

static const char text[] =
  "# comment\n"
  " # indented\n"
  "smtp      inet  n       -       y       -       -       smtpd\n"
  "smtp      unix  -       -       n       -       -       other\n"
  "short line\n"
  "smtp unix - - - - - smtp\n"
  "\n"
  "relay     unix  -       -       y       -       -       smtp\n"
  "        -o syslog_name=postfix/$service_name -v\n"
  "# between\n"
  "  -o { smtp_tls_policy_maps = inline:{ a = b } }\n"
  "\t-oempty= -o {x=y} -o broken -o =none\n"
  "pipe unix - n n - - pipe\n"
  "  flags=R argv=/bin/x -o not=this";

static void
test_services (void)
{
  static const char * const names[] = { "smtp", "smtp", "smtp", "relay", "pipe" };
  g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (text);
  NullmailMasterService *service;

  g_assert_cmpuint (services->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < services->len; i++)
    {
      service = g_ptr_array_index (services, i);
      g_assert_cmpstr (service->name, ==, names[i]);
    }

  /* The last one of a name and type counts. */
  service = _nullmail_master_cf_find (services, "smtp", "unix");
  g_assert_cmpstr (service->command, ==, "smtp");
  g_assert_cmpstr (service->chroot, ==, "-");
  service = _nullmail_master_cf_find (services, "smtp", "inet");
  g_assert_cmpstr (service->command, ==, "smtpd");
  g_assert_cmpstr (service->chroot, ==, "y");
  g_assert_null (_nullmail_master_cf_find (services, "smtp", "pass"));
}

static void
test_options (void)
{
  static const struct { const char *name, *value; } options[] = {
    { "syslog_name", "postfix/$service_name" },
    { "smtp_tls_policy_maps", "inline:{ a = b }" },
    { "empty", "" },
    { "x", "y" },
    { "", "none" },
  };
  g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (text);
  NullmailMasterService *relay = _nullmail_master_cf_find (services, "relay", "unix");
  NullmailMasterService *pipe_service = _nullmail_master_cf_find (services, "pipe", "unix");
  char *name, *value;
  guint index = 0;

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_assert_true (_nullmail_master_service_next_option (relay, &index, &name, &value));
      g_assert_cmpstr (name, ==, options[i].name);
      g_assert_cmpstr (value, ==, options[i].value);
      g_free (name);
      g_free (value);
    }
  g_assert_false (_nullmail_master_service_next_option (relay, &index, &name, &value));

  index = 0;
  g_assert_false (_nullmail_master_service_next_option (pipe_service, &index, &name, &value));
}

static void
test_nothing (void)
{
  static const char * const texts[] = { "", "\n", "  ", "#", " continues nothing", "a b c",
                                        "a unix - - - - - x -o", "a unix - - - - - x -o {",
                                        "a unix - - - - - x -o { { }" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (texts[i]);
      guint index = 0;
      char *name, *value;

      g_assert_cmpuint (services->len, ==, i >= 6 ? 1 : 0);
      if (services->len > 0)
        g_assert_false (_nullmail_master_service_next_option (services->pdata[0], &index, &name,
                                                              &value));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master-cf/services", test_services);
  g_test_add_func ("/master-cf/options", test_options);
  g_test_add_func ("/master-cf/nothing", test_nothing);
  return g_test_run ();
}
