/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "recollection.h"

#include <string.h>

#include "base/fingerprint-private.h"

static GVariant *
read_record (const char *folder,
             const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const char *line_end;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, NULL))
    return NULL;

  line_end = memchr (text, '\n', size);
  if (line_end == NULL)
    return NULL;

  bytes = g_bytes_new (line_end + 1, text + size - line_end - 1);
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

static gboolean
is_of (GVariant   *record,
       const char *main_cf)
{
  g_autofree char *text = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const char *after = NULL;
  gsize size = 0;

  g_file_get_contents (main_cf, &text, &size, NULL);
  bytes = g_bytes_new (text, size);
  return g_variant_lookup (record, "after", "&s", &after)
         && _nullmail_fingerprint_is_of (after, bytes);
}

GVariant *
recollection_new (Place *place)
{
  g_autoptr(GDir) state = g_dir_open (place->state, 0, NULL);
  const char *name = state != NULL ? g_dir_read_name (state) : NULL;
  g_autofree char *folder = NULL;
  g_autoptr(GVariant) next = NULL;

  if (name == NULL)
    return NULL;

  folder = g_build_filename (place->state, name, NULL);
  next = read_record (folder, "record.next");
  if (next != NULL && is_of (next, place->main_cf))
    return g_steal_pointer (&next);

  return read_record (folder, "record");
}

char *
recollection_find_forgotten (GVariant *now,
                             GVariant *expected,
                             GBytes   *source)
{
  const char *text = source != NULL ? g_bytes_get_data (source, NULL) : NULL;
  gsize size = source != NULL ? g_bytes_get_size (source) : 0;
  g_autofree const char **keys = NULL;
  g_autofree const char **expected_keys = NULL;
  const char *first = NULL, *expected_first = NULL;

  if (expected == NULL)
    return NULL;
  if (now == NULL)
    return g_strdup ("the undo record is gone");

  g_variant_lookup (now, "first", "&s", &first);
  g_variant_lookup (expected, "first", "&s", &expected_first);
  if (g_strcmp0 (first, expected_first) != 0)
    return g_strdup_printf ("what there was before the first apply is %s instead of %s", first,
                            expected_first);

  g_variant_lookup (now, "own-keys", "^a&s", &keys);
  g_variant_lookup (expected, "own-keys", "^a&s", &expected_keys);
  for (guint i = 0; expected_keys != NULL && expected_keys[i] != NULL; i++)
    {
      if (text != NULL && memmem (text, size, expected_keys[i], strlen (expected_keys[i])) != NULL
          && (keys == NULL || !g_strv_contains (keys, expected_keys[i])))
        return g_strdup_printf ("%s is no longer known as the library's", expected_keys[i]);
    }

  return NULL;
}
