/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

static void
emit_changed (const char *path,
              gpointer    instance)
{
  g_autoptr(NullmailPostfixInstance) self = g_object_ref (instance);  /* a handler may drop it */

  g_signal_emit_by_name (self, "changed", path);
}

/**
 * nullmail_postfix_instance_start_monitoring:
 * @self: an instance
 * @error: return location for an error, or %NULL
 *
 * Has [signal@PostfixInstance::changed] tell when somebody, be it this library or another program,
 * changes main.cf, master.cf, the password files that `smtp_sasl_password_maps` names, or their
 * tables. Where it names none, `sasl_passwd` in the configuration directory counts. What main.cf
 * names anew is watched from then on.
 *
 * A file has changed if something else is written into it, its mode or owner is changed, or its
 * name leads to another file or to none. That may be because of a symbolic link or directory
 * anywhere in its path. A directory that goes and comes back is no obstacle. A file is told of a
 * tenth of a second after the first write, and at most once in 500 milliseconds; what changes it
 * within that time is told of at its end. What another machine writes on a network file system, or
 * a file system that is mounted over a file, is not seen.
 *
 * The signal is emitted in the thread-default main context of the caller of this method. While
 * nothing changes, nothing is done. Where the files are watched already, this succeeds and changes
 * nothing. The instance is not kept alive.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_NOT_FOUND where there is no such
 *   configuration directory, %NULLMAIL_ERROR_FAILED where the kernel lets this user watch no more
 *   files, see inotify(7)
 *
 * Since: 1.0
 */
gboolean
nullmail_postfix_instance_start_monitoring (NullmailPostfixInstance  *self,
                                            GError                  **error)
{
  NullmailConfigMonitor *monitor;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (_nullmail_postfix_instance_has_monitor (self))
    return TRUE;

  monitor = _nullmail_config_monitor_new (_nullmail_postfix_instance_get_installation (self),
                                          emit_changed, self, error);
  _nullmail_postfix_instance_take_monitor (self, monitor);
  return monitor != NULL;
}

/**
 * nullmail_postfix_instance_stop_monitoring:
 * @self: an instance
 *
 * Ends what [method@PostfixInstance.start_monitoring] has begun, if it has. Nothing is told of
 * afterwards, not even what has changed already.
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_stop_monitoring (NullmailPostfixInstance *self)
{
  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_postfix_instance_take_monitor (self, NULL);
}
