/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/installation-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "postfix/postconf-private.h"
#include "postfix/private-config-private.h"

/* Which file is at a path, and in what state; all members are zero if there is none. */
typedef struct
{
  dev_t           device;
  ino_t           inode;
  off_t           size;
  struct timespec modified;
  struct timespec changed;
} Identity;

/* What an answer of Postfix depends on. */
typedef struct
{
  Identity program;
  Identity main_cf;
  char     host_name[256];
} Basis;

/* The last answer to one question, or why there was none. */
typedef struct
{
  Basis     basis;
  gpointer  value;  /* (owned) (nullable) */
  GError   *error;  /* (owned) (nullable) */
} Answer;

struct _NullmailInstallation
{
  gatomicrefcount         ref_count;

  char                   *config_directory;   /* (owned) */
  char                   *main_cf_path;       /* (owned) */
  char                   *command_directory;  /* (owned) (nullable) */
  char                   *state_directory;    /* (owned) */
  NullmailServiceControl  control;

  GMutex                  mutex;              /* for what follows */
  Answer                  defaults;           /* its value is a GHashTable */
  Answer                  map_types;          /* its value is a GStrv */
  Identity                named_by;           /* the main.cf that names the next directory */
  char                   *named_directory;    /* (owned) (nullable) its command_directory */
  GHashTable             *programs;           /* (owned) name to path */
  NullmailInspection     *inspection;         /* (owned) (nullable) */
  gboolean                can_undo;
};

NullmailInstallation *
_nullmail_installation_new (const char             *config_directory,
                            const char             *command_directory,
                            const char             *state_directory,
                            NullmailServiceControl  control)
{
  NullmailInstallation *self = g_new0 (NullmailInstallation, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->config_directory = g_strdup (config_directory);
  self->main_cf_path = g_build_filename (config_directory, "main.cf", NULL);
  self->command_directory = g_strdup (command_directory);
  self->state_directory = g_strdup (state_directory);
  self->control = control;
  g_mutex_init (&self->mutex);
  self->programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

NullmailInstallation *
_nullmail_installation_ref (NullmailInstallation *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_installation_unref (NullmailInstallation *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->config_directory);
  g_free (self->main_cf_path);
  g_free (self->command_directory);
  g_free (self->state_directory);
  g_mutex_clear (&self->mutex);
  g_clear_pointer (&self->defaults.value, g_hash_table_unref);
  g_clear_error (&self->defaults.error);
  g_strfreev (self->map_types.value);
  g_clear_error (&self->map_types.error);
  g_free (self->named_directory);
  g_hash_table_unref (self->programs);
  g_clear_pointer (&self->inspection, _nullmail_inspection_unref);
  g_free (self);
}

const char *
_nullmail_installation_get_config_directory (NullmailInstallation *self)
{
  return self->config_directory;
}

const char *
_nullmail_installation_get_main_cf_path (NullmailInstallation *self)
{
  return self->main_cf_path;
}

const char *
_nullmail_installation_get_command_directory (NullmailInstallation *self)
{
  return self->command_directory;
}

const char *
_nullmail_installation_get_state_directory (NullmailInstallation *self)
{
  return self->state_directory;
}

NullmailServiceControl
_nullmail_installation_get_service_control (NullmailInstallation *self)
{
  return self->control;
}

static Identity
identify (const char *path)
{
  struct stat info;

  if (stat (path, &info) < 0)
    return (Identity) { 0 };

  return (Identity) { info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim };
}

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
is_same_file (const Identity *a,
              const Identity *b)
{
  return a->device == b->device && a->inode == b->inode && a->size == b->size
         && is_same_time (&a->modified, &b->modified) && is_same_time (&a->changed, &b->changed);
}

/* (nullable): the directory that main.cf names for Postfix's programs. It is read once for each
 * state of main.cf, and a relative path is ignored. */
static char *
find_named_directory (NullmailInstallation *self)
{
  Identity now = identify (self->main_cf_path);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *directory = NULL;
  gboolean is_known;

  g_mutex_lock (&self->mutex);
  is_known = is_same_file (&self->named_by, &now);
  if (is_known)
    directory = g_strdup (self->named_directory);
  g_mutex_unlock (&self->mutex);
  if (is_known)
    return g_steal_pointer (&directory);

  main_cf = nullmail_main_cf_load (self->main_cf_path, NULL, NULL);
  if (main_cf != NULL && nullmail_main_cf_has_value (main_cf, "command_directory"))
    {
      /* The defaults are not known here, since the programs that are searched are those that would
       * be asked for them. */
      effective = _nullmail_effective_new (main_cf, NULL);
      directory = _nullmail_effective_get_value (effective, "command_directory");
      if (directory != NULL && !g_path_is_absolute (directory))
        g_clear_pointer (&directory, g_free);
    }

  g_mutex_lock (&self->mutex);
  self->named_by = now;
  g_free (self->named_directory);
  self->named_directory = g_strdup (directory);
  g_mutex_unlock (&self->mutex);
  return g_steal_pointer (&directory);
}

char *
_nullmail_installation_find_command (NullmailInstallation  *self,
                                     const char            *name,
                                     GError               **error)
{
  g_autofree char *named = self->command_directory == NULL ? find_named_directory (self) : NULL;
  const char *directory = named != NULL ? named : self->command_directory;
  const char *folders = directory != NULL ? directory : g_getenv ("PATH");
  g_autofree char *key = g_strconcat (name, ":", folders, NULL);
  char *path;

  /* The path is remembered because searching PATH takes two hundred system calls: each of its
   * directories has to be safe. */
  g_mutex_lock (&self->mutex);
  path = g_strdup (g_hash_table_lookup (self->programs, key));
  g_mutex_unlock (&self->mutex);
  if (path != NULL && access (path, X_OK) == 0)
    return path;

  g_free (path);
  path = _nullmail_command_find (name, directory, error);
  if (path != NULL)
    {
      g_mutex_lock (&self->mutex);
      g_hash_table_insert (self->programs, g_steal_pointer (&key), g_strdup (path));
      g_mutex_unlock (&self->mutex);
    }

  return path;
}

static gboolean
check_main_cf (NullmailInstallation  *self,
               GError               **error)
{
  g_autofree char *shown = NULL;
  struct stat info;

  /* A main.cf that cannot be looked at passes here; whoever reads it reports what is wrong. */
  if (stat (self->main_cf_path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR))
    return TRUE;

  shown = _nullmail_show_name (self->main_cf_path);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
               "There is no “%s”: install Postfix, or name its configuration directory", shown);
  return FALSE;
}

NullmailMainCf *
_nullmail_installation_load_main_cf (NullmailInstallation  *self,
                                     GCancellable          *cancellable,
                                     GError               **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailMainCf *main_cf = nullmail_main_cf_load (self->main_cf_path, cancellable, &local_error);

  if (main_cf != NULL)
    return main_cf;

  /* A link that leads nowhere is not reported as a file that is not there. */
  if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND)
      || g_file_test (self->main_cf_path, G_FILE_TEST_IS_SYMLINK)
      || check_main_cf (self, error))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static Basis
get_basis (NullmailInstallation *self,
           const char           *program,
           gboolean              reads_main_cf)
{
  Basis basis = { 0 };

  basis.program = identify (program);
  if (reads_main_cf)
    basis.main_cf = identify (self->main_cf_path);
  if (gethostname (basis.host_name, sizeof basis.host_name) < 0)
    *basis.host_name = '\0';
  basis.host_name[sizeof basis.host_name - 1] = '\0';
  return basis;
}

static gboolean
is_same_basis (const Basis *a,
               const Basis *b)
{
  return is_same_file (&a->program, &b->program) && is_same_file (&a->main_cf, &b->main_cf)
         && g_str_equal (a->host_name, b->host_name);
}

/* Gets the last answer, or the error that stood in its place. FALSE means that it does not hold any
 * more, and Postfix has to be asked. */
static gboolean
recall (NullmailInstallation  *self,
        const Answer          *answer,
        const Basis           *basis,
        GBoxedCopyFunc         copy,
        gpointer              *value,
        GError               **error)
{
  gboolean holds;

  *value = NULL;
  g_mutex_lock (&self->mutex);
  holds = (answer->value != NULL || answer->error != NULL)
          && is_same_basis (&answer->basis, basis);
  if (holds && answer->value != NULL)
    *value = copy (answer->value);
  else if (holds && error != NULL)
    *error = g_error_copy (answer->error);
  g_mutex_unlock (&self->mutex);

  return holds;
}

/* Keeps an answer. If asking was cancelled or took too long nothing is kept, so that Postfix is
 * asked again. */
static void
remember (NullmailInstallation *self,
          Answer               *answer,
          const Basis          *basis,
          gpointer              take_value,
          GDestroyNotify        free_value,
          const GError         *error)
{
  if (take_value == NULL
      && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND)
      && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE))
    return;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&answer->value, free_value);
  g_clear_error (&answer->error);
  answer->basis = *basis;
  answer->value = take_value;
  if (take_value == NULL)
    answer->error = g_error_copy (error);
  g_mutex_unlock (&self->mutex);
}

GHashTable *
_nullmail_installation_query_defaults (NullmailInstallation  *self,
                                       GCancellable          *cancellable,
                                       GError               **error)
{
  g_autofree char *postconf = _nullmail_installation_find_command (self, "postconf", error);
  g_autoptr(GError) local_error = NULL;
  GHashTable *defaults;
  gpointer known;
  Basis basis;

  if (postconf == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  basis = get_basis (self, postconf, FALSE);
  if (recall (self, &self->defaults, &basis, (GBoxedCopyFunc) g_hash_table_ref, &known, error))
    return known;

  defaults = _nullmail_postconf_query_defaults (postconf, self->config_directory, cancellable,
                                                &local_error);
  remember (self, &self->defaults, &basis, defaults != NULL ? g_hash_table_ref (defaults) : NULL,
            (GDestroyNotify) g_hash_table_unref, local_error);
  if (defaults == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return defaults;
}

/* A main.cf with lines that Postfix stops at is shown to it, so that it says so. Any other that it
 * refuses, for a reason that may lie outside of it, and one that it would wait for, does not keep
 * it from telling its types. */
static char **
ask_map_types (NullmailInstallation  *self,
               const char            *postconf,
               GCancellable          *cancellable,
               GError               **error)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(GError) local_error = NULL;
  gboolean is_readable;
  char **types = NULL;

  main_cf = _nullmail_installation_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (self, main_cf, cancellable);
  is_readable = nullmail_main_cf_count_bad_lines (main_cf) == 0;
  if (is_readable && _nullmail_private_config_is_wanted (self->main_cf_path))
    types = _nullmail_private_config_query_map_types (effective, postconf, cancellable);
  if (types != NULL)
    return types;

  types = _nullmail_postconf_query_map_types (postconf, self->config_directory, cancellable,
                                              &local_error);
  if (types == NULL && is_readable
      && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND))
    types = _nullmail_private_config_query_map_types (effective, postconf, cancellable);
  if (types == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return types;
}

char **
_nullmail_installation_query_map_types (NullmailInstallation  *self,
                                        GCancellable          *cancellable,
                                        GError               **error)
{
  g_autofree char *postconf = _nullmail_installation_find_command (self, "postconf", error);
  g_autoptr(GError) local_error = NULL;
  char **types;
  gpointer known;
  Basis basis;

  if (postconf == NULL)
    return NULL;

  basis = get_basis (self, postconf, TRUE);
  if (recall (self, &self->map_types, &basis, (GBoxedCopyFunc) g_strdupv, &known, error))
    return known;

  types = ask_map_types (self, postconf, cancellable, &local_error);
  remember (self, &self->map_types, &basis, g_strdupv (types), (GDestroyNotify) g_strfreev,
            local_error);
  if (types == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return types;
}

static GHashTable *
load_defaults (gpointer      user_data,
               GCancellable *cancellable)
{
  return _nullmail_installation_query_defaults (user_data, cancellable, NULL);
}

/* The file is not one of secrets, and is read each time, since it may change. */
static char *
load_file (gpointer      user_data G_GNUC_UNUSED,
           const char   *path,
           GCancellable *cancellable)
{
  return _nullmail_regular_file_load_text (path, cancellable, NULL);
}

NullmailEffective *
_nullmail_installation_read (NullmailInstallation *self,
                             NullmailMainCf       *main_cf,
                             GCancellable         *cancellable)
{
  char host_name[256] = "";
  NullmailDefaultSource source = { self->config_directory, host_name, load_defaults, self,
                                   cancellable, load_file };

  if (gethostname (host_name, sizeof host_name - 1) < 0 || *host_name == '\0')
    source.host_name = NULL;

  return _nullmail_effective_new (main_cf, &source);
}

typedef struct
{
  NullmailInstallation *self;
  const char           *believed;  /* (nullable) */
  GCancellable         *cancellable;
} TypeQuestion;

static NullmailFact
has_map_type (const TypeQuestion *question,
              const char         *map_type)
{
  g_auto(GStrv) types = NULL;

  if (g_str_equal (map_type, "texthash") || g_strcmp0 (map_type, question->believed) == 0)
    return NULLMAIL_FACT_YES;

  types = _nullmail_installation_query_map_types (question->self, question->cancellable, NULL);
  if (types == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  return g_strv_contains ((const char * const *) types, map_type) ? NULLMAIL_FACT_YES
                                                                   : NULLMAIL_FACT_NO;
}

static gboolean
is_supported (const char *map_type,
              gpointer    user_data)
{
  return has_map_type (user_data, map_type) != NULLMAIL_FACT_NO;
}

NullmailFact
_nullmail_installation_query_map_type (NullmailInstallation *self,
                                       NullmailEffective    *effective,
                                       const char           *map_type,
                                       GCancellable         *cancellable)
{
  g_autofree char *believed = _nullmail_effective_get_value (effective, "default_database_type");
  TypeQuestion question = { self, believed, cancellable };

  return has_map_type (&question, map_type);
}

const char *
_nullmail_installation_choose_map_type (NullmailInstallation  *self,
                                        NullmailEffective     *effective,
                                        GCancellable          *cancellable,
                                        GError               **error)
{
  g_autofree char *believed = _nullmail_effective_get_value (effective, "default_database_type");
  g_autoptr(GHashTable) defaults = NULL;
  TypeQuestion question = { self, believed, cancellable };

  if (believed == NULL)
    {
      defaults = _nullmail_installation_query_defaults (self, cancellable, error);
      if (defaults == NULL)
        return NULL;
    }

  return _nullmail_table_type_choose (believed, is_supported, &question);
}

char *
_nullmail_installation_query_queue_directory (NullmailInstallation *self)
{
  g_autoptr(NullmailMainCf) main_cf = _nullmail_installation_load_main_cf (self, NULL, NULL);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *directory = NULL;

  if (main_cf != NULL)
    {
      effective = _nullmail_installation_read (self, main_cf, NULL);
      directory = _nullmail_effective_get_value (effective, "queue_directory");
    }
  if (directory != NULL && g_path_is_absolute (directory))
    return g_steal_pointer (&directory);

  /* If Postfix cannot be asked, this is the directory on nearly every system. */
  return g_strdup (g_str_equal (self->config_directory, "/etc/postfix") ? "/var/spool/postfix"
                                                                        : NULL);
}

void
_nullmail_installation_note_inspection (NullmailInstallation *self,
                                        NullmailInspection   *inspection)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->inspection, _nullmail_inspection_unref);
  self->inspection = _nullmail_inspection_ref (inspection);
  g_mutex_unlock (&self->mutex);
}

NullmailInspection *
_nullmail_installation_ref_inspection (NullmailInstallation *self)
{
  NullmailInspection *inspection;

  g_mutex_lock (&self->mutex);
  inspection = self->inspection != NULL ? _nullmail_inspection_ref (self->inspection) : NULL;
  g_mutex_unlock (&self->mutex);

  return inspection;
}

gboolean
_nullmail_installation_get_can_undo (NullmailInstallation *self)
{
  gboolean can_undo;

  g_mutex_lock (&self->mutex);
  can_undo = self->can_undo;
  g_mutex_unlock (&self->mutex);

  return can_undo;
}

void
_nullmail_installation_set_can_undo (NullmailInstallation *self,
                                     gboolean              can_undo)
{
  g_mutex_lock (&self->mutex);
  self->can_undo = can_undo;
  g_mutex_unlock (&self->mutex);
}
