/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/premises-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/fingerprint-private.h"
#include "base/regular-file-private.h"

struct _NullmailPremises
{
  GHashTable *fingerprints;  /* path → fingerprint; "" of a file that could not be read */
};

NullmailPremises *
_nullmail_premises_new (void)
{
  NullmailPremises *self = g_new0 (NullmailPremises, 1);

  self->fingerprints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
_nullmail_premises_free (NullmailPremises *self)
{
  g_hash_table_unref (self->fingerprints);
  g_free (self);
}

char *
_nullmail_premises_load_text (NullmailPremises     *self,
                              NullmailObservation  *observation,
                              const char           *path,
                              GError              **error)
{
  GBytes *bytes = _nullmail_observation_read_file (observation, path, error);

  if (!g_hash_table_contains (self->fingerprints, path))
    g_hash_table_insert (self->fingerprints, g_strdup (path),
                         bytes != NULL ? _nullmail_fingerprint (bytes) : g_strdup (""));
  if (bytes == NULL)
    return NULL;

  return _nullmail_bytes_to_text (bytes);
}

gboolean
_nullmail_premises_check (NullmailPremises  *self,
                          GCancellable      *cancellable,
                          GError           **error)
{
  const char *path, *fingerprint;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->fingerprints);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, (gpointer *) &fingerprint))
    {
      g_autoptr(GBytes) bytes = _nullmail_regular_file_load (path, cancellable, NULL);
      gboolean was_read = *fingerprint != '\0';

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (was_read ? bytes != NULL && _nullmail_fingerprint_is_of (fingerprint, bytes)
                   : bytes == NULL)
        continue;

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                   "“%s” has changed since the plan was made, and decides which passwords are "
                   "still needed: plan again", path);
      return FALSE;
    }

  return TRUE;
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
_nullmail_premises_describe (NullmailPremises *self)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new ();
  const char *path, *fingerprint;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->fingerprints);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, (gpointer *) &fingerprint))
    g_ptr_array_add (texts, g_strdup_printf ("%s %s", fingerprint, path));

  g_ptr_array_sort (texts, compare_texts);
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}
