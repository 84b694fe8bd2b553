/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/own-digests-private.h"

#include <string.h>
#include <sys/random.h>

#define SEPARATOR     "\t"
#define DIGEST_LENGTH 8    /* hexadecimal digits */
#define BLOCK_SIZE    64   /* of SHA-256 */

static char *
make_salt (void)
{
  guint64 bytes[2] = { 0 };

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    bytes[0] = g_get_real_time ();
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", bytes[0],
                          bytes[1]);
}

/* (nullable): the digest of an entry; NULL where there is none. */
static char *
make_digest (NullmailPasswordFile *contents,
             const char           *key,
             const char           *salt)
{
  static const guchar filler[2 * BLOCK_SIZE] = { 0 };
  g_autoptr(GChecksum) checksum = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  if (!_nullmail_password_file_lookup (contents, key, &username, &password))
    return NULL;

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) salt, -1);
  g_checksum_update (checksum, (const guchar *) username, strlen (username) + 1);
  g_checksum_update (checksum, (const guchar *) password->data, password->size);
  /* It takes the place of the password in the memory of the checksum. */
  g_checksum_update (checksum, filler, sizeof filler);
  return g_strndup (g_checksum_get_string (checksum), DIGEST_LENGTH);
}

/* What stands in front of the salt. */
static char *
make_name (const char *path,
           const char *key)
{
  g_autofree char *lower = g_ascii_strdown (key, -1);

  return g_strconcat (path, SEPARATOR, lower, SEPARATOR, NULL);
}

static const char *
find (char       **digests,
      const char  *name)
{
  for (guint i = 0; digests[i] != NULL; i++)
    if (g_str_has_prefix (digests[i], name))
      return digests[i] + strlen (name);

  return NULL;
}

static gboolean
is_of_key (const char *digest,
           const char *path,
           GPtrArray  *keys)
{
  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *name = make_name (path, g_ptr_array_index (keys, i));

      if (g_str_has_prefix (digest, name))
        return TRUE;
    }

  return FALSE;
}

char **
_nullmail_own_digests_update (char                   **digests,
                              const NullmailPlanTable *table)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *path = table->table->path;

  for (guint i = 0; digests[i] != NULL; i++)
    if (!is_of_key (digests[i], path, table->own_added)
        && !is_of_key (digests[i], path, table->own_dropped))
      g_strv_builder_add (builder, digests[i]);

  for (guint i = 0; i < table->own_added->len; i++)
    {
      const char *key = g_ptr_array_index (table->own_added, i);
      g_autofree char *name = make_name (path, key);
      g_autofree char *salt = make_salt ();
      g_autofree char *digest = make_digest (table->table->contents, key, salt);
      g_autofree char *text = g_strconcat (name, salt, SEPARATOR, digest, NULL);

      if (digest != NULL)
        g_strv_builder_add (builder, text);
    }

  return g_strv_builder_end (builder);
}

gboolean
_nullmail_own_digests_disown (char                 **digests,
                              const char            *path,
                              const char            *key,
                              NullmailPasswordFile  *contents)
{
  g_autofree char *name = make_name (path, key);
  const char *found = find (digests, name);
  g_auto(GStrv) parts = found != NULL ? g_strsplit (found, SEPARATOR, 2) : NULL;
  g_autofree char *now = NULL;

  if (parts == NULL || g_strv_length (parts) != 2)
    return FALSE;

  now = make_digest (contents, key, parts[0]);
  return now != NULL && !g_str_equal (now, parts[1]);
}
