/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints what the library reads in password files, for test_fuzz_corpus.py:
 *
 *   list-password-file PATH ...
 *
 * For each key the key, the user name and the password, each with a NUL behind it, and one NUL more
 * at the end of each file. */

#include <stdio.h>

#include "document/password-file-private.h"

static void
print_entry (NullmailPasswordFile *file,
             const char           *key)
{
  g_autoptr(NullmailSecureBuffer) password = NULL;
  g_autofree char *username = NULL;

  if (_nullmail_password_file_lookup (file, key, &username, &password))
    printf ("%s%c%s%c%s%c", key, '\0', username, '\0', password->data, '\0');
  else
    fprintf (stderr, "“%s” is listed but not found\n", key);
}

static gboolean
print_file (const char  *path,
            GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr(NullmailSecureBuffer) buffer = NULL;
  g_autoptr(NullmailPasswordFile) file = NULL;
  g_autoptr(GPtrArray) keys = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return FALSE;

  buffer = _nullmail_secure_buffer_new_from (text, size);
  file = _nullmail_password_file_new_from_buffer (buffer, error);
  if (file == NULL)
    return FALSE;

  keys = _nullmail_password_file_list_keys (file);
  for (guint i = 0; i < keys->len; i++)
    print_entry (file, g_ptr_array_index (keys, i));
  putchar ('\0');

  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;

  for (int i = 1; i < argc; i++)
    if (!print_file (argv[i], &error))
      {
        fprintf (stderr, "%s: %s\n", argv[i], error->message);
        return 1;
      }

  return 0;
}
