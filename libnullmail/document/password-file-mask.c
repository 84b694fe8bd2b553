/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/password-file-private.h"

#include <string.h>

#include "document/password-entry-private.h"

#define MASK "********"

static gsize
count_blanks (const char *text,
              gsize       length)
{
  gsize n_blanks = 0;

  while (n_blanks < length && _nullmail_is_space (text[n_blanks]))
    n_blanks++;

  return n_blanks;
}

static gboolean
is_service_name (const char *text,
                 gsize       length)
{
  static const char * const names[] = { "smtp", "smtps", "submission", "submissions" };
  gsize n_digits = 0;

  while (n_digits < length && g_ascii_isdigit (text[n_digits]))
    n_digits++;
  if (n_digits == length && length > 0 && length <= 5)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == length && g_ascii_strncasecmp (names[i], text, length) == 0)
      return TRUE;

  return FALSE;
}

/* "[host]" or "[host]:service" */
static gboolean
is_bracketed_key (const char *text,
                  gsize       length)
{
  const char *bracket = length > 0 ? memchr (text, ']', length) : NULL;
  gsize end;

  if (bracket == NULL || *text != '[')
    return FALSE;

  end = bracket + 1 - text;
  return end == length
         || (text[end] == ':' && is_service_name (text + end + 1, length - end - 1));
}

/* Whether a key looks like the name of a relay or a sender. Where the columns were swapped, it is
 * "user:password", or a password alone. */
static gboolean
is_harmless_key (const NullmailPasswordEntry *entry)
{
  const char *text = entry->text;
  gsize length = entry->key_length;
  const char *colon = memchr (text, ':', length);
  gsize end;

  if (is_bracketed_key (text, length))
    return TRUE;
  if (colon == NULL)
    return !is_bracketed_key (text + entry->value_start, entry->value_end - entry->value_start);

  end = colon + 1 - text;
  return is_service_name (text + end, length - end);
}

/* Comments may hold an entry that was switched off, or a password in prose: only the key of the
 * former is shown, where it cannot be anything else. */
static void
mask_comment (const char *text,
              gsize       length,
              GString    *output)
{
  gsize start = count_blanks (text, length), key_length = 0;

  while (start < length && text[start] == '#')
    start++;
  start += count_blanks (text + start, length - start);
  while (start + key_length < length && !_nullmail_is_space (text[start + key_length]))
    key_length++;

  if (!is_bracketed_key (text + start, key_length))
    key_length = 0;
  g_string_append_len (output, text, start + key_length);
  if (start + key_length + count_blanks (text + start + key_length, length - start - key_length)
      < length)
    g_string_append (output, key_length > 0 ? " " MASK : MASK);
}

/* A line that is a part of an entry only, or no entry that Postfix would read. */
static void
mask_part (const char *text,
           gsize       length,
           GString    *output)
{
  gsize start = count_blanks (text, length), key_length = 0;

  if (start == 0 && _nullmail_password_entry_measure_key (text, length, &key_length)
      && is_bracketed_key (text, key_length))
    {
      g_string_append_len (output, text, key_length);
      if (key_length + count_blanks (text + key_length, length - key_length) < length)
        g_string_append (output, " " MASK);
      return;
    }

  g_string_append_len (output, text, start);
  if (start < length)
    g_string_append (output, MASK);
}

/* What stands in front of the first separator is all that is no password for certain. */
static void
mask_value (const NullmailPasswordEntry *entry,
            const char                  *separators,
            GString                     *output)
{
  const char *value = entry->text + entry->value_start;
  gsize length = entry->value_end - entry->value_start, username_length = 0;

  while (username_length < length && strchr (separators, value[username_length]) == NULL)
    username_length++;

  /* With a blank before its separator the value is more likely "user password". */
  if (username_length > 0 && username_length < length)
    {
      gsize n_shown = username_length + 1;

      for (gsize i = 0; i < username_length; i++)
        if (_nullmail_is_space (value[i]))
          n_shown = 0;
      g_string_append_len (output, value, n_shown);
    }
  g_string_append (output, MASK);
}

static void
mask_entry (const NullmailPasswordEntry *entry,
            const char                  *separators,
            GString                     *output)
{
  if (!is_harmless_key (entry))
    {
      g_string_append (output, MASK);
      return;
    }

  g_string_append_len (output, entry->text, entry->value_start);
  mask_value (entry, separators, output);
}

gboolean
_nullmail_password_file_describe (NullmailPasswordFile  *self,
                                  const char            *key,
                                  char                 **shown_key,
                                  char                 **shown_value)
{
  g_autoptr(NullmailSecureBuffer) joined = NULL;
  NullmailPasswordEntry entry;
  GString *value;

  if (!_nullmail_password_file_find_entry (self, key, &entry, &joined))
    return FALSE;

  value = g_string_new (NULL);
  mask_value (&entry, _nullmail_password_file_get_separators (self), value);
  *shown_value = g_string_free (value, FALSE);
  *shown_key = is_harmless_key (&entry) ? g_strndup (entry.text, entry.key_length)
                                        : g_strdup (MASK);

  return TRUE;
}

/* The physical lines from start to end, which belong to the entry, where there is one. */
static void
mask_lines (const char                  *start,
            const char                  *end,
            const NullmailPasswordEntry *entry,
            const char                  *separators,
            GString                     *output)
{
  while (start < end)
    {
      const char *lf = memchr (start, '\n', end - start);
      gsize length = (lf != NULL ? lf : end) - start, n_blanks = count_blanks (start, length);

      if (n_blanks == length || start[n_blanks] == '#')
        mask_comment (start, length, output);
      else if (entry != NULL && entry->is_entry && !entry->has_continuation)
        mask_entry (entry, separators, output);
      else
        mask_part (start, length, output);

      start += length;
      if (lf != NULL)
        {
          g_string_append_c (output, '\n');
          start++;
        }
    }
}

char *
_nullmail_password_file_mask (NullmailPasswordFile *self)
{
  const NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (self);
  const char *separators = _nullmail_password_file_get_separators (self);
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  GString *output = g_string_new (NULL);
  NullmailPasswordEntry entry;
  char *text;

  _nullmail_password_cursor_init (&cursor, buffer);
  mask_lines (buffer->data, cursor.start, NULL, separators, output);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    mask_lines (entry.start, entry.end, &entry, separators, output);

  text = g_utf8_make_valid (output->str, output->len);
  g_string_free (output, TRUE);

  return text;
}
