/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "output.h"

/* A terminal keeps no longer line than this, and drops the rest of it in silence. */
#define MAX_LINE 4095

/* What would end or stop the program while the terminal shows nothing. */
static const int signals[] = { SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN,
                               SIGTTOU };

static volatile sig_atomic_t caught;

gboolean
terminal_can_ask (void)
{
  return isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}

gboolean
terminal_ask (const char *question)
{
  char answer[64];
  gssize length;

  stream_add (standard_error, question);
  stream_flush (standard_error, NULL);
  length = read (STDIN_FILENO, answer, sizeof answer - 1);
  if (length <= 0)
    return FALSE;

  answer[length] = '\0';
  return g_ascii_strcasecmp (g_strstrip (answer), "yes") == 0;
}

static void
note_signal (int signal_number)
{
  caught = signal_number;
}

/* Reads a line; -1 if a signal came or nothing more will come. */
static gssize
read_line (int    fd,
           char  *line,
           gsize  size)
{
  gsize length = 0;

  while (length < size)
    {
      gssize n_read = read (fd, line + length, 1);

      if (n_read <= 0)
        return -1;
      if (line[length] == '\n')
        return (gssize) length;
      length++;
    }

  return (gssize) length;
}

/* One attempt, with the terminal as it was at its end. */
static gssize
read_hidden (int         fd,
             const char *prompt,
             char       *line,
             gsize       size)
{
  struct sigaction old_actions[G_N_ELEMENTS (signals)];
  struct sigaction action = { .sa_handler = note_signal };  /* and read () is interrupted */
  struct termios shown, hidden;
  gssize length;

  if (tcgetattr (fd, &shown) < 0)
    return -1;

  caught = 0;
  sigemptyset (&action.sa_mask);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      sigaction (signals[i], NULL, &old_actions[i]);
      if (old_actions[i].sa_handler != SIG_IGN)
        sigaction (signals[i], &action, NULL);
    }
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ECHONL);

  tcsetattr (fd, TCSAFLUSH, &hidden);
  stream_add (standard_error, prompt);
  stream_flush (standard_error, NULL);
  length = caught == 0 ? read_line (fd, line, size) : -1;
  tcsetattr (fd, TCSAFLUSH, &shown);
  stream_add (standard_error, "\n");
  stream_flush (standard_error, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &old_actions[i], NULL);
  if (caught != 0)
    kill (getpid (), caught);
  return length;
}

/* (nullable) why a line is no password. */
static const char *
judge (gssize length)
{
  if (length < 0)
    return "The terminal gave no password: give it with --password-file or --password-fd";
  if (length >= MAX_LINE)
    return "The password is longer than a line of a terminal can be: give it with --password-file";

  return NULL;
}

int
terminal_read_password (int          fd,
                        const char  *prompt,
                        GError     **error)
{
  char line[MAX_LINE] = "";
  const char *fault;
  gssize length;
  int ends[2] = { -1, -1 };

  (void) !mlock (line, sizeof line);
  do
    length = read_hidden (fd, prompt, line, sizeof line);
  while (length < 0 && (caught == SIGTSTP || caught == SIGTTIN || caught == SIGTTOU));

  fault = judge (length);
  if (fault == NULL && (pipe2 (ends, O_CLOEXEC) < 0 || write (ends[1], line, length) != length))
    fault = "No pipe could be made for the password: try again";
  explicit_bzero (line, sizeof line);
  munlock (line, sizeof line);
  if (ends[1] >= 0)
    close (ends[1]);

  if (fault == NULL)
    return ends[0];
  if (ends[0] >= 0)
    close (ends[0]);
  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS, fault);
  return -1;
}
