/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/service-ways-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "config/mask-private.h"

#define STATUS_TIMEOUT_MS 15000
#define ACTION_TIMEOUT_MS 60000  /* a stop waits for deliveries, a start for a new main.cf */

static NullmailCommandResult *
run_postfix (NullmailInstallation  *self,
             const char            *action,
             guint                  timeout_ms,
             GCancellable          *cancellable,
             GError               **error)
{
  g_autofree char *postfix = _nullmail_installation_find_command (self, "postfix", error);
  const char *argv[] = { postfix, "-c", _nullmail_installation_get_config_directory (self), action,
                         NULL };

  if (postfix == NULL)
    return NULL;

  return _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, timeout_ms, cancellable, error);
}

/* Whether master(8) runs shows by the lock on its file: that is what “postfix status” looks at in
 * the end, see main () of Postfix's master.c. The command itself is of no use here, since it fails
 * in the same way for a stopped Postfix and for one that runs although main.cf cannot be read. */
pid_t
_nullmail_service_observe_master (NullmailInstallation *self,
                                  GCancellable         *cancellable)
{
  g_autofree char *queue_directory =
    _nullmail_installation_query_queue_directory (self, cancellable);
  g_autofree char *path = NULL;
  char text[64] = "";  /* the number stands at the end of 32 columns */
  gboolean is_held;
  int fd;

  if (queue_directory == NULL)
    return 0;

  path = g_build_filename (queue_directory, "pid", "master.pid", NULL);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return 0;

  is_held = flock (fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
  if (!is_held || read (fd, text, sizeof text - 1) <= 0)
    text[0] = '\0';
  close (fd);

  return (pid_t) strtol (text, NULL, 10);
}

gboolean
_nullmail_service_command_query (NullmailInstallation  *self,
                                 NullmailServiceState  *state,
                                 GCancellable          *cancellable,
                                 GError               **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;

  *state = NULLMAIL_SERVICE_STATE_NONE;
  if (geteuid () != 0)  /* postfix(1) refuses to serve any other user */
    {
      *state = NULLMAIL_SERVICE_STATE_UNKNOWN;
      return TRUE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  /* The command, a shell script with programs of its own, is needed only where that cannot tell. */
  if (_nullmail_service_observe_master (self, cancellable) != 0)
    {
      *state = NULLMAIL_SERVICE_STATE_RUNNING;
      return TRUE;
    }

  result = run_postfix (self, "status", STATUS_TIMEOUT_MS, cancellable, error);
  if (result == NULL)
    return FALSE;

  if (result->exit_status == 0)
    *state = NULLMAIL_SERVICE_STATE_RUNNING;
  return TRUE;
}

gboolean
_nullmail_service_command_run (NullmailInstallation  *self,
                               const char            *action,
                               GCancellable          *cancellable,
                               GError               **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *shown = NULL;

  if (geteuid () != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "Only root may run “postfix %s” for “%s”: call this as root", action,
                   _nullmail_installation_get_config_directory (self));
      return FALSE;
    }

  result = run_postfix (self, action, ACTION_TIMEOUT_MS, cancellable, &local_error);
  if (result == NULL)
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION, "%s", local_error->message);
      return FALSE;
    }

  if (result->exit_status == 0)
    return TRUE;

  reason = _nullmail_command_result_get_reason (result);
  shown = _nullmail_mask_show_message (reason);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "“postfix %s” failed for “%s”: %s; the mail log has the details",
               action, _nullmail_installation_get_config_directory (self), shown);
  return FALSE;
}

/* “postfix start” fails if Postfix runs already, which is all that was asked for. */
gboolean
_nullmail_service_command_start (NullmailInstallation  *self,
                                 GCancellable          *cancellable,
                                 GError               **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailServiceState state;
  gboolean is_started = _nullmail_service_command_run (self, "start", cancellable, &local_error);

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || !_nullmail_service_command_query (self, &state, NULL, NULL)
      || state == NULLMAIL_SERVICE_STATE_UNKNOWN)
    state = is_started ? NULLMAIL_SERVICE_STATE_RUNNING : NULLMAIL_SERVICE_STATE_NONE;
  if ((state & NULLMAIL_SERVICE_STATE_RUNNING) != 0)
    return TRUE;

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                 "“postfix start” says that it is done for “%s”, but Postfix does not run; the "
                 "mail log has the details", _nullmail_installation_get_config_directory (self));
  return FALSE;
}
