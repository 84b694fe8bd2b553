/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/table-stamp-private.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fingerprint-private.h"

#define FILE_NAME "tables"

/* The line of a table with these files. */
static char *
make_stamp (const NullmailPasswordTable *table,
            const struct stat           *source,
            const struct stat           *map)
{
  g_autofree char *of_source = _nullmail_fingerprint_of_status (source);
  g_autofree char *of_map = _nullmail_fingerprint_of_status (map);

  return g_strdup_printf ("%s:%s %s %s\n", table->map_type, table->path, of_source, of_map);
}

void
_nullmail_table_stamps_write (NullmailStateFolder *folder,
                              const GPtrArray     *tables)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GBytes) bytes = NULL;

  for (guint i = 0; i < tables->len; i++)
    {
      const NullmailPasswordTable *table = g_ptr_array_index (tables, i);
      g_autofree char *map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);
      g_autofree char *stamp = NULL;
      struct stat source, map;

      if (map_path == NULL || stat (table->path, &source) < 0 || stat (map_path, &map) < 0)
        continue;

      stamp = make_stamp (table, &source, &map);
      g_string_append (text, stamp);
    }

  /* If this fails the tables are asked, which is all that is lost. */
  bytes = g_bytes_new (text->str, text->len);
  if (_nullmail_state_folder_prepare (folder, FILE_NAME, bytes, NULL))
    _nullmail_state_folder_finish (folder, FILE_NAME, TRUE);
}

gboolean
_nullmail_table_stamps_know (NullmailStateFolder         *folder,
                             const NullmailPasswordTable *table)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *stamp = NULL;
  const char *data;
  gsize size;

  if (table->base == NULL || !table->has_map)
    return FALSE;

  bytes = _nullmail_state_folder_load (folder, FILE_NAME, NULL);
  if (bytes == NULL)
    return FALSE;

  stamp = make_stamp (table, &table->source, &table->map);
  data = g_bytes_get_data (bytes, &size);
  return data != NULL && memmem (data, size, stamp, strlen (stamp)) != NULL;
}
