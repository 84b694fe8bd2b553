/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/map-types-private.h"

#include <string.h>

#include "base/error-private.h"

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

/* Whether the programs open tables of a type that postconf lists. Those that they make of a text
 * file are asked for, since these are what people are to choose from. */
static gboolean
works (NullmailInstallation *self,
       NullmailEffective    *effective,
       const char           *map_type,
       GCancellable         *cancellable)
{
  return !_nullmail_table_type_can_be_built (map_type)
         || _nullmail_installation_query_map_type (self, effective, map_type, cancellable)
            != NULLMAIL_FACT_NO;
}

/* (transfer full): the types that postconf lists, without those that do not work. */
static char **
query_working_types (NullmailInstallation  *self,
                     NullmailEffective     *effective,
                     GCancellable          *cancellable,
                     GError               **error)
{
  g_auto(GStrv) types = _nullmail_installation_query_map_types (self, cancellable, error);
  g_autoptr(GStrvBuilder) working = g_strv_builder_new ();

  if (types == NULL)
    return NULL;

  for (guint i = 0; types[i] != NULL; i++)
    if (works (self, effective, types[i], cancellable))
      g_strv_builder_add (working, types[i]);

  return g_strv_builder_end (working);
}

/* Fails unless the answers look like those of Postfix's postconf, and not of some other program. */
static gboolean
check_answers (NullmailInstallation      *installation,
               const NullmailInspection  *self,
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
               _nullmail_installation_get_config_directory (installation));
  return FALSE;
}

NullmailInspection *
_nullmail_installation_inspect (NullmailInstallation  *self,
                                GCancellable          *cancellable,
                                GError               **error)
{
  g_autoptr(NullmailInspection) inspection = g_new0 (NullmailInspection, 1);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(GHashTable) defaults = NULL;

  g_atomic_ref_count_init (&inspection->ref_count);
  main_cf = _nullmail_installation_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  effective = _nullmail_installation_read (self, main_cf, cancellable);
  inspection->map_types = query_working_types (self, effective, cancellable, error);
  defaults = inspection->map_types != NULL
             ? _nullmail_installation_query_defaults (self, cancellable, error) : NULL;
  if (defaults == NULL)
    return NULL;

  inspection->version = g_strdup (g_hash_table_lookup (defaults, "mail_version"));
  inspection->queue_directory = _nullmail_effective_get_value (effective, "queue_directory");
  inspection->default_map_type =
    g_strdup (_nullmail_installation_choose_map_type (self, effective, cancellable, error));
  if (inspection->default_map_type == NULL)
    return NULL;
  if (!check_answers (self, inspection, error))
    return NULL;

  _nullmail_installation_note_inspection (self, inspection);
  return g_steal_pointer (&inspection);
}
