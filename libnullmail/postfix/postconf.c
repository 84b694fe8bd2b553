/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/postconf-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "config/mask-private.h"

#define POSTCONF_TIMEOUT_MS 30000

/* Runs postconf with options and then names, and returns the lines of its output. */
static char **
run_postconf (const char          *postconf,
              const char          *config_directory,
              const char          *option,
              const char * const  *names,
              GCancellable        *cancellable,
              GError             **error)
{
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) postconf);
  g_ptr_array_add (argv, (gpointer) "-c");
  g_ptr_array_add (argv, (gpointer) config_directory);
  if (option != NULL)
    g_ptr_array_add (argv, (gpointer) option);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) names[i]);
  g_ptr_array_add (argv, NULL);

  result = _nullmail_command_run ((const char * const *) argv->pdata, NULL,
                                  NULLMAIL_COMMAND_QUERY, POSTCONF_TIMEOUT_MS,
                                  cancellable, error);
  if (result == NULL)
    return NULL;

  if (result->exit_status != 0)
    {
      g_autofree char *reason = _nullmail_command_result_get_reason (result);
      g_autofree char *shown = _nullmail_mask_show_message (reason);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                   "postconf cannot read the configuration in “%s”, correct what it names: %s",
                   config_directory, shown);
      return NULL;
    }

  return g_strsplit (result->output->data, "\n", -1);
}

/* Takes the lines over: each becomes a name, and behind it in the same memory its value. */
static GHashTable *
parse_values (char **lines)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_utf8_validate (lines[i], -1, NULL) ? g_steal_pointer (&lines[i])
                                                        : g_utf8_make_valid (lines[i], -1);
      char *equals = strchr (line, '=');

      g_free (lines[i]);
      if (equals == NULL)
        {
          g_free (line);
          continue;
        }
      *equals = '\0';
      g_hash_table_replace (values, g_strchomp (line), g_strstrip (equals + 1));
    }

  g_free (lines);
  return values;
}

GHashTable *
_nullmail_postconf_query_defaults (const char    *postconf,
                                   const char    *config_directory,
                                   GCancellable  *cancellable,
                                   GError       **error)
{
  char **lines = run_postconf (postconf, config_directory, "-d", NULL, cancellable, error);

  return lines != NULL ? parse_values (lines) : NULL;
}

GHashTable *
_nullmail_postconf_query_values (const char          *postconf,
                                 const char          *config_directory,
                                 const char * const  *names,
                                 GCancellable        *cancellable,
                                 GError             **error)
{
  char **lines = run_postconf (postconf, config_directory, NULL, names, cancellable, error);

  return lines != NULL ? parse_values (lines) : NULL;
}

char *
_nullmail_postconf_query_column (const char   *postconf,
                                 const char   *config_directory,
                                 const char   *column,
                                 GCancellable *cancellable)
{
  const char *names[] = { column, NULL };
  char **lines = run_postconf (postconf, config_directory, "-F", names, cancellable, NULL);
  g_autoptr(GHashTable) values = lines != NULL ? parse_values (lines) : NULL;

  return values != NULL ? g_strdup (g_hash_table_lookup (values, column)) : NULL;
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

char **
_nullmail_postconf_query_map_types (const char    *postconf,
                                    const char    *config_directory,
                                    GCancellable  *cancellable,
                                    GError       **error)
{
  g_auto(GStrv) lines = run_postconf (postconf, config_directory, "-m", NULL, cancellable, error);

  return lines != NULL ? drop_empty_lines (lines) : NULL;
}
