/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/service-ways-private.h"

#include "base/error-private.h"

#define ALL "postfix.service"
#define FIRST_INSTANCE "postfix@-.service"

/* postfix.service stands for all instances where it runs nothing by itself; where that cannot be
 * seen, an instance that somebody needs tells it. */
static gboolean
has_instances (NullmailSystemd *systemd)
{
  g_autofree char *type =
    _nullmail_systemd_get_property (systemd, ALL, "org.freedesktop.systemd1.Service", "Type");

  if (type != NULL)
    return g_str_equal (type, "oneshot");

  return _nullmail_systemd_has_unit (systemd, FIRST_INSTANCE, FALSE);
}

/* Whether this is the directory that Postfix uses unless it is told another. */
static gboolean
is_default_directory (NullmailInstallation *installation,
                      GCancellable         *cancellable)
{
  const char *directory = _nullmail_installation_get_config_directory (installation);
  g_autofree char *compiled = NULL;

  if (g_str_equal (directory, "/etc/postfix"))
    return TRUE;

  compiled = _nullmail_installation_query_default_directory (installation, cancellable);
  return g_str_equal (directory, compiled);
}

/* (transfer full) (nullable): the unit of the instance that main.cf names. */
static char *
find_instance (NullmailSystemd      *systemd,
               NullmailInstallation *installation,
               GCancellable         *cancellable)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, cancellable, NULL);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *name = NULL;
  g_autofree char *unit = NULL;

  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  name = _nullmail_effective_get_value (effective, "multi_instance_name");
  if (name == NULL || *name == '\0')
    return NULL;

  unit = g_strdup_printf ("postfix@%s.service", name);
  return _nullmail_systemd_has_unit (systemd, unit, TRUE) ? g_steal_pointer (&unit) : NULL;
}

static void
name_units (NullmailServiceUnits *self,
            NullmailInstallation *installation,
            GCancellable         *cancellable)
{
  gboolean is_wanted = _nullmail_installation_get_service_control (installation)
                       == NULLMAIL_SERVICE_CONTROL_SYSTEMD;
  gboolean is_shared;

  if (!is_default_directory (installation, cancellable))
    self->unit = find_instance (self->systemd, installation, cancellable);
  else
    is_wanted = TRUE;
  if (self->unit == NULL && (!is_wanted || !_nullmail_systemd_has_unit (self->systemd, ALL, TRUE)))
    return;

  is_shared = has_instances (self->systemd);
  if (self->unit == NULL)
    self->unit = g_strdup (is_shared ? FIRST_INSTANCE : ALL);
  self->at_boot = g_strdup (is_shared ? ALL : self->unit);
}

gboolean
_nullmail_service_units_find (NullmailServiceUnits  *self,
                              NullmailInstallation  *installation,
                              GCancellable          *cancellable,
                              GError               **error)
{
  NullmailServiceControl control = _nullmail_installation_get_service_control (installation);
  gboolean is_wanted = control == NULLMAIL_SERVICE_CONTROL_SYSTEMD;
  g_autoptr(GError) local_error = NULL;

  *self = (NullmailServiceUnits) { .systemd = NULL };
  if (!is_wanted && (control != NULLMAIL_SERVICE_CONTROL_AUTO || !_nullmail_systemd_runs ()))
    return TRUE;

  self->systemd = _nullmail_systemd_connect (cancellable, &local_error);
  if (self->systemd != NULL)
    name_units (self, installation, cancellable);
  if (self->unit != NULL)
    return TRUE;

  if (local_error == NULL)
    g_set_error (&local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
                 "systemd has no unit for the Postfix of “%s”: use the “postfix” command (service "
                 "control COMMAND)", _nullmail_installation_get_config_directory (installation));
  _nullmail_service_units_clear (self);
  if (!is_wanted && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

void
_nullmail_service_units_clear (NullmailServiceUnits *self)
{
  g_clear_pointer (&self->systemd, _nullmail_systemd_free);
  g_clear_pointer (&self->unit, g_free);
  g_clear_pointer (&self->at_boot, g_free);
}
