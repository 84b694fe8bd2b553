/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/command-guard-private.h"
#include "base/command-private.h"
#include "base/error-private.h"
#include "scratch.h"

#define LIMIT_MS 300000  /* for what takes milliseconds */

static NullmailCommandResult *
run_shell (const char  *script,
           const char  *input,
           guint        timeout_ms,
           GError     **error)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  g_autoptr(NullmailSecureBuffer) buffer = NULL;

  if (input != NULL)
    buffer = _nullmail_secure_buffer_new_from (input, strlen (input));

  return _nullmail_command_run (argv, buffer, NULLMAIL_COMMAND_NONE, timeout_ms, NULL, error);
}

static void
test_output (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailCommandResult) result =
    run_shell ("cat; echo oops >&2; exit 7", "hello", LIMIT_MS, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (result->output->data, ==, "hello");
  g_assert_cmpstr (result->errors->data, ==, "oops\n");
  g_assert_cmpint (result->exit_status, ==, 7);
}

typedef struct
{
  GString *lines;
  guint    n_lines;
  guint    n_wanted;  /* after so many an error is set; 0: never */
} Lines;

static gboolean
take_line (const char  *line,
           gsize        length,
           gpointer     user_data,
           GError     **error)
{
  Lines *lines = user_data;

  g_assert_cmpuint (strlen (line), ==, length);
  if (lines->n_lines < 10)
    g_string_append_printf (lines->lines, "%s;", line);
  if (++lines->n_lines != lines->n_wanted)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE, "Enough of “%s”", line);
  return FALSE;
}

static NullmailCommandResult *
run_lines (const char    *script,
           Lines         *lines,
           guint          timeout_ms,
           GCancellable  *cancellable,
           GError       **error)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };

  return _nullmail_command_run_lines (argv, NULLMAIL_COMMAND_NONE, timeout_ms, take_line, lines,
                                      cancellable, error);
}

static void
test_lines (void)
{
  static const struct
  {
    const char *script;
    const char *lines;
  } cases[] = {
    { "true", "" },
    { "echo", ";" },
    { "printf 'a\nb'", "a;b;" },
    { "printf 'a\n\nb\n'; echo oops >&2", "a;;b;" },
    { "printf a; sleep 0.1; echo b", "ab;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      Lines lines = { text, 0, 0 };
      g_autoptr(NullmailCommandResult) result =
        run_lines (cases[i].script, &lines, LIMIT_MS, NULL, NULL);

      g_assert_cmpint (result->exit_status, ==, 0);
      g_assert_cmpstr (text->str, ==, cases[i].lines);
      g_assert_cmpuint (result->output->size, ==, 0);
    }
}

/* More than any other command may print, which nobody has to keep. */
static void
test_many_lines (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  Lines lines = { text, 0, 0 };
  g_autoptr(NullmailCommandResult) result =
    run_lines ("yes 0123456789012345678901234567890123456789012345678 | head -c 70000000", &lines,
               LIMIT_MS, NULL, NULL);

  g_assert_cmpint (result->exit_status, ==, 0);
  g_assert_cmpuint (lines.n_lines, ==, 1400000);
  g_assert_true (g_str_has_prefix (text->str,
                                   "0123456789012345678901234567890123456789012345678;0123"));
}

/* A program that never stops is ended by whoever takes its lines, by time, and by cancellation. */
static void
test_endless_lines (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Lines lines = { text, 0, 1000 };

  g_assert_null (run_lines ("yes", &lines, LIMIT_MS, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_cmpuint (lines.n_lines, ==, 1000);
  g_clear_error (&error);

  lines.n_wanted = 0;
  g_assert_null (run_lines ("yes", &lines, 200, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT);
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_null (run_lines ("yes", &lines, LIMIT_MS, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_large_input (void)
{
  g_autofree char *text = g_strnfill (3 * 1024 * 1024, 'x');
  g_autoptr(NullmailCommandResult) all = run_shell ("cat", text, 20000, NULL);
  g_autoptr(NullmailCommandResult) none = run_shell ("exec true", text, 20000, NULL);

  g_assert_cmpuint (all->output->size, ==, strlen (text));
  g_assert_cmpint (none->exit_status, ==, 0);
}

static void
test_environment (void)
{
  g_autoptr(NullmailCommandResult) result = NULL;

  g_setenv ("MAIL_CONFIG", "/nonexistent", TRUE);
  g_setenv ("LD_PRELOAD_TEST", "x", TRUE);
  result = run_shell ("env | sed 's/=.*//' | sort; pwd; umask; ls /proc/self/fd | wc -l; "
                      "ulimit -c", NULL, LIMIT_MS, NULL);
  g_assert_cmpstr (result->output->data, ==,
                   "LC_ALL\nPATH\nPWD\n/\n0022\n4\n0\n");
}

/* In a child, with the standard descriptors of a mask closed: 0, or which step went wrong. */
static int
run_with_closed (guint closed)
{
  const char *missing[] = { "/nonexistent/program", NULL };
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GError) error = NULL;

  while (open ("/dev/null", O_RDWR) <= STDERR_FILENO)
    ;
  for (int fd = 0; fd <= STDERR_FILENO; fd++)
    if ((closed & (1u << fd)) != 0)
      close (fd);

  result = run_shell ("cat; echo oops >&2; ls /proc/self/fd | wc -l", "hello ", LIMIT_MS, NULL);
  if (result == NULL || strcmp (result->output->data, "hello 4\n") != 0
      || strcmp (result->errors->data, "oops\n") != 0)
    return 1;
  if (_nullmail_command_run (missing, NULL, NULLMAIL_COMMAND_NONE, LIMIT_MS, NULL, &error) != NULL
      || !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND))
    return 2;

  for (int fd = 0; fd <= STDERR_FILENO; fd++)
    if ((closed & (1u << fd)) != 0 && fcntl (fd, F_GETFD) >= 0)
      return 3;
  return 0;
}

/* A daemon may have closed its standard descriptors: the pipes must not be mixed up with them. */
static void
test_closed_descriptors (void)
{
  for (guint closed = 0; closed < 8; closed++)
    {
      pid_t pid = fork ();
      int status;

      g_assert_cmpint (pid, >=, 0);
      if (pid == 0)
        _exit (run_with_closed (closed));
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_cmpint (status, ==, 0);
    }
}

/* Postfix's programs wait for a second behind a fatal message, so that nobody runs them in a
 * loop. */
static void
test_query (void)
{
  const char *argv[] = { "/bin/sh", "-c", "echo some; echo 'x: warning: y = fatal: z' >&2; "
                         "sleep 0.1; printf 'x: fatal: no such' >&2; sleep 0.1; echo ' thing' >&2; "
                         "sleep 3600", NULL };
  g_autoptr(NullmailCommandResult) result =
    _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_QUERY, LIMIT_MS, NULL, NULL);
  g_assert_nonnull (result);
  g_assert_cmpint (result->exit_status, ==, 1);
  g_assert_cmpstr (result->output->data, ==, "some\n");
  g_assert_nonnull (strstr (result->errors->data, "x: fatal: no such thing\n"));
}

/* In a child with some standard descriptors closed, that ends with the guard in place or not. */
static void
run_guarded (const char *path,
             guint       closed,
             gboolean    is_freed)
{
  const char *argv[] = { "/usr/bin/touch", path, NULL };
  NullmailCommandGuard *guard;

  for (int fd = 0; fd <= STDERR_FILENO; fd++)
    if ((closed & (1u << fd)) != 0)
      close (fd);

  guard = _nullmail_command_guard_new (argv);
  if (guard == NULL)
    _exit (1);
  if (is_freed)
    _nullmail_command_guard_free (guard);
  else
    kill (getpid (), SIGKILL);
  _exit (0);
}

static gboolean
is_there_within (const char *path,
                 guint       limit_ms)
{
  for (guint i = 0; i < limit_ms / 10; i++)
    {
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
      g_usleep (10 * 1000);
    }

  return FALSE;
}

/* The guard acts only if the process ends before it was freed, whichever descriptors are open. */
static void
test_guard (void)
{
  char *directory = scratch_new ();
  g_autofree char *path = g_build_filename (directory, "ran", NULL);

  for (guint closed = 0; closed < 8; closed++)
    for (guint is_freed = 0; is_freed < 2; is_freed++)
      {
        pid_t pid = fork ();
        int status;

        g_assert_cmpint (pid, >=, 0);
        if (pid == 0)
          run_guarded (path, closed, is_freed);
        g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
        g_assert_cmpint (status, ==, is_freed ? 0 : SIGKILL);
        /* A guard that was freed has ended by now. */
        g_assert_cmpint (is_there_within (path, is_freed ? 10 : LIMIT_MS), ==, !is_freed);
        unlink (path);
      }

  scratch_free (directory);
}

static void
test_signal_status (void)
{
  g_autoptr(NullmailCommandResult) result = run_shell ("kill -9 $$", NULL, LIMIT_MS, NULL);

  g_assert_cmpint (result->exit_status, ==, 128 + SIGKILL);
}

static void
test_timeout (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailCommandResult) result = run_shell ("sleep 3600 & wait", NULL, 200, &error);

  g_assert_null (result);
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "/bin/sh"));
}

/* A daemon keeps the pipes open; the command has ended all the same. */
static void
test_daemon (void)
{
  g_autoptr(NullmailCommandResult) result =
    run_shell ("sleep 3600 & echo $!", NULL, LIMIT_MS, NULL);

  g_assert_nonnull (result);
  g_assert_cmpint (result->exit_status, ==, 0);
  kill ((pid_t) g_ascii_strtoll (result->output->data, NULL, 10), SIGKILL);
}

static void
take_all (int number G_GNUC_UNUSED)
{
  while (waitpid (-1, NULL, WNOHANG) > 0)
    ;
}

/* In a child whose host takes every status away: 0, or which step went wrong. */
static int
run_with_host (const struct sigaction *host)
{
  const char *missing[] = { "/nonexistent/program", NULL };
  g_autoptr(NullmailCommandResult) good = NULL, bad = NULL, killed = NULL, daemon = NULL;
  g_autoptr(GError) error = NULL;

  sigaction (SIGCHLD, host, NULL);
  good = run_shell ("cat; ls /proc/self/fd | wc -l; sleep 0.1", "hello ", LIMIT_MS, NULL);
  if (good == NULL || good->exit_status != 0 || strcmp (good->output->data, "hello 4\n") != 0)
    return 1;
  bad = run_shell ("sleep 0.1; exit 7", NULL, LIMIT_MS, NULL);
  if (bad == NULL || bad->exit_status != 7)
    return 2;
  killed = run_shell ("sleep 0.1; kill -9 $$", NULL, LIMIT_MS, NULL);
  if (killed == NULL || killed->exit_status != 128 + SIGKILL)
    return 3;
  daemon = run_shell ("sleep 3600 & echo $!", NULL, LIMIT_MS, NULL);
  if (daemon == NULL || kill (g_ascii_strtoll (daemon->output->data, NULL, 10), SIGKILL) != 0)
    return 4;
  if (run_shell ("sleep 3600 & wait", NULL, 200, &error) != NULL
      || !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT))
    return 5;
  if (_nullmail_command_run (missing, NULL, NULLMAIL_COMMAND_TIED, LIMIT_MS, NULL, NULL) != NULL)
    return 6;

  return 0;
}

/* W10: an interpreter or a process manager that ignores SIGCHLD, or waits for each child. */
static void
test_hosts_that_reap (void)
{
  static const struct sigaction hosts[] = {
    { .sa_handler = SIG_IGN },
    { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT },
    { .sa_handler = take_all },
    { .sa_handler = take_all, .sa_flags = SA_RESTART },
  };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      pid_t pid = fork ();
      int status;

      g_assert_cmpint (pid, >=, 0);
      if (pid == 0)
        _exit (run_with_host (&hosts[i]));
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
      g_assert_cmpint (status, ==, 0);
    }
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (void)
{
  const char *argv[] = { "/bin/sleep", "3600", NULL };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  g_assert_null (_nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, LIMIT_MS, cancellable,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_missing (void)
{
  const char *argv[] = { "/nonexistent/program", NULL };
  g_autoptr(GError) error = NULL;

  g_assert_null (_nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, LIMIT_MS, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND);
}

static void
test_find (void)
{
  g_autoptr(GError) error = NULL;
  char *directory = scratch_new ();
  g_autofree char *program = g_build_filename (directory, "nullmail-test", NULL);
  g_autofree char *found = NULL;

  g_assert_true (g_file_set_contents (program, "#!/bin/sh\n", -1, NULL));
  g_assert_cmpint (chmod (program, 0755), ==, 0);

  found = _nullmail_command_find ("nullmail-test", directory, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, program);

  /* What somebody else could have put there is not run. */
  g_assert_cmpint (chmod (program, 0757), ==, 0);
  g_assert_null (_nullmail_command_find ("nullmail-test", directory, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND);
  g_clear_error (&error);
  g_assert_cmpint (chmod (program, 0755), ==, 0);
  g_assert_cmpint (chmod (directory, 0777), ==, 0);
  g_assert_null (_nullmail_command_find ("nullmail-test", directory, NULL));

  g_assert_null (_nullmail_command_find ("nullmail-no-such", NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND);
  scratch_free (directory);
}

static void
test_reason (void)
{
  g_autoptr(NullmailCommandResult) result =
    run_shell ("echo 'x: warning: y = secret' >&2; echo 'postmap: fatal: no such thing' >&2", NULL,
               LIMIT_MS, NULL);
  g_autofree char *reason = _nullmail_command_result_get_reason (result);

  g_assert_cmpstr (reason, ==, "fatal: no such thing");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/command/output", test_output);
  g_test_add_func ("/command/lines", test_lines);
  g_test_add_func ("/command/many-lines", test_many_lines);
  g_test_add_func ("/command/endless-lines", test_endless_lines);
  g_test_add_func ("/command/large-input", test_large_input);
  g_test_add_func ("/command/environment", test_environment);
  g_test_add_func ("/command/closed-descriptors", test_closed_descriptors);
  g_test_add_func ("/command/query", test_query);
  g_test_add_func ("/command/guard", test_guard);
  g_test_add_func ("/command/signal-status", test_signal_status);
  g_test_add_func ("/command/timeout", test_timeout);
  g_test_add_func ("/command/daemon", test_daemon);
  g_test_add_func ("/command/hosts-that-reap", test_hosts_that_reap);
  g_test_add_func ("/command/cancel", test_cancel);
  g_test_add_func ("/command/missing", test_missing);
  g_test_add_func ("/command/find", test_find);
  g_test_add_func ("/command/reason", test_reason);

  return g_test_run ();
}
