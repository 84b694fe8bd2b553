/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/config-monitor-private.h"

#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "config/password-maps-private.h"
#include "store/lookup-map-private.h"

struct _NullmailConfigMonitor
{
  NullmailInstallation *installation;  /* (owned) */
  NullmailPathWatch    *watch;         /* (owned) */
  NullmailPathFunc      func;
  gpointer              user_data;
};

static void
add_path (GPtrArray *paths,
          char      *take_path)
{
  if (take_path == NULL || g_ptr_array_find_with_equal_func (paths, take_path, g_str_equal, NULL))
    g_free (take_path);
  else
    g_ptr_array_add (paths, take_path);
}

/* Where main.cf names no password file this is the one that a plan would name, with a table of
 * whatever type. */
static void
add_default_files (GPtrArray  *paths,
                   const char *directory)
{
  g_autofree char *source = g_build_filename (directory, "sasl_passwd", NULL);
  const char *map_type;

  add_path (paths, g_strdup (source));
  for (guint i = 0; (map_type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    add_path (paths, _nullmail_lookup_map_get_path (source, map_type));
}

/* What a main.cf says, as far as that is known without Postfix's programs. */
static gboolean
add_maps (GPtrArray      *paths,
          NullmailMainCf *main_cf,
          const char     *directory)
{
  char host_name[256] = "";
  NullmailDefaultSource source = { .config_directory = directory };
  g_autoptr(NullmailEffective) effective = NULL;
  NullmailPasswordMap map = { .item = NULL };
  guint n;

  if (gethostname (host_name, sizeof host_name - 1) == 0 && *host_name != '\0')
    source.host_name = host_name;

  effective = _nullmail_effective_new (main_cf, &source);
  for (n = 0; _nullmail_password_map_find_nth (&map, effective, n); n++)
    {
      if (g_path_is_absolute (map.path))
        {
          add_path (paths, g_strdup (map.path));
          add_path (paths, _nullmail_lookup_map_get_path (map.path, map.map_type));
        }
      _nullmail_password_map_clear (&map);
    }

  return n > 0;
}

/* Where a table is of the default type, and main.cf does not say which that is, it may be any. */
static gboolean
add_named_files (GPtrArray      *paths,
                 NullmailMainCf *main_cf,
                 const char     *directory)
{
  static const char default_type[] = "default_database_type";
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (main_cf);
  g_autofree char *text = _nullmail_bytes_to_text (bytes);
  gboolean has_some = FALSE;
  const char *map_type;

  if (nullmail_main_cf_has_value (main_cf, default_type) || strstr (text, default_type) == NULL)
    return add_maps (paths, main_cf, directory);

  for (guint i = 0; (map_type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      g_autoptr(NullmailMainCf) copy = nullmail_main_cf_copy (main_cf);

      nullmail_main_cf_set_value (copy, default_type, map_type, NULL);
      has_some |= add_maps (paths, copy, directory);
    }

  return has_some;
}

/* (transfer full): the files of a configuration, main.cf first. */
static char **
list_paths (NullmailInstallation *installation,
            NullmailMainCf       *main_cf)
{
  const char *directory = _nullmail_installation_get_config_directory (installation);
  GPtrArray *paths = g_ptr_array_new ();

  add_path (paths, g_strdup (_nullmail_installation_get_main_cf_path (installation)));
  add_path (paths, g_build_filename (directory, "master.cf", NULL));
  if (main_cf == NULL || !add_named_files (paths, main_cf, directory))
    add_default_files (paths, directory);

  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

/* A main.cf that cannot be read at the moment, as while it is written anew, changes nothing. */
static void
update_paths (NullmailConfigMonitor *self)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (self->installation, NULL, NULL);
  g_auto(GStrv) paths = NULL;

  if (main_cf == NULL)
    return;

  paths = list_paths (self->installation, main_cf);
  _nullmail_path_watch_set_paths (self->watch, (const char * const *) paths);
}

static void
tell (const char *path,
      gpointer    user_data)
{
  NullmailConfigMonitor *self = user_data;

  if (g_str_equal (path, _nullmail_installation_get_main_cf_path (self->installation)))
    update_paths (self);
  self->func (path, self->user_data);  /* which may free this */
}

static gboolean
check_directory (const char  *directory,
                 GError     **error)
{
  if (g_file_test (directory, G_FILE_TEST_IS_DIR))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
               "There is no configuration directory “%s” to be watched: correct its name",
               directory);
  return FALSE;
}

NullmailConfigMonitor *
_nullmail_config_monitor_new (NullmailInstallation  *installation,
                              NullmailPathFunc       func,
                              gpointer               user_data,
                              GError               **error)
{
  const char *directory = _nullmail_installation_get_config_directory (installation);
  g_autoptr(NullmailConfigMonitor) self = NULL;
  g_auto(GStrv) paths = NULL;

  if (!check_directory (directory, error))
    return NULL;

  self = g_new0 (NullmailConfigMonitor, 1);
  self->installation = _nullmail_installation_ref (installation);
  self->func = func;
  self->user_data = user_data;

  paths = list_paths (installation, NULL);
  self->watch = _nullmail_path_watch_new ((const char * const *) paths, tell, self, error);
  if (self->watch == NULL)
    return NULL;

  update_paths (self);  /* now that main.cf is watched */
  return g_steal_pointer (&self);
}

void
_nullmail_config_monitor_free (NullmailConfigMonitor *self)
{
  g_clear_pointer (&self->watch, _nullmail_path_watch_free);
  _nullmail_installation_unref (self->installation);
  g_free (self);
}
