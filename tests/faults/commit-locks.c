/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Fails the calls that the locks make, and puts into their way what others may put there. */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit-calls.h"
#include "commit/edit-lock-private.h"
#include "scratch.h"

#define LOCK    NULLMAIL_LOCK_EDIT
#define NOBODY  65534
#define SOON_MS 30
#define LOCKED  -1

static NullmailEditLock *
acquire (World         *world,
         GCancellable  *cancellable,
         GError       **error)
{
  return _nullmail_edit_lock_acquire (world->fd, world->directory, LOCK, SOON_MS,
                                      cancellable, error);
}

/* What stands at the lock's name before. */
typedef enum { NOTHING, LINK, FIFO, FOLDER, HARD_LINK, LEFT_OVER, N_OBSTACLES } Obstacle;

static void
put_obstacle (World    *world,
              Obstacle  obstacle)
{
  g_autofree char *path = world_path (world, LOCK);
  g_autofree char *main_cf = world_path (world, "main.cf");

  rmdir (path);
  world_write (world, LOCK, obstacle == LEFT_OVER ? "left over" : NULL, 0644);
  world_write (world, "main.cf", "old", 0644);
  if (obstacle == LINK)
    g_assert_cmpint (symlink ("main.cf", path), ==, 0);
  else if (obstacle == FIFO)
    g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  else if (obstacle == FOLDER)
    g_assert_cmpint (mkdir (path, 0700), ==, 0);
  else if (obstacle == HARD_LINK)
    g_assert_cmpint (link (main_cf, path), ==, 0);
}

static void
assert_main_cf (World *world)
{
  g_autofree char *text = world_read (world, "main.cf");

  g_assert_cmpstr (text, ==, "old");
}

/* Either there is a lock, or an error that says why not, whose code is returned; and main.cf is as
 * it was. */
static int
try_lock (World      *world,
          CommitHook  hook,
          gpointer    data)
{
  g_autoptr(GError) error = NULL;
  NullmailEditLock *lock;

  commit_calls_start (hook, data);
  lock = acquire (world, NULL, &error);
  g_assert_true ((lock != NULL) == (error == NULL));
  g_clear_pointer (&lock, _nullmail_edit_lock_release);
  commit_calls_stop ();

  if (g_test_verbose ())
    g_test_message ("%s", error != NULL ? error->message : "locked");
  assert_main_cf (world);
  world_assert_fds (world);
  return error == NULL ? LOCKED : error->code;
}

static void
test_faults (World         *world,
             gconstpointer  data G_GNUC_UNUSED)
{
  static const int errors[] = { EIO, ENOENT, EACCES, EINTR, EWOULDBLOCK, ELOOP, ENXIO, EISDIR,
                                COMMIT_OTHER_DEVICE };

  for (Obstacle obstacle = NOTHING; obstacle < N_OBSTACLES; obstacle++)
    for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
      {
        CommitFault fault = { .failed = "" };

        for (guint at = 1; fault.failed != NULL; at++)
          {
            fault = (CommitFault) { .at = at, .end = at + 1, .error = errors[i] };
            put_obstacle (world, obstacle);
            try_lock (world, commit_fault_hook, &fault);
          }
        put_obstacle (world, NOTHING);
      }
}

/* One name fails for as long as it is tried. */
static void
test_sticky (World         *world,
             gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { const char *name; int error; NullmailError code; } faults[] = {
    { "flock", EWOULDBLOCK, NULLMAIL_ERROR_BUSY },
    { "flock", EINTR, NULLMAIL_ERROR_BUSY },
    { "flock", ENOLCK, NULLMAIL_ERROR_FAILED },
  };

  put_obstacle (world, NOTHING);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      CommitFault fault = { .name = faults[i].name, .at = 1, .end = G_MAXUINT,
                            .error = faults[i].error };

      g_assert_cmpint (try_lock (world, commit_fault_hook, &fault), ==, faults[i].code);
    }
}

/* Another program at the lock's name, before each call. */
static int
lock_hook (const char *name G_GNUC_UNUSED,
           guint       number,
           gpointer    data)
{
  World *world = ((gpointer *) data)[0];
  guint at = GPOINTER_TO_UINT (((gpointer *) data)[1]);

  if (number == at)
    {
      g_autofree char *path = world_path (world, LOCK);

      if (((gpointer *) data)[2] != NULL)
        world_write (world, LOCK, "theirs", 0600);
      else
        unlink (path);
    }
  return 0;
}

static void
test_others (World         *world,
             gconstpointer  data G_GNUC_UNUSED)
{
  for (Obstacle obstacle = NOTHING; obstacle < N_OBSTACLES; obstacle++)
    for (guint i = 0; i < 2 && obstacle != FOLDER; i++)
      for (guint at = 1; at < 40; at++)
        {
          gpointer other[] = { world, GUINT_TO_POINTER (at), GUINT_TO_POINTER (i) };

          put_obstacle (world, obstacle);
          g_assert_cmpint (try_lock (world, lock_hook, other), ==, LOCKED);
        }
}

/* What a user has put there is neither used nor removed. */
static void
test_foreign (World         *world,
              gconstpointer  data G_GNUC_UNUSED)
{
  static const Obstacle obstacles[] = { LEFT_OVER, LINK };
  g_autofree char *path = world_path (world, LOCK);
  CommitFault none = { .at = G_MAXUINT, .end = G_MAXUINT };
  NullmailEditLock *lock;
  struct stat info;

  if (geteuid () != 0)
    {
      test_is_lacking ("giving a file to another user needs root");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      CommitFault fault = { .failed = "" };

      put_obstacle (world, obstacles[i]);
      g_assert_cmpint (lchown (path, NOBODY, NOBODY), ==, 0);
      for (guint at = 1; fault.failed != NULL; at++)
        {
          fault = (CommitFault) { .name = "openat", .at = at, .end = at + 1, .error = EACCES };
          g_assert_cmpint (try_lock (world, commit_fault_hook, &fault), !=, LOCKED);
          g_assert_cmpint (lstat (path, &info), ==, 0);
          g_assert_cmpuint (info.st_uid, ==, NOBODY);
        }
    }

  /* To that user it is as good as any. */
  put_obstacle (world, LEFT_OVER);
  g_assert_cmpint (lchown (path, NOBODY, NOBODY), ==, 0);
  commit_calls_user = NOBODY;
  commit_calls_start (commit_fault_hook, &none);
  lock = acquire (world, NULL, NULL);
  commit_calls_stop ();
  commit_calls_user = 0;
  g_assert_nonnull (lock);
  _nullmail_edit_lock_release (lock);
}

/* A FIFO with a reader can be opened, and is no lock all the same. */
static void
test_read_fifo (World         *world,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = world_path (world, LOCK);
  CommitFault none = { .at = G_MAXUINT, .end = G_MAXUINT };
  int reader;

  put_obstacle (world, FIFO);
  reader = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  world->n_fds++;
  g_assert_cmpint (try_lock (world, commit_fault_hook, &none), ==, LOCKED);
  close (reader);
  world->n_fds--;
}

/* Cancelled before or while another holds the lock, and given up when it is held too long. */
static void
test_busy (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  NullmailEditLock *lock;

  put_obstacle (world, NOTHING);
  lock = acquire (world, cancellable, &error);
  g_assert_no_error (error);
  g_assert_null (acquire (world, cancellable, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (acquire (world, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  _nullmail_edit_lock_release (lock);

  g_clear_error (&error);
  lock = acquire (world, NULL, &error);
  g_assert_no_error (error);
  _nullmail_edit_lock_release (lock);
}

void
add_lock_tests (void)
{
  WORLD_ADD ("lock/fault", NULL, test_faults);
  WORLD_ADD ("lock/sticky", NULL, test_sticky);
  WORLD_ADD ("lock/others", NULL, test_others);
  WORLD_ADD ("lock/foreign", NULL, test_foreign);
  WORLD_ADD ("lock/read-fifo", NULL, test_read_fifo);
  WORLD_ADD ("lock/busy", NULL, test_busy);
}
