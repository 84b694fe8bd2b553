/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit/edit-lock-private.h"
#include "commit/transaction-private.h"
#include "scratch.h"

typedef struct
{
  char *directory;
  int   fd;         /* of the directory */
  char *main_cf;
  char *secret;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->directory = scratch_new ();
  fixture->main_cf = g_build_filename (fixture->directory, "main.cf", NULL);
  fixture->secret = g_build_filename (fixture->directory, "sasl_passwd", NULL);
  scratch_write (fixture->main_cf, "old\n", 0644);
  fixture->fd = open (fixture->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  close (fixture->fd);
  scratch_free (fixture->directory);
  g_free (fixture->main_cf);
  g_free (fixture->secret);
}

static NullmailTransaction *
begin (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = _nullmail_transaction_new (fixture->directory, NULL, &error);

  g_assert_no_error (error);
  return transaction;
}

static NullmailStagedFile *
stage (NullmailTransaction *transaction,
       const char          *path,
       NullmailStagedKind   kind,
       const char          *old_text,
       const char          *new_text)
{
  g_autoptr(GError) error = NULL;
  NullmailStagedFile *file = _nullmail_transaction_open (transaction, path, kind, NULL, &error);

  g_assert_no_error (error);
  _nullmail_staged_file_expect (file, old_text, old_text != NULL ? strlen (old_text) : 0, &error);
  g_assert_no_error (error);
  _nullmail_staged_file_write (file, new_text, strlen (new_text), &error);
  g_assert_no_error (error);
  return file;
}

static void
test_replace (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction;
  NullmailStagedFile *file;

  g_assert_cmpint (chmod (fixture->main_cf, 0640), ==, 0);
  setxattr (fixture->main_cf, "user.nullmail", "kept", 4, 0);
  transaction = begin (fixture);
  file = stage (transaction, fixture->main_cf, NULLMAIL_STAGED_PUBLIC, "old\n", "new\n");
  assert_file (fixture->main_cf, "old\n");
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, &error));
  g_assert_no_error (error);
  _nullmail_transaction_free (transaction);

  assert_file (fixture->main_cf, "new\n");
  assert_names (fixture->directory, "main.cf");
  assert_mode (fixture->main_cf, 0640);
  if (getxattr (fixture->main_cf, "user.nullmail", NULL, 0) >= 0)
    g_assert_cmpint (getxattr (fixture->main_cf, "user.nullmail", NULL, 0), ==, 4);
}

/* Whatever the umask is, a secret is the owner's alone from its first byte. */
static void
test_create_secret (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  static const mode_t masks[] = { 0, 0777, 022 };

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      mode_t mask = umask (masks[i]);
      NullmailTransaction *transaction = begin (fixture);
      NullmailStagedFile *file = stage (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, NULL,
                                        "secret\n");

      _nullmail_transaction_add_step (transaction, file, FALSE);
      g_assert_true (_nullmail_transaction_commit (transaction, NULL));
      _nullmail_transaction_free (transaction);
      umask (mask);
      assert_mode (fixture->secret, 0600);
      g_assert_cmpint (unlink (fixture->secret), ==, 0);
    }
}

static void
test_tighten_secret (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { mode_t before, after; } modes[] = { { 0644, 0600 }, { 0400, 0400 },
                                                            { 0666, 0600 } };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      NullmailTransaction *transaction;
      NullmailStagedFile *file;

      scratch_write (fixture->secret, "a\n", modes[i].before);
      transaction = begin (fixture);
      file = stage (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, "a\n", "b\n");
      _nullmail_transaction_add_step (transaction, file, FALSE);
      g_assert_true (_nullmail_transaction_commit (transaction, NULL));
      _nullmail_transaction_free (transaction);
      assert_mode (fixture->secret, modes[i].after);
    }
}

static void
test_abandoned (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction = begin (fixture);

  stage (transaction, fixture->main_cf, NULLMAIL_STAGED_PUBLIC, "old\n", "new\n");
  _nullmail_transaction_free (transaction);
  assert_file (fixture->main_cf, "old\n");
  assert_names (fixture->directory, "main.cf");
}

static void
test_conflict_before (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailTransaction) transaction = begin (fixture);
  NullmailStagedFile *file = _nullmail_transaction_open (transaction, fixture->main_cf,
                                                         NULLMAIL_STAGED_PUBLIC, NULL, NULL);

  g_assert_false (_nullmail_staged_file_expect (file, "other\n", 6, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (_nullmail_staged_file_expect (file, NULL, 0, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
}

/* A writer without the lock comes between the look and the exchange, by rename or in place: theirs
 * stays, and the first file that was exchanged goes back. */
static void
test_conflict_between (Fixture       *fixture,
                       gconstpointer  data)
{
  gboolean in_place = GPOINTER_TO_INT (data);
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = begin (fixture);
  NullmailStagedFile *first, *second;
  FILE *stream;

  first = stage (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, NULL, "secret\n");
  second = stage (transaction, fixture->main_cf, NULLMAIL_STAGED_PUBLIC, "old\n", "new\n");
  _nullmail_transaction_add_step (transaction, first, FALSE);
  _nullmail_transaction_add_step (transaction, second, TRUE);
  if (in_place)
    {
      stream = fopen (fixture->main_cf, "a");
      fputs ("theirs\n", stream);
      fclose (stream);
    }
  else
    scratch_write (fixture->main_cf, "old\ntheirs\n", 0644);

  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  _nullmail_transaction_free (transaction);
  assert_file (fixture->main_cf, "old\ntheirs\n");
  assert_names (fixture->directory, "main.cf");
}

static void
test_revert (Fixture       *fixture,
             gconstpointer  data)
{
  gboolean meanwhile = GPOINTER_TO_INT (data);
  NullmailTransaction *transaction = begin (fixture);
  NullmailStagedFile *first, *second;

  first = stage (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, NULL, "secret\n");
  second = stage (transaction, fixture->main_cf, NULLMAIL_STAGED_PUBLIC, "old\n", "new\n");
  _nullmail_transaction_add_step (transaction, first, FALSE);
  _nullmail_transaction_add_step (transaction, second, TRUE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  _nullmail_transaction_unlock (transaction);
  if (meanwhile)
    scratch_write (fixture->main_cf, "theirs\n", 0644);

  g_assert_true (_nullmail_transaction_revert (transaction) != meanwhile);
  _nullmail_transaction_free (transaction);
  assert_file (fixture->main_cf, meanwhile ? "theirs\n" : "old\n");
  assert_names (fixture->directory, meanwhile ? "main.cf sasl_passwd" : "main.cf");
}

static void
test_remove (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction;
  NullmailStagedFile *file;

  scratch_write (fixture->secret, "secret\n", 0600);
  transaction = begin (fixture);
  file = _nullmail_transaction_open (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, NULL,
                                     NULL);
  _nullmail_staged_file_remove (file);
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  g_assert_true (_nullmail_transaction_revert (transaction));
  assert_file (fixture->secret, "secret\n");
  _nullmail_transaction_free (transaction);

  transaction = begin (fixture);
  file = _nullmail_transaction_open (transaction, fixture->secret, NULLMAIL_STAGED_SECRET, NULL,
                                     NULL);
  _nullmail_staged_file_remove (file);
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  _nullmail_transaction_free (transaction);
  assert_names (fixture->directory, "main.cf");
}

static void
test_symlink (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *target = g_build_filename (fixture->directory, "real.cf", NULL);
  g_autofree char *link = NULL;
  NullmailTransaction *transaction;
  NullmailStagedFile *file;

  g_assert_cmpint (rename (fixture->main_cf, target), ==, 0);
  g_assert_cmpint (symlink ("real.cf", fixture->main_cf), ==, 0);
  transaction = begin (fixture);
  file = stage (transaction, fixture->main_cf, NULLMAIL_STAGED_PUBLIC, "old\n", "new\n");
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  _nullmail_transaction_free (transaction);

  link = g_file_read_link (fixture->main_cf, NULL);
  g_assert_cmpstr (link, ==, "real.cf");
  assert_file (target, "new\n");
  assert_names (fixture->directory, "main.cf real.cf");
}

static void
test_hard_link (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *other = g_build_filename (fixture->directory, "other", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailTransaction) transaction = NULL;

  scratch_write (fixture->secret, "secret\n", 0600);
  g_assert_cmpint (link (fixture->secret, other), ==, 0);
  transaction = begin (fixture);
  g_assert_null (_nullmail_transaction_open (transaction, fixture->secret, NULLMAIL_STAGED_SECRET,
                                             NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
}

static void
test_insecure_path (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (chmod (fixture->directory, 0777), ==, 0);
  g_assert_null (_nullmail_transaction_new (fixture->directory, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
  g_assert_nonnull (strstr (error->message, fixture->directory));
  assert_names (fixture->directory, "main.cf");
  g_assert_cmpint (chmod (fixture->directory, 0700), ==, 0);
}

static void
test_leftovers (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *leftover = g_build_filename (fixture->directory, ".nullmail-1-main.cf", NULL);
  g_autofree char *half_table = g_build_filename (fixture->directory, "__db..nullmail-3.db", NULL);
  g_autofree char *folder = g_build_filename (fixture->directory, ".nullmail-2.conf", NULL);
  g_autofree char *inside = g_build_filename (folder, "main.cf", NULL);
  g_autofree char *half = g_build_filename (fixture->directory, "__db..nullmail-3-sasl_passwd.db",
                                            NULL);
  g_autofree char *foreign = g_build_filename (fixture->directory, ".other", NULL);
  g_autofree char *foreign_half = g_build_filename (fixture->directory, "__db.other.db", NULL);

  scratch_write (leftover, "secret\n", 0600);
  scratch_write (half_table, "secret\n", 0600);
  g_assert_cmpint (mkdir (folder, 0700), ==, 0);
  scratch_write (inside, "", 0600);
  scratch_write (half, "", 0600);
  scratch_write (foreign, "", 0600);
  scratch_write (foreign_half, "", 0600);
  _nullmail_transaction_free (begin (fixture));
  assert_names (fixture->directory, "main.cf .other __db.other.db");
}

static void
test_old_time (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction = begin (fixture);
  NullmailStagedFile *file = _nullmail_transaction_open (transaction, fixture->main_cf,
                                                         NULLMAIL_STAGED_PUBLIC, NULL, NULL);
  struct stat before, after;

  g_assert_cmpint (stat (fixture->main_cf, &before), ==, 0);
  _nullmail_staged_file_use_old_time (file);
  g_assert_true (_nullmail_staged_file_write (file, "new\n", 4, NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  _nullmail_transaction_free (transaction);

  /* The file was made this second: one nanosecond later is all that is allowed. */
  g_assert_cmpint (stat (fixture->main_cf, &after), ==, 0);
  g_assert_cmpint (after.st_mtim.tv_sec * 1000000000 + after.st_mtim.tv_nsec, ==,
                   before.st_mtim.tv_sec * 1000000000 + before.st_mtim.tv_nsec + 1);
}

static NullmailEditLock *
lock_main_cf (Fixture       *fixture,
              guint          timeout_ms,
              GCancellable  *cancellable,
              GError       **error)
{
  return _nullmail_edit_lock_acquire (fixture->fd, fixture->directory, NULLMAIL_LOCK_EDIT,
                                      timeout_ms, cancellable, error);
}

static void
test_lock_excludes (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->directory, "main.cf.tmp", NULL);
  g_autoptr(GError) error = NULL;
  NullmailEditLock *lock;
  int fd = open (path, O_WRONLY | O_CREAT, 0600);

  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  g_assert_null (lock_main_cf (fixture, 50, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY);
  g_clear_error (&error);
  close (fd);

  lock = lock_main_cf (fixture, 50, NULL, &error);
  g_assert_no_error (error);
  fd = open (path, O_WRONLY);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), <, 0);
  close (fd);
  _nullmail_edit_lock_release (lock);
  assert_names (fixture->directory, "main.cf");
}

/* Whatever stands at the lock's name is no reason to follow, wait or write. */
static void
test_lock_impostors (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->directory, "main.cf.tmp", NULL);
  g_autoptr(GError) error = NULL;
  NullmailEditLock *lock;

  for (guint i = 0; i < 4; i++)
    {
      if (i == 0)
        g_assert_cmpint (symlink ("main.cf", path), ==, 0);
      else if (i == 1)
        g_assert_cmpint (mkfifo (path, 0600), ==, 0);
      else if (i == 2)
        g_assert_cmpint (link (fixture->main_cf, path), ==, 0);
      else
        scratch_write (path, "left over", 0644);

      lock = lock_main_cf (fixture, 500, NULL, &error);
      g_assert_no_error (error);
      _nullmail_edit_lock_release (lock);
      assert_file (fixture->main_cf, "old\n");
      assert_names (fixture->directory, "main.cf");
    }

  g_assert_cmpint (mkdir (path, 0700), ==, 0);
  g_assert_null (lock_main_cf (fixture, 500, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

static void
test_lock_umask (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  mode_t mask = umask (0777);
  NullmailEditLock *lock = lock_main_cf (fixture, 500, NULL, NULL);

  umask (mask);
  g_assert_nonnull (lock);
  _nullmail_edit_lock_release (lock);
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  NullmailEditLock *lock = lock_main_cf (fixture, 500, NULL, NULL);

  g_cancellable_cancel (cancellable);
  g_assert_null (lock_main_cf (fixture, 300000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  _nullmail_edit_lock_release (lock);
}

#define ADD(name, data, function) \
  g_test_add ("/transaction/" name, Fixture, data, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("replace", NULL, test_replace);
  ADD ("secret/create", NULL, test_create_secret);
  ADD ("secret/tighten", NULL, test_tighten_secret);
  ADD ("secret/hard-link", NULL, test_hard_link);
  ADD ("abandoned", NULL, test_abandoned);
  ADD ("conflict/before", NULL, test_conflict_before);
  ADD ("conflict/renamed", GINT_TO_POINTER (FALSE), test_conflict_between);
  ADD ("conflict/in-place", GINT_TO_POINTER (TRUE), test_conflict_between);
  ADD ("revert", GINT_TO_POINTER (FALSE), test_revert);
  ADD ("revert/meanwhile", GINT_TO_POINTER (TRUE), test_revert);
  ADD ("remove", NULL, test_remove);
  ADD ("symlink", NULL, test_symlink);
  ADD ("insecure-path", NULL, test_insecure_path);
  ADD ("leftovers", NULL, test_leftovers);
  ADD ("old-time", NULL, test_old_time);
  ADD ("lock/excludes", NULL, test_lock_excludes);
  ADD ("lock/impostors", NULL, test_lock_impostors);
  ADD ("lock/umask", NULL, test_lock_umask);
  ADD ("lock/cancelled", NULL, test_cancelled);

  return g_test_run ();
}
