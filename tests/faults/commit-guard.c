/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Programs that write into main.cf, as “>>” does, while it is replaced. */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit-calls.h"
#include "commit/write-guard-private.h"

#define OLD    "old\n"
#define NEW    "new\n"
#define THEIRS "theirs\n"

static NullmailTransaction *
stage (World *world)
{
  NullmailTransaction *transaction;
  NullmailStagedFile *file;

  world_write (world, "main.cf", OLD, 0644);
  transaction = world_begin (world);
  file = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL);
  g_assert_true (_nullmail_staged_file_expect (file, OLD, strlen (OLD), NULL));
  g_assert_true (_nullmail_staged_file_write (file, NEW, strlen (NEW), NULL));
  _nullmail_transaction_add_step (transaction, file, FALSE);
  return transaction;
}

static int
open_in_place (World *world,
               int    flags)
{
  g_autofree char *path = world_path (world, "main.cf");

  return open (path, O_WRONLY | O_APPEND | O_CLOEXEC | flags);
}

/* Somebody has the file open for writing, and keeps it so, or closes it while it is waited for. */
typedef struct
{
  int   fd;
  guint n_left;   /* tries until it is closed */
  guint n_tries;
} Holder;

static int
holder_hook (const char *name,
             guint       number G_GNUC_UNUSED,
             gpointer    data)
{
  Holder *holder = data;

  if (g_str_equal (name, "setlease") && ++holder->n_tries == holder->n_left)
    close (holder->fd);
  return 0;
}

static void
test_open (World         *world,
           gconstpointer  data)
{
  gboolean closes = data != NULL;
  NullmailTransaction *transaction = stage (world);
  Holder holder = { .fd = open_in_place (world, 0), .n_left = closes ? 3 : 0 };
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (holder.fd, >=, 0);
  commit_calls_start (holder_hook, &holder);
  g_assert_true (_nullmail_transaction_commit (transaction, &error) == closes);
  commit_calls_stop ();
  _nullmail_transaction_free (transaction);
  if (closes)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (holder.n_tries, ==, 3);
      world_assert_text (world, "main.cf", NEW);
      return;
    }

  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "main.cf"));
  g_assert_cmpuint (holder.n_tries, >, 3);
  world_assert_text (world, "main.cf", OLD);
  close (holder.fd);
}

static void
append (int fd)
{
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, THEIRS, strlen (THEIRS), 0), ==, strlen (THEIRS));
  close (fd);
}

/* Somebody wants to open the file for writing before one of the calls. */
typedef struct
{
  World      *world;
  const char *at;
  int         found;   /* the file that stood at the name then */
  GThread    *thread;
} Comer;

/* Opens the file that was found: a thread that begins late must not find the new one. */
static gpointer
append_cb (gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", GPOINTER_TO_INT (data));

  append (open (path, O_WRONLY | O_APPEND | O_CLOEXEC));
  return NULL;
}

static int
comer_hook (const char *name,
            guint       number G_GNUC_UNUSED,
            gpointer    data)
{
  Comer *comer = data;

  if (comer->thread == NULL && g_str_equal (name, comer->at))
    {
      /* That somebody waits shows from here on, whenever the other thread comes to it. */
      g_assert_cmpint (open_in_place (comer->world, O_NONBLOCK), <, 0);
      g_assert_cmpint (errno, ==, EWOULDBLOCK);
      comer->found = open_in_place (comer->world, O_PATH);
      g_assert_cmpint (comer->found, >=, 0);
      comer->thread = g_thread_new ("comer", append_cb, GINT_TO_POINTER (comer->found));
    }
  return 0;
}

/* What is written is in the file that stands at the name in the end. The signal that the kernel
 * sends ends nothing, and one that was there before stays. */
static void
test_wait (World         *world,
           gconstpointer  data)
{
  Comer comer = { .world = world, .at = data };
  NullmailTransaction *transaction = stage (world);
  g_autoptr(GError) error = NULL;
  sigset_t pending;

  commit_calls_start (comer_hook, &comer);
  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  g_assert_nonnull (comer.thread);
  g_thread_join (comer.thread);
  close (comer.found);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", OLD THEIRS);

  g_assert_cmpint (sigpending (&pending), ==, 0);
  g_assert_cmpint (sigismember (&pending, SIGIO), ==, 0);
  pthread_sigmask (SIG_SETMASK, NULL, &pending);
  g_assert_cmpint (sigismember (&pending, SIGIO), ==, 0);
}

/* Somebody waits to write into the file, and when the exchange is done somebody does write into the
 * new one, be it the same program or another. */
typedef struct
{
  World *world;
  guint  n_exchanges;
} Pair;

static int
pair_hook (const char *name,
           guint       number G_GNUC_UNUSED,
           gpointer    data)
{
  Pair *pair = data;

  if (pair->n_exchanges == 1)
    {
      append (open_in_place (pair->world, 0));
      pair->n_exchanges++;
    }
  if (pair->n_exchanges == 0 && g_str_equal (name, "exchange"))
    {
      g_assert_cmpint (open_in_place (pair->world, O_NONBLOCK), <, 0);
      pair->n_exchanges++;
    }
  return 0;
}

/* What was written into the new file stays with it, and with all that it relies on. */
static void
test_new_file (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  Pair pair = { world, 0 };
  NullmailTransaction *transaction;
  NullmailStagedFile *first, *second;
  g_autoptr(GError) error = NULL;

  world_write (world, "main.cf", OLD, 0644);
  transaction = world_begin (world);
  first = world_open (world, transaction, "sasl_passwd", NULLMAIL_STAGED_SECRET, NULL);
  second = world_open (world, transaction, "main.cf", NULLMAIL_STAGED_PUBLIC, NULL);
  g_assert_true (_nullmail_staged_file_expect (second, OLD, strlen (OLD), NULL));
  g_assert_true (_nullmail_staged_file_write (first, NEW, strlen (NEW), NULL));
  g_assert_true (_nullmail_staged_file_write (second, NEW, strlen (NEW), NULL));
  _nullmail_transaction_add_step (transaction, first, FALSE);
  _nullmail_transaction_add_step (transaction, second, TRUE);

  commit_calls_start (pair_hook, &pair);
  g_assert_false (_nullmail_transaction_commit (transaction, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
  g_assert_nonnull (strstr (error->message, "main.cf.kept-"));
  _nullmail_transaction_free (transaction);

  world_assert_text (world, "main.cf", NEW THEIRS);
  world_assert_text (world, "sasl_passwd", NEW);
  g_assert_true (world_has_text (world, ".kept-", OLD));
}

static void
test_own_signal (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  const struct timespec at_once = { 0 };
  NullmailTransaction *transaction = stage (world);
  sigset_t io, previous;

  sigemptyset (&io);
  sigaddset (&io, SIGIO);
  pthread_sigmask (SIG_BLOCK, &io, &previous);
  g_assert_cmpint (raise (SIGIO), ==, 0);
  g_assert_true (_nullmail_transaction_commit (transaction, NULL));
  g_assert_cmpint (sigtimedwait (&io, NULL, &at_once), ==, SIGIO);
  pthread_sigmask (SIG_SETMASK, &previous, NULL);
  _nullmail_transaction_free (transaction);
  world_assert_text (world, "main.cf", NEW);
}

/* Where there are no leases everything goes on without. */
static void
test_no_leases (World         *world,
                gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { const char *name; int error; } faults[] = {
    { "setown", EPERM }, { "setlease", EINVAL }, { "setlease", EACCES }, { "setlease", ENOLCK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      CommitFault fault = { .name = faults[i].name, .at = 1, .end = G_MAXUINT,
                            .error = faults[i].error };
      NullmailTransaction *transaction = stage (world);
      int fd = open_in_place (world, 0);

      commit_calls_start (commit_fault_hook, &fault);
      g_assert_true (_nullmail_transaction_commit (transaction, NULL));
      commit_calls_stop ();
      g_assert_cmpuint (fault.n_seen, ==, 1);
      close (fd);
      _nullmail_transaction_free (transaction);
      world_assert_text (world, "main.cf", NEW);
    }
}

void
add_guard_tests (void)
{
  WORLD_ADD ("guard/open", NULL, test_open);
  WORLD_ADD ("guard/closed-meanwhile", GINT_TO_POINTER (TRUE), test_open);
  WORLD_ADD ("guard/wait-before-look", "fstatat", test_wait);
  WORLD_ADD ("guard/wait-before-exchange", "exchange", test_wait);
  WORLD_ADD ("guard/new-file", NULL, test_new_file);
  WORLD_ADD ("guard/own-signal", NULL, test_own_signal);
  WORLD_ADD ("guard/no-leases", NULL, test_no_leases);
}
