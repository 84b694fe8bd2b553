/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/service-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"

#define STATUS_TIMEOUT_MS 15000
#define ACTION_TIMEOUT_MS 60000  /* a stop waits for deliveries, a start for a new main.cf */

gboolean
_nullmail_service_exists (NullmailInstallation *self)
{
  NullmailServiceControl control = _nullmail_installation_get_service_control (self);
  g_autofree char *master_cf = NULL;

  if (control != NULLMAIL_SERVICE_CONTROL_AUTO)
    return control != NULLMAIL_SERVICE_CONTROL_DISABLED;

  master_cf = g_build_filename (_nullmail_installation_get_config_directory (self), "master.cf",
                                NULL);
  return g_file_test (master_cf, G_FILE_TEST_EXISTS);
}

static gboolean
check_control (NullmailInstallation  *self,
               GError               **error)
{
  if (_nullmail_installation_get_service_control (self) != NULLMAIL_SERVICE_CONTROL_SYSTEMD)
    return TRUE;

  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                       "systemd does not answer here: use the “postfix” command "
                       "(service control COMMAND)");
  return FALSE;
}

static NullmailCommandResult *
run_postfix (NullmailInstallation  *self,
             const char            *action,
             guint                  timeout_ms,
             GCancellable          *cancellable,
             GError               **error)
{
  g_autofree char *postfix = NULL;

  if (!check_control (self, error))
    return NULL;

  postfix = _nullmail_installation_find_command (self, "postfix", error);
  if (postfix == NULL)
    return NULL;

  const char *argv[] = { postfix, "-c", _nullmail_installation_get_config_directory (self), action,
                         NULL };

  return _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, timeout_ms, cancellable, error);
}

/* Whether master(8) runs, which shows by its lock: that is what “postfix status” looks at in the
 * end, see main () of Postfix's master.c. The command itself is of no use here, since it fails in
 * the same way for a stopped Postfix and for one that runs although main.cf cannot be read. */
static gboolean
master_holds_lock (NullmailInstallation *self)
{
  g_autofree char *queue_directory = _nullmail_installation_query_queue_directory (self);
  g_autofree char *path = NULL;
  gboolean is_held;
  int fd;

  if (queue_directory == NULL)
    return FALSE;

  path = g_build_filename (queue_directory, "pid", "master.pid", NULL);
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return FALSE;

  is_held = flock (fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
  close (fd);
  return is_held;
}

gboolean
_nullmail_service_query (NullmailInstallation  *self,
                         NullmailServiceState  *state,
                         GCancellable          *cancellable,
                         GError               **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;

  *state = NULLMAIL_SERVICE_STATE_NONE;
  if (!_nullmail_service_exists (self))
    {
      *state = NULLMAIL_SERVICE_STATE_ABSENT;
      return TRUE;
    }
  if (geteuid () != 0)  /* postfix(1) refuses to serve any other user */
    {
      *state = NULLMAIL_SERVICE_STATE_UNKNOWN;
      return TRUE;
    }

  result = run_postfix (self, "status", STATUS_TIMEOUT_MS, cancellable, error);
  if (result == NULL)
    return FALSE;

  if (result->exit_status == 0 || master_holds_lock (self))
    *state = NULLMAIL_SERVICE_STATE_RUNNING;
  return TRUE;
}

static gboolean
run_action (NullmailInstallation  *self,
            const char            *action,
            GCancellable          *cancellable,
            GError               **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autofree char *reason = NULL;

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
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "“postfix %s” failed for “%s”: %s; the mail log has the details",
               action, _nullmail_installation_get_config_directory (self), reason);
  return FALSE;
}

/* “postfix start” fails if Postfix runs already, which is all that was asked for. */
static gboolean
start (NullmailInstallation  *self,
       GCancellable          *cancellable,
       GError               **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailServiceState state;
  gboolean is_started = run_action (self, "start", cancellable, &local_error);

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || !_nullmail_service_query (self, &state, NULL, NULL)
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

gboolean
_nullmail_service_check_directory (NullmailInstallation  *self,
                                   GError               **error)
{
  const char *path = _nullmail_installation_get_config_directory (self);

  if (_nullmail_installation_get_service_control (self) == NULLMAIL_SERVICE_CONTROL_DISABLED
      || g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
               "There is no configuration directory “%s”: correct its name", path);
  return FALSE;
}

gboolean
_nullmail_service_check_enable (NullmailInstallation  *self,
                                GError               **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
               "Nothing that this library speaks to starts the Postfix of “%s” at boot: leave "
               "ENABLE out, and have it started by the system’s own means",
               _nullmail_installation_get_config_directory (self));
  return FALSE;
}

gboolean
_nullmail_service_stop (NullmailInstallation  *self,
                        GCancellable          *cancellable,
                        GError               **error)
{
  return !_nullmail_service_exists (self) || run_action (self, "stop", cancellable, error);
}

gboolean
_nullmail_service_activate (NullmailInstallation  *self,
                            NullmailActivation     activation,
                            GCancellable          *cancellable,
                            GError               **error)
{
  if (!_nullmail_service_exists (self))
    return TRUE;

  switch (activation)
    {
    case NULLMAIL_ACTIVATION_RELOAD:
      return run_action (self, "reload", cancellable, error);
    case NULLMAIL_ACTIVATION_RESTART:
      /* Once Postfix is stopped, starting it is not cancelled, so that it is never left stopped. */
      return run_action (self, "stop", cancellable, error)
             && start (self, NULL, error);
    case NULLMAIL_ACTIVATION_START:
      return start (self, cancellable, error);
    case NULLMAIL_ACTIVATION_NONE:
    default:
      return TRUE;
    }
}
