/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/command-witness-private.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int has_missed_one;  /* atomic: a status was lost in this process */

gboolean
_nullmail_command_needs_witness (void)
{
  struct sigaction action;

  if (g_atomic_int_get (&has_missed_one))
    return TRUE;

  return sigaction (SIGCHLD, NULL, &action) == 0
         && (action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0);
}

void
_nullmail_command_miss_witness (void)
{
  g_atomic_int_set (&has_missed_one, TRUE);
}

void
_nullmail_close_range (unsigned first,
                       unsigned last)
{
  long n_fds;

  if (syscall (SYS_close_range, first, last, 0) == 0)
    return;

  n_fds = sysconf (_SC_OPEN_MAX);  /* a kernel older than 5.9 */
  for (unsigned fd = first; fd <= last && fd < n_fds; fd++)
    close (fd);
}

void
_nullmail_command_become_witness (int status_fd,
                                  int signal_at_end)
{
  pid_t witness = getpid ();
  int status = 0;
  pid_t pid = fork ();

  if (pid == 0)
    {
      if (signal_at_end != 0 && prctl (PR_SET_PDEATHSIG, signal_at_end) == 0
          && getppid () != witness)
        _exit (127);
      close (status_fd);
      return;
    }

  /* The pipes of the command, and that of GLib which tells that it was executed, must not be held
   * open. */
  _nullmail_close_range (0, status_fd - 1);
  _nullmail_close_range (status_fd + 1, G_MAXUINT);
  if (pid < 0)
    _exit (127);

  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  while (write (status_fd, &status, sizeof status) < 0 && errno == EINTR)
    ;
  _exit (0);
}

gboolean
_nullmail_command_ask_witness (int  status_fd,
                               int *status)
{
  gssize n_read;

  do
    n_read = read (status_fd, status, sizeof *status);
  while (n_read < 0 && errno == EINTR);

  if (n_read < 0)
    return FALSE;
  if (n_read != sizeof *status)
    *status = SIGKILL;

  return TRUE;
}
