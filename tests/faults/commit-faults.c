/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Fails every single call that a transaction makes of the C library, and lets another writer in
 * before each, in one process and without Postfix. */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit-calls.h"
#include "commit/edit-lock-private.h"

#define TABLE   NULLMAIL_STAGED_PREFIX "table"
#define PARTIAL "Not everything could be put back"

/* What a transaction is to do, in the order of its steps; NULL: no such file. */
static const struct
{
  const char         *name;
  NullmailStagedKind  kind;
  const char         *old_text;
  const char         *new_text;
  gboolean            barrier;
} files[] = {
  { "sasl_passwd", NULLMAIL_STAGED_SECRET, "old secret", "new secret", TRUE },
  { "sasl_passwd.db", NULLMAIL_STAGED_SECRET, "old table", "new table", FALSE },
  { "created", NULLMAIL_STAGED_PUBLIC, NULL, "new file", FALSE },
  { "main.cf", NULLMAIL_STAGED_PUBLIC, "old main", "new main", TRUE },
  { "absent", NULLMAIL_STAGED_SECRET, NULL, NULL, FALSE },
  { "gone", NULLMAIL_STAGED_SECRET, "old gone", NULL, TRUE },
};

typedef struct
{
  NullmailTransaction *transaction;
  NullmailStagedFile  *files[G_N_ELEMENTS (files)];
} Run;

static void
prepare_world (World *world)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    world_write (world, files[i].name, files[i].old_text, 0640);
  world_write (world, "previous", NULL, 0);
  if (geteuid () == 0)
    {
      g_autofree char *path = world_path (world, "main.cf");

      g_assert_cmpint (chown (path, 0, 1), ==, 0);
    }
}

static gboolean
stage (Run     *run,
       World   *world,
       guint    i,
       GError **error)
{
  g_autofree char *path = world_path (world, files[i].name);
  const char *old_text = files[i].old_text, *new_text = files[i].new_text;
  NullmailStagedFile *file = _nullmail_transaction_open (run->transaction, path, files[i].kind,
                                                         NULL, error);

  run->files[i] = file;
  if (file == NULL
      || (!g_str_has_suffix (path, ".db")
          && !_nullmail_staged_file_expect (file, old_text,
                                            old_text != NULL ? strlen (old_text) : 0, error)))
    return FALSE;

  _nullmail_transaction_add_step (run->transaction, file, files[i].barrier);
  if (new_text == NULL)
    {
      _nullmail_staged_file_remove (file);
      return TRUE;
    }
  if (g_str_has_suffix (path, ".db"))
    {
      /* What stood there before the lock was taken would be gone as a killed run's. */
      commit_calls_pause (TRUE);
      world_write (world, TABLE, new_text, 0644);
      commit_calls_pause (FALSE);
      return _nullmail_staged_file_adopt (file, TABLE, error);
    }

  _nullmail_staged_file_use_old_time (file);
  return _nullmail_staged_file_write (file, new_text, strlen (new_text), error);
}

/* Everything up to the commit. */
static gboolean
run_up (Run     *run,
        World   *world,
        GError **error)
{
  gboolean ok;

  run->transaction = _nullmail_transaction_new (world->directory, NULL, error);
  ok = run->transaction != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (files) && ok; i++)
    ok = stage (run, world, i, error);

  return ok;
}

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->transaction, _nullmail_transaction_free);
}

/* Each file is the old or the new one, as a whole; and all are the same unless is_partial. */
static void
assert_state (World    *world,
              gboolean  is_new,
              gboolean  is_partial)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = world_read (world, files[i].name);

      if (!is_partial)
        g_assert_cmpstr (text, ==, is_new ? files[i].new_text : files[i].old_text);
      else if (g_strcmp0 (text, files[i].old_text) != 0)
        g_assert_cmpstr (text, ==, files[i].new_text);
    }
}

/* A lock stays where it could not be taken, or where it cannot be told whether it is still ours. */
static gboolean
may_leave_lock (const char *failed)
{
  return g_strcmp0 (failed, "flock") == 0 || g_strcmp0 (failed, "fstat") == 0
         || g_strcmp0 (failed, "fstatat") == 0;
}

/* Nothing is left unless just its removal failed, and that is what the next transaction removes. */
static void
assert_clean (World      *world,
              gboolean    sticky,
              const char *failed)
{
  if (!sticky
      && (failed == NULL
          || !(g_str_equal (failed, "unlinkat") || g_str_equal (failed, "renameat2")
               || g_str_equal (failed, "exchange") || g_str_equal (failed, "noreplace"))))
    g_assert_cmpuint (world_count (world, NULLMAIL_STAGED_PREFIX)
                      - world_count (world, TABLE)
                      - (may_leave_lock (failed)
                         ? world_count (world, NULLMAIL_LOCK_DIRECTORY) : 0), ==, 0);

  _nullmail_transaction_free (_nullmail_transaction_new (world->directory, NULL, NULL));
  g_assert_cmpuint (world_count (world, NULLMAIL_STAGED_PREFIX), ==, 0);
  g_assert_cmpuint (world_count (world, "main.cf.tmp"), ==, 0);
  world_assert_fds (world);
}

typedef struct
{
  int      flags_error;   /* see CommitFault */
  gboolean sticky;        /* from one call on all fail, not before everything is staged */
  gboolean reverts;       /* takes the commit back */
} Course;

/* Returns whether there was a call to fail. */
static gboolean
try_fault (World        *world,
           const Course *course,
           guint         at,
           int           error_number)
{
  CommitFault fault = { .at = at, .end = course->sticky ? G_MAXUINT : at + 1,
                        .error = error_number, .flags_error = course->flags_error };
  g_autoptr(GError) error = NULL;
  Run run = { 0 };
  gboolean is_new, is_partial, ok;

  prepare_world (world);
  if (!course->sticky)
    commit_calls_start (commit_fault_hook, &fault);
  ok = run_up (&run, world, &error);
  if (course->sticky)
    commit_calls_start (commit_fault_hook, &fault);
  ok = ok && _nullmail_transaction_commit (run.transaction, &error);
  g_assert_true (ok == (error == NULL));
  is_new = ok || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE)
           || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
  is_partial = error != NULL && g_str_has_prefix (error->message, PARTIAL);
  if (ok && course->reverts)
    {
      _nullmail_transaction_unlock (run.transaction);
      is_new = !_nullmail_transaction_revert (run.transaction);
      is_partial = is_new;
    }
  run_clear (&run);
  commit_calls_stop ();

  if (g_test_verbose ())
    g_test_message ("%u %s: %s", at, fault.failed, error != NULL ? error->message : "done");
  assert_state (world, is_new, is_partial);
  assert_clean (world, course->sticky, fault.failed);
  return fault.failed != NULL;
}

static void
test_faults (World         *world,
             gconstpointer  data)
{
  static const int errors[] = { EIO, ENOENT, EEXIST, EACCES, EPERM, EINVAL, EINTR };
  const Course *course = data;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      guint at = 1;

      if (course->sticky && errors[i] == EINTR)
        continue;
      while (try_fault (world, course, at, errors[i]))
        at++;
      g_assert_cmpuint (at, >, 5);
    }
}

typedef enum { REPLACES, EDITS, REMOVES } Deed;

/* Another writer, who takes no lock and comes before up to three of the calls. One who edits in
 * place would wait where he may not open the file, see commit-guard.c; here he goes away. */
typedef struct
{
  World      *world;
  const char *name;
  Deed        deed;
  guint       at[3];
  int         flags_error;
  CommitFault fault;      /* what fails besides */
  guint       n_done;
  char        text[16];   /* what they wrote last */
} Writer;

static void
writer_act (Writer *writer)
{
  g_autofree char *path = world_path (writer->world, writer->name);
  int fd;

  g_snprintf (writer->text, sizeof writer->text, "theirs %u", writer->n_done + 1);
  if (writer->deed == REPLACES)
    {
      g_autofree char *beside = world_path (writer->world, "theirs");

      world_write (writer->world, "theirs", writer->text, 0644);
      g_assert_cmpint (rename (beside, path), ==, 0);
      writer->n_done++;
    }
  else if (writer->deed == REMOVES)
    writer->n_done += unlink (path) == 0;
  else if ((fd = open (path, O_WRONLY | O_TRUNC | O_NONBLOCK | O_CLOEXEC)) >= 0)
    {
      g_assert_cmpint (write (fd, writer->text, strlen (writer->text)), >, 0);
      close (fd);
      writer->n_done++;
    }
}

static int
writer_hook (const char *name,
             guint       number,
             gpointer    data)
{
  Writer *writer = data;

  for (guint i = 0; i < G_N_ELEMENTS (writer->at); i++)
    if (writer->at[i] == number)
      writer_act (writer);

  writer->fault.flags_error = writer->flags_error;
  return commit_fault_hook (name, number, &writer->fault);
}

/* Nothing of theirs is lost but where the file system has no exchange, and the rest is as before if
 * that is what the error says. */
static void
assert_theirs (const Writer *writer,
               const GError *error)
{
  g_autofree char *text = world_read (writer->world, writer->name);

  if (error != NULL && strstr (error->message, NULLMAIL_KEPT_INFIX) != NULL)
    {
      g_assert_true (writer->deed == REMOVES || g_strcmp0 (text, writer->text) == 0
                     || world_has_text (writer->world, NULLMAIL_KEPT_INFIX, writer->text));
      return;
    }
  if (error != NULL && g_str_has_prefix (error->message, PARTIAL))
    return;
  if (writer->n_done > 0
      && (writer->flags_error == 0 || !g_str_equal (writer->name, "main.cf")))
    g_assert_cmpstr (text, ==, writer->deed == REMOVES ? NULL : writer->text);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *other = world_read (writer->world, files[i].name);

      if (!g_str_equal (files[i].name, writer->name)
          && g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT))
        g_assert_cmpstr (other, ==, files[i].old_text);
    }
}

/* Returns how many calls there were. */
static guint
try_writer (Writer   *writer,
            gboolean  reverts)
{
  g_autoptr(GError) error = NULL;
  Run run = { 0 };
  gboolean ok;
  guint n;

  prepare_world (writer->world);
  g_assert_true (run_up (&run, writer->world, NULL));
  commit_calls_start (writer_hook, writer);
  ok = _nullmail_transaction_commit (run.transaction, &error);
  if (reverts && ok)
    _nullmail_transaction_revert (run.transaction);
  n = commit_calls_stop ();
  run_clear (&run);

  if (g_test_verbose ())
    g_test_message ("%s %u %u-%u-%u: %s", writer->name, writer->deed, writer->at[0], writer->at[1],
                    writer->at[2], error != NULL ? error->message : "done");
  assert_theirs (writer, error);
  assert_clean (writer->world, TRUE, NULL);
  return n;
}

/* The first comes before any call, the others soon behind; only renaming is done in such a row,
 * since an edit of what was displaced meanwhile cannot be seen. */
static void
try_writers (World      *world,
             const char *name,
             Deed        deed,
             int         flags_error,
             gboolean    reverts)
{
  Writer none = { .world = world, .name = name, .flags_error = flags_error };
  guint n = try_writer (&none, reverts), soon = deed == REPLACES ? 2 : 0;

  for (guint first = 1; first <= n; first++)
    for (guint second = 0; second <= soon; second++)
      for (guint third = 0; third <= (second > 0 ? soon : 0); third++)
        {
          Writer writer = { .world = world, .name = name, .deed = deed, .at = { first },
                            .flags_error = flags_error };

          if (second > 0)
            writer.at[1] = first + second;
          if (third > 0)
            writer.at[2] = first + second + third;
          try_writer (&writer, reverts);
        }
  g_assert_cmpuint (n, >, 10);
}

static void
test_writers (World         *world,
              gconstpointer  data)
{
  static const char * const names[] = { "main.cf", "created", "gone" };
  const Course *course = data;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (Deed deed = REPLACES; deed <= REMOVES; deed++)
      try_writers (world, names[i], deed, course->flags_error, course->reverts);
}

/* Another writer comes, and soon behind a call fails, or they come before each exchange. */
static void
test_writer_and_fault (World         *world,
                       gconstpointer  data G_GNUC_UNUSED)
{
  static const int errors[] = { EIO, EACCES };
  Writer none = { .world = world, .name = "main.cf" };
  guint n = try_writer (&none, FALSE);

  for (guint first = 1; first <= n; first++)
    for (guint at = first; at < first + 8; at++)
      for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
        {
          Writer writer = { .world = world, .name = "main.cf", .at = { first },
                            .fault = { .at = at, .end = at + 1, .error = errors[i] } };

          try_writer (&writer, FALSE);
        }
}

static int
restless_hook (const char *name,
               guint       number G_GNUC_UNUSED,
               gpointer    data)
{
  Writer *writer = data;

  if (g_str_equal (name, "exchange"))
    writer_act (writer);
  return 0;
}

static void
test_restless_writer (World         *world,
                      gconstpointer  data G_GNUC_UNUSED)
{
  Writer writer = { .world = world, .name = "sasl_passwd" };
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  Run run = { 0 };

  prepare_world (world);
  g_assert_true (run_up (&run, world, NULL));
  commit_calls_start (restless_hook, &writer);
  g_assert_false (_nullmail_transaction_commit (run.transaction, &error));
  commit_calls_stop ();
  run_clear (&run);

  g_assert_true (g_str_has_prefix (error->message, PARTIAL));
  text = world_read (world, "sasl_passwd");
  g_assert_true (g_str_has_prefix (text, "theirs"));
  assert_clean (world, TRUE, NULL);
}

int
main (int    argc,
      char **argv)
{
  static const Course once = { 0 }, once_reverted = { .reverts = TRUE };
  static const Course sticky = { .sticky = TRUE };
  static const Course sticky_reverted = { .sticky = TRUE, .reverts = TRUE };
  static const Course flagless = { .flags_error = EINVAL, .reverts = TRUE };
  static const Course old_kernel = { .flags_error = ENOSYS };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  WORLD_ADD ("fault/once", &once, test_faults);
  WORLD_ADD ("fault/once-reverted", &once_reverted, test_faults);
  WORLD_ADD ("fault/sticky", &sticky, test_faults);
  WORLD_ADD ("fault/sticky-reverted", &sticky_reverted, test_faults);
  WORLD_ADD ("fault/no-flags", &flagless, test_faults);
  WORLD_ADD ("fault/no-call", &old_kernel, test_faults);
  WORLD_ADD ("writer/committed", &once, test_writers);
  WORLD_ADD ("writer/reverted", &once_reverted, test_writers);
  WORLD_ADD ("writer/no-flags", &flagless, test_writers);

  WORLD_ADD ("writer/and-fault", NULL, test_writer_and_fault);
  WORLD_ADD ("writer/restless", NULL, test_restless_writer);

  add_edge_tests ();
  add_guard_tests ();
  add_lock_tests ();
  add_place_tests ();
  add_undo_tests ();

  return g_test_run ();
}
