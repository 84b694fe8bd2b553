/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The other instances of Postfix on this host. They may use the same password file, so that an
 * entry that this one no longer needs may still be one of theirs.
 *
 * Known are the instance of the default directory, and those that its main.cf or the one that is
 * planned for lists in multi_instance_directories. They are looked at only by a plan that is about
 * to take something away. What is read of them belongs to the premises of the plan, and is compared
 * again when it is applied, under the lock. */

#include "plan/planner-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "check/finding-private.h"
#include "plan/table-mentions-private.h"

typedef struct
{
  NullmailInstallation  *installation;     /* (owned) */
  NullmailEffective     *effective;        /* (owned) (nullable) NULL: main.cf cannot be read */
  char                  *master_cf;        /* (owned) (nullable) its text */
  gboolean               hides_master_cf;  /* there is a master.cf, and it cannot be read */
  char                  *path;             /* (owned) (nullable) the password file that what
                                            * follows is about */
  gboolean               reads_file;
  NullmailKeyReferences  references;
} Other;

static void
other_free (gpointer data)
{
  Other *self = data;

  _nullmail_installation_unref (self->installation);
  g_clear_pointer (&self->effective, _nullmail_effective_free);
  _nullmail_key_references_clear (&self->references);
  g_free (self->master_cf);
  g_free (self->path);
  g_free (self);
}

static const char *
get_directory (Other *self)
{
  return _nullmail_installation_get_config_directory (self->installation);
}

static gboolean
is_known (NullmailPlanner *planner,
          const char      *directory)
{
  if (_nullmail_paths_are_same (directory, planner->plan->config_directory))
    return TRUE;

  for (guint i = 0; i < planner->others->len; i++)
    if (_nullmail_paths_are_same (directory,
                                  get_directory (g_ptr_array_index (planner->others, i))))
      return TRUE;

  return FALSE;
}

/* The text of one of its files. */
static char *
load_text (NullmailPlanner  *planner,
           const char       *directory,
           const char       *name,
           gboolean         *is_hidden)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr(GError) error = NULL;
  char *text = _nullmail_premises_load_text (planner->plan->premises, planner->observation, path,
                                             &error);

  *is_hidden = text == NULL
               && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
  return text;
}

/* Adds the instance of a directory, unless it is known already, or has no main.cf. */
static Other *
add_other (NullmailPlanner *planner,
           const char      *directory)
{
  NullmailInstallation *here = planner->installation;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gboolean is_hidden;
  Other *self;

  if (!g_path_is_absolute (directory) || is_known (planner, directory))
    return NULL;

  text = load_text (planner, directory, "main.cf", &is_hidden);
  if (text == NULL && !is_hidden)
    return NULL;

  self = g_new0 (Other, 1);
  g_ptr_array_add (planner->others, self);
  self->installation =
    _nullmail_installation_new (directory, _nullmail_installation_get_command_directory (here),
                                _nullmail_installation_get_state_directory (here),
                                _nullmail_installation_get_service_control (here));
  self->master_cf = load_text (planner, directory, "master.cf", &self->hides_master_cf);
  if (text == NULL)
    return self;

  bytes = g_bytes_new (text, strlen (text));
  main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);
  if (main_cf != NULL)
    self->effective = _nullmail_installation_read (self->installation, main_cf,
                                                   planner->cancellable);
  return self;
}

static void
add_listed (NullmailPlanner   *planner,
            NullmailEffective *effective)
{
  g_auto(GStrv) directories = _nullmail_effective_get_list (effective,
                                                            "multi_instance_directories");

  for (guint i = 0; directories != NULL && directories[i] != NULL; i++)
    add_other (planner, directories[i]);
}

static GPtrArray *
list_others (NullmailPlanner *planner)
{
  g_autofree char *directory = NULL;
  Other *first;

  if (planner->others != NULL)
    return planner->others;

  planner->others = g_ptr_array_new_with_free_func (other_free);
  directory = _nullmail_installation_query_default_directory (planner->installation,
                                                              planner->cancellable);
  first = add_other (planner, directory);
  if (first != NULL && first->effective != NULL)
    add_listed (planner, first->effective);
  add_listed (planner, planner->after);
  return planner->others;
}

/* Prepares what is asked about the keys of a password file. */
static void
look_at_file (NullmailPlanner *planner,
              Other           *self,
              const char      *path)
{
  if (self->effective == NULL || g_strcmp0 (self->path, path) == 0)
    return;

  g_free (self->path);
  self->path = g_strdup (path);
  _nullmail_key_references_clear (&self->references);
  _nullmail_key_references_init (&self->references, self->effective, get_directory (self),
                                 self->path, planner->plan->premises, planner->observation);
  self->reads_file = _nullmail_planner_reads_file (self->effective, path)
                     || _nullmail_key_references_mentions (&self->references, path);
}

/* Whether a key may be looked up in the file. One that is an address is that of a sender. */
static gboolean
needs_key (Other      *self,
           const char *key)
{
  if (self->effective == NULL)
    return TRUE;

  return self->reads_file
         && (_nullmail_key_references_names (&self->references, key)
             || (strchr (key, '@') != NULL
                 && _nullmail_effective_is_yes (self->effective,
                                                "smtp_sender_dependent_authentication")));
}

static void
add_note (NullmailPlanner *planner,
          Other           *self,
          const char      *path,
          const char      *key)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_SHARED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .subject = key,
    .path = path,
  };
  gboolean is_seen = self->effective != NULL && self->references.unreadable == NULL;
  char *message = is_seen
    ? g_strdup_printf (_("The password of “%s” stays in “%s”, since the Postfix of “%s” needs it."),
                       key, path, get_directory (self))
    : g_strdup_printf (_("The password of “%s” stays in “%s”, since the Postfix of “%s” may need "
                         "it: not all of its configuration can be read."),
                       key, path, get_directory (self));

  g_autoptr(NullmailFinding) note = _nullmail_finding_new (
    &facts, message,
    g_strdup (_("If it is to go, give that instance a password file of its own, and then call "
                "purge_credentials.")));

  if (!_nullmail_finding_list_has_matter (planner->notes, note))
    g_ptr_array_add (planner->notes, g_steal_pointer (&note));
}

gboolean
_nullmail_planner_is_needed_elsewhere (NullmailPlanner *planner,
                                       const char      *path,
                                       const char      *key)
{
  GPtrArray *others = list_others (planner);

  for (guint i = 0; i < others->len; i++)
    {
      Other *other = g_ptr_array_index (others, i);

      look_at_file (planner, other, path);
      if (needs_key (other, key))
        {
          add_note (planner, other, path, key);
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
_nullmail_planner_is_named_elsewhere (NullmailPlanner *planner,
                                      const char      *type,
                                      const char      *path)
{
  GPtrArray *others = list_others (planner);

  for (guint i = 0; i < others->len; i++)
    {
      Other *other = g_ptr_array_index (others, i);

      if (other->effective == NULL || other->hides_master_cf
          || _nullmail_configuration_names_table (other->effective, other->master_cf, type, path))
        return TRUE;
    }

  return FALSE;
}

gboolean
_nullmail_planner_check_elsewhere (NullmailPlanner  *planner,
                                   const char       *path,
                                   GError          **error)
{
  GPtrArray *others = list_others (planner);

  for (guint i = 0; i < others->len; i++)
    {
      Other *other = g_ptr_array_index (others, i);
      const char *main_cf_path = _nullmail_installation_get_main_cf_path (other->installation);

      look_at_file (planner, other, path);
      if (other->effective == NULL)
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                     "“%s” may name a relay whose password would be dropped from “%s”, and cannot "
                     "be read: purge as root, or remove old entries by hand", main_cf_path, path);
      else if (other->reads_file && other->references.unreadable != NULL)
        g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                     "“%s” in “%s” may name a relay whose password would be dropped from “%s”, and "
                     "cannot be read: remove old entries by hand", other->references.unreadable,
                     main_cf_path, path);
      else
        continue;
      return FALSE;
    }

  return TRUE;
}
