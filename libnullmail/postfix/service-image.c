/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/service-ways-private.h"

#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"

#define UNIT "postfix.service"
#define CONFIGURED "/etc/systemd/system"
#define TIMEOUT_MS 30000

static gboolean
exists_below (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, UNIT, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A unit of systemd is for the Postfix of the system's own directory. */
gboolean
_nullmail_service_image_has_unit (NullmailInstallation *installation)
{
  NullmailServiceControl control = _nullmail_installation_get_service_control (installation);
  const char *directory = _nullmail_installation_get_config_directory (installation);

  return control != NULLMAIL_SERVICE_CONTROL_COMMAND && !_nullmail_systemd_runs ()
         && g_str_equal (directory, "/etc/postfix")
         && (exists_below (CONFIGURED) || exists_below ("/usr/lib/systemd/system")
             || exists_below ("/lib/systemd/system"));
}

NullmailServiceState
_nullmail_service_image_observe_state (void)
{
  g_autoptr(GDir) folder = g_dir_open (CONFIGURED, 0, NULL);
  g_autofree char *mask = g_file_read_link (CONFIGURED "/" UNIT, NULL);
  NullmailServiceState state = NULLMAIL_SERVICE_STATE_NONE;
  const char *name;

  if (g_strcmp0 (mask, "/dev/null") == 0)
    return NULLMAIL_SERVICE_STATE_MASKED;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *link = g_build_filename (CONFIGURED, name, UNIT, NULL);

      if (g_str_has_suffix (name, ".wants") && g_file_test (link, G_FILE_TEST_IS_SYMLINK))
        state = NULLMAIL_SERVICE_STATE_ENABLED;
    }

  return state;
}

gboolean
_nullmail_service_image_set_enabled (gboolean       enabled,
                                     GCancellable  *cancellable,
                                     GError       **error)
{
  g_autofree char *systemctl = _nullmail_command_find ("systemctl", NULL, NULL);
  const char *argv[] = { systemctl, "--root=/", enabled ? "enable" : "disable", UNIT, NULL };
  g_autoptr(NullmailCommandResult) result = NULL;
  g_auto(GStrv) lines = NULL;

  if (systemctl == NULL)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                           "There is no “systemctl” in this image, which could have Postfix "
                           "started at boot: leave ENABLE out");
      return FALSE;
    }
  if (geteuid () != 0)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                           "Only root may have Postfix started at boot: call this as root");
      return FALSE;
    }

  result = _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, TIMEOUT_MS, cancellable,
                                  error);
  if (result == NULL || result->exit_status == 0)
    return result != NULL;

  lines = g_strsplit (result->errors->data, "\n", 2);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "“systemctl %s %s” failed, run it by hand: %s", argv[2], UNIT,
               lines[0] != NULL ? lines[0] : "");
  return FALSE;
}
