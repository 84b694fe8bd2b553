/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/private-config-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "base/secure-path-private.h"
#include "commit/leftovers-private.h"

#define MAIN_CF "main.cf"

/* Postfix waits until a file is more than a second old, and counts whole seconds. */
#define HOT_S 3

gboolean
_nullmail_private_config_is_wanted (const char *main_cf_path)
{
  struct stat info;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  return stat (main_cf_path, &info) == 0 && info.st_mtime > now_s - HOT_S
         && info.st_mtime <= now_s + HOT_S;
}

/* Which types of tables there are, and as what Postfix serves them, depends on these alone. */
static const char * const parameters[] = {
  "daemon_directory", "default_cache_db_type", "default_database_type", "meta_directory",
  "non_bdb_custom_mapping", "non_bdb_migration_level", "shlib_directory",
};

/* As expanded as it is known: what is left of macros has no meaning in another main.cf. */
char *
_nullmail_private_config_get_text (NullmailEffective *effective)
{
  GString *text = g_string_new ("compatibility_level = 2\n");

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *value = NULL;

      if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), parameters[i]))
        continue;
      value = _nullmail_effective_get_value (effective, parameters[i]);
      /* Where tables are to be built anew by a service of Postfix, asking would start it. It serves
       * the same types then. */
      if (g_strcmp0 (value, "enable-reindex") == 0)
        g_string_append_printf (text, "%s = enable-redirect\n", parameters[i]);
      else if (value != NULL)
        g_string_append_printf (text, "%s = %s\n", parameters[i], value);
    }

  return g_string_free (text, FALSE);
}

/* Its one file, long ago. FALSE with errno set. */
static gboolean
write_main_cf (int         directory,
               const char *text)
{
  const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
  int fd = openat (directory, MAIN_CF, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean ok;

  fd = _nullmail_leave_standard_fds (fd);
  if (fd < 0)
    return FALSE;

  ok = _nullmail_write_all (fd, text, strlen (text)) && futimens (fd, times) == 0;
  close (fd);
  return ok;
}

static int
open_parent (const char  *path,
             char       **name)
{
  return _nullmail_secure_path_open_parent (path, name, NULL, NULL, NULL);
}

void
_nullmail_private_config_remove (char *path)
{
  g_autofree char *name = NULL;
  int parent = open_parent (path, &name);

  if (parent >= 0)
    {
      _nullmail_remove_private_directory (parent, name, MAIN_CF);
      close (parent);
    }
  g_free (path);
}

char *
_nullmail_private_config_make (NullmailEffective *effective)
{
  g_autofree char *text = _nullmail_private_config_get_text (effective);

  return _nullmail_private_config_make_with (text);
}

char *
_nullmail_private_config_make_with (const char *text)
{
  g_autofree char *random = g_strdup_printf ("nullmail-%08x%08x", g_random_int (), g_random_int ());
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), random, NULL);
  g_autofree char *name = NULL;
  int parent = open_parent (path, &name);
  int directory;
  gboolean ok;

  if (parent < 0)
    return NULL;

  /* One that is there already is another process's, and stays. */
  if (mkdirat (parent, name, 0700) < 0)
    {
      close (parent);
      return NULL;
    }

  directory = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  ok = directory >= 0 && write_main_cf (directory, text);
  if (directory >= 0)
    close (directory);
  close (parent);
  if (ok)
    return g_steal_pointer (&path);

  _nullmail_private_config_remove (g_steal_pointer (&path));
  return NULL;
}
