/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "scratch.h"

#define NOBODY 65534

/* Below a directory of its own:
 *
 *   a/b/file, a/sticky (mode 1777), a/shared (mode 0777, with inside/ in it)
 *   near -> a/b, far -> its absolute path, up -> a/b/../b, file-up -> a/b/file/../file,
 *   loop -> loop, chain -> near, to-file -> a/b/file, to-none -> a/b/none, to-shared -> a/shared */
static const struct { const char *name, *target; } links[] = {
  { "near", "a/b" }, { "up", "a/b/../b" }, { "file-up", "a/b/file/../file" }, { "loop", "loop" },
  { "chain", "near" }, { "to-file", "a/b/file" }, { "to-none", "a/b/none" },
  { "to-shared", "a/shared/inside" }, { "to-above", "a/b/.." },
};
static const struct { const char *name; mode_t mode; } folders[] = {
  { "a", 0755 }, { "a/b", 0700 }, { "a/sticky", 01777 }, { "a/shared", 0777 },
  { "a/shared/inside", 0700 },
};

typedef struct
{
  char *directory;
} Fixture;

static char *
get_path (Fixture    *fixture,
          const char *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *file = NULL;
  g_autofree char *far = NULL;
  g_autofree char *target = NULL;

  fixture->directory = scratch_new ();
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = get_path (fixture, folders[i].name);

      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      g_assert_cmpint (g_chmod (path, folders[i].mode), ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *path = get_path (fixture, links[i].name);

      g_assert_cmpint (symlink (links[i].target, path), ==, 0);
    }

  file = get_path (fixture, "a/b/file");
  g_assert_true (g_file_set_contents (file, "text", -1, NULL));
  far = get_path (fixture, "far");
  target = get_path (fixture, "a/b");
  g_assert_cmpint (symlink (target, far), ==, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  scratch_free (fixture->directory);
}

static void
assert_is (Fixture           *fixture,
           const struct stat *info,
           const char        *name)
{
  g_autofree char *path = get_path (fixture, name);
  struct stat expected;

  g_assert_cmpint (stat (path, &expected), ==, 0);
  g_assert_cmpuint (info->st_ino, ==, expected.st_ino);
}

#define OK (-1)

/* A directory, the one that it leads to, whether a link does, and the error if there is one. */
static const struct { const char *name, *leads_to; gboolean by_link; int code; } directories[] = {
  { "a/b", "a/b", FALSE, OK },
  { "a/./b/", "a/b", FALSE, OK },
  { "a/b/../b", "a/b", FALSE, OK },
  { "near", "a/b", TRUE, OK },
  { "near/", "a/b", TRUE, OK },
  { "far", "a/b", TRUE, OK },
  { "up", "a/b", TRUE, OK },
  { "chain", "a/b", TRUE, OK },
  { "to-above", "a", TRUE, OK },
  { "to-above/sticky", "a/sticky", TRUE, OK },
  { "a/sticky", "a/sticky", FALSE, OK },
  { "a/shared", NULL, FALSE, NULLMAIL_ERROR_INSECURE_PATH },
  { "a/shared/inside", NULL, FALSE, NULLMAIL_ERROR_INSECURE_PATH },
  { "to-shared", NULL, FALSE, NULLMAIL_ERROR_INSECURE_PATH },
  { "loop", NULL, FALSE, NULLMAIL_ERROR_INVALID_FILE },
  { "none", NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "none/b", NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "to-none", NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "a/b/file", NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "to-file", NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
};

static void
test_directories (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  for (guint i = 0; i < G_N_ELEMENTS (directories); i++)
    {
      g_autofree char *path = get_path (fixture, directories[i].name);
      g_autoptr(GError) error = NULL;
      struct stat info, opened;
      gboolean by_link;
      int fd = _nullmail_secure_path_open_directory (path, &by_link, &info, &error);

      g_test_message ("%s: %s", directories[i].name, error != NULL ? error->message : "opened");
      if (directories[i].code != OK)
        {
          g_assert_cmpint (fd, ==, -1);
          g_assert_error (error, NULLMAIL_ERROR, directories[i].code);
          continue;
        }

      g_assert_no_error (error);
      g_assert_true (by_link == directories[i].by_link);
      assert_is (fixture, &info, directories[i].leads_to);
      g_assert_cmpint (fstat (fd, &opened), ==, 0);
      g_assert_cmpuint (opened.st_ino, ==, info.st_ino);
      close (fd);
    }
}

/* A file, its directory, its name there, whether a link leads to it, and the error. */
static const struct { const char *path, *directory, *name; gboolean by_link; int code; } files[] = {
  { "a/b/file", "a/b", "file", FALSE, OK },
  { "a/b/none", "a/b", "none", FALSE, OK },
  { "near/file", "a/b", "file", TRUE, OK },
  { "to-file", "a/b", "file", TRUE, OK },
  { "to-none", "a/b", "none", TRUE, OK },
  { "a/sticky/none", "a/sticky", "none", FALSE, OK },
  { "a/shared/none", NULL, NULL, FALSE, NULLMAIL_ERROR_INSECURE_PATH },
  { "none/file", NULL, NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "to-above", NULL, NULL, FALSE, NULLMAIL_ERROR_INVALID_FILE },
  { "file-up", NULL, NULL, FALSE, NULLMAIL_ERROR_NOT_FOUND },
  { "loop", NULL, NULL, FALSE, NULLMAIL_ERROR_INVALID_FILE },
};

static void
test_files (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = get_path (fixture, files[i].path);
      g_autofree char *name = NULL;
      g_autoptr(GError) error = NULL;
      struct stat info;
      gboolean by_link;
      int fd = _nullmail_secure_path_open_parent (path, &name, &by_link, &info, &error);

      g_test_message ("%s: %s", files[i].path, error != NULL ? error->message : "opened");
      if (files[i].code != OK)
        {
          g_assert_cmpint (fd, ==, -1);
          g_assert_error (error, NULLMAIL_ERROR, files[i].code);
          continue;
        }

      g_assert_no_error (error);
      g_assert_true (by_link == files[i].by_link);
      g_assert_cmpstr (name, ==, files[i].name);
      assert_is (fixture, &info, files[i].directory);
      close (fd);
    }
}

/* What belongs to another user leads where he wants. */
static void
test_foreign (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  static const char * const names[] = { "a", "a/b", "near" };

  if (geteuid () != 0)
    {
      test_is_lacking ("giving a file to another user needs root");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *owned = get_path (fixture, names[i]);
      g_autofree char *path = get_path (fixture, "near");
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (lchown (owned, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (_nullmail_secure_path_open_directory (path, NULL, NULL, &error), ==, -1);
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
      g_assert_cmpint (lchown (owned, 0, 0), ==, 0);
    }
}

#define ADD(name, function) \
  g_test_add ("/secure-path/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("directories", test_directories);
  ADD ("files", test_files);
  ADD ("foreign", test_foreign);

  return g_test_run ();
}
