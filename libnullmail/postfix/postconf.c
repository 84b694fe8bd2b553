/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/postconf-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "store/lookup-map-private.h"

#define POSTCONF_TIMEOUT_MS 30000

NullmailInspection *
_nullmail_inspection_ref (NullmailInspection *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_inspection_unref (NullmailInspection *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->version);
  g_strfreev (self->map_types);
  g_free (self->default_map_type);
  g_free (self->queue_directory);
  g_free (self);
}

gboolean
_nullmail_inspection_has_map_type (const NullmailInspection *self,
                                   const char               *map_type)
{
  return g_strv_contains ((const char * const *) self->map_types, map_type);
}

/* Runs postconf with some options and then names; its lines of output. */
static char **
run_postconf (const char          *config_directory,
              const char          *command_directory,
              const char          *option,
              const char * const  *names,
              GCancellable        *cancellable,
              GError             **error)
{
  g_autofree char *postconf = _nullmail_command_find ("postconf", command_directory, error);
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();

  if (postconf == NULL)
    return NULL;

  g_ptr_array_add (argv, postconf);
  g_ptr_array_add (argv, (gpointer) "-c");
  g_ptr_array_add (argv, (gpointer) config_directory);
  if (option != NULL)
    g_ptr_array_add (argv, (gpointer) option);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) names[i]);
  g_ptr_array_add (argv, NULL);

  result = _nullmail_command_run ((const char * const *) argv->pdata, NULL,
                                  NULLMAIL_COMMAND_TIED, POSTCONF_TIMEOUT_MS,
                                  cancellable, error);
  if (result == NULL)
    return NULL;

  if (result->exit_status != 0)
    {
      g_autofree char *reason = _nullmail_command_result_get_reason (result);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                   "postconf cannot read the configuration in “%s”: %s", config_directory, reason);
      return NULL;
    }

  return g_strsplit (result->output->data, "\n", -1);
}

static GHashTable *
parse_values (char **lines)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *equals = strchr (lines[i], '=');

      if (equals == NULL)
        continue;
      g_hash_table_insert (values,
                           g_strchomp (g_strndup (lines[i], equals - lines[i])),
                           g_strstrip (g_utf8_make_valid (equals + 1, -1)));
    }

  return values;
}

GHashTable *
_nullmail_postconf_get_defaults (const char    *config_directory,
                                 const char    *command_directory,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  g_auto(GStrv) lines = run_postconf (config_directory, command_directory, "-d", NULL, cancellable,
                                      error);

  return lines != NULL ? parse_values (lines) : NULL;
}

GHashTable *
_nullmail_postconf_get_values (const char          *config_directory,
                               const char          *command_directory,
                               const char * const  *names,
                               GCancellable        *cancellable,
                               GError             **error)
{
  g_auto(GStrv) lines = run_postconf (config_directory, command_directory, NULL, names, cancellable,
                                      error);

  return lines != NULL ? parse_values (lines) : NULL;
}

char *
_nullmail_postconf_get_column (const char   *config_directory,
                               const char   *command_directory,
                               const char   *column,
                               GCancellable *cancellable)
{
  const char *names[] = { column, NULL };
  g_auto(GStrv) lines = run_postconf (config_directory, command_directory, "-F", names, cancellable,
                                      NULL);
  g_autoptr(GHashTable) values = lines != NULL ? parse_values (lines) : NULL;

  return values != NULL ? g_strdup (g_hash_table_lookup (values, column)) : NULL;
}

/* The type for a new table: what this Postfix prefers if it can be opened, else the sturdiest. */
static char *
choose_map_type (NullmailInspection *self,
                 const char         *preferred)
{
  const char *candidates[] = { preferred, "lmdb", "cdb", "hash" };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      if (candidates[i] != NULL
          && _nullmail_lookup_map_type_is_known (candidates[i])
          && _nullmail_inspection_has_map_type (self, candidates[i]))
        return g_strdup (candidates[i]);
    }

  return g_strdup ("texthash");
}

static char **
drop_empty_lines (char **lines)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*g_strstrip (lines[i]) != '\0')
        g_strv_builder_add (builder, lines[i]);
    }

  return g_strv_builder_end (builder);
}

/* Whether it was postconf that answered. */
static gboolean
check_answers (const NullmailInspection  *self,
               const char                *config_directory,
               GError                   **error)
{
  gboolean ok = self->version != NULL && g_ascii_isdigit (self->version[0])
                && self->queue_directory != NULL && g_path_is_absolute (self->queue_directory)
                && self->map_types[0] != NULL;

  for (guint i = 0; ok && self->map_types[i] != NULL; i++)
    ok = strspn (self->map_types[i], G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")
         == strlen (self->map_types[i]);
  if (ok)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
               "What postconf says of “%s” is not understood: see whether it is that of Postfix",
               config_directory);
  return FALSE;
}

NullmailInspection *
_nullmail_inspection_new (const char    *config_directory,
                          const char    *command_directory,
                          GCancellable  *cancellable,
                          GError       **error)
{
  static const char * const names[] = { "default_database_type", "mail_version",
                                        "queue_directory", NULL };
  g_autoptr(NullmailInspection) self = g_new0 (NullmailInspection, 1);
  g_autoptr(GHashTable) values = NULL;
  g_auto(GStrv) types = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  values = _nullmail_postconf_get_values (config_directory, command_directory, names, cancellable,
                                          error);
  if (values == NULL)
    return NULL;

  types = run_postconf (config_directory, command_directory, "-m", NULL, cancellable, error);
  if (types == NULL)
    return NULL;

  self->version = g_strdup (g_hash_table_lookup (values, "mail_version"));
  self->queue_directory = g_strdup (g_hash_table_lookup (values, "queue_directory"));
  self->map_types = drop_empty_lines (types);
  if (!check_answers (self, config_directory, error))
    return NULL;

  self->default_map_type = choose_map_type (self,
                                            g_hash_table_lookup (values, "default_database_type"));
  return g_steal_pointer (&self);
}

NullmailInspection *
_nullmail_inspection_new_without_main_cf (const char    *config_directory,
                                          const char    *command_directory,
                                          GCancellable  *cancellable,
                                          GError       **error)
{
  g_autoptr(NullmailInspection) self = g_new0 (NullmailInspection, 1);
  g_autoptr(GHashTable) defaults = NULL;
  const char *types[] = { NULL, "texthash", NULL };

  g_atomic_ref_count_init (&self->ref_count);
  defaults = _nullmail_postconf_get_defaults (config_directory, command_directory, cancellable,
                                              error);
  if (defaults == NULL)
    return NULL;

  types[0] = g_hash_table_lookup (defaults, "default_database_type");
  self->version = g_strdup (g_hash_table_lookup (defaults, "mail_version"));
  self->queue_directory = g_strdup (g_hash_table_lookup (defaults, "queue_directory"));
  self->map_types = g_strdupv ((char **) (types[0] != NULL ? types : types + 1));
  self->default_map_type = choose_map_type (self, types[0]);
  return g_steal_pointer (&self);
}
