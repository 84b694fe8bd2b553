/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/master-cf-private.h"

static char *
describe (GPtrArray *options)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (options, i);

      g_string_append_printf (text, "%u %s %s=%s\n", option->line, option->service, option->name,
                              option->value);
    }

  return g_string_free (text, FALSE);
}

static void
test_options (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "", "" },
    { "# -o a=b\n", "" },
    { "smtp unix - - n - - smtp\n", "" },
    { "smtp unix - - n - - smtp -o a=b", "1 smtp/unix a=b\n" },
    { "smtp unix - - n - - smtp -oa=b -v -o c=d=e\n", "1 smtp/unix a=b\n1 smtp/unix c=d=e\n" },
    { "\n# x\nslow unix - - n - - smtp\n  -o a=b\n#  -o no=1\n\n\t-o c=static:u:p\n",
      "4 slow/unix a=b\n7 slow/unix c=static:u:p\n" },
    { "a unix - - n - - smtp\n -o { x = inline:{ {k = u:p} } }\n -o y={ b }\n"
      "b inet n - n - - smtpd\n -o z=",
      "2 a/unix x=inline:{ {k = u:p} }\n3 a/unix y={ b }\n5 b/inet z=\n" },
    { "a unix - - n - - smtp\n -o { x =\n  1 }\n -o y=1\n", "2 a/unix x=1\n4 a/unix y=1\n" },
    { "-o unix - -o=n n - - smtp\n", "" },  /* these are fields */
    { "a unix - - n - - smtp -o\nb unix - - n - - smtp -o x\n", "" },
    { " -o a=b\nx unix - - n - - smtp -o a=c", "2 x/unix a=c\n" },
    { "a unix - - n - - smtp -o { x = 1\nb unix - - n - - smtp -o y=2\n", "2 b/unix y=2\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (cases[i].text);
      g_autoptr(GPtrArray) options = _nullmail_master_cf_list_options (services);
      g_autofree char *found = describe (options);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_services (void)
{
  static const char * const names[] = { "smtp", "smtp", "smtp", "pipe" };
  g_autoptr(GPtrArray) services = _nullmail_master_cf_parse (
    "# comment\n # indented\n"
    "smtp      inet  n       -       y       -       -       smtpd\n"
    "smtp      unix  -       -       n       -       -       other\n"
    "short line\n"
    "smtp unix - - - - - smtp\n\n"
    "pipe unix - n n - - pipe\n  flags=R argv=/bin/x -o not=this");
  NullmailMasterService *service;

  g_assert_cmpuint (services->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < services->len; i++)
    {
      service = g_ptr_array_index (services, i);
      g_assert_cmpstr (service->name, ==, names[i]);
      g_assert_cmpuint (service->options->len, ==, 0);
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
test_faults (void)
{
  static const struct { const char *text; NullmailMasterFaultKind kind; guint line; } cases[] = {
    { "smtp unix - - n - smtp\n", NULLMAIL_MASTER_FAULT_FIELDS, 1 },
    { "# c\n\n-o a=b\n", NULLMAIL_MASTER_FAULT_FIELDS, 3 },
    { "smtp tcp - - n - - smtp\n", NULLMAIL_MASTER_FAULT_TYPE, 1 },
    { "smtp unix - - N - - smtp\n", NULLMAIL_MASTER_FAULT_FLAG, 1 },
    { "smtp unix yes - n - - smtp\n", NULLMAIL_MASTER_FAULT_FLAG, 1 },
    { "smtp unix - - n - many smtp\n", NULLMAIL_MASTER_FAULT_NUMBER, 1 },
    { "smtp unix - - n ? - smtp\n", NULLMAIL_MASTER_FAULT_NUMBER, 1 },
    { "smtp unix - - n - - smtp\n  -v\n  -o a = b\n", NULLMAIL_MASTER_FAULT_OPTION, 3 },
    { "smtp unix - - n - - smtp -v -o\n", NULLMAIL_MASTER_FAULT_OPTION, 1 },
    { "smtp unix - - n - - smtp -oab\n", NULLMAIL_MASTER_FAULT_OPTION, 1 },
    { "smtp inet n - y - - smtpd\nqmgr fifo n - n 300s 1? qmgr -o {a = b} -o c=d -v\n", 0, 0 },
    { "x pass - - n - 0 smtpd\np unix - n n - - pipe flags=R argv=/bin/x -o not\n", 0, 0 },
    { "postlog unix-dgram n - n - 1 postlogd\n   \n# the end\n", 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) faults = _nullmail_master_cf_list_faults (cases[i].text);
      const NullmailMasterFault *fault;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (faults->len, ==, cases[i].kind != 0);
      if (cases[i].kind == 0)
        continue;

      fault = g_ptr_array_index (faults, 0);
      g_assert_cmpint (fault->kind, ==, cases[i].kind);
      g_assert_cmpuint (fault->line, ==, cases[i].line);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master-cf/options", test_options);
  g_test_add_func ("/master-cf/faults", test_faults);
  g_test_add_func ("/master-cf/services", test_services);

  return g_test_run ();
}
