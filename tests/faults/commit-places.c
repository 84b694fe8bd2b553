/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Files that a link leads to, in directories that cannot be written, and under two names. */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/secure-path-private.h"
#include "commit-calls.h"
#include "commit/leftovers-private.h"

/* main.cf is a link to real/main.cf, and real/other is another file there. */
static void
prepare (World *world)
{
  g_autofree char *real = world_path (world, "real");
  g_autofree char *path = world_path (world, "main.cf");

  mkdir (real, 0700);
  world_write (world, "real/main.cf", "old", 0644);
  world_write (world, "real/other", "other", 0644);
  unlink (path);
  g_assert_cmpint (symlink ("real/main.cf", path), ==, 0);
}

static NullmailTransaction *
stage (World *world)
{
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = world_begin (world);
  NullmailStagedFile *file = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC,
                                         &error);

  g_assert_no_error (error);
  g_assert_true (_nullmail_staged_file_write (file, "new", 3, NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  return transaction;
}

/* What another program puts in the place of the link. */
typedef enum { A_FILE, A_LINK_BESIDE, A_LINK_ELSEWHERE, NOWHERE, N_SUCCESSORS } Successor;

static void
replace_link (World     *world,
              Successor  successor)
{
  g_autofree char *path = world_path (world, "main.cf");

  if (successor == A_FILE)
    {
      world_write (world, "main.cf", "theirs", 0644);
      return;
    }

  unlink (path);
  if (successor == A_LINK_BESIDE)
    g_assert_cmpint (symlink ("real/other", path), ==, 0);
  else if (successor == A_LINK_ELSEWHERE)
    g_assert_cmpint (symlink ("theirs", path), ==, 0);
  else
    g_assert_cmpint (symlink ("gone/main.cf", path), ==, 0);
}

static int
replace_link_hook (const char *name,
                   guint       number G_GNUC_UNUSED,
                   gpointer    data)
{
  if (g_str_equal (name, "fsync"))
    replace_link (data, A_FILE);
  return 0;
}

static void
test_link_replaced (World         *world,
                    gconstpointer  data G_GNUC_UNUSED)
{
  for (Successor successor = A_FILE; successor < N_SUCCESSORS; successor++)
    {
      NullmailTransaction *transaction;
      g_autoptr(GError) error = NULL;

      prepare (world);
      transaction = stage (world);
      replace_link (world, successor);
      g_assert_false (_nullmail_transaction_commit (transaction, &error));
      if (successor == NOWHERE)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
      else
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
      _nullmail_transaction_free (transaction);
      world_assert_text (world, "real/main.cf", "old");
      world_assert_text (world, "real/other", "other");
    }
}

static void
test_link_replaced_behind (World         *world,
                           gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction;
  g_autoptr(GError) error = NULL;

  prepare (world);
  transaction = stage (world);
  commit_calls_start (replace_link_hook, world);
  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "real/main.cf", "new");
  world_assert_text (world, "main.cf", "theirs");
}

/* Each call fails, once or from then on: the file is the old or the new one as the code says. */
static void
test_link_faults (World         *world,
                  gconstpointer  data)
{
  static const int errors[] = { EIO, ENOENT, COMMIT_OTHER_DEVICE };
  gboolean sticky = data != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      CommitFault fault = { .failed = "" };

      if (sticky && errors[i] == COMMIT_OTHER_DEVICE)
        continue;
      for (guint at = 1; fault.failed != NULL; at++)
        {
          NullmailTransaction *transaction;
          g_autoptr(GError) error = NULL;
          gboolean is_new;

          prepare (world);
          transaction = stage (world);
          fault = (CommitFault) { .at = at, .end = sticky ? G_MAXUINT : at + 1,
                                  .error = errors[i] };
          commit_calls_start (commit_fault_hook, &fault);
          is_new = _nullmail_transaction_commit (transaction, &error)
                   || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE)
                   || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
          commit_calls_stop ();
          _nullmail_transaction_free (transaction);
          if (error == NULL || !g_str_has_prefix (error->message, "Not everything"))
            world_assert_text (world, "real/main.cf", is_new ? "new" : "old");
        }
    }
}

/* The lock cannot be made, and then there is a look whether anything can be written. */
static int
unwritable_hook (const char *name,
                 guint       number G_GNUC_UNUSED,
                 gpointer    data)
{
  if (g_str_equal (name, "flock"))
    return ENOLCK;
  return g_str_equal (name, "faccessat") ? GPOINTER_TO_INT (data) : 0;
}

/* Where nothing can be written nothing is locked, and files can still be compared. */
static void
test_unwritable (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  static const int errors[] = { EROFS, EACCES, EIO, 0 };
  g_autofree char *path = world_path (world, "sasl_passwd");

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      NullmailTransaction *transaction = _nullmail_transaction_new (NULL, NULL, NULL);
      gboolean is_writable = errors[i] == EIO || errors[i] == 0;
      g_autoptr(GError) error = NULL;
      NullmailStagedFile *file;

      world_write (world, "sasl_passwd", "old", 0600);
      world_write (world, NULLMAIL_STAGED_PREFIX "left", "", 0600);
      commit_calls_start (unwritable_hook, GINT_TO_POINTER (errors[i]));
      file = _nullmail_transaction_open (transaction, path, NULLMAIL_STAGED_SECRET, NULL, &error);
      commit_calls_stop ();
      g_assert_true (is_writable == (file == NULL));
      if (is_writable)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED);
      else
        g_assert_true (_nullmail_staged_file_expect (file, "old", 3, NULL));
      g_assert_cmpuint (world_count (world, NULLMAIL_STAGED_PREFIX "left"), ==, 1);
      _nullmail_transaction_free (transaction);
    }
}

/* One directory that two paths lead to, one of them by a link, is locked once. */
static void
test_two_paths (World         *world,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *link_path = world_path (world, "link");
  g_autofree char *by_link = world_path (world, "link/main.cf");
  g_autofree char *direct = world_path (world, "real/other");
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction;
  NullmailStagedFile *first, *second;

  prepare (world);
  g_assert_cmpint (symlink ("real", link_path), ==, 0);
  transaction = _nullmail_transaction_new (link_path, NULL, &error);
  g_assert_no_error (error);
  first = _nullmail_transaction_open (transaction, by_link, NULLMAIL_STAGED_PUBLIC, NULL, NULL);
  second = _nullmail_transaction_open (transaction, direct, NULLMAIL_STAGED_PUBLIC, NULL, NULL);
  g_assert_cmpint (_nullmail_staged_file_get_directory (first), ==,
                   _nullmail_staged_file_get_directory (second));

  /* The link is looked at again for the file that it leads to. */
  g_assert_true (_nullmail_staged_file_write (first, "new", 3, NULL));
  _nullmail_transaction_add_step (transaction, first, FALSE);
  g_assert_cmpint (unlink (link_path), ==, 0);
  g_assert_cmpint (mkdir (link_path, 0700), ==, 0);
  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "real/main.cf", "old");
}

/* Something is mounted on the way, just when the walk goes behind it, that others may write to. */
typedef struct { World *world; guint at, n_seen; } Mount;

static int
mount_hook (const char *name,
            guint       number G_GNUC_UNUSED,
            gpointer    data)
{
  Mount *mount = data;

  if (!g_str_equal (name, "fstatat") || ++mount->n_seen != mount->at)
    return 0;

  g_assert_cmpint (chmod (mount->world->directory, 0777), ==, 0);
  return COMMIT_OTHER_DEVICE;
}

static void
test_mounted (World         *world,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *below = world_path (world, "below");
  g_autofree char *path = world_path (world, "below/main.cf");
  guint n_before = 0;

  for (const char *p = path; *p != '\0'; p++)
    n_before += *p == '/';

  /* The directory above has passed when the one below is looked at. */
  g_assert_cmpint (mkdir (below, 0700), ==, 0);
  for (guint at = n_before - 1; at <= n_before; at++)
    {
      Mount mount = { world, at, 0 };
      g_autofree char *name = NULL;
      g_autoptr(GError) error = NULL;
      int fd;

      g_assert_cmpint (chmod (world->directory, 0700), ==, 0);
      commit_calls_start (mount_hook, &mount);
      fd = _nullmail_secure_path_open_parent (path, &name, NULL, NULL, &error);
      commit_calls_stop ();
      g_assert_cmpuint (mount.n_seen, >=, at);
      if (at < n_before)
        g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
      else
        g_assert_cmpint (close (fd), ==, 0);
    }
  g_assert_cmpint (chmod (world->directory, 0700), ==, 0);
}

static void
test_enter (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  NullmailTransaction *transaction = _nullmail_transaction_new (NULL, NULL, NULL);
  g_autofree char *path = world_path (world, "file/sasl_passwd");
  g_autofree char *there = world_path (world, "sasl_passwd");
  CommitFault fault = { .name = "fstat", .at = 1, .end = G_MAXUINT, .error = EIO };
  g_autoptr(GError) error = NULL;

  g_assert_true (_nullmail_transaction_enter (transaction, path, NULL, &error));
  g_assert_no_error (error);
  commit_calls_start (commit_fault_hook, &fault);
  g_assert_false (_nullmail_transaction_enter (transaction, there, NULL, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
  g_assert_true (_nullmail_transaction_enter (transaction, there, NULL, NULL));
  g_assert_cmpuint (world_count (world, NULLMAIL_STAGED_PREFIX "lock"), ==, 1);
  _nullmail_transaction_free (transaction);
  g_assert_cmpuint (world_count (world, ""), ==, 0);
}

static void
tidy (const char *path)
{
  const char *paths[] = { path, NULL };

  _nullmail_leftovers_tidy (paths);
}

/* On both sides of a link; and a lock that nobody holds goes, too. */
static void
test_tidy_link (World         *world,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, "main.cf");
  g_autofree char *lock = world_path (world, "main.cf.tmp");
  g_autofree char *real = world_path (world, "real/" NULLMAIL_STAGED_PREFIX "left");

  for (guint at = 0; at < 60; at++)
    {
      CommitFault fault = { .at = at, .end = at + 1, .error = EIO };

      prepare (world);
      world_write (world, NULLMAIL_STAGED_PREFIX "left", "", 0600);
      world_write (world, "real/" NULLMAIL_STAGED_PREFIX "left", "", 0600);
      world_write (world, "main.cf.tmp", "half", 0600);
      commit_calls_start (commit_fault_hook, &fault);
      tidy (path);
      commit_calls_stop ();
      world_assert_fds (world);
    }

  tidy (path);
  g_assert_cmpuint (world_count (world, ""), ==, 2);
  g_assert_false (g_file_test (real, G_FILE_TEST_EXISTS));

  /* What is no lock file is not for an empty apply to remove. */
  g_assert_cmpint (symlink ("main.cf", lock), ==, 0);
  tidy (path);
  g_assert_cmpuint (world_count (world, "main.cf.tmp"), ==, 1);
}

/* A file that appears by a link has two names where the first cannot be removed: it can be taken
 * back all the same, and nothing stays. */
static void
test_two_names (World         *world,
                gconstpointer  data)
{
  gboolean reverts = data != NULL;
  CommitFault fault = { .name = "unlinkat", .at = 1, .end = 2, .error = EIO,
                        .flags_error = EINVAL };
  NullmailTransaction *transaction = _nullmail_transaction_new (NULL, NULL, NULL);
  g_autofree char *path = world_path (world, "sasl_passwd");
  NullmailStagedFile *file;

  file = _nullmail_transaction_open (transaction, path, NULLMAIL_STAGED_SECRET, NULL, NULL);
  g_assert_true (_nullmail_staged_file_write (file, "new", 3, NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  commit_calls_start (commit_fault_hook, &fault);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  commit_calls_stop ();
  g_assert_cmpstr (fault.failed, ==, "unlinkat");
  if (reverts)
    g_assert_true (_nullmail_transaction_revert (transaction));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "sasl_passwd", reverts ? NULL : "new");
  g_assert_cmpuint (world_count (world, ""), ==, reverts ? 0 : 1);
}

static void
assert_obstacle (const GError *error,
                 int           code,
                 const char   *words)
{
  g_assert_error (error, NULLMAIL_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

/* What can be seen keeps the new file from being made at all. What can be seen only when it is too
 * late, or cannot be seen, is what the exchange fails with. */
static void
test_obstacles (World         *world,
                gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { guint64 attributes; int error, code; const char *words; } cases[] = {
    { STATX_ATTR_MOUNT_ROOT, EBUSY, NULLMAIL_ERROR_WRITE, "mounted by itself" },
    { STATX_ATTR_IMMUTABLE, EPERM, NULLMAIL_ERROR_PERMISSION_DENIED, "immutable" },
    { STATX_ATTR_APPEND, EPERM, NULLMAIL_ERROR_PERMISSION_DENIED, "immutable" },
    { 0, EBUSY, NULLMAIL_ERROR_WRITE, "busy" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CommitFault fault = { .name = "exchange", .at = 1, .end = 2, .error = cases[i].error };
      g_autoptr(GError) early = NULL;
      g_autoptr(GError) late = NULL;
      NullmailTransaction *transaction;
      NullmailStagedFile *file;

      prepare (world);
      transaction = stage (world);
      commit_calls_attributes = cases[i].attributes;
      commit_calls_start (commit_fault_hook, &fault);
      g_assert_false (_nullmail_transaction_commit (transaction, &late));
      commit_calls_stop ();
      assert_obstacle (late, cases[i].code, cases[i].words);

      file = world_open (world, transaction, "real/other", NULLMAIL_STAGED_PUBLIC, NULL);
      g_assert_true (_nullmail_staged_file_write (file, "new", 3, &early)
                     == (cases[i].attributes == 0));
      if (early != NULL)
        assert_obstacle (early, cases[i].code, cases[i].words);
      commit_calls_attributes = 0;
      _nullmail_transaction_free (transaction);
      world_assert_text (world, "main.cf", "old");
      world_assert_text (world, "real/other", "other");
    }
}

/* The lock is the first thing that cannot be made where everything is for reading only. */
static void
test_read_only_lock (World         *world,
                     gconstpointer  data G_GNUC_UNUSED)
{
  guint n_explained = 0;

  commit_calls_read_only = TRUE;
  for (guint at = 1; at < 10; at++)
    {
      CommitFault fault = { .name = "openat", .at = at, .end = at + 1, .error = EROFS };
      g_autoptr(GError) error = NULL;
      NullmailTransaction *transaction;

      commit_calls_start (commit_fault_hook, &fault);
      transaction = _nullmail_transaction_new (world->directory, NULL, &error);
      commit_calls_stop ();
      if (transaction != NULL)
        _nullmail_transaction_free (transaction);
      else if (strstr (error->message, "mount it for writing") != NULL)
        n_explained++;
    }

  commit_calls_read_only = FALSE;
  g_assert_cmpuint (n_explained, ==, 2);
}

/* A new file takes the label of one beside it, which may be gone when it is written. */
static void
test_label (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *folder = world_path (world, "folder");
  g_autofree char *other = world_path (world, "other");
  NullmailTransaction *transaction;
  NullmailStagedFile *old, *new;

  g_assert_cmpint (mkdir (folder, 0700), ==, 0);
  world_write (world, "main.cf", "old", 0644);
  world_write (world, "other", "other", 0644);
  transaction = world_begin (world);
  old = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL);
  new = world_open (world, transaction, "new", NULLMAIL_STAGED_SECRET, NULL);
  g_assert_false (_nullmail_staged_file_take_label (old, "other"));
  g_assert_false (_nullmail_staged_file_take_label (new, "missing"));
  g_assert_false (_nullmail_staged_file_take_label (new, "folder"));
  g_assert_true (_nullmail_staged_file_take_label (new, "other"));

  g_assert_cmpint (unlink (other), ==, 0);
  g_assert_true (_nullmail_staged_file_write (new, "new", 3, NULL));
  _nullmail_transaction_add_step (transaction, new, FALSE);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "new", "new");
}

void
add_place_tests (void)
{
  WORLD_ADD ("place/label", NULL, test_label);
  WORLD_ADD ("place/obstacles", NULL, test_obstacles);
  WORLD_ADD ("place/read-only-lock", NULL, test_read_only_lock);
  WORLD_ADD ("place/link-replaced", NULL, test_link_replaced);
  WORLD_ADD ("place/link-replaced-behind", NULL, test_link_replaced_behind);
  WORLD_ADD ("place/link-faults", NULL, test_link_faults);
  WORLD_ADD ("place/link-faults-sticky", GINT_TO_POINTER (TRUE), test_link_faults);
  WORLD_ADD ("place/unwritable", NULL, test_unwritable);
  WORLD_ADD ("place/two-paths", NULL, test_two_paths);
  WORLD_ADD ("place/mounted", NULL, test_mounted);
  WORLD_ADD ("place/enter", NULL, test_enter);
  WORLD_ADD ("place/tidy-link", NULL, test_tidy_link);
  WORLD_ADD ("place/two-names", NULL, test_two_names);
  WORLD_ADD ("place/two-names-revert", GINT_TO_POINTER (TRUE), test_two_names);
}
