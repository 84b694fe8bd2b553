/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/observation-private.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "document/master-cf-private.h"
#include "store/table-stamp-private.h"

struct _NullmailObservation
{
  NullmailInstallation *installation;  /* (unowned) */
  NullmailHostFacts    *host;          /* (owned) */
  GHashTable           *tables;        /* (owned) “type:path” to Look */
  GHashTable           *files;         /* (owned) path to FileLook */
  GPtrArray            *services;      /* (owned) (nullable) (element-type NullmailMasterService) */
  GPtrArray            *faults;        /* (owned) (nullable) lines that Postfix stops at */
  GPtrArray            *options;       /* (owned) (nullable) those of the services */
  gboolean              saw_services;  /* master.cf has been looked at */
  GCancellable         *cancellable;   /* (unowned) (nullable) */
};

/* What was seen when a password file was looked at. */
typedef struct
{
  NullmailPasswordTable *table;    /* (owned) (nullable) */
  GError                *error;    /* (owned) (nullable) */
  gboolean               is_asked;
  NullmailMapAnswers     answers;
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
  g_clear_pointer (&self->faults, g_ptr_array_unref);
  g_clear_pointer (&self->options, g_ptr_array_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_free (self);
}

NullmailHostFacts *
_nullmail_observation_get_host (NullmailObservation *self)
{
  return self->host;
}

/* Whether a table and its source are as this library has left them. */
static gboolean
is_as_left (NullmailObservation         *self,
            const NullmailPasswordTable *table)
{
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (
    _nullmail_installation_get_state_directory (self->installation),
    _nullmail_installation_get_config_directory (self->installation));

  return _nullmail_table_stamps_know (folder, table);
}

static Look *
look_at_table (NullmailObservation *self,
               const char          *path,
               const char          *map_type)
{
  g_autofree char *name = g_strconcat (map_type, ":", path, NULL);
  Look *look = g_hash_table_lookup (self->tables, name);

  if (look != NULL)
    return look;

  look = g_new0 (Look, 1);
  look->table = _nullmail_password_table_load (path, map_type, self->cancellable, &look->error);
  /* A disk may date a table before the source that it was made of, each time that it is made. */
  if (look->table != NULL && look->table->map_state == NULLMAIL_LOOKUP_MAP_STALE
      && is_as_left (self, look->table))
    _nullmail_password_table_take_as_fresh (look->table);
  g_hash_table_insert (self->tables, g_steal_pointer (&name), look);
  return look;
}

NullmailPasswordTable *
_nullmail_observation_read_table (NullmailObservation  *self,
                                  const char           *path,
                                  const char           *map_type,
                                  GError              **error)
{
  Look *look = look_at_table (self, path, map_type);

  if (look->table == NULL && error != NULL)
    *error = g_error_copy (look->error);
  return look->table;
}

static gpointer
copy_number (gpointer number)
{
  return number;
}

/* Asks a map, unless it was asked before and neither it nor its source has changed since. */
static NullmailMapAnswers
ask_map (NullmailObservation   *self,
         NullmailPasswordTable *table)
{
  NullmailAnswers *known = _nullmail_installation_get_answers (self->installation);
  g_autofree char *postmap =
    _nullmail_installation_find_command (self->installation, "postmap", NULL);
  g_autofree char *question = g_strdup_printf ("answers of %s:%s", table->map_type, table->path);
  g_autofree char *map_path = _nullmail_lookup_map_get_path (table->path, table->map_type);
  g_autofree char *basis = NULL;
  NullmailMapAnswers answers;
  gpointer number = NULL;

  if (postmap == NULL)
    return NULLMAIL_MAP_ANSWERS_UNKNOWN;

  basis = _nullmail_basis_new (postmap, table->path, map_path, NULL);
  if (_nullmail_answers_recall (known, question, basis, copy_number, &number, NULL))
    return GPOINTER_TO_INT (number);

  answers = _nullmail_password_table_ask (
    table, g_steal_pointer (&postmap),
    _nullmail_installation_get_config_directory (self->installation), self->cancellable);
  if (answers != NULLMAIL_MAP_ANSWERS_UNKNOWN)
    _nullmail_answers_remember (known, question, basis, GINT_TO_POINTER (answers), NULL, NULL);
  return answers;
}

/* A map is asked once, and not at all if it is as this library has left it. */
NullmailMapAnswers
_nullmail_observation_ask_table (NullmailObservation *self,
                                 const char          *path,
                                 const char          *map_type)
{
  Look *look = look_at_table (self, path, map_type);

  if (look->is_asked || look->table == NULL || !look->table->has_map)
    return look->answers;

  look->is_asked = TRUE;
  if (is_as_left (self, look->table))
    return look->answers;

  look->answers = ask_map (self, look->table);
  return look->answers;
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
          self->faults = _nullmail_master_cf_list_faults (text);
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
  return (NullmailFileFacts) { NULLMAIL_FACT_YES, info->st_mode & 07777, info->st_uid, FALSE };
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

/* Whether the rights of a file that lets others in can be changed at all. */
static void
note_fixed (NullmailFileFacts *facts,
            const char        *path)
{
  struct statvfs mount;

  facts->is_fixed = facts->exists == NULLMAIL_FACT_YES
                    && ((facts->mode & 077) != 0 || facts->uid != 0)
                    && statvfs (path, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0;
}

/* Fills in a password file as it is on disk. It is no error if the file cannot be read, since the
 * checks report what they could not look at. */
static void
look_at_table_file (NullmailObservation *observation,
                    NullmailEffective   *effective,
                    const char          *path,
                    const char          *map_type,
                    char                *map_path,
                    NullmailTableFile   *file)
{
  NullmailPasswordTable *table = _nullmail_observation_read_table (observation, path, map_type,
                                                                   NULL);
  NullmailFileFacts missing = { .exists = NULLMAIL_FACT_NO };

  *file = (NullmailTableFile) { map_type, path, map_path, NULL, { 0 }, { 0 }, NULLMAIL_FACT_NO,
                                look_at_table (observation, path, map_type)->answers };
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
  _nullmail_password_map_set_separator (effective, table->contents);
  if (table->base != NULL)
    file->passwords = table->contents;
  if (map_path != NULL)
    file->map = table->has_map ? describe (&table->map) : look_at_path (map_path);
  if (table->map_state == NULLMAIL_LOOKUP_MAP_STALE)
    file->map_is_stale = NULLMAIL_FACT_YES;
}

static void
look_at_file (NullmailObservation *observation,
              NullmailEffective   *effective,
              const char          *path,
              const char          *map_type,
              char                *map_path,
              NullmailTableFile   *file)
{
  look_at_table_file (observation, effective, path, map_type, map_path, file);
  note_fixed (&file->source, path);
  if (map_path != NULL)
    note_fixed (&file->map, map_path);
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

  look_at_file (observation, self->snapshot.effective, path, map_type, map_path, file);
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
  snapshot->master_services = _nullmail_observation_read_services (observation);
  snapshot->master_faults = observation->faults;
  snapshot->master_options = _nullmail_observation_read_options (observation);
  snapshot->mask = mask;
  snapshot->main_cf_path = _nullmail_installation_get_main_cf_path (observation->installation);
  snapshot->installation = observation->installation;
  snapshot->cancellable = observation->cancellable;
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
_nullmail_view_ask_tables (NullmailView        *self,
                           NullmailObservation *observation)
{
  NullmailTableFile *file = &self->snapshot.file;

  if (!_nullmail_effective_logs_in (self->snapshot.effective))
    return;

  if (file->source_path != NULL)
    file->answers = _nullmail_observation_ask_table (observation, file->source_path,
                                                     file->map_type);
  for (guint i = 0; i < self->more_files->len; i++)
    {
      file = &g_array_index (self->more_files, NullmailTableFile, i);
      file->answers = _nullmail_observation_ask_table (observation, file->source_path,
                                                       file->map_type);
    }
}

void
_nullmail_view_clear (NullmailView *self)
{
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->more_files, g_array_unref);
}
