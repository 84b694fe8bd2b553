/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/map-types-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error.h"
#include "postfix/postconf-private.h"
#include "postfix/private-config-private.h"

#define PROBE_LIMIT_MS 1500

/* “postconf -m” with just those parameters of main.cf that it depends on; NULL where it does not
 * answer. */
static char **
ask_privately (NullmailEffective *effective,
               const char        *postconf,
               GCancellable      *cancellable)
{
  char *directory = _nullmail_private_config_make (effective);
  char **types;

  if (directory == NULL)
    return NULL;

  types = _nullmail_postconf_query_map_types (postconf, directory, cancellable, NULL);
  _nullmail_private_config_remove (directory);
  return types;
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
  const char *directory = _nullmail_installation_get_config_directory (self);
  gboolean is_readable;
  char **types = NULL;

  main_cf = _nullmail_installation_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (self, main_cf, cancellable);
  is_readable = nullmail_main_cf_count_bad_lines (main_cf) == 0;
  if (is_readable
      && _nullmail_private_config_is_wanted (_nullmail_installation_get_main_cf_path (self)))
    types = ask_privately (effective, postconf, cancellable);
  if (types != NULL)
    return types;

  types = _nullmail_postconf_query_map_types (postconf, directory, cancellable, &local_error);
  if (types == NULL && is_readable
      && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND))
    types = ask_privately (effective, postconf, cancellable);
  if (types == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return types;
}

char **
_nullmail_installation_query_map_types (NullmailInstallation  *self,
                                        GCancellable          *cancellable,
                                        GError               **error)
{
  NullmailAnswers *answers = _nullmail_installation_get_answers (self);
  g_autofree char *postconf = _nullmail_installation_find_command (self, "postconf", error);
  g_autofree char *basis = NULL;
  g_autoptr(GError) local_error = NULL;
  char **types;
  gpointer known;

  if (postconf == NULL)
    return NULL;

  basis = _nullmail_basis_new (postconf, _nullmail_installation_get_main_cf_path (self), NULL);
  if (_nullmail_answers_recall (answers, "postconf -m", basis, (GBoxedCopyFunc) g_strdupv, &known,
                                error))
    return known;

  types = ask_map_types (self, postconf, cancellable, &local_error);
  _nullmail_answers_remember (answers, "postconf -m", basis, g_strdupv (types),
                              (GDestroyNotify) g_strfreev, local_error);
  if (types == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return types;
}

/* (nullable): the type whose files have a suffix, of which more may follow in the text. */
static const char *
find_type_of_file (const char *suffix)
{
  gsize length = strcspn (suffix, ": \n");
  const char *type;

  for (guint i = 0; (type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      const char *other = _nullmail_table_type_get_suffix (type);

      if (other != NULL && strlen (other) == length && strncmp (other, suffix, length) == 0)
        return type;
    }

  return NULL;
}

/* “redirecting hash:/nonexistent/x to lmdb:/nonexistent/x”, see nbdb_dict_open () in Postfix's
 * nbdb_redirect.c. */
static const char *
find_served_type (const char *line)
{
  const char *to = strstr (line, "redirecting ") != NULL ? strstr (line, " to ") : NULL;
  const char *type;

  for (guint i = 0; to != NULL && (type = _nullmail_table_type_get_nth (i)) != NULL; i++)
    {
      gsize length = strlen (type);

      if (strncmp (to + 4, type, length) == 0 && to[4 + length] == ':')
        return type;
    }

  return NULL;
}

static void
read_message (NullmailTypeProbe *self,
              const char        *map_type,
              const char        *line)
{
  const char *path = strstr (line, NULLMAIL_PROBED_PATH);
  const char *suffix = _nullmail_table_type_get_suffix (map_type);
  const char *served_as = find_served_type (line);

  if (served_as != NULL)
    self->served_as = served_as;
  if (strstr (line, "warning: ") != NULL && strstr (line, "deprecated") != NULL)
    self->is_deprecated = TRUE;

  /* Of several messages the one that it does not work decides. */
  if (strstr (line, "unsupported dictionary type: ") != NULL
      || strstr (line, "type mapping lookup error") != NULL
      || (strstr (line, "Berkeley DB support") != NULL && strstr (line, "not available") != NULL))
    self->works = NULLMAIL_FACT_NO;
  else if (path != NULL && strstr (line, "fatal: open ") != NULL
           && strstr (path, "No such file or directory") != NULL
           && self->works == NULLMAIL_FACT_UNKNOWN)
    {
      self->works = NULLMAIL_FACT_YES;
      path += strlen (NULLMAIL_PROBED_PATH);
      if (suffix != NULL && self->served_as == NULL
          && strncmp (path, suffix, strlen (suffix)) != 0)
        self->served_as = find_type_of_file (path);
    }
}

NullmailTypeProbe
_nullmail_type_probe_parse (const char *map_type,
                            const char *messages)
{
  g_auto(GStrv) lines = g_strsplit (messages, "\n", -1);
  NullmailTypeProbe self = { NULLMAIL_FACT_UNKNOWN, NULL, FALSE };

  for (guint i = 0; lines[i] != NULL; i++)
    read_message (&self, map_type, lines[i]);
  if (self.works != NULLMAIL_FACT_YES)
    self.served_as = NULL;

  return self;
}

/* Whether Postfix opens a file for a table of this type, and says so if it is not there. Others
 * might wait for a service. */
static gboolean
has_file (const char *map_type)
{
  const NullmailTableName name = { .type = (char *) map_type, .name = (char *) "/" };
  NullmailTableKind kind = _nullmail_table_name_get_kind (&name);

  return kind == NULLMAIL_TABLE_KEYED || kind == NULLMAIL_TABLE_PATTERN
         || kind == NULLMAIL_TABLE_DATABASE;
}

/* Asks with the parameters alone that the answer depends on: Postfix waits for a main.cf that was
 * changed just now, stops at one that it does not understand, and may have a service build the
 * table that is asked for. */
static NullmailTypeProbe
ask_postmap (NullmailInstallation *self,
             NullmailEffective    *effective,
             const char           *postmap,
             const char           *map_type,
             GCancellable         *cancellable)
{
  char *made = _nullmail_private_config_make (effective);
  const char *directory = made != NULL ? made : _nullmail_installation_get_config_directory (self);
  g_autofree char *table = g_strconcat (map_type, ":" NULLMAIL_PROBED_PATH, NULL);
  const char *argv[] = { postmap, "-c", directory, "-q", "x", table, NULL };
  g_autoptr(NullmailCommandResult) result =
    _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_QUERY, PROBE_LIMIT_MS, cancellable, NULL);

  if (made != NULL)
    _nullmail_private_config_remove (made);
  return _nullmail_type_probe_parse (map_type, result != NULL ? result->errors->data : "");
}

static gpointer
copy_probe (gpointer probe)
{
  return g_memdup2 (probe, sizeof (NullmailTypeProbe));
}

/* The folder that main.cf names, or the usual one, since Postfix is not asked for its default. */
static char *
get_folder (NullmailEffective *effective,
            const char        *parameter,
            const char        *usual)
{
  char *folder = nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), parameter)
                 ? _nullmail_effective_get_value (effective, parameter) : NULL;

  return folder != NULL ? folder : g_strdup (usual);
}

/* The programs, the plug-ins, which come and go with packages, and what Postfix is asked with. */
static char *
get_probe_basis (NullmailEffective *effective,
                 const char        *postmap)
{
  g_autofree char *meta = get_folder (effective, "meta_directory", "/etc/postfix");
  g_autofree char *folder = get_folder (effective, "shlib_directory", "/usr/lib/postfix");
  g_autofree char *plugins = g_build_filename (meta, "dynamicmaps.cf", NULL);
  g_autofree char *more = g_strconcat (plugins, ".d", NULL);
  g_autofree char *files = _nullmail_basis_new (postmap, plugins, more, folder, NULL);
  g_autofree char *text = _nullmail_private_config_get_text (effective);

  return g_strconcat (files, "\n", text, NULL);
}

static gboolean
is_berkeley_db (const char *map_type)
{
  return g_str_equal (map_type, "hash") || g_str_equal (map_type, "btree");
}

/* Whether this Postfix makes new tables of a type that is not Berkeley DB's, which then is what its
 * makers want to be rid of. */
static gboolean
has_other_default (NullmailEffective *effective,
                   const char        *map_type)
{
  g_autofree char *preferred = NULL;

  if (!is_berkeley_db (map_type))
    return FALSE;

  preferred = _nullmail_effective_get_value (effective, "default_database_type");
  return preferred != NULL && _nullmail_table_type_can_be_built (preferred)
         && !is_berkeley_db (preferred) && !g_str_equal (preferred, "texthash");
}

/* What postmap says. That it cannot be run, or says what is not understood, tells nothing of the
 * type, and is not kept. A type that it lacks is asked for twice: it says the same where it could
 * not read its list of plug-ins, and a plan would go on with another type. */
static NullmailTypeProbe
query_probe (NullmailInstallation *self,
             NullmailEffective    *effective,
             const char           *postmap,
             const char           *map_type,
             GCancellable         *cancellable)
{
  NullmailAnswers *answers = _nullmail_installation_get_answers (self);
  g_autofree char *question = g_strconcat ("postmap -q x ", map_type, NULL);
  g_autofree char *basis = get_probe_basis (effective, postmap);
  g_autofree NullmailTypeProbe *known = NULL;
  NullmailTypeProbe probe;

  if (_nullmail_answers_recall (answers, question, basis, copy_probe, (gpointer *) &known, NULL))
    return *known;

  probe = ask_postmap (self, effective, postmap, map_type, cancellable);
  if (probe.works == NULLMAIL_FACT_NO)
    probe = ask_postmap (self, effective, postmap, map_type, cancellable);
  if (probe.works != NULLMAIL_FACT_UNKNOWN)
    _nullmail_answers_remember (answers, question, basis, copy_probe (&probe), g_free, NULL);
  return probe;
}

/* What postconf says, of a type that postmap cannot be asked for, or of which it says nothing. */
static NullmailFact
is_listed (NullmailInstallation *self,
           const char           *map_type,
           GCancellable         *cancellable)
{
  g_auto(GStrv) types = _nullmail_installation_query_map_types (self, cancellable, NULL);

  if (types == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  return g_strv_contains ((const char * const *) types, map_type) ? NULLMAIL_FACT_YES
                                                                  : NULLMAIL_FACT_NO;
}

NullmailTypeProbe
_nullmail_installation_probe_type (NullmailInstallation *self,
                                   NullmailEffective    *effective,
                                   const char           *map_type,
                                   GCancellable         *cancellable)
{
  NullmailTypeProbe probe = { NULLMAIL_FACT_YES, NULL, FALSE };
  g_autofree char *postmap = NULL;

  if (g_str_equal (map_type, "texthash"))
    return probe;

  if (has_file (map_type))
    postmap = _nullmail_installation_find_command (self, "postmap", NULL);
  probe.works = NULLMAIL_FACT_UNKNOWN;
  if (postmap != NULL)
    probe = query_probe (self, effective, postmap, map_type, cancellable);
  if (probe.works == NULLMAIL_FACT_UNKNOWN)
    probe.works = is_listed (self, map_type, cancellable);
  if (probe.works == NULLMAIL_FACT_YES && has_other_default (effective, map_type))
    probe.is_deprecated = TRUE;

  return probe;
}

NullmailFact
_nullmail_installation_query_map_type (NullmailInstallation *self,
                                       NullmailEffective    *effective,
                                       const char           *map_type,
                                       GCancellable         *cancellable)
{
  NullmailTypeProbe probe = _nullmail_installation_probe_type (self, effective, map_type,
                                                               cancellable);

  return probe.served_as != NULL ? NULLMAIL_FACT_NO : probe.works;
}

typedef struct
{
  NullmailInstallation *self;
  NullmailEffective    *effective;
  GCancellable         *cancellable;
} TypeQuestion;

static gboolean
is_supported (const char *map_type,
              gpointer    user_data)
{
  const TypeQuestion *question = user_data;

  return _nullmail_installation_query_map_type (question->self, question->effective, map_type,
                                                question->cancellable) != NULLMAIL_FACT_NO;
}

const char *
_nullmail_installation_choose_map_type (NullmailInstallation  *self,
                                        NullmailEffective     *effective,
                                        GCancellable          *cancellable,
                                        GError               **error)
{
  g_autofree char *preferred = _nullmail_effective_get_value (effective, "default_database_type");
  g_autoptr(GHashTable) defaults = NULL;
  TypeQuestion question = { self, effective, cancellable };
  NullmailTypeProbe probe;

  if (preferred == NULL)
    {
      defaults = _nullmail_installation_query_defaults (self, cancellable, error);
      if (defaults == NULL)
        return NULL;
    }

  probe = preferred != NULL
          ? _nullmail_installation_probe_type (self, effective, preferred, cancellable)
          : (NullmailTypeProbe) { NULLMAIL_FACT_UNKNOWN, NULL, FALSE };
  return _nullmail_table_type_choose (probe.served_as != NULL ? probe.served_as : preferred,
                                      is_supported, &question);
}
