/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/service-private.h"

#include <unistd.h>

#include "base/command-guard-private.h"
#include "base/command-private.h"
#include "base/error-private.h"
#include "postfix/process-private.h"
#include "postfix/service-ways-private.h"

struct _NullmailServicePause
{
  NullmailCommandGuard *guard;  /* (owned) (nullable) */
};

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

static gboolean
refuse_to_enable (NullmailInstallation  *self,
                  GError               **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
               "Nothing that this library speaks to starts the Postfix of “%s” at boot: leave "
               "ENABLE out, and have it started by the system’s own means",
               _nullmail_installation_get_config_directory (self));
  return FALSE;
}

gboolean
_nullmail_service_check_enable (NullmailInstallation  *self,
                                GCancellable          *cancellable,
                                GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };
  g_autoptr(GError) local_error = NULL;

  if (_nullmail_service_exists (self)
      && _nullmail_service_units_find (&units, self, cancellable, &local_error)
      && (units.systemd != NULL || _nullmail_service_image_has_unit (self)))
    return TRUE;

  if (local_error == NULL)
    return refuse_to_enable (self, error);

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
_nullmail_service_set_enabled (NullmailInstallation  *self,
                               gboolean               enabled,
                               GCancellable          *cancellable,
                               GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };

  if (!_nullmail_service_exists (self))
    return refuse_to_enable (self, error);
  if (!_nullmail_service_units_find (&units, self, cancellable, error))
    return FALSE;
  if (units.systemd != NULL)
    return _nullmail_systemd_enable (units.systemd, units.at_boot, enabled, error);
  if (_nullmail_service_image_has_unit (self))
    return _nullmail_service_image_set_enabled (enabled, cancellable, error);

  return refuse_to_enable (self, error);
}

/* A Postfix that was started by hand runs although its unit does not. */
static void
query_units (NullmailServiceUnits *units,
             NullmailInstallation *self,
             NullmailServiceState *state,
             GCancellable         *cancellable)
{
  NullmailServiceState boot = _nullmail_systemd_get_state (units->systemd, units->at_boot);

  *state = _nullmail_systemd_get_state (units->systemd, units->unit)
           & ~NULLMAIL_SERVICE_STATE_ENABLED;
  *state |= boot & (NULLMAIL_SERVICE_STATE_ENABLED | NULLMAIL_SERVICE_STATE_MASKED);
  if (_nullmail_service_observe_master (self, cancellable) != 0)
    *state |= NULLMAIL_SERVICE_STATE_RUNNING;
}

gboolean
_nullmail_service_observe (NullmailInstallation  *self,
                           NullmailServiceState  *state,
                           NullmailFact          *is_enabled,
                           GCancellable          *cancellable,
                           GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };

  *is_enabled = NULLMAIL_FACT_UNKNOWN;
  *state = NULLMAIL_SERVICE_STATE_ABSENT;
  if (!_nullmail_service_exists (self))
    return TRUE;

  *state = NULLMAIL_SERVICE_STATE_NONE;
  if (!_nullmail_service_units_find (&units, self, cancellable, error))
    return FALSE;
  if (units.systemd != NULL)
    {
      query_units (&units, self, state, cancellable);
      *is_enabled = (*state & NULLMAIL_SERVICE_STATE_ENABLED) != 0 ? NULLMAIL_FACT_YES
                                                                   : NULLMAIL_FACT_NO;
      return TRUE;
    }

  if (!_nullmail_service_command_query (self, state, cancellable, error))
    return FALSE;
  if (_nullmail_service_image_has_unit (self))
    *state |= _nullmail_service_image_observe_state ();
  return TRUE;
}

gboolean
_nullmail_service_query (NullmailInstallation  *self,
                         NullmailServiceState  *state,
                         GCancellable          *cancellable,
                         GError               **error)
{
  NullmailFact is_enabled;

  return _nullmail_service_observe (self, state, &is_enabled, cancellable, error);
}

gboolean
_nullmail_service_can_stop (NullmailInstallation *self)
{
  pid_t master = _nullmail_service_observe_master (self, NULL);
  NullmailProcess process;

  if (master == 1)
    return FALSE;
  if (master == 0)
    return TRUE;

  process.parent = getppid ();
  while (process.parent != master && process.parent > 1
         && _nullmail_process_look (&process, process.parent))
    ;
  if (process.parent == master)
    return FALSE;

  return TRUE;
}

static gboolean
check_stop (NullmailInstallation  *self,
            GError               **error)
{
  if (_nullmail_service_can_stop (self))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "The Postfix of “%s” is what its container lives on, and cannot be stopped from "
               "inside: restart the container",
               _nullmail_installation_get_config_directory (self));
  return FALSE;
}

/* Whether Postfix runs under the unit, so that systemd knows what it stops. */
static gboolean
unit_runs (NullmailServiceUnits *units,
           NullmailInstallation *self)
{
  NullmailServiceState state = _nullmail_systemd_get_state (units->systemd, units->unit);

  return (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0
         || _nullmail_service_observe_master (self, NULL) == 0;
}

static gboolean
stop (NullmailServiceUnits  *units,
      NullmailInstallation  *self,
      GCancellable          *cancellable,
      GError               **error)
{
  if (units->systemd != NULL && unit_runs (units, self))
    return _nullmail_systemd_run_job (units->systemd, "StopUnit", units->unit, cancellable, error);

  return _nullmail_service_command_run (self, "stop", cancellable, error);
}

gboolean
_nullmail_service_stop (NullmailInstallation  *self,
                        GCancellable          *cancellable,
                        GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };

  return !_nullmail_service_exists (self)
         || (_nullmail_service_units_find (&units, self, cancellable, error)
             && check_stop (self, error) && stop (&units, self, cancellable, error));
}

/* (nullable): who starts Postfix if this process cannot. */
static NullmailCommandGuard *
guard_start (NullmailServiceUnits *units,
             NullmailInstallation *self)
{
  const char *directory = _nullmail_installation_get_config_directory (self);
  g_autofree char *systemctl = NULL;
  g_autofree char *postfix = NULL;

  if (units->systemd != NULL)
    {
      systemctl = _nullmail_command_find ("systemctl", NULL, NULL);
      return systemctl != NULL
             ? _nullmail_command_guard_new ((const char *[]) { systemctl, "start", units->unit,
                                                               NULL })
             : NULL;
    }

  postfix = _nullmail_installation_find_command (self, "postfix", NULL);
  return postfix != NULL
         ? _nullmail_command_guard_new ((const char *[]) { postfix, "-c", directory, "start",
                                                           NULL })
         : NULL;
}

NullmailServicePause *
_nullmail_service_pause (NullmailInstallation  *self,
                         GCancellable          *cancellable,
                         GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };
  g_autoptr(NullmailServicePause) pause = g_new0 (NullmailServicePause, 1);

  if (!_nullmail_service_exists (self))
    return g_steal_pointer (&pause);
  if (!_nullmail_service_units_find (&units, self, cancellable, error)
      || !check_stop (self, error))
    return NULL;

  pause->guard = guard_start (&units, self);
  if (stop (&units, self, cancellable, error))
    return g_steal_pointer (&pause);

  _nullmail_service_activate (self, NULLMAIL_ACTIVATION_START, NULL, NULL);  /* half stopped */
  return NULL;
}

void
_nullmail_service_pause_free (NullmailServicePause *self)
{
  g_clear_pointer (&self->guard, _nullmail_command_guard_free);
  g_free (self);
}

/* Once Postfix is stopped, starting it is not cancelled, so that it is never left stopped. */
static gboolean
restart_by_command (NullmailServiceUnits  *units,
                    NullmailInstallation  *self,
                    GCancellable          *cancellable,
                    GError               **error)
{
  g_autoptr(NullmailCommandGuard) guard G_GNUC_UNUSED = guard_start (units, self);

  return _nullmail_service_command_run (self, "stop", cancellable, error)
         && _nullmail_service_command_start (self, NULL, error);
}

static gboolean
activate_by_command (NullmailServiceUnits  *units,
                     NullmailInstallation  *self,
                     NullmailActivation     activation,
                     GCancellable          *cancellable,
                     GError               **error)
{
  switch (activation)
    {
    case NULLMAIL_ACTIVATION_RELOAD:
      return _nullmail_service_command_run (self, "reload", cancellable, error);
    case NULLMAIL_ACTIVATION_RESTART:
      return restart_by_command (units, self, cancellable, error);
    case NULLMAIL_ACTIVATION_START:
      return _nullmail_service_command_start (self, cancellable, error);
    case NULLMAIL_ACTIVATION_STOP:
    case NULLMAIL_ACTIVATION_NONE:
    default:
      return TRUE;
    }
}

/* What is started is the name of all instances as well, so that it is stopped with them later. */
static gboolean
start_units (NullmailServiceUnits  *units,
             GCancellable          *cancellable,
             GError               **error)
{
  NullmailServiceState state = _nullmail_systemd_get_state (units->systemd, units->unit);

  if ((state & NULLMAIL_SERVICE_STATE_MASKED) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                   "systemd may not start “%s”, since it is masked: “systemctl unmask %s” takes "
                   "that back", units->unit, units->unit);
      return FALSE;
    }

  if (!g_str_equal (units->unit, units->at_boot))
    _nullmail_systemd_run_job (units->systemd, "StartUnit", units->at_boot, cancellable, NULL);
  return _nullmail_systemd_run_job (units->systemd, "StartUnit", units->unit, cancellable, error);
}

static gboolean
activate_by_systemd (NullmailServiceUnits  *units,
                     NullmailActivation     activation,
                     GCancellable          *cancellable,
                     GError               **error)
{
  switch (activation)
    {
    case NULLMAIL_ACTIVATION_RELOAD:
      return _nullmail_systemd_run_job (units->systemd, "ReloadOrRestartUnit", units->unit,
                                        cancellable, error);
    case NULLMAIL_ACTIVATION_RESTART:
      return _nullmail_systemd_run_job (units->systemd, "RestartUnit", units->unit, cancellable,
                                        error);
    case NULLMAIL_ACTIVATION_START:
      return start_units (units, cancellable, error);
    case NULLMAIL_ACTIVATION_STOP:
    case NULLMAIL_ACTIVATION_NONE:
    default:
      return TRUE;
    }
}

/* “postfix stop” fails if Postfix is stopped already, which is all that was asked for. */
static gboolean
stop_if_running (NullmailInstallation  *self,
                 GCancellable          *cancellable,
                 GError               **error)
{
  NullmailServiceState state;

  if (!_nullmail_service_query (self, &state, cancellable, error))
    return FALSE;
  if ((state & (NULLMAIL_SERVICE_STATE_RUNNING | NULLMAIL_SERVICE_STATE_UNKNOWN)) == 0)
    return TRUE;

  return _nullmail_service_stop (self, cancellable, error);
}

static gboolean
activate (NullmailInstallation  *self,
          NullmailActivation     activation,
          GCancellable          *cancellable,
          GError               **error)
{
  g_auto(NullmailServiceUnits) units = { .systemd = NULL };

  if (!_nullmail_service_units_find (&units, self, cancellable, error))
    return FALSE;
  if (activation == NULLMAIL_ACTIVATION_RESTART && !check_stop (self, error))
    return FALSE;

  return units.systemd != NULL && unit_runs (&units, self)
         ? activate_by_systemd (&units, activation, cancellable, error)
         : activate_by_command (&units, self, activation, cancellable, error);
}

gboolean
_nullmail_service_activate (NullmailInstallation  *self,
                            NullmailActivation     activation,
                            GCancellable          *cancellable,
                            GError               **error)
{
  g_auto(NullmailServiceWitness) witness = { .logs = NULL };
  g_autoptr(GError) local_error = NULL;

  if (!_nullmail_service_exists (self) || activation == NULLMAIL_ACTIVATION_NONE)
    return TRUE;
  if (activation == NULLMAIL_ACTIVATION_STOP)
    return stop_if_running (self, cancellable, error);

  _nullmail_service_witness_init (&witness, self);
  if (activate (self, activation, cancellable, &local_error)
      && _nullmail_service_witness_verify (&witness, self, activation, &local_error))
    return TRUE;

  _nullmail_service_witness_explain (&witness, &local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
