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
#include "base/text-find-private.h"
#include "document/main-cf-private.h"
#include "postfix/postconf-private.h"

#define DEFAULT_DIRECTORY "/etc/postfix"
#define NAMED_DIRECTORY "command_directory"

struct _NullmailInstallation
{
  gatomicrefcount         ref_count;

  char                   *config_directory;   /* (owned) */
  char                   *main_cf_path;       /* (owned) */
  char                   *command_directory;  /* (owned) (nullable) */
  char                   *state_directory;    /* (owned) */
  NullmailServiceControl  control;

  NullmailAnswers        *answers;            /* (owned) */

  GMutex                  mutex;              /* for what follows */
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
  self->answers = _nullmail_answers_new ();
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
  _nullmail_answers_free (self->answers);
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

NullmailAnswers *
_nullmail_installation_get_answers (NullmailInstallation *self)
{
  return self->answers;
}

NullmailServiceControl
_nullmail_installation_get_service_control (NullmailInstallation *self)
{
  return self->control;
}

static gboolean
has_word (NullmailMainCf *main_cf,
          const char     *word)
{
  gsize size;
  const char *text = g_bytes_get_data (_nullmail_main_cf_peek_bytes (main_cf), &size);

  return _nullmail_text_find (text, size, word, 'y') != NULL;
}

/* (nullable): the directory that main.cf names for Postfix's programs. It is read once for each
 * state of main.cf, and a relative path is ignored. */
static char *
find_named_directory (NullmailInstallation *self)
{
  g_autofree char *basis = _nullmail_basis_new (self->main_cf_path, NULL);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *directory = NULL;
  gpointer known;

  if (_nullmail_answers_recall (self->answers, NAMED_DIRECTORY, basis, (GBoxedCopyFunc) g_strdup,
                                &known, NULL))
    directory = known;
  else
    {
      main_cf = nullmail_main_cf_load (self->main_cf_path, NULL, NULL);
      /* Most files do not have the word, and need not be parsed here for that. */
      if (main_cf != NULL && has_word (main_cf, NAMED_DIRECTORY)
          && nullmail_main_cf_has_value (main_cf, NAMED_DIRECTORY))
        {
          /* The defaults are not known here, since the programs that are searched are those that
           * would be asked for them. */
          effective = _nullmail_effective_new (main_cf, NULL);
          directory = _nullmail_effective_get_value (effective, NAMED_DIRECTORY);
        }
      _nullmail_answers_remember (self->answers, NAMED_DIRECTORY, basis,
                                  g_strdup (directory != NULL ? directory : ""), g_free, NULL);
    }

  return directory != NULL && g_path_is_absolute (directory) ? g_steal_pointer (&directory) : NULL;
}

/* (nullable): the directory that main.cf names, if it has the program. A main.cf that comes from
 * another distribution names a directory of that one: then the program is where it ever is. */
static char *
find_directory_of (NullmailInstallation *self,
                   const char           *name)
{
  g_autofree char *named = find_named_directory (self);
  g_autofree char *path = named != NULL ? g_build_filename (named, name, NULL) : NULL;
  struct stat info;

  return path != NULL && lstat (path, &info) == 0 ? g_steal_pointer (&named) : NULL;
}

char *
_nullmail_installation_find_command (NullmailInstallation  *self,
                                     const char            *name,
                                     GError               **error)
{
  g_autofree char *named = self->command_directory == NULL ? find_directory_of (self, name) : NULL;
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

GHashTable *
_nullmail_installation_query_defaults (NullmailInstallation  *self,
                                       GCancellable          *cancellable,
                                       GError               **error)
{
  g_autofree char *postconf = _nullmail_installation_find_command (self, "postconf", error);
  g_autoptr(GError) local_error = NULL;
  GHashTable *defaults;
  g_autofree char *basis = NULL;
  gpointer known;

  if (postconf == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  basis = _nullmail_basis_new (postconf, NULL);
  if (_nullmail_answers_recall (self->answers, "postconf -d", basis,
                                (GBoxedCopyFunc) g_hash_table_ref, &known, error))
    return known;

  defaults = _nullmail_postconf_query_defaults (postconf, self->config_directory, cancellable,
                                                &local_error);
  _nullmail_answers_remember (self->answers, "postconf -d", basis,
                              defaults != NULL ? g_hash_table_ref (defaults) : NULL,
                              (GDestroyNotify) g_hash_table_unref, local_error);
  if (defaults == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return defaults;
}

char *
_nullmail_installation_query_default_directory (NullmailInstallation *self,
                                                GCancellable         *cancellable)
{
  g_autoptr(GHashTable) defaults = _nullmail_installation_query_defaults (self, cancellable, NULL);
  const char *compiled = defaults != NULL ? g_hash_table_lookup (defaults, "config_directory")
                                          : NULL;

  /* If Postfix cannot be asked, this is the directory on nearly every system. */
  return g_strdup (compiled != NULL && g_path_is_absolute (compiled) ? compiled
                                                                     : DEFAULT_DIRECTORY);
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

char *
_nullmail_installation_query_queue_directory (NullmailInstallation *self,
                                              GCancellable         *cancellable)
{
  g_autoptr(NullmailMainCf) main_cf = _nullmail_installation_load_main_cf (self, cancellable, NULL);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autofree char *directory = NULL;

  if (main_cf != NULL)
    {
      effective = _nullmail_installation_read (self, main_cf, cancellable);
      directory = _nullmail_effective_get_value (effective, "queue_directory");
    }
  if (directory != NULL && g_path_is_absolute (directory))
    return g_steal_pointer (&directory);

  /* If Postfix cannot be asked, this is the directory on nearly every system. */
  return g_strdup (g_str_equal (self->config_directory, DEFAULT_DIRECTORY) ? "/var/spool/postfix"
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
