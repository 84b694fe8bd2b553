/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which parameters have text of passwords. */

#include "config/mask-private.h"

#include <string.h>

#include "base/error-private.h"
#include "config/mask-marks-private.h"
#include "document/host-login-private.h"
#include "document/macro-private.h"
#include "document/main-cf-private.h"

#define SUFFIX "_password_maps"
#define MASK "********"

static NullmailSecretFlags
get_flags (const NullmailMask *self,
           const char         *name)
{
  guint marks = _nullmail_mask_get_marks (self, name);

  if ((marks & MASK_REACHED) == 0 || _nullmail_mask_has_other_purpose (name))
    return NULLMAIL_SECRET_CERTAIN;
  if ((marks & MASK_INSIDE) != 0)
    return NULLMAIL_SECRET_INSIDE;

  if (!_nullmail_names_passwords (name, strlen (name)))
    return NULLMAIL_SECRET_FRAGMENT;

  return self != NULL ? NULLMAIL_SECRET_WHOLE : NULLMAIL_SECRET_TABLES;
}

static char *
get_expansion (const char *text,
               gpointer    user_data)
{
  const NullmailMask *self = user_data;

  return self != NULL ? g_strdup (g_hash_table_lookup (self->expansions, text)) : NULL;
}

static gsize
find_in (const NullmailMask  *self,
         NullmailSecretFlags  flags,
         const char          *text,
         gsize                length,
         gboolean            *is_certain)
{
  NullmailSecretReader reader = {
    .opens = _nullmail_mask_get_opening, .expand = self != NULL ? get_expansion : NULL,
    .user_data = (gpointer) self,
  };
  gsize start = _nullmail_secret_text_find (text, length, flags, &reader, is_certain);

  return _nullmail_secret_text_has_more (text, length, start) ? start : length;
}

/* The same for a parameter. A relay's name stays, and what stands in front of a password in it. */
static gsize
find_for (const NullmailMask  *self,
          const char          *parameter,
          NullmailSecretFlags  flags,
          const char          *text,
          gsize                length,
          gboolean            *is_certain)
{
  gsize found;
  g_autofree char *copy = NULL;
  const char *start, *end;

  if (parameter != NULL && _nullmail_mask_is_environment (parameter))
    return _nullmail_mask_find_in_environment (text, length);

  found = find_in (self, flags, text, length, is_certain);
  if (parameter == NULL || (_nullmail_mask_get_marks (self, parameter) & MASK_RELAY) == 0)
    return found;

  copy = g_strndup (text, length);
  return _nullmail_text_find_user_password (copy, &start, &end)
         ? MIN (found, (gsize) (start - copy)) : found;
}

gsize
_nullmail_mask_find (const NullmailMask *self,
                     const char         *parameter,
                     const char         *text,
                     gsize               length)
{
  return find_for (self, parameter, get_flags (self, parameter), text, length, NULL);
}

gsize
_nullmail_mask_find_remark (const NullmailMask *self,
                            const char         *parameter,
                            const char         *text,
                            gsize               length)
{
  NullmailSecretFlags flags = parameter != NULL ? get_flags (self, parameter)
                                                : NULLMAIL_SECRET_CERTAIN;

  return find_for (self, parameter, flags & ~NULLMAIL_SECRET_WHOLE, text, length, NULL);
}

static gsize
find_login (const NullmailMask *self,
            const char         *text,
            gsize               length)
{
  NullmailSecretReader reader = { .expand = get_expansion, .user_data = (gpointer) self };

  return memchr (text, ':', length) == NULL
         ? length
         : _nullmail_secret_text_find (text, length, NULLMAIL_SECRET_LOGIN, &reader, NULL);
}

gsize
_nullmail_mask_find_login (const NullmailMask *self,
                           const char         *text,
                           gsize               length)
{
  return self != NULL && self->has_tables ? find_login (self, text, length) : length;
}

/* The same, but for what shows itself by a host behind it. Another parameter may hold the whole
 * setting of one for passwords, where that is indented by mistake. */
static gsize
find_by_parameter (const NullmailMask *self,
                   const char         *parameter,
                   const char         *value,
                   gboolean           *is_certain)
{
  gsize length = strlen (value), start;
  g_autofree char *name = NULL;
  const char *text;

  if ((_nullmail_mask_get_marks (self, parameter) & MASK_REACHED) != 0
      || _nullmail_mask_is_environment (parameter))
    return find_for (self, parameter, get_flags (self, parameter), value, length, is_certain);

  start = _nullmail_mask_has_no_lookups (parameter) ? find_login (self, value, length) : length;
  text = _nullmail_mask_find_mention (self, value, value + length, &name);
  if (text != NULL)
    start = MIN (start, text - value
                        + find_in (self, get_flags (self, name) & ~NULLMAIL_SECRET_WHOLE, text,
                                   value + length - text, is_certain));
  else if (strstr (value, SUFFIX) != NULL)
    start = MIN (start, find_in (self, get_flags (self, parameter), value, length, is_certain));

  return start;
}

/* Where one begins in an entry of a password file that main.cf has as a setting. */
static gsize
find_in_entry (const char *key,
               const char *value)
{
  gsize length = strlen (value);
  g_autofree char *line = NULL;
  const char *user;

  if (strpbrk (key, "[.@") == NULL)
    return length;

  line = g_strconcat (key, " = ", value, NULL);
  user = _nullmail_entry_login_find (line, strlen (line));
  return user != NULL && user >= line + strlen (line) - length
         ? length - strlen (user) : length;
}

/* Where a password begins in a value. */
static gsize
find_in_value (const NullmailMask *self,
               const char         *parameter,
               const char         *value,
               gboolean           *is_certain)
{
  gsize entry = find_in_entry (parameter, value);

  return MIN (MIN (entry, find_by_parameter (self, parameter, value, is_certain)),
              _nullmail_mask_find_host_login (value, strlen (value)));
}

gboolean
_nullmail_mask_hides_word (const char *parameter,
                           const char *value)
{
  gsize length = strlen (value);

  return _nullmail_names_passwords (parameter, strlen (parameter))
         && find_in (NULL, NULLMAIL_SECRET_WHOLE, value, length, NULL) < length;
}

gboolean
_nullmail_mask_hides_value (const NullmailMask *self,
                            const char         *parameter,
                            const char         *value)
{
  return value != NULL && find_in_value (self, parameter, value, NULL) < strlen (value);
}

char *
_nullmail_mask_show_value (const NullmailMask *self,
                           const char         *parameter,
                           const char         *value)
{
  if (!_nullmail_mask_hides_value (self, parameter, value))
    return g_strdup (value);

  return g_strdup_printf ("%.*s" MASK, (int) find_in_value (self, parameter, value, NULL), value);
}

char *
_nullmail_mask_show_message (const char *text)
{
  gsize length = strlen (text);
  gsize start = MIN (find_login (NULL, text, length),
                     _nullmail_mask_find_host_login (text, length));

  return start < length ? g_strdup_printf ("%.*s" MASK, (int) start, text) : g_strdup (text);
}

/* One that is part of another comes behind it, for it would leave the rest of that. */
static int
compare_lengths (gconstpointer a,
                 gconstpointer b)
{
  gsize a_length = strlen (*(const char * const *) a);
  gsize b_length = strlen (*(const char * const *) b);

  return (a_length < b_length) - (a_length > b_length);
}

char *
_nullmail_mask_scrub (const NullmailMask *self,
                      const char         *text)
{
  GString *scrubbed = g_string_new (text);
  g_autofree char **secrets = (char **) g_hash_table_get_keys_as_array (self->secrets, NULL);

  qsort (secrets, g_hash_table_size (self->secrets), sizeof *secrets, compare_lengths);
  for (guint i = 0; secrets[i] != NULL; i++)
    g_string_replace (scrubbed, secrets[i], MASK, 0);

  return g_string_free (scrubbed, FALSE);
}

gboolean
_nullmail_mask_is_table (const NullmailMask *self,
                         const char         *parameter,
                         const char         *value)
{
  gboolean is_certain = FALSE;

  return (_nullmail_mask_get_marks (self, parameter) & MASK_NAMED) != 0
         && find_in_value (self, parameter, value, &is_certain) < strlen (value) && is_certain;
}

gboolean
_nullmail_mask_has_names (const NullmailMask *self)
{
  return self != NULL && self->lengths != 0;
}

gboolean
_nullmail_mask_has_secrets (const NullmailMask *self)
{
  GHashTableIter iter;
  gpointer marks;

  if (self == NULL)
    return FALSE;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &marks))
    if ((GPOINTER_TO_UINT (marks) & (MASK_INSIDE | MASK_OPENS)) != 0)
      return TRUE;

  return FALSE;
}

char *
_nullmail_mask_know (const NullmailMask *self,
                     const char         *name,
                     gsize               length)
{
  g_autofree char *copy = NULL;

  if (length == 0 || (!_nullmail_names_passwords (name, length)
                      && (self == NULL
                          || (self->lengths & _nullmail_mask_get_length_bit (length)) == 0)))
    return NULL;

  copy = g_strndup (name, length);
  return (_nullmail_mask_get_marks (self, copy) & MASK_REACHED) != 0 ? g_steal_pointer (&copy)
                                                                     : NULL;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

char **
_nullmail_mask_list_names (const NullmailMask *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name, marks;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &marks))
    if ((GPOINTER_TO_UINT (marks) & MASK_NAMED) != 0)
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}

static gboolean
is_hidden (const NullmailMask *self,
           const char         *name,
           NullmailMainCf     *main_cf)
{
  g_auto(GStrv) values = NULL;

  if (_nullmail_names_passwords (name, strlen (name)) || _nullmail_mask_has_other_purpose (name))
    return FALSE;
  if ((_nullmail_mask_get_marks (self, name) & MASK_INSIDE) != 0)
    return TRUE;

  values = _nullmail_main_cf_list_values (main_cf, name);
  for (guint i = 0; values[i] != NULL; i++)
    if (_nullmail_mask_hides_value (self, name, values[i]))
      return TRUE;

  return FALSE;
}

char **
_nullmail_mask_list_hidden (const NullmailMask *self,
                            NullmailMainCf     *main_cf)
{
  g_auto(GStrv) names = _nullmail_mask_list_names (self);
  g_autoptr(GStrvBuilder) hidden = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    if (is_hidden (self, names[i], main_cf))
      g_strv_builder_add (hidden, names[i]);

  return g_strv_builder_end (hidden);
}

void
_nullmail_mask_free (NullmailMask *self)
{
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->expansions);
  g_hash_table_unref (self->secrets);
  g_free (self);
}
