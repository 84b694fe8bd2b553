/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/private-config-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <utime.h>

#include "base/error-private.h"

/* As expanded as it is known: what is left of macros has no meaning in another main.cf. */
static char *
write_text (NullmailEffective   *effective,
            const char * const  *parameters)
{
  GString *text = g_string_new ("compatibility_level = 2\n");

  for (guint i = 0; parameters[i] != NULL; i++)
    {
      g_autofree char *value = NULL;

      if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), parameters[i]))
        continue;
      value = _nullmail_effective_get_value (effective, parameters[i]);
      if (value != NULL)
        g_string_append_printf (text, "%s = %s\n", parameters[i], value);
    }

  return g_string_free (text, FALSE);
}

char *
_nullmail_private_config_make (NullmailEffective   *effective,
                               const char * const  *parameters,
                               GError             **error)
{
  const struct utimbuf long_ago = { 1, 1 };
  g_autoptr(GError) local_error = NULL;
  g_autofree char *path = g_dir_make_tmp ("nullmail-XXXXXX", &local_error);
  g_autofree char *main_cf = NULL;
  g_autofree char *text = NULL;

  if (path == NULL)
    {
      _nullmail_propagate_foreign (error, g_steal_pointer (&local_error),
                                   "Could not make a folder for a question to Postfix");
      return NULL;
    }

  main_cf = g_build_filename (path, "main.cf", NULL);
  text = write_text (effective, parameters);
  if (g_file_set_contents_full (main_cf, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &local_error)
      && g_utime (main_cf, (struct utimbuf *) &long_ago) == 0)
    return g_steal_pointer (&path);

  if (local_error != NULL)
    _nullmail_propagate_foreign (error, g_steal_pointer (&local_error),
                                 "Could not write a question to Postfix");
  else
    _nullmail_set_error_errno (error, errno, "Could not set the time of “%s”", main_cf);
  _nullmail_private_config_remove (g_steal_pointer (&path));
  return NULL;
}

void
_nullmail_private_config_remove (char *path)
{
  g_autofree char *main_cf = g_build_filename (path, "main.cf", NULL);

  g_unlink (main_cf);
  g_rmdir (path);
  g_free (path);
}
