/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/lookup-map-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document/table-name-private.h"

#define MAX_TABLE_BYTES (1024 * 1024)

/* What the kinds of tables put between a key and its value: a NUL, a length, padding. */
#define MAX_GAP_BYTES 8

#define BERKELEY_DB_BTREE  0x053162
#define BERKELEY_DB_HASH   0x061561

char *
_nullmail_lookup_map_get_path (const char *source_path,
                               const char *map_type)
{
  const char *suffix = _nullmail_table_type_get_suffix (map_type);

  return suffix != NULL ? g_strconcat (source_path, suffix, NULL) : NULL;
}

static gboolean
is_exposed (const struct stat *info)
{
  return (info->st_mode & 0077) != 0 || (info->st_uid != 0 && info->st_uid != geteuid ());
}

/* Maps of the types hash and btree have the same name, since both are Berkeley DB's. The fourth
 * word of the file says which of them it is, in the byte order of the machine that made it. */
static gboolean
is_of_other_type (const char *map_path,
                  const char *map_type)
{
  guint32 words[4] = { 0 };
  guint32 other;
  gssize n_read;
  int fd;

  if (g_strcmp0 (map_type, "hash") == 0)
    other = BERKELEY_DB_BTREE;
  else if (g_strcmp0 (map_type, "btree") == 0)
    other = BERKELEY_DB_HASH;
  else
    return FALSE;

  fd = open (map_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;

  n_read = read (fd, words, sizeof words);
  close (fd);
  return n_read == sizeof words
         && (words[3] == other || words[3] == GUINT32_SWAP_LE_BE (other));
}

NullmailLookupMapState
_nullmail_lookup_map_judge (const char        *map_path,
                            const char        *map_type,
                            const struct stat *source,
                            const struct stat *map)
{
  if (map_path == NULL)
    return NULLMAIL_LOOKUP_MAP_FRESH;
  if (source == NULL)
    return map != NULL && is_exposed (map) ? NULLMAIL_LOOKUP_MAP_EXPOSED
                                           : NULLMAIL_LOOKUP_MAP_FRESH;
  if (map == NULL)
    return NULLMAIL_LOOKUP_MAP_MISSING;
  if (source->st_mtim.tv_sec > map->st_mtim.tv_sec
      || (source->st_mtim.tv_sec == map->st_mtim.tv_sec
          && source->st_mtim.tv_nsec > map->st_mtim.tv_nsec)
      || is_of_other_type (map_path, map_type))
    return NULLMAIL_LOOKUP_MAP_STALE;

  return is_exposed (map) ? NULLMAIL_LOOKUP_MAP_EXPOSED : NULLMAIL_LOOKUP_MAP_FRESH;
}

NullmailLookupMapState
_nullmail_lookup_map_query_state (const char *source_path,
                                  const char *map_type)
{
  g_autofree char *map_path = _nullmail_lookup_map_get_path (source_path, map_type);
  struct stat source, map;
  gboolean has_source;

  if (map_path == NULL)
    return NULLMAIL_LOOKUP_MAP_FRESH;

  has_source = stat (source_path, &source) == 0;
  if (!has_source && errno != ENOENT && errno != ENOTDIR)
    return NULLMAIL_LOOKUP_MAP_UNKNOWN;

  return _nullmail_lookup_map_judge (map_path, map_type, has_source ? &source : NULL,
                                     stat (map_path, &map) == 0 ? &map : NULL);
}

static gboolean
has_value (const char *text,
           gsize       size,
           const char *value,
           gsize       value_size)
{
  return memmem (text, size, value, value_size) != NULL;
}

/* Whether a value stands close behind a key, as in cdb and lmdb, or before it, as in hash. */
static gboolean
has_pair (const NullmailSecureBuffer *table,
          const char                 *key,
          gsize                       key_size,
          const char                 *value,
          gsize                       value_size)
{
  const char *end = table->data + table->size;
  gsize window = value_size + MAX_GAP_BYTES;

  for (const char *text = table->data;
       (text = memmem (text, end - text, key, key_size)) != NULL; text++)
    {
      const char *behind = text + key_size;
      gsize n_before = MIN (window, (gsize) (text - table->data));

      if (has_value (behind, MIN (window, (gsize) (end - behind)), value, value_size)
          || has_value (text - n_before, n_before, value, value_size))
        return TRUE;
    }

  return FALSE;
}

gboolean
_nullmail_lookup_map_shows (int                         fd,
                            const NullmailSecureBuffer *answers)
{
  g_autoptr(NullmailSecureBuffer) table = _nullmail_secure_buffer_new (0);
  const char *end = answers->data + answers->size;

  if (!_nullmail_secure_buffer_read_fd (table, fd, MAX_TABLE_BYTES))
    return FALSE;

  for (const char *text = answers->data; text < end;)
    {
      const char *newline = memchr (text, '\n', end - text);
      const char *tab = memchr (text, '\t', newline - text);
      g_autofree char *key = g_ascii_strdown (text, tab - text);

      if (!has_pair (table, key, tab - text, tab + 1, newline - tab - 1))
        return FALSE;
      text = newline + 1;
    }

  return TRUE;
}
