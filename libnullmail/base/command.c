/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/command-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/command-witness-private.h"
#include "base/deadline-private.h"
#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/secure-path-private.h"

#define MAX_OUTPUT_BYTES (64 * 1024 * 1024)
#define MAX_ERROR_BYTES  (64 * 1024)
#define LINES_BYTES      (64 * 1024)  /* read at a time of what is handed on by line */
#define POLL_MS          20  /* between looks at a child on a kernel without pidfd_open (2) */

/* A running child and the ends of its pipes, -1 once closed. */
typedef struct
{
  const char            *program;
  GPid                   pid;
  int                    pid_fd;
  int                    status_fd;    /* of the witness, if there is one */
  int                    output_fd;
  int                    errors_fd;
  gint64                 deadline_us;
  gboolean               is_lost;      /* how it ended is not known */
  gboolean               has_ended;
  NullmailCommandFlags   flags;
  NullmailCommandResult *result;       /* (unowned) */
  NullmailLineFunc       line_func;    /* (nullable) takes the output, line by line */
  gpointer               user_data;
} Child;

void
_nullmail_command_result_free (NullmailCommandResult *self)
{
  _nullmail_secure_buffer_unref (self->output);
  _nullmail_secure_buffer_unref (self->errors);
  g_free (self);
}

static NullmailCommandResult *
result_new (void)
{
  NullmailCommandResult *result = g_new0 (NullmailCommandResult, 1);

  result->output = _nullmail_secure_buffer_new (4096);
  result->errors = _nullmail_secure_buffer_new (0);
  return result;
}

/* What a child must know between fork and exec. */
typedef struct
{
  NullmailCommandFlags flags;
  pid_t                parent;
  int                  status_fd;  /* -1 without a witness */
} ChildSetup;

/* A child begins in a process group of its own, so that all of a script can be ended, with the
 * signals and the umask that Postfix's scripts expect whatever the caller's are. What postmap reads
 * must not end up in a core dump. */
static void
prepare_child (gpointer user_data)
{
  const ChildSetup *setup = user_data;
  struct rlimit cores;
  sigset_t none;

  /* The parent may have been killed just before. */
  if (setup->flags != NULLMAIL_COMMAND_NONE
      && prctl (PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid () != setup->parent)
    _exit (127);

  setpgid (0, 0);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGCHLD, SIG_DFL);
  umask (022);
  /* A limit of 1 keeps the kernel from a core file and from a handler behind a pipe: core (5). */
  if (setup->flags != NULLMAIL_COMMAND_NONE && getrlimit (RLIMIT_CORE, &cores) == 0)
    {
      cores.rlim_cur = MIN (1, cores.rlim_max);
      setrlimit (RLIMIT_CORE, &cores);
    }

  if (setup->status_fd >= 0)
    _nullmail_command_become_witness (setup->status_fd,
                                      setup->flags != NULLMAIL_COMMAND_NONE ? SIGKILL : 0);
}

/* Where the caller has closed its standard descriptors, the pipes of a child would get their
 * numbers and be in each other's way. They are taken meanwhile; n_held tells how many. */
static void
hold_standard_fds (int    held[STDERR_FILENO + 1],
                   guint *n_held)
{
  int fd;

  *n_held = 0;
  while ((fd = open ("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && fd <= STDERR_FILENO)
    held[(*n_held)++] = fd;
  if (fd >= 0)
    close (fd);
}

/* Input as a file of memory: a pipe could fill, and one closed early would raise SIGPIPE. */
static int
open_input (const NullmailSecureBuffer  *input,
            GError                     **error)
{
  gsize size = input != NULL ? input->size : 0;
  int saved_errno, fd;

  if (size == 0)
    fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  else
    fd = memfd_create ("nullmail-input", MFD_CLOEXEC);
  if (fd >= 0 && (size == 0 || (_nullmail_write_all (fd, input->data, size)
                                && lseek (fd, 0, SEEK_SET) == 0)))
    return fd;

  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  _nullmail_set_error_errno (error, saved_errno, "Could not prepare the input of a command");
  return -1;
}

static void
close_and_forget (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* What must not be done twice, or is handed on while it runs, cannot be run once more. */
static gboolean
child_needs_witness (const Child *child)
{
  return child->flags == NULLMAIL_COMMAND_ONCE || child->line_func != NULL
         || _nullmail_command_needs_witness ();
}

static gboolean
child_spawn (Child                *child,
             const char * const   *argv,
             int                   input_fd,
             GError              **error)
{
  static const char * const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                              NULL };
  ChildSetup setup = { child->flags, getpid (), -1 };
  g_autoptr(GError) local_error = NULL;
  int output[2] = { -1, -1 }, errors[2] = { -1, -1 }, status[2] = { -1, -1 };

  if (!g_unix_open_pipe (output, FD_CLOEXEC, NULL)
      || !g_unix_open_pipe (errors, FD_CLOEXEC, NULL)
      || (child_needs_witness (child) && !g_unix_open_pipe (status, FD_CLOEXEC, NULL)))
    {
      _nullmail_set_error_errno (error, errno, "Could not start “%s”", argv[0]);
      close_and_forget (&output[0]);
      close_and_forget (&output[1]);
      close_and_forget (&errors[0]);
      close_and_forget (&errors[1]);
      return FALSE;
    }

  setup.status_fd = status[1];
  g_spawn_async_with_pipes_and_fds ("/", argv, environment, G_SPAWN_DO_NOT_REAP_CHILD,
                                    prepare_child, &setup, input_fd, output[1], errors[1],
                                    NULL, NULL, 0, &child->pid, NULL, NULL, NULL, &local_error);
  close (output[1]);
  close (errors[1]);
  close_and_forget (&status[1]);
  child->output_fd = output[0];
  child->errors_fd = errors[0];
  child->status_fd = status[0];
  if (local_error != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                   "Could not start “%s”, install its package anew: %s",
                   argv[0], local_error->message);
      return FALSE;
    }

  g_unix_set_fd_nonblocking (child->output_fd, TRUE, NULL);
  g_unix_set_fd_nonblocking (child->errors_fd, TRUE, NULL);
  if (child->status_fd >= 0)
    g_unix_set_fd_nonblocking (child->status_fd, TRUE, NULL);
  child->pid_fd = (int) syscall (SYS_pidfd_open, child->pid, 0);
  return TRUE;
}

/* Hands on the lines that are whole, and in the end what is left without a newline. */
static gboolean
child_hand_on_lines (Child   *child,
                     GError **error)
{
  NullmailSecureBuffer *output = child->result->output;
  gsize start = 0;

  while (start < output->size)
    {
      char *line = output->data + start;
      char *end = memchr (line, '\n', output->size - start);

      if (end == NULL && child->output_fd >= 0)
        break;
      if (end == NULL)
        end = output->data + output->size;
      *end = '\0';
      start = MIN ((gsize) (end + 1 - output->data), output->size);
      if (!child->line_func (line, end - line, child->user_data, error))
        return FALSE;
    }

  memmove (output->data, output->data + start, output->size - start);
  _nullmail_secure_buffer_set_size (output, output->size - start);
  return TRUE;
}

/* Reads what the pipe of its output holds now; FALSE where a command says more than any command
 * should, or nobody wants its lines any longer. */
static gboolean
child_drain_output (Child   *child,
                    GError **error)
{
  NullmailSecureBuffer *output = child->result->output;
  gsize room = child->line_func != NULL ? LINES_BYTES : 4096;

  while (child->output_fd >= 0)
    {
      gssize n_read;

      _nullmail_secure_buffer_reserve (output, output->size + room);
      n_read = read (child->output_fd, output->data + output->size,
                     output->allocated - output->size - 1);
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        break;
      if (n_read == 0)
        close_and_forget (&child->output_fd);
      else
        _nullmail_secure_buffer_set_size (output, output->size + n_read);
      if (child->line_func != NULL && !child_hand_on_lines (child, error))
        return FALSE;
      if (output->size > MAX_OUTPUT_BYTES)
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                       "“%s” prints more than %d bytes: see that it is the program of that name",
                       child->program, MAX_OUTPUT_BYTES);
          return FALSE;
        }
      /* Who takes long over the lines still has to look at the clock in between. */
      if (child->line_func != NULL && !child->has_ended)
        break;
    }

  return TRUE;
}

static gboolean
child_drain (Child   *child,
             GError **error)
{
  char buffer[4096];
  gssize n_read = 0;

  if (!child_drain_output (child, error))
    return FALSE;

  while (child->errors_fd >= 0)
    {
      n_read = read (child->errors_fd, buffer, sizeof buffer);
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        break;
      if (n_read == 0)
        close_and_forget (&child->errors_fd);
      else if (child->result->errors->size < MAX_ERROR_BYTES)
        _nullmail_secure_buffer_append (child->result->errors, buffer, n_read);
    }
  _nullmail_wipe (buffer, sizeof buffer);

  return TRUE;
}

static gboolean
child_is_in_time (Child         *child,
                  GCancellable  *cancellable,
                  GError       **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (g_get_monotonic_time () < child->deadline_us)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT,
               "“%s” did not end in time and was stopped: see in the mail log what it waits for, "
               "and try again", child->program);
  return FALSE;
}

static void
child_wait_for_event (Child *child,
                      int    cancel_fd)
{
  gint64 left_ms = (child->deadline_us - g_get_monotonic_time ()) / 1000 + 1;
  struct pollfd fds[] = {
    { .fd = child->output_fd, .events = POLLIN },
    { .fd = child->errors_fd, .events = POLLIN },
    { .fd = child->status_fd >= 0 ? child->status_fd : child->pid_fd, .events = POLLIN },
    { .fd = cancel_fd, .events = POLLIN },
  };

  if (child->pid_fd < 0 && child->status_fd < 0)
    left_ms = MIN (left_ms, POLL_MS);

  poll (fds, G_N_ELEMENTS (fds), (int) CLAMP (left_ms, 0, G_MAXINT));
}

/* As waitpid () with WNOHANG. */
static pid_t
child_has_ended (Child *child,
                 int   *status)
{
  if (child->status_fd < 0)
    return waitpid (child->pid, status, WNOHANG);

  return _nullmail_command_ask_witness (child->status_fd, status) ? child->pid : 0;
}

static void
child_reap (Child *child)
{
  int status;

  while (waitpid (child->pid, &status, 0) < 0 && errno == EINTR)
    ;
}

/* Whether a program that only reads has given up: a whole line “NAME: fatal: ...”. Other lines may
 * repeat a text of main.cf, whatever is in it. */
static gboolean
child_has_failed (const Child *child)
{
  const char *line = child->flags == NULLMAIL_COMMAND_QUERY
                     ? child->result->errors->data : NULL;

  while (line != NULL && *line != '\0')
    {
      const char *end = strchr (line, '\n');
      const char *message = strstr (line, ": ");

      if (end != NULL && message != NULL && message < end
          && g_str_has_prefix (message, ": fatal: "))
        return TRUE;
      line = end != NULL ? end + 1 : NULL;
    }

  return FALSE;
}

static void
child_kill (Child *child)
{
  kill (-child->pid, SIGKILL);
  kill (child->pid, SIGKILL);
  child_reap (child);
}

/* Waits for the child itself, not for the end of its pipes: a daemon that it leaves behind, as
 * `postfix start` does, keeps those open. */
static gboolean
child_wait (Child         *child,
            GCancellable  *cancellable,
            GError       **error)
{
  int cancel_fd = g_cancellable_get_fd (cancellable);
  gboolean ok = TRUE;
  pid_t ended = 0;
  int status = 0;

  while (ok && !child_has_failed (child) && (ended = child_has_ended (child, &status)) == 0)
    {
      child_wait_for_event (child, cancel_fd);
      ok = child_drain (child, error) && child_is_in_time (child, cancellable, error);
    }
  if (cancel_fd >= 0)
    g_cancellable_release_fd (cancellable);

  if (!ok)
    {
      child_kill (child);
      return FALSE;
    }
  if (ended == 0)
    {
      child_kill (child);
      child->result->exit_status = 1;
      return TRUE;
    }

  if (ended < 0)  /* somebody else waited for it */
    {
      child->is_lost = TRUE;
      _nullmail_set_error_errno (error, errno, "The exit status of “%s” was lost: let the program "
                                 "that calls this wait for its own children only",
                                 child->program);
      return FALSE;
    }
  if (child->status_fd >= 0)
    child_reap (child);

  child->result->exit_status = WIFEXITED (status) ? WEXITSTATUS (status)
                                                  : 128 + WTERMSIG (status);
  child->has_ended = TRUE;
  if (!child_drain (child, error))
    return FALSE;

  /* A daemon that it has left behind may keep the pipe open: no more lines are waited for. */
  close_and_forget (&child->output_fd);
  return child->line_func == NULL || child_hand_on_lines (child, error);
}

static NullmailCommandResult *
run_once (Child                       *child,
          const char * const          *argv,
          const NullmailSecureBuffer  *input,
          NullmailCommandFlags         flags,
          guint                        timeout_ms,
          GCancellable                *cancellable,
          GError                     **error)
{
  g_autoptr(NullmailCommandResult) result = result_new ();
  int held[STDERR_FILENO + 1];
  gboolean ok;
  int input_fd;
  guint n_held;

  child->program = argv[0];
  child->pid_fd = child->status_fd = child->output_fd = child->errors_fd = -1;
  child->flags = flags;
  child->result = result;
  hold_standard_fds (held, &n_held);
  input_fd = open_input (input, error);
  child->deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  ok = input_fd >= 0 && child_spawn (child, argv, input_fd, error);
  while (n_held > 0)
    close (held[--n_held]);

  ok = ok && child_wait (child, cancellable, error);
  close_and_forget (&input_fd);
  close_and_forget (&child->output_fd);
  close_and_forget (&child->errors_fd);
  close_and_forget (&child->pid_fd);
  close_and_forget (&child->status_fd);

  return ok ? g_steal_pointer (&result) : NULL;
}

/* The time that a program may take; FALSE with error set where none is left. */
static gboolean
take_limit (const char    *program,
            guint          timeout_ms,
            guint         *limit_ms,
            GCancellable  *cancellable,
            GError       **error)
{
  *limit_ms = _nullmail_deadline_limit (cancellable, timeout_ms);
  if (*limit_ms > 0)
    return TRUE;

  _nullmail_deadline_note_missed (cancellable);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT,
               "“%s” was not asked, for what came before has taken all the time", program);
  return FALSE;
}

NullmailCommandResult *
_nullmail_command_run_lines (const char * const    *argv,
                             NullmailCommandFlags   flags,
                             guint                  timeout_ms,
                             NullmailLineFunc       func,
                             gpointer               user_data,
                             GCancellable          *cancellable,
                             GError               **error)
{
  Child child = { .line_func = func, .user_data = user_data };
  guint limit_ms;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !take_limit (argv[0], timeout_ms, &limit_ms, cancellable, error))
    return NULL;

  return run_once (&child, argv, NULL, flags, limit_ms, cancellable, error);
}

NullmailCommandResult *
_nullmail_command_run (const char * const          *argv,
                       const NullmailSecureBuffer  *input,
                       NullmailCommandFlags         flags,
                       guint                        timeout_ms,
                       GCancellable                *cancellable,
                       GError                     **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailCommandResult *result;
  Child child = { .line_func = NULL };
  guint limit_ms;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !take_limit (argv[0], timeout_ms, &limit_ms, cancellable, error))
    return NULL;

  result = run_once (&child, argv, input, flags, limit_ms, cancellable, &local_error);
  if (child.is_lost && flags != NULLMAIL_COMMAND_ONCE)
    {
      /* All others can be run once more: they ask, build a file of their own, or bring Postfix into
       * a state. */
      child.is_lost = FALSE;
      _nullmail_command_miss_witness ();
      g_clear_error (&local_error);
      result = run_once (&child, argv, input, flags, limit_ms, cancellable, &local_error);
    }

  if (limit_ms < timeout_ms
      && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT))
    _nullmail_deadline_note_missed (cancellable);
  if (result == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return result;
}

char *
_nullmail_command_result_get_reason (const NullmailCommandResult *self)
{
  g_auto(GStrv) lines = g_strsplit (self->errors->data, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *text = strstr (lines[i], "fatal: ");

      if (text == NULL)
        text = strstr (lines[i], "error: ");
      if (text != NULL)
        {
          /* Of a broken line of main.cf Postfix shows all. */
          const char *line = strstr (text, "main.cf, line ");
          const char *shown = line != NULL ? strstr (line, ": \"") : NULL;

          return g_utf8_make_valid (text, shown != NULL ? shown - text : -1);
        }
    }

  return g_strdup_printf ("exit status %d", self->exit_status);
}
