/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "observation.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STAGED_PREFIX ".nullmail-"

static const char * const keys[N_KEYS] = { RELAY_A, RELAY_B, RELAY_FOREIGN };
static const char * const key_marks[N_KEYS] = { "user:pw-A-", "user:pw-B-", "user:pw-F-" };

static char *query_folder;       /* with an old main.cf, or each postmap waits for two seconds */
static GHashTable *known_tables; /* (element-type utf8 GStrv) by type and contents */

void
observation_set_up (const char *root)
{
  const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
  g_autofree char *main_cf = NULL;

  query_folder = g_build_filename (root, "query", NULL);
  main_cf = g_build_filename (query_folder, "main.cf", NULL);
  g_assert_cmpint (g_mkdir_with_parents (query_folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (main_cf, "compatibility_level = 2\n", -1, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, main_cf, times, 0), ==, 0);
  known_tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_strfreev);
}

static GBytes *
read_file (const char *path)
{
  char *contents;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, NULL))
    return NULL;

  return g_bytes_new_take (contents, size);
}

static const char *
get_suffix (const char *map_type)
{
  return g_str_equal (map_type, "texthash") ? "" : g_str_equal (map_type, "lmdb") ? ".lmdb" : ".db";
}

static int
open_keys (void)
{
  static const char text[] = RELAY_A "\n" RELAY_B "\n" RELAY_FOREIGN "\n";
  int fd = memfd_create ("keys", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, text, sizeof text - 1), ==, sizeof text - 1);
  lseek (fd, 0, SEEK_SET);
  return fd;
}

static char *
read_all (int fd)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n_read;

  while ((n_read = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n_read);

  return g_string_free (text, FALSE);
}

/* What postmap says of a copy: "key<tab>value" for each key that there is. No helper of GLib's that
 * starts a thread: this process forks. */
static char **
ask_postmap (const char *map_type,
             GBytes     *table)
{
  const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
  g_autofree char *base = g_build_filename (query_folder, "copy", NULL);
  g_autofree char *copy = g_strconcat (base, get_suffix (map_type), NULL);
  g_autofree char *name = g_strdup_printf ("%s:%s", map_type, base);
  const char *argv[] = { "/usr/sbin/postmap", "-c", query_folder, "-q", "-", name, NULL };
  g_autofree char *output = NULL;
  g_autoptr(GError) error = NULL;
  int keys_fd = open_keys ();
  int output_fd;
  GPid pid;

  g_file_set_contents_full (copy, g_bytes_get_data (table, NULL), g_bytes_get_size (table),
                            G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  utimensat (AT_FDCWD, copy, times, 0);
  g_spawn_async_with_pipes_and_fds (NULL, argv, NULL,
                                    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                                    NULL, keys_fd, -1, -1, NULL, NULL, 0, &pid, NULL, &output_fd,
                                    NULL, &error);
  g_assert_no_error (error);
  output = read_all (output_fd);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  close (output_fd);
  close (keys_fd);
  unlink (copy);
  return g_strsplit (output, "\n", -1);
}

static char **
get_table (const char *map_type,
           GBytes     *table)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, table);
  g_autofree char *key = g_strdup_printf ("%s %s", map_type, digest);
  char **lines = g_hash_table_lookup (known_tables, key);

  if (lines == NULL)
    {
      lines = ask_postmap (map_type, table);
      g_hash_table_insert (known_tables, g_steal_pointer (&key), lines);
    }

  return lines;
}

static void
read_answers (Observation *self,
              const char  *source_path)
{
  g_autofree char *path = g_strconcat (source_path, get_suffix (self->map_type), NULL);
  g_autoptr(GBytes) table = read_file (path);
  char **lines;

  if (table == NULL)
    return;

  lines = get_table (self->map_type, table);
  for (guint i = 0; i < N_KEYS; i++)
    {
      for (guint j = 0; lines[j] != NULL; j++)
        {
          if (g_str_has_prefix (lines[j], keys[i]) && lines[j][strlen (keys[i])] == '\t')
            self->answers[i] = g_strdup (lines[j] + strlen (keys[i]) + 1);
        }
    }
}

/* The last "name = value" of a main.cf in which every setting is on a line of its own. */
static char *
get_setting (GBytes     *main_cf,
             const char *name)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (main_cf, NULL), g_bytes_get_size (main_cf));
  g_autofree char *start = g_strconcat (name, " = ", NULL);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  char *value = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], start))
        {
          g_free (value);
          value = g_strdup (lines[i] + strlen (start));
        }
    }

  return value;
}

static const char * const pattern_names[N_PATTERNS] = {
  "nullmail-sender_canonical", "nullmail-smtp_header_checks",
};

Observation *
observation_new (Place *place)
{
  Observation *self = g_new0 (Observation, 1);
  g_autofree char *login = NULL;
  g_autofree char *maps = NULL;
  char *colon;

  self->main_cf = read_file (place->main_cf);
  self->source = read_file (place->sasl_passwd);
  for (guint i = 0; i < N_PATTERNS; i++)
    {
      g_autofree char *path = g_build_filename (place->etc, pattern_names[i], NULL);

      self->patterns[i] = read_file (path);
    }
  if (self->main_cf == NULL)
    return self;

  stat (place->main_cf, &self->main_cf_info);
  login = get_setting (self->main_cf, "smtp_sasl_auth_enable");
  self->authenticates = g_strcmp0 (login, "yes") == 0;
  self->relay = get_setting (self->main_cf, "relayhost");
  maps = get_setting (self->main_cf, "smtp_sasl_password_maps");
  colon = maps != NULL ? strchr (maps, ':') : NULL;
  if (colon != NULL)
    {
      *colon = '\0';
      self->map_type = g_strdup (maps);
      read_answers (self, colon + 1);
    }

  return self;
}

void
observation_free (Observation *self)
{
  g_clear_pointer (&self->main_cf, g_bytes_unref);
  g_clear_pointer (&self->source, g_bytes_unref);
  for (guint i = 0; i < N_PATTERNS; i++)
    g_clear_pointer (&self->patterns[i], g_bytes_unref);
  g_free (self->relay);
  g_free (self->map_type);
  for (guint i = 0; i < N_KEYS; i++)
    g_free (self->answers[i]);
  g_free (self);
}

/* A file that main.cf names and that is not there, at which Postfix defers all mail. */
static char *
find_missing_patterns (const Observation *self)
{
  gsize size;
  const char *text = self->main_cf != NULL ? g_bytes_get_data (self->main_cf, &size) : NULL;

  for (guint i = 0; text != NULL && i < N_PATTERNS; i++)
    if (self->patterns[i] == NULL
        && memmem (text, size, pattern_names[i], strlen (pattern_names[i])) != NULL)
      return g_strdup_printf ("main.cf names %s, which is not there", pattern_names[i]);

  return NULL;
}

/* I1: a relay with its own password, wherever it is to log in. */
char *
observation_find_mismatch (const Observation *self)
{
  char *missing = find_missing_patterns (self);

  if (missing != NULL)
    return missing;

  for (guint i = 0; i < N_KEYS; i++)
    {
      if (self->answers[i] != NULL && !g_str_has_prefix (self->answers[i], key_marks[i]))
        return g_strdup_printf ("%s has another relay's password", keys[i]);
    }

  if (!self->authenticates)
    return NULL;

  for (guint i = 0; i < N_KEYS; i++)
    {
      if (g_strcmp0 (self->relay, keys[i]) == 0)
        return self->answers[i] != NULL ? NULL
                                        : g_strdup_printf ("%s has no password in the %s table",
                                                           self->relay, self->map_type);
    }

  return g_strdup_printf ("the relay is “%s”", self->relay);
}

/* I5 of one file: what others may read or write holds no password, and is nobody else's. */
static char *
find_exposed_file (const char *folder,
                   const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GBytes) bytes = NULL;
  struct stat info;

  if (lstat (path, &info) < 0 || !S_ISREG (info.st_mode)
      || ((info.st_mode & 0077) == 0 && info.st_uid == geteuid ()))
    return NULL;

  bytes = read_file (path);
  if (bytes == NULL
      || memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), CANARY,
                 strlen (CANARY)) == NULL)
    return NULL;

  return g_strdup_printf ("“%s” holds a password with mode %04o and owner %u", name,
                          info.st_mode & 07777, info.st_uid);
}

static char *
find_exposed_below (const char *folder)
{
  g_autoptr(GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;
  char *found = NULL;

  while (found == NULL && directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      found = g_file_test (path, G_FILE_TEST_IS_DIR) ? find_exposed_below (path)
                                                     : find_exposed_file (folder, name);
    }

  return found;
}

char *
observation_find_exposed (Place *place)
{
  char *found = find_exposed_below (place->etc);

  return found != NULL ? found : find_exposed_below (place->state);
}

char *
observation_find_litter (Place    *place,
                         gboolean  may_keep)
{
  static const char * const known[] = { "main.cf", "sasl_passwd", "sasl_passwd.db",
                                        "sasl_passwd.lmdb", "nullmail-sender_canonical",
                                        "nullmail-smtp_header_checks", NULL };
  g_autoptr(GDir) directory = g_dir_open (place->etc, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      if (!g_strv_contains (known, name)
          && (!may_keep || strstr (name, ".kept-") == NULL))
        return g_strdup_printf ("“%s” is left behind", name);
    }

  return NULL;
}

static gboolean
is_same (GBytes *a,
         GBytes *b)
{
  return a == NULL || b == NULL ? a == b : g_bytes_equal (a, b);
}

char *
observation_compare (const Observation *self,
                     const Observation *expected,
                     gboolean           same_inode)
{
  if (!is_same (self->main_cf, expected->main_cf))
    return g_strdup ("main.cf has other bytes");
  if (!is_same (self->source, expected->source))
    return g_strdup ("sasl_passwd has other bytes");
  for (guint i = 0; i < N_PATTERNS; i++)
    if (!is_same (self->patterns[i], expected->patterns[i]))
      return g_strdup_printf ("%s has other bytes", pattern_names[i]);
  for (guint i = 0; i < N_KEYS; i++)
    {
      if (g_strcmp0 (self->answers[i], expected->answers[i]) != 0)
        return g_strdup_printf ("the table says “%s” of %s", self->answers[i], keys[i]);
    }
  if (self->main_cf_info.st_mode != expected->main_cf_info.st_mode
      || self->main_cf_info.st_uid != expected->main_cf_info.st_uid)
    return g_strdup_printf ("main.cf has mode %04o", self->main_cf_info.st_mode & 07777);
  if (same_inode && self->main_cf_info.st_ino != expected->main_cf_info.st_ino)
    return g_strdup ("main.cf is another file");

  return NULL;
}

/* An entry that only one of the two has may be there or not. */
char *
observation_find_mixture (const Observation *self,
                          const Observation *before,
                          const Observation *after)
{
  if (!is_same (self->main_cf, before->main_cf) && !is_same (self->main_cf, after->main_cf))
    return g_strdup ("main.cf is neither the old nor the new one");
  for (guint i = 0; i < N_PATTERNS; i++)
    if (!is_same (self->patterns[i], before->patterns[i])
        && !is_same (self->patterns[i], after->patterns[i]))
      return g_strdup_printf ("%s is neither the old nor the new one", pattern_names[i]);

  for (guint i = 0; i < N_KEYS; i++)
    {
      gboolean is_old = g_strcmp0 (self->answers[i], before->answers[i]) == 0;
      gboolean is_new = g_strcmp0 (self->answers[i], after->answers[i]) == 0;

      /* A main.cf that names no table, or one of another type, sees nothing of it. */
      if (!is_old && !is_new && self->map_type != NULL)
        return g_strdup_printf ("the table says “%s” of %s, which is neither old nor new",
                                self->answers[i], keys[i]);
    }

  return NULL;
}

char *
observation_fingerprint (Place *place)
{
  static const char * const names[] = { "main.cf", "sasl_passwd", "sasl_passwd.db",
                                        "sasl_passwd.lmdb", "nullmail-sender_canonical",
                                        "nullmail-smtp_header_checks" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (place->etc, names[i], NULL);
      struct stat info = { 0 };

      if (lstat (path, &info) == 0)
        g_string_append_printf (text, "%s %lu %ld.%09ld ", names[i], (gulong) info.st_ino,
                                (glong) info.st_ctim.tv_sec, (glong) info.st_ctim.tv_nsec);
    }

  return g_string_free (text, FALSE);
}
