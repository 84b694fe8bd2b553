/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/map-types-private.h"

#define MISSING "postmap: fatal: open database " NULLMAIL_PROBED_PATH
#define BERKELEY \
  "postmap: warning: hash:/nonexistent/x is unavailable. Berkeley DB support for " \
  "'hash:/nonexistent/x' is not available for this OS distribution; see " \
  "https://www.postfix.org/NON_BERKELEYDB_README.html for alternatives\n"

/* What the versions of Postfix say. */
static const struct
{
  const char   *name;
  const char   *map_type;
  const char   *messages;
  NullmailFact  works;
  const char   *served_as;
  gboolean      is_deprecated;
} cases[] = {
  { "hash", "hash", MISSING ".db: No such file or directory\n", NULLMAIL_FACT_YES, NULL, FALSE },
  { "btree", "btree", MISSING ".db: No such file or directory\n", NULLMAIL_FACT_YES, NULL, FALSE },
  { "lmdb", "lmdb", MISSING ".lmdb: No such file or directory\n", NULLMAIL_FACT_YES, NULL, FALSE },
  { "cdb", "cdb", MISSING ".cdb: No such file or directory\n", NULLMAIL_FACT_YES, NULL, FALSE },
  { "regexp", "regexp", "postmap: fatal: open /nonexistent/x: No such file or directory\n",
    NULLMAIL_FACT_YES, NULL, FALSE },
  { "missing", "hash", "postmap: fatal: unsupported dictionary type: hash\n", NULLMAIL_FACT_NO,
    NULL, FALSE },
  { "missing/plug-in", "lmdb",
    "postmap: warning: /etc/postfix/dynamicmaps.cf: cannot open\n"
    "postmap: fatal: unsupported dictionary type: lmdb\n", NULLMAIL_FACT_NO, NULL, FALSE },
  { "surrogate", "hash",
    BERKELEY "postmap: fatal: table hash:/nonexistent/x: query error: Invalid argument\n",
    NULLMAIL_FACT_NO, NULL, FALSE },
  { "mapping", "hash",
    "postmap: warning: non-Berkeley-DB type mapping lookup error for 'hash:/nonexistent/x': none\n",
    NULLMAIL_FACT_NO, NULL, FALSE },
  { "redirected", "hash",
    "postmap: redirecting hash:/nonexistent/x to lmdb:/nonexistent/x\n"
    MISSING ".lmdb: No such file or directory\n", NULLMAIL_FACT_YES, "lmdb", FALSE },
  { "redirected/silent", "btree", MISSING ".cdb: No such file or directory\n",
    NULLMAIL_FACT_YES, "cdb", FALSE },
  { "redirected/to-nothing", "hash",
    "postmap: redirecting hash:/nonexistent/x to lmdb:/nonexistent/x\n"
    "postmap: fatal: unsupported dictionary type: lmdb\n", NULLMAIL_FACT_NO, NULL, FALSE },
  { "deprecated", "hash",
    "postmap: warning: hash:/nonexistent/x: Berkeley DB tables are deprecated\n"
    MISSING ".db: No such file or directory\n", NULLMAIL_FACT_YES, NULL, TRUE },
  { "other-warning", "hash",
    "postmap: warning: /etc/postfix/main.cf: support for parameter \"smtp_use_tls\" will be "
    "removed\n" MISSING ".db: No such file or directory\n", NULLMAIL_FACT_YES, NULL, FALSE },
  { "refused", "hash", "postmap: fatal: bad numerical configuration: x = y\n",
    NULLMAIL_FACT_UNKNOWN, NULL, FALSE },
  { "another-file", "hash",
    "postmap: fatal: open /etc/postfix/main.cf: No such file or directory\n",
    NULLMAIL_FACT_UNKNOWN, NULL, FALSE },
  { "silent", "hash", "", NULLMAIL_FACT_UNKNOWN, NULL, FALSE },
};

static void
test_probe (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  NullmailTypeProbe probe = _nullmail_type_probe_parse (cases[i].map_type, cases[i].messages);

  g_assert_cmpint (probe.works, ==, cases[i].works);
  g_assert_cmpstr (probe.served_as, ==, cases[i].served_as);
  g_assert_cmpint (probe.is_deprecated, ==, cases[i].is_deprecated);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/map-types/probe/", cases[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_probe);
    }

  return g_test_run ();
}
