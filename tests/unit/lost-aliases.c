/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/lost-aliases-private.h"

#include <pwd.h>
#include <string.h>

#define LOCAL "mydestination = localhost\n"
#define NOWHERE "mydestination =\n"

typedef struct
{
  const char *before;
  const char *after;
  const char *path;   /* NULL: the .forward file of root */
  const char *text;
  const char *root;   /* NULL: none is lost; "~": that file */
  const char *other;
} Case;

static const Case cases[] = {
  { LOCAL, NOWHERE, "/etc/aliases", "root: admin@example.com\n", "/etc/aliases: root", NULL },
  { "", NOWHERE, "/etc/aliases", "ROOT :\n  admin\n", "/etc/aliases: ROOT", NULL },
  { LOCAL, NOWHERE, "/etc/aliases", "# root: x@y\npostmaster: root\nroot: root\n", NULL, NULL },
  { LOCAL, NOWHERE, "/etc/aliases", "root:\nbad line\n", NULL, NULL },
  { LOCAL, NOWHERE, "/etc/aliases", "a: b\nc: d@e\nf: g@h\n", NULL, "/etc/aliases: c" },
  { LOCAL, NOWHERE, "/etc/aliases", "web:\n x@y,\n# root: z@y\nroot: z@y", "/etc/aliases: root",
    "/etc/aliases: web" },
  { LOCAL, NOWHERE, "/etc/aliases", "root: \xff@y\n", NULL, NULL },
  { LOCAL "alias_maps = nis:x, proxy:lmdb:/x/aliases\n", NOWHERE, "/x/aliases", "root: a@b\n",
    "/x/aliases: root", NULL },
  { LOCAL "alias_maps = $alias_database\nalias_database = hash:/x\n", NOWHERE, "/x", "root: a@b\n",
    "/x: root", NULL },
  { LOCAL "alias_maps =\n", NOWHERE, "/etc/aliases", "root: a@b\n", NULL, NULL },
  { LOCAL "alias_maps =\n", NOWHERE, NULL, "a@b\n", "~", NULL },
  { LOCAL, NOWHERE, NULL, "\n", NULL, NULL },

  /* Nothing ends. */
  { LOCAL, LOCAL, "/etc/aliases", "root: a@b\n", NULL, NULL },
  { LOCAL, "", "/etc/aliases", "root: a@b\n", NULL, NULL },
  { NOWHERE, NOWHERE, "/etc/aliases", "root: a@b\n", NULL, NULL },
};

static char *forward;

static char *
load_file (gpointer      user_data,
           const char   *path,
           GCancellable *cancellable G_GNUC_UNUSED)
{
  const Case *c = user_data;

  return g_str_equal (path, c->path != NULL ? c->path : forward) ? g_strdup (c->text) : NULL;
}

static NullmailMainCf *
document (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return nullmail_main_cf_new_from_bytes (bytes, NULL);
}

static void
test_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      NullmailDefaultSource source = { .user_data = (gpointer) c, .load_file = load_file };
      g_autoptr(NullmailMainCf) old = document (c->before);
      g_autoptr(NullmailMainCf) new = document (c->after);
      g_autoptr(NullmailEffective) before = _nullmail_effective_new (old, &source);
      g_autoptr(NullmailEffective) after = _nullmail_effective_for_main_cf (before, new);
      g_auto(NullmailLostAliases) lost = { 0 };

      g_test_message ("case %u", i);
      _nullmail_lost_aliases_find (&lost, before, after);
      g_assert_cmpstr (lost.root, ==, g_strcmp0 (c->root, "~") == 0 ? forward : c->root);
      g_assert_cmpstr (lost.other, ==, c->other);
    }
}

int
main (int    argc,
      char **argv)
{
  struct passwd *root = getpwuid (0);
  int status;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  forward = g_build_filename (root != NULL ? root->pw_dir : "/root", ".forward", NULL);
  g_test_add_func ("/lost-aliases/find", test_find);
  status = g_test_run ();
  g_free (forward);
  return status;
}
