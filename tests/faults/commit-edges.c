/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What comes seldom: times, owners, kinds of files, left-overs, copies of what was displaced. */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit-calls.h"
#include "commit/leftovers-private.h"
#include "scratch.h"

#define NOBODY 65534

/* Stages a new text for a file, and commits it. */
static NullmailStagedFile *
replace (World               *world,
         NullmailTransaction *transaction,
         const char          *name,
         const char          *text)
{
  NullmailStagedFile *file = world_open (world, transaction, name, NULLMAIL_STAGED_PUBLIC, NULL);

  g_assert_true (_nullmail_staged_file_write (file, text, strlen (text), NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  return file;
}

/* Two seconds old, but always later than what it replaces. */
static void
test_old_time (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { struct timespec now, before, after; } times[] = {
    { { 1000, 5 }, { 500, 9 }, { 998, 5 } },
    { { 1000, 5 }, { 998, 4 }, { 998, 5 } },
    { { 1000, 5 }, { 998, 5 }, { 998, 6 } },
    { { 1000, 5 }, { 999, 1 }, { 999, 2 } },
    { { 1000, 5 }, { 999, 999999999 }, { 1000, 0 } },
  };
  g_autofree char *path = world_path (world, "main.cf");

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      struct timespec before[] = { times[i].before, times[i].before };
      NullmailTransaction *transaction;
      NullmailStagedFile *file;
      struct stat info;

      world_write (world, "main.cf", "old", 0644);
      g_assert_cmpint (utimensat (AT_FDCWD, path, before, 0), ==, 0);
      transaction = world_begin (world);
      file = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL);
      _nullmail_staged_file_use_old_time (file);
      commit_calls_now = times[i].now;
      g_assert_true (_nullmail_staged_file_write (file, "", 0, NULL));
      commit_calls_now.tv_sec = 0;
      _nullmail_transaction_add_step (transaction, file, FALSE);
      g_assert_true (_nullmail_transaction_commit (transaction, NULL));
      _nullmail_transaction_free (transaction);

      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mtim.tv_sec, ==, times[i].after.tv_sec);
      g_assert_cmpint (info.st_mtim.tv_nsec, ==, times[i].after.tv_nsec);
      g_assert_cmpint (info.st_size, ==, 0);
    }
}

/* The clock of the disk may run ahead of ours: a file has our time, so that it is not written anew
 * for ever, and a table made of it later is not older. */
static void
test_own_time (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  static const char * const names[] = { "sasl_passwd", "table" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      NullmailTransaction *transaction = world_begin (world);
      NullmailStagedFile *file = world_open (world, transaction, names[i], NULLMAIL_STAGED_SECRET,
                                             NULL);
      g_autofree char *path = world_path (world, names[i]);
      struct stat info;

      world_write (world, "made", "table", 0600);
      commit_calls_now = (struct timespec) { 1000, 5 + i };
      g_assert_true (i == 0 ? _nullmail_staged_file_write (file, "new", 3, NULL)
                            : _nullmail_staged_file_adopt (file, "made", NULL));
      commit_calls_now.tv_sec = 0;
      _nullmail_transaction_add_step (transaction, file, FALSE);
      g_assert_true (_nullmail_transaction_commit (transaction, NULL));
      _nullmail_transaction_free (transaction);
      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mtim.tv_sec, ==, 1000);
      g_assert_cmpint (info.st_mtim.tv_nsec, ==, 5 + i);
    }
}

static void
test_owner_is_kept (World         *world,
                    gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { uid_t user; gid_t group; } owners[] = { { 0, 0 }, { 0, 1 }, { 1, 1 } };
  g_autofree char *path = world_path (world, "main.cf");

  if (geteuid () != 0)
    {
      test_is_lacking ("giving a file to another user needs root");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      NullmailTransaction *transaction;
      struct stat info;

      world_write (world, "main.cf", "old", 0640);
      g_assert_cmpint (chown (path, owners[i].user, owners[i].group), ==, 0);
      transaction = world_begin (world);
      replace (world, transaction, "main.cf", "new");
      _nullmail_transaction_free (transaction);
      g_assert_cmpint (stat (path, &info), ==, 0);
      g_assert_cmpuint (info.st_uid, ==, owners[i].user);
      g_assert_cmpuint (info.st_gid, ==, owners[i].group);
      world_assert_text (world, "main.cf", "new");
    }
}

/* In a directory where others may put files only what is ours or root's is replaced. */
static void
test_planted (World         *world,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, "main.cf");
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction;

  world_write (world, "main.cf", "old", 0644);
  g_assert_cmpint (chmod (world->directory, 01777), ==, 0);
  transaction = world_begin (world);
  g_assert_nonnull (world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL));
  g_assert_nonnull (world_open (world, transaction, "none", NULLMAIL_STAGED_PUBLIC, NULL));
  if (geteuid () == 0)
    {
      g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
      g_assert_null (world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
      commit_calls_user = NOBODY;
      g_assert_nonnull (world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL));
      commit_calls_user = 0;
    }
  _nullmail_transaction_free (transaction);
  g_assert_cmpint (chmod (world->directory, 0700), ==, 0);
}

static void
test_no_regular_file (World         *world,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, "main.cf");
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = world_begin (world);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  _nullmail_transaction_free (transaction);
}

/* The file was replaced since it was looked at, or cannot be looked at: nothing is taken over. */
static void
test_replaced_early (World         *world,
                     gconstpointer  data)
{
  NullmailStagedKind kind = GPOINTER_TO_INT (data);

  for (guint i = 0; i < 5; i++)
    {
      CommitFault fault = { .name = i == 1 ? "fstat" : "flistxattr", .at = 1,
                            .end = i == 4 ? G_MAXUINT : 2, .error = EIO };
      NullmailTransaction *transaction = world_begin (world);
      NullmailStagedFile *file;
      g_autoptr(GError) error = NULL;

      world_write (world, "file", "old", 0600);
      file = world_open (world, transaction, "file", kind, NULL);
      if (i == 0)
        {
          world_write (world, "theirs", "theirs", 0600);
          g_assert_cmpint (renameat (world->fd, "theirs", world->fd, "file"), ==, 0);
        }
      else if (i == 3)
        world_write (world, "file", NULL, 0);
      commit_calls_start (commit_fault_hook, &fault);
      /* If the list of attributes fails once, libattr asks for it again. */
      g_assert_true (_nullmail_staged_file_write (file, "new", 3, &error) == (i == 2));
      commit_calls_stop ();
      if (i == 0)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
      else if (i != 2)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
      _nullmail_transaction_free (transaction);
    }
}

/* A file that is staged without a transaction. */
static void
test_alone (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, "file");
  CommitFault fault = { .name = "fstatat", .at = 1, .end = 2, .error = EIO };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(NullmailStagedFile) file = NULL;
      g_autoptr(GError) error = NULL;

      world_write (world, "file", i == 1 ? "old" : NULL, 0600);
      if (i == 2)
        commit_calls_start (commit_fault_hook, &fault);
      file = _nullmail_staged_file_new (world->fd, "file", path, NULLMAIL_STAGED_SECRET, &error);
      commit_calls_stop ();
      g_assert_true ((file != NULL) == (i < 2));
      if (i == 2)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
    }
}

/* Only a file of ours with one name can become the map. */
static void
test_adopted (World         *world,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *made = world_path (world, "made");
  g_autofree char *other = world_path (world, "other");

  for (guint i = 0; i < 6; i++)
    {
      NullmailTransaction *transaction = world_begin (world);
      NullmailStagedFile *file;
      g_autoptr(GError) error = NULL;

      world_write (world, "table", i == 5 ? "old" : NULL, 0600);
      file = world_open (world, transaction, "table", NULLMAIL_STAGED_SECRET, NULL);
      world_write (world, "made", "table", 0600);
      if (i == 1)
        g_assert_cmpint (link (made, other), ==, 0);
      else if (i == 2)
        g_assert_true (unlink (made) == 0 && mkfifo (made, 0600) == 0);
      else if (i == 3)
        commit_calls_user = geteuid () + 1;
      else if (i == 4)
        g_assert_cmpint (unlink (made), ==, 0);
      else if (i == 5)  /* somebody else's new table is not replaced */
        {
          world_write (world, "other-table", "new", 0600);
          g_assert_cmpint (renameat (world->fd, "other-table", world->fd, "table"), ==, 0);
        }
      g_assert_true (_nullmail_staged_file_adopt (file, "made", &error) == (i == 0));
      commit_calls_user = 0;
      if (i > 0)
        g_assert_error (error, NULLMAIL_ERROR,
                        (i < 5 ? NULLMAIL_ERROR_WRITE : NULLMAIL_ERROR_CONFLICT));
      _nullmail_transaction_free (transaction);
    }
}

/* Rights that another writer has changed since are a change, too. */
static void
test_changed_mode (World         *world,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, "main.cf");
  NullmailTransaction *transaction = world_begin (world);

  world_write (world, "main.cf", "old", 0644);
  replace (world, transaction, "main.cf", "new");
  g_usleep (50000);  /* longer than the steps of a file system's clock */
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  g_assert_false (_nullmail_transaction_revert (transaction));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", "new");
}

/* Without expected bytes it is size and time that show an edit. */
static void
test_unread (World         *world,
             gconstpointer  data G_GNUC_UNUSED)
{
  static const char * const edits[] = { "old", "longer" };
  g_autofree char *path = world_path (world, "table");
  static const struct timespec past[] = { { 1000, 0 }, { 1000, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      NullmailTransaction *transaction = world_begin (world);
      g_autoptr(GError) error = NULL;
      NullmailStagedFile *file;
      int fd;

      world_write (world, "table", "old", 0600);
      g_assert_cmpint (utimensat (AT_FDCWD, path, past, 0), ==, 0);
      file = world_open (world, transaction, "table", NULLMAIL_STAGED_SECRET, NULL);
      g_assert_true (_nullmail_staged_file_write (file, "new", 3, NULL));
      _nullmail_transaction_add_step (transaction, file, FALSE);
      fd = open (path, O_WRONLY | O_TRUNC | O_CLOEXEC);
      g_assert_cmpint (write (fd, edits[i], strlen (edits[i])), >, 0);
      close (fd);
      g_assert_false (_nullmail_transaction_commit (transaction, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
      _nullmail_transaction_free (transaction);
      world_assert_text (world, "table", edits[i]);
    }
}

/* Space cannot be taken everywhere, which is no error. */
static void
test_no_space_call (World         *world,
                    gconstpointer  data G_GNUC_UNUSED)
{
  static const int errors[] = { EOPNOTSUPP, ENOSYS, EINTR };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      CommitFault fault = { .name = "fallocate", .at = 1, .end = 2, .error = errors[i] };
      NullmailTransaction *transaction;

      world_write (world, "main.cf", "old", 0644);
      transaction = world_begin (world);
      commit_calls_start (commit_fault_hook, &fault);
      replace (world, transaction, "main.cf", "new");
      commit_calls_stop ();
      _nullmail_transaction_free (transaction);
      g_assert_nonnull (fault.failed);
      world_assert_text (world, "main.cf", "new");
    }
}

/* The same number on another device is another file. */
static void
test_other_device (World         *world,
                   gconstpointer  data G_GNUC_UNUSED)
{
  CommitFault fault = { .name = "fstatat", .at = 1, .end = 2, .error = COMMIT_OTHER_DEVICE };
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = world_begin (world);
  NullmailStagedFile *file;

  world_write (world, "main.cf", "old", 0644);
  file = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL);
  g_assert_true (_nullmail_staged_file_write (file, "new", 3, NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  commit_calls_start (commit_fault_hook, &fault);
  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", "old");
}

/* The old file is moved, or copied where that cannot be, or there is an error; it is never half. */
static void
test_keep (World         *world,
           gconstpointer  data)
{
  static const int errors[] = { EIO, EINTR, EXDEV };
  gboolean crosses = data != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      CommitFault fault = { .failed = "" };

      for (guint at = 1; fault.failed != NULL; at++)
        {
          NullmailTransaction *transaction = world_begin (world);
          int directory = open (world->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
          g_autoptr(GError) error = NULL;
          NullmailStagedFile *file;
          gboolean ok;

          world_write (world, "main.cf", "old", 0644);
          world_write (world, "previous", "older", 0644);
          file = replace (world, transaction, "main.cf", "new");
          fault = (CommitFault) { .at = at, .end = at + 1, .error = errors[i] };
          if (crosses)
            fault.across = EXDEV;
          commit_calls_start (commit_fault_hook, &fault);
          ok = _nullmail_staged_file_keep_displaced (file, directory, "previous", &error);
          _nullmail_transaction_free (transaction);
          commit_calls_stop ();
          close (directory);

          g_assert_true (ok == (error == NULL));
          if (ok)
            world_assert_text (world, "previous", "old");
          world_assert_text (world, "main.cf", "new");
          world_assert_fds (world);
        }
    }
}

static void
test_keep_nothing (World         *world,
                   gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction = world_begin (world);
  NullmailStagedFile *file = replace (world, transaction, "main.cf", "new");

  g_assert_true (_nullmail_staged_file_keep_displaced (file, -1, "previous", NULL));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "previous", NULL);
}

/* Only what was displaced can be kept, and not what has gone back. */
static void
test_keep_too_early (World         *world,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (world->directory, "main.cf", NULL);
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction;
  NullmailStagedFile *file;

  world_write (world, "main.cf", "old", 0644);
  transaction = world_begin (world);
  file = _nullmail_transaction_open (transaction, path, NULLMAIL_STAGED_PUBLIC, NULL, &error);
  g_assert_true (_nullmail_staged_file_write (file, "new", 3, &error));
  g_assert_false (_nullmail_staged_file_keep_displaced (file, -1, "previous", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", "old");
}

/* Until a lock is taken everything seems to be on another device. */
static int
other_device_hook (const char *name,
                   guint       number G_GNUC_UNUSED,
                   gpointer    data)
{
  gboolean *is_over = data;

  if (g_str_equal (name, "flock"))
    *is_over = TRUE;
  return !*is_over && g_str_equal (name, "fstat") ? COMMIT_OTHER_DEVICE : 0;
}

/* A transaction without a main.cf, in three directories on what seem to be two devices. */
static void
test_without_main_cf (World         *world,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *below = world_path (world, "below");
  g_autofree char *beside = world_path (world, "beside");
  gboolean is_over = FALSE;
  NullmailTransaction *transaction = _nullmail_transaction_new (NULL, NULL, NULL);

  g_assert_cmpint (mkdir (below, 0700), ==, 0);
  g_assert_cmpint (mkdir (beside, 0700), ==, 0);
  g_assert_nonnull (world_open (world, transaction, "beside/a", NULLMAIL_STAGED_PUBLIC, NULL));
  g_assert_nonnull (world_open (world, transaction, "first", NULLMAIL_STAGED_PUBLIC, NULL));
  commit_calls_start (other_device_hook, &is_over);
  g_assert_nonnull (world_open (world, transaction, "below/second", NULLMAIL_STAGED_PUBLIC, NULL));
  commit_calls_stop ();
  replace (world, transaction, "first", "new");
  _nullmail_transaction_unlock (transaction);
  g_assert_true (_nullmail_transaction_revert (transaction));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "first", NULL);
}

/* Who waited too long for the first lock still gets the second one if it is free; and without it
 * nothing is taken back. */
static int
late_hook (const char *name,
           guint       number G_GNUC_UNUSED,
           gpointer    data G_GNUC_UNUSED)
{
  if (g_str_equal (name, "flock"))
    commit_calls_later_s = 3600;
  return 0;
}

static void
test_late (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  CommitFault fault = { .name = "flock", .at = 1, .end = G_MAXUINT, .error = ENOLCK };
  NullmailTransaction *transaction;

  world_write (world, "main.cf", "old", 0644);
  commit_calls_start (late_hook, NULL);
  transaction = world_begin (world);
  commit_calls_stop ();
  commit_calls_later_s = 0;
  replace (world, transaction, "main.cf", "new");
  _nullmail_transaction_unlock (transaction);
  _nullmail_transaction_unlock (transaction);
  commit_calls_start (commit_fault_hook, &fault);
  g_assert_false (_nullmail_transaction_revert (transaction));
  commit_calls_stop ();
  world_assert_text (world, "main.cf", "new");
  g_assert_true (_nullmail_transaction_revert (transaction));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", "old");
}

/* Left-overs go, all but what fails to, and never while somebody is at work. */
static void
test_tidy (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  static const int errors[] = { EIO, EISDIR, EWOULDBLOCK, EINTR };
  g_autofree char *path = world_path (world, "main.cf");
  g_autofree char *folder = world_path (world, NULLMAIL_STAGED_PREFIX "folder");
  g_autofree char *beside = world_path (world, "sasl_passwd");
  g_autofree char *nowhere = world_path (world, "none/sasl_passwd");
  const char *paths[] = { path, beside, nowhere, NULL };
  NullmailTransaction *transaction;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      CommitFault fault = { .failed = "" };

      for (guint at = 1; fault.failed != NULL; at++)
        {
          fault = (CommitFault) { .at = at, .end = at + 1, .error = errors[i] };
          world_write (world, NULLMAIL_STAGED_PREFIX "file", "secret", 0600);
          mkdir (folder, 0700);
          world_write (world, NULLMAIL_STAGED_PREFIX "folder/main.cf", "", 0600);
          commit_calls_start (commit_fault_hook, &fault);
          _nullmail_leftovers_tidy (paths);
          commit_calls_stop ();
          world_assert_fds (world);
        }
      g_assert_cmpuint (world_count (world, ""), ==, 0);
    }

  _nullmail_leftovers_tidy (paths);
  transaction = world_begin (world);
  world_write (world, NULLMAIL_STAGED_PREFIX "file", "secret", 0600);
  _nullmail_leftovers_tidy (paths);
  g_assert_cmpuint (world_count (world, NULLMAIL_STAGED_PREFIX "file"), ==, 1);
  _nullmail_transaction_free (transaction);
  _nullmail_leftovers_tidy (paths);
  g_assert_cmpuint (world_count (world, ""), ==, 0);
}

void
add_edge_tests (void)
{
  WORLD_ADD ("edge/old-time", NULL, test_old_time);
  WORLD_ADD ("edge/own-time", NULL, test_own_time);
  WORLD_ADD ("edge/owner-is-kept", NULL, test_owner_is_kept);
  WORLD_ADD ("edge/planted", NULL, test_planted);
  WORLD_ADD ("edge/no-regular-file", NULL, test_no_regular_file);
  WORLD_ADD ("edge/replaced-early", GINT_TO_POINTER (NULLMAIL_STAGED_PUBLIC), test_replaced_early);
  WORLD_ADD ("edge/replaced-early-secret", GINT_TO_POINTER (NULLMAIL_STAGED_SECRET),
             test_replaced_early);
  WORLD_ADD ("edge/alone", NULL, test_alone);
  WORLD_ADD ("edge/adopted", NULL, test_adopted);
  WORLD_ADD ("edge/changed-mode", NULL, test_changed_mode);
  WORLD_ADD ("edge/unread", NULL, test_unread);
  WORLD_ADD ("edge/no-space-call", NULL, test_no_space_call);
  WORLD_ADD ("edge/other-device", NULL, test_other_device);
  WORLD_ADD ("edge/keep", NULL, test_keep);
  WORLD_ADD ("edge/keep-across", GINT_TO_POINTER (TRUE), test_keep);
  WORLD_ADD ("edge/keep-nothing", NULL, test_keep_nothing);
  WORLD_ADD ("edge/keep-too-early", NULL, test_keep_too_early);
  WORLD_ADD ("edge/without-main.cf", NULL, test_without_main_cf);
  WORLD_ADD ("edge/late", NULL, test_late);
  WORLD_ADD ("edge/tidy", NULL, test_tidy);
}
