/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether a text holds one of many passwords, by the algorithm of R. M. Karp and M. O. Rabin: for
 * each length that a password has, a hash of so many characters rolls once over the text, and where
 * a password has the same hash, the characters are compared. So the time grows with the text and
 * with the passwords, but not with both at once. */

#include "document/password-file-private.h"

#include <string.h>

#define FACTOR 16777619u

/* Where a password stands among all that were put one behind the other. */
typedef struct
{
  gsize start;
  gsize length;
} Password;

static guint32
hash_bytes (const char *bytes,
            gsize       length)
{
  guint32 hash = 0;

  for (gsize i = 0; i < length; i++)
    hash = hash * FACTOR + (guchar) bytes[i];

  return hash;
}

static guint32
spread (guint32 hash,
        guint32 n_slots)
{
  return (guint32) (((guint64) ((hash ^ (hash >> 15)) * 2246822519u) * n_slots) >> 32);
}

/* Puts the number + 1 of each password into the hash table; those that are there already are the
 * same and left out. */
static void
fill_slots (const Password             *passwords,
            guint                       n_passwords,
            const NullmailSecureBuffer *bytes,
            guint32                    *slots,
            guint32                     n_slots)
{
  for (guint i = 0; i < n_passwords; i++)
    {
      const char *password = bytes->data + passwords[i].start;
      guint32 slot = spread (hash_bytes (password, passwords[i].length), n_slots);

      while (slots[slot] != 0
             && memcmp (bytes->data + passwords[slots[slot] - 1].start, password,
                        passwords[i].length) != 0)
        slot = (slot + 1) % n_slots;
      slots[slot] = i + 1;
    }
}

/* Whether one of some passwords, all of the same length, stands in the text. */
static gboolean
find_any (const Password             *passwords,
          guint                       n_passwords,
          const NullmailSecureBuffer *bytes,
          const char                 *text,
          gsize                       text_length)
{
  gsize length = passwords->length;
  guint32 n_slots = n_passwords * 2 + 1, highest = 1, hash;
  g_autoptr(NullmailSecureBuffer) table = NULL;
  guint32 *slots;

  if (length > text_length)
    return FALSE;

  /* Its pages come from the system, and so are empty. */
  table = _nullmail_secure_buffer_new (n_slots * sizeof *slots);
  slots = (guint32 *) (gpointer) table->data;
  fill_slots (passwords, n_passwords, bytes, slots, n_slots);
  for (gsize i = 1; i < length; i++)
    highest *= FACTOR;

  hash = hash_bytes (text, length);
  for (gsize i = 0; ; i++)
    {
      for (guint32 slot = spread (hash, n_slots); slots[slot] != 0; slot = (slot + 1) % n_slots)
        if (memcmp (bytes->data + passwords[slots[slot] - 1].start, text + i, length) == 0)
          return TRUE;
      if (i + length == text_length)
        return FALSE;

      hash = (hash - (guchar) text[i] * highest) * FACTOR + (guchar) text[i + length];
    }
}

static int
compare_lengths (gconstpointer a,
                 gconstpointer b)
{
  const Password *first = a, *second = b;

  return first->length < second->length ? -1 : first->length > second->length;
}

gboolean
_nullmail_password_file_reveals (NullmailPasswordFile *self,
                                 const char           *text)
{
  NullmailSecureBuffer *buffer = _nullmail_password_file_get_buffer (self);
  g_autoptr(NullmailSecureBuffer) bytes = _nullmail_secure_buffer_new (buffer->size);
  g_autoptr(GArray) passwords = g_array_new (FALSE, FALSE, sizeof (Password));
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  gsize text_length = strlen (text);
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, buffer);
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      Password password = { .start = bytes->size };
      gsize username_end, start;

      _nullmail_password_entry_split (&entry, _nullmail_password_file_get_separator (self),
                                      &username_end, &start);
      password.length = entry.value_end - start;
      if (!entry.is_entry || password.length == 0)
        continue;

      _nullmail_secure_buffer_append (bytes, entry.text + start, password.length);
      g_array_append_val (passwords, password);
    }

  g_array_sort (passwords, compare_lengths);
  for (guint i = 0, next; i < passwords->len; i = next)
    {
      const Password *first = &g_array_index (passwords, Password, i);

      for (next = i + 1; next < passwords->len; next++)
        if (g_array_index (passwords, Password, next).length != first->length)
          break;
      if (find_any (first, next - i, bytes, text, text_length))
        return TRUE;
    }

  return FALSE;
}
