/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Tables of patterns in files.
 *
 * From 3.7 on Postfix reads such a table in main.cf itself. An older one gets the same rules in a
 * file of the configuration directory, with a name of its own, and main.cf names the file. The file
 * goes when main.cf no longer names it. An undo writes what was in the file before. */

#include "plan/planner-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "base/text-find-private.h"
#include "config/address-maps-private.h"
#include "document/main-cf-private.h"
#include "document/value-list-private.h"

#define REPLACEMENT "\xef\xbf\xbd"  /* U+FFFD, in place of bytes that are not UTF-8 */

/* Where the version is not known it is taken for a present one. */
static gboolean
has_only_files (NullmailPlanner *self)
{
  return !_nullmail_effective_has_version (self->after, "3.7", TRUE);
}

/* What the file holds; NULL without error if there is none. */
static gboolean
load (NullmailPlanner  *self,
      const char       *path,
      GBytes          **bytes,
      GError          **error)
{
  g_autoptr(GError) local_error = NULL;

  *bytes = _nullmail_regular_file_load (path, self->cancellable, &local_error);
  if (*bytes != NULL || g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Adds the file to the plan if it is to hold something else. */
static gboolean
plan_file (NullmailPlanner  *self,
           const char       *path,
           const char       *text,
           GError          **error)
{
  g_autoptr(GBytes) after = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  g_autoptr(GBytes) before = NULL;

  if (!load (self, path, &before, error))
    return FALSE;
  if (before != after && (before == NULL || after == NULL || !g_bytes_equal (before, after)))
    _nullmail_plan_add_file (self->plan, path, before, after);

  return TRUE;
}

/* (nullable): the item of main.cf that has to become a file, and its address. */
static char *
find_inline_item (NullmailPlanner     *self,
                  NullmailAddressMap   map,
                  char               **address)
{
  g_autofree char *value = nullmail_main_cf_get_value (self->plan->main_cf,
                                                       _nullmail_address_map_get_parameter (map));
  g_auto(GStrv) items = _nullmail_text_split_list (value != NULL ? value : "");

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };

      if (!_nullmail_table_name_parse (&name, items[i])
          || _nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_INLINE)
        continue;
      *address = _nullmail_address_map_recognise (map, self->after, items[i]);
      if (*address != NULL)
        return g_strdup (items[i]);
    }

  return NULL;
}

/* main.cf names the file instead of the rules. */
static gboolean
name_file (NullmailPlanner     *self,
           NullmailAddressMap   map,
           const char          *item,
           const char          *path,
           GError             **error)
{
  const char *parameter = _nullmail_address_map_get_parameter (map);
  g_autofree char *value = nullmail_main_cf_get_value (self->plan->main_cf, parameter);
  g_autofree char *table = NULL;
  g_autoptr(GString) text = g_string_new (value);
  g_autoptr(GString) written_path = g_string_new (path);

  if (strpbrk (path, ", \t\r\n{}") != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The configuration directory “%s” has a blank, comma or brace in its name, so "
                   "that main.cf cannot name a file in it, which “sender-address” needs with "
                   "Postfix before 3.7: keep “sender-address”", self->plan->config_directory);
      return FALSE;
    }

  g_string_replace (written_path, "$", "$$", 0);
  table = _nullmail_table_name_to_string (&(NullmailTableName) { FALSE, (char *) "regexp",
                                                                 written_path->str });
  g_string_replace (text, item, table, 1);
  return nullmail_main_cf_set_value (self->plan->main_cf, parameter, text->str, error);
}

/* In a file macros are not expanded. */
static char *
expand_address (NullmailPlanner  *self,
                const char       *address,
                GError          **error)
{
  g_autofree char *expanded = _nullmail_effective_expand (self->after, address, NULL);
  const char *fault = expanded != NULL ? _nullmail_address_find_fault (expanded)
                                       : "its macros are not known here";

  if (fault == NULL && strchr (expanded, '$') == NULL)
    return g_steal_pointer (&expanded);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
               "sender-address “%s” has to be written out for Postfix before 3.7: %s", address,
               fault != NULL ? fault : "“$” is left in it");
  return NULL;
}

static gboolean
move_to_file (NullmailPlanner     *self,
              NullmailAddressMap   map,
              const char          *path,
              gboolean            *is_moved,
              GError             **error)
{
  g_autofree char *address = NULL;
  g_autofree char *item = find_inline_item (self, map, &address);
  g_autofree char *expanded = NULL;
  g_autofree char *text = NULL;

  *is_moved = item != NULL && has_only_files (self);
  if (!*is_moved)
    return TRUE;

  expanded = expand_address (self, address, error);
  if (expanded == NULL || !name_file (self, map, item, path, error))
    return FALSE;

  text = _nullmail_address_map_make_text (map, expanded);
  return plan_file (self, path, text, error);
}

/* Whether any parameter has the name of the file in its text. */
static gboolean
names_file (NullmailMainCf *main_cf,
            const char     *file_name)
{
  GBytes *bytes = _nullmail_main_cf_peek_bytes (main_cf);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return _nullmail_text_find (data, size, file_name, '-') != NULL;
}

/* What was there before the change that is taken back, unless somebody else has written since. */
static gboolean
take_back (NullmailPlanner            *self,
           const NullmailNamedChange  *change,
           GError                    **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *now = NULL;

  if (!load (self, change->name, &bytes, error))
    return FALSE;

  now = bytes != NULL ? _nullmail_bytes_to_text (bytes) : NULL;
  if (g_strcmp0 (now, change->old_value) == 0)
    return TRUE;
  if (g_strcmp0 (now, change->new_value) != 0
      || (change->old_value != NULL && strstr (change->old_value, REPLACEMENT) != NULL))
    g_ptr_array_add (self->plan->conflicts, g_strdup (change->name));

  return plan_file (self, change->name, change->old_value, error);
}

gboolean
_nullmail_planner_settle_files (NullmailPlanner  *self,
                                GError          **error)
{
  const GPtrArray *files = self->request->files;

  for (guint i = 0; files != NULL && i < files->len; i++)
    if (!take_back (self, g_ptr_array_index (files, i), error))
      return FALSE;
  if (files != NULL)
    return TRUE;

  for (guint map = 0; map < NULLMAIL_N_ADDRESS_MAPS; map++)
    {
      const char *file_name = _nullmail_address_map_get_file_name (map);
      g_autofree char *path = NULL;
      gboolean is_moved = FALSE;

      if (file_name == NULL)
        continue;

      path = g_build_filename (self->plan->config_directory, file_name, NULL);
      if (self->request->completes && !move_to_file (self, map, path, &is_moved, error))
        return FALSE;
      if (!is_moved
          && (self->request->settles_patterns || names_file (self->plan->before, file_name))
          && !names_file (self->plan->main_cf, file_name) && !plan_file (self, path, NULL, error))
        return FALSE;
    }

  return TRUE;
}
