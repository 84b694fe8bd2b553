/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/observation-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "document/master-cf-private.h"

struct _NullmailObservation
{
  NullmailInstallation *installation;  /* (unowned) */
  NullmailHostFacts    *host;          /* (owned) */
  GHashTable           *tables;        /* (owned) “type:path” to Look */
  GHashTable           *files;         /* (owned) path to FileLook */
  GPtrArray            *services;      /* (owned) (nullable) (element-type NullmailMasterService) */
  GPtrArray            *options;       /* (owned) (nullable) those of the services */
  gboolean              saw_services;  /* master.cf has been looked at */
  GCancellable         *cancellable;   /* (unowned) (nullable) */
};

/* What was seen when a password file was looked at. */
typedef struct
{
  NullmailPasswordTable *table;  /* (owned) (nullable) */
  GError                *error;  /* (owned) (nullable) */
} Look;

/* What was seen when another file was looked at. */
typedef struct
{
  GBytes *bytes;  /* (owned) (nullable) */
  GError *error;  /* (owned) (nullable) */
} FileLook;

static void
file_look_free (gpointer data)
{
  FileLook *look = data;

  g_clear_pointer (&look->bytes, g_bytes_unref);
  g_clear_error (&look->error);
  g_free (look);
}

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->table, _nullmail_password_table_free);
  g_clear_error (&look->error);
  g_free (look);
}

NullmailObservation *
_nullmail_observation_new (NullmailInstallation *installation,
                           GCancellable         *cancellable)
{
  NullmailObservation *self = g_new0 (NullmailObservation, 1);

  self->installation = installation;
  self->host = _nullmail_host_facts_new ();
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, look_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_look_free);
  self->cancellable = cancellable;
  return self;
}

void
_nullmail_observation_free (NullmailObservation *self)
{
  _nullmail_host_facts_free (self->host);
  g_hash_table_unref (self->tables);
  g_hash_table_unref (self->files);
  g_clear_pointer (&self->options, g_ptr_array_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_free (self);
}

NullmailHostFacts *
_nullmail_observation_get_host (NullmailObservation *self)
{
  return self->host;
}

NullmailPasswordTable *
_nullmail_observation_read_table (NullmailObservation  *self,
                                  const char           *path,
                                  const char           *map_type,
                                  GError              **error)
{
  g_autofree char *name = g_strconcat (map_type, ":", path, NULL);
  Look *look = g_hash_table_lookup (self->tables, name);

  if (look == NULL)
    {
      look = g_new0 (Look, 1);
      look->table = _nullmail_password_table_load (path, map_type, self->cancellable,
                                                   &look->error);
      g_hash_table_insert (self->tables, g_steal_pointer (&name), look);
    }

  if (look->table == NULL && error != NULL)
    *error = g_error_copy (look->error);
  return look->table;
}

GBytes *
_nullmail_observation_read_file (NullmailObservation  *self,
                                 const char           *path,
                                 GError              **error)
{
  FileLook *look = g_hash_table_lookup (self->files, path);

  if (look == NULL)
    {
      look = g_new0 (FileLook, 1);
      look->bytes = _nullmail_regular_file_load (path, self->cancellable, &look->error);
      g_hash_table_insert (self->files, g_strdup (path), look);
    }

  if (look->bytes == NULL && error != NULL)
    *error = g_error_copy (look->error);
  return look->bytes;
}

GPtrArray *
_nullmail_observation_read_services (NullmailObservation *self)
{
  if (!self->saw_services)
    {
      const char *directory = _nullmail_installation_get_config_directory (self->installation);
      g_autofree char *path = g_build_filename (directory, "master.cf", NULL);
      GBytes *bytes = _nullmail_observation_read_file (self, path, NULL);
      g_autofree char *text = bytes != NULL ? _nullmail_bytes_to_text (bytes) : NULL;

      if (text != NULL)
        {
          self->services = _nullmail_master_cf_parse (text);
          self->options = _nullmail_master_cf_list_options (self->services);
        }
      self->saw_services = TRUE;
    }

  return self->services;
}

GPtrArray *
_nullmail_observation_read_options (NullmailObservation *self)
{
  _nullmail_observation_read_services (self);
  return self->options;
}

static NullmailFileFacts
describe (const struct stat *info)
{
  return (NullmailFileFacts) { NULLMAIL_FACT_YES, info->st_mode & 07777, info->st_uid };
}

static NullmailFileFacts
look_at_path (const char *path)
{
  NullmailFileFacts facts = { 0 };
  struct stat info;

  if (stat (path, &info) == 0)
    return describe (&info);

  facts.exists = _nullmail_fact_from_errno (errno);
  return facts;
}

/* Fills in a password file as it is on disk. It is no error if the file cannot be read, since the
 * checks report what they could not look at. */
static void
look_at_file (NullmailObservation *observation,
              const char          *path,
              const char          *map_type,
              char                *map_path,
              NullmailTableFile   *file)
{
  NullmailPasswordTable *table = _nullmail_observation_read_table (observation, path, map_type,
                                                                   NULL);
  NullmailFileFacts missing = { .exists = NULLMAIL_FACT_NO };

  *file = (NullmailTableFile) { map_type, path, map_path, NULL, { 0 }, { 0 }, NULLMAIL_FACT_NO };
  if (table == NULL)
    {
      file->source = look_at_path (path);
      if (map_path != NULL)
        file->map = look_at_path (map_path);
      if (_nullmail_lookup_map_query_state (path, map_type) == NULLMAIL_LOOKUP_MAP_STALE)
        file->map_is_stale = NULLMAIL_FACT_YES;
      return;
    }

  file->source = table->base != NULL ? describe (&table->source) : missing;
  if (table->base != NULL)
    file->passwords = table->contents;
  if (map_path != NULL)
    file->map = table->has_map ? describe (&table->map) : look_at_path (map_path);
  if (table->map_state == NULLMAIL_LOOKUP_MAP_STALE)
    file->map_is_stale = NULLMAIL_FACT_YES;
}

/* Takes over a text, and keeps it as long as the view. */
static char *
keep (NullmailView *self,
      char         *take_text)
{
  if (take_text != NULL)
    g_ptr_array_add (self->names, take_text);
  return take_text;
}

static void
add_file (NullmailView        *self,
          NullmailObservation *observation,
          NullmailPasswordMap *map,
          NullmailTableFile   *file)
{
  char *path = keep (self, g_steal_pointer (&map->path));
  char *map_type = keep (self, g_steal_pointer (&map->map_type));
  char *map_path = keep (self, _nullmail_lookup_map_get_path (path, map_type));

  look_at_file (observation, path, map_type, map_path, file);
}

/* Finds the table that a plan would name, if main.cf names none although Postfix logs in. */
static gboolean
find_default_map (NullmailObservation *observation,
                  NullmailEffective   *effective,
                  NullmailPasswordMap *map)
{
  NullmailInstallation *installation = observation->installation;
  const char *directory = _nullmail_installation_get_config_directory (installation);

  if (!_nullmail_effective_logs_in (effective)
      || _nullmail_effective_has_text (effective, "smtp_sasl_password_maps")
      || strpbrk (directory, ", \t\r\n$") != NULL)
    return FALSE;

  map->map_type = g_strdup (_nullmail_installation_choose_map_type (installation, effective,
                                                                    observation->cancellable,
                                                                    NULL));
  map->path = g_build_filename (directory, "sasl_passwd", NULL);
  return map->map_type != NULL;
}

void
_nullmail_view_init (NullmailView        *self,
                     NullmailObservation *observation,
                     NullmailEffective   *effective,
                     const NullmailMask  *mask)
{
  NullmailCheckSnapshot *snapshot = &self->snapshot;
  NullmailPasswordMap map = { .item = NULL };

  *self = (NullmailView) { 0 };
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->more_files = g_array_new (FALSE, TRUE, sizeof (NullmailTableFile));

  snapshot->effective = effective;
  snapshot->services = _nullmail_observation_read_services (observation);
  snapshot->master_options = _nullmail_observation_read_options (observation);
  if (mask == NULL)
    mask = self->mask = _nullmail_mask_new (effective, NULL, snapshot->master_options);
  snapshot->mask = mask;
  snapshot->main_cf_path = _nullmail_installation_get_main_cf_path (observation->installation);
  snapshot->installation = observation->installation;
  snapshot->host = observation->host;
  snapshot->user = geteuid ();

  if (_nullmail_password_map_find (&map, effective)
      || find_default_map (observation, effective, &map))
    add_file (self, observation, &map, &snapshot->file);
  _nullmail_password_map_clear (&map);

  for (guint i = 1; _nullmail_password_map_find_nth (&map, effective, i); i++)
    {
      NullmailTableFile file;

      add_file (self, observation, &map, &file);
      g_array_append_val (self->more_files, file);
      _nullmail_password_map_clear (&map);
    }

  snapshot->more_files = (const NullmailTableFile *) self->more_files->data;
  snapshot->n_more_files = self->more_files->len;
}

void
_nullmail_view_clear (NullmailView *self)
{
  g_clear_pointer (&self->mask, _nullmail_mask_free);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->more_files, g_array_unref);
}
