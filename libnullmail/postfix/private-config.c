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
#include "postfix/postconf-private.h"

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

static void
remove_directory (char *path)
{
  g_autofree char *name = NULL;
  int parent = open_parent (path, &name);

  if (parent >= 0)
    {
      _nullmail_remove_private_directory (parent, name);
      close (parent);
    }
  g_free (path);
}

/* (nullable) */
static char *
make_directory (NullmailEffective   *effective,
                const char * const  *parameters)
{
  g_autofree char *text = write_text (effective, parameters);
  g_autofree char *random = g_strdup_printf ("nullmail-%08x%08x", g_random_int (), g_random_int ());
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), random, NULL);
  g_autofree char *name = NULL;
  int parent = open_parent (path, &name);
  int directory;
  gboolean ok;

  if (parent < 0)
    return NULL;

  directory = mkdirat (parent, name, 0700) == 0
              ? openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  ok = directory >= 0 && write_main_cf (directory, text);
  if (directory >= 0)
    close (directory);
  close (parent);
  if (ok)
    return g_steal_pointer (&path);

  remove_directory (g_steal_pointer (&path));
  return NULL;
}

char **
_nullmail_private_config_query_map_types (NullmailEffective *effective,
                                          const char        *postconf,
                                          GCancellable      *cancellable)
{
  /* Which types there are depends on these alone. */
  static const char * const parameters[] = {
    "daemon_directory", "meta_directory", "shlib_directory", NULL,
  };
  char *directory = make_directory (effective, parameters);
  char **types;

  if (directory == NULL)
    return NULL;

  types = _nullmail_postconf_query_map_types (postconf, directory, cancellable, NULL);
  remove_directory (directory);
  return types;
}
