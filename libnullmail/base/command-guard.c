/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/command-guard-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/command-witness-private.h"
#include "base/regular-file-private.h"

struct _NullmailCommandGuard
{
  pid_t pid;
  int   fd;  /* the guard reads from it: a line to let it go, or the end of this process */
};

/* Runs in the child, with what a signal handler may call. In a session of its own it is not taken
 * along by a terminal that is hung up, or a key that interrupts. */
static void
become_guard (int                 fd,
              const char * const *argv)
{
  static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL };
  static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD };
  int null_fd = _nullmail_leave_standard_fds (open ("/dev/null", O_RDWR));
  sigset_t none;

  setsid ();
  umask (022);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    signal (signals[i], SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  if (chdir ("/") < 0)
    _exit (127);

  dup2 (fd, STDIN_FILENO);
  dup2 (null_fd, STDOUT_FILENO);
  dup2 (null_fd, STDERR_FILENO);
  _nullmail_close_range (STDERR_FILENO + 1, G_MAXUINT);
  execve (argv[0], (char *const *) argv, environment);
  _exit (127);
}

NullmailCommandGuard *
_nullmail_command_guard_new (const char * const *argv)
{
  g_autoptr(GPtrArray) shell = g_ptr_array_new ();
  NullmailCommandGuard *self;
  int fds[2];
  pid_t pid;

  g_ptr_array_add (shell, (gpointer) "/bin/sh");
  g_ptr_array_add (shell, (gpointer) "-c");
  g_ptr_array_add (shell, (gpointer) "read -r line || exec \"$@\" </dev/null");
  g_ptr_array_add (shell, (gpointer) "sh");
  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (shell, (gpointer) argv[i]);
  g_ptr_array_add (shell, NULL);

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    return NULL;

  fds[0] = _nullmail_leave_standard_fds (fds[0]);
  fds[1] = _nullmail_leave_standard_fds (fds[1]);
  pid = fork ();
  if (pid == 0)
    become_guard (fds[0], (const char * const *) shell->pdata);

  close (fds[0]);
  if (pid < 0)
    {
      close (fds[1]);
      return NULL;
    }

  self = g_new0 (NullmailCommandGuard, 1);
  self->pid = pid;
  self->fd = fds[1];
  return self;
}

void
_nullmail_command_guard_free (NullmailCommandGuard *self)
{
  static const char line[] = "done\n";

  /* If somebody has killed the guard nobody reads, and that must not be a signal here. */
  while (send (self->fd, line, sizeof line - 1, MSG_NOSIGNAL) < 0 && errno == EINTR)
    ;
  close (self->fd);
  while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  g_free (self);
}
