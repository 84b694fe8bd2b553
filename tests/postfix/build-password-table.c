/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stores many credentials at once, for test_password_maps.py: the library's own modules write the
 * text and build the table, but a table only once.
 *
 *   build-password-table MAP-TYPE PATH <RECORDS
 *
 * A record is a relay host, a user name and a password, each with a NUL behind it. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commit/transaction-private.h"
#include "base/command-private.h"
#include "config/relay-credentials-private.h"
#include "document/password-file-private.h"
#include "nullmail.h"
#include "store/password-table-private.h"

/* An edit looks at the whole text, so that a file for each entry is quicker than one for all. */
static void
append_entry (NullmailSecureBuffer     *text,
              NullmailRelayCredentials *credentials)
{
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (credentials);
  const char *username = nullmail_relay_credentials_get_username (credentials);
  g_autoptr(NullmailPasswordFile) file = _nullmail_password_file_new ();
  NullmailSecureBuffer *entry;

  _nullmail_password_file_set (file, nullmail_relay_host_to_string (relay_host), username,
                               _nullmail_relay_credentials_peek_password (credentials));
  entry = _nullmail_password_file_get_buffer (file);
  _nullmail_secure_buffer_append (text, (const char *) entry->data, entry->size);
}

static char *
next_field (FILE    *records,
            GError **error)
{
  char *field = NULL;
  size_t size = 0;

  if (getdelim (&field, &size, '\0', records) >= 0)
    return field;

  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE, "a record is cut off");
  free (field);
  return NULL;
}

static gboolean
read_records (FILE                  *records,
              NullmailPasswordTable *table,
              GError               **error)
{
  g_autoptr(NullmailSecureBuffer) text = _nullmail_secure_buffer_new (1 << 16);
  NullmailPasswordFile *contents;
  int next;

  while ((next = getc (records)) != EOF)
    {
      g_autofree char *key = NULL, *username = NULL, *password = NULL;
      g_autoptr(NullmailRelayHost) relay_host = NULL;
      g_autoptr(NullmailRelayCredentials) credentials = NULL;

      ungetc (next, records);
      if ((key = next_field (records, error)) == NULL
          || (username = next_field (records, error)) == NULL
          || (password = next_field (records, error)) == NULL
          || (relay_host = nullmail_relay_host_parse (key, error)) == NULL
          || (credentials = nullmail_relay_credentials_new (relay_host, username, password,
                                                            error)) == NULL)
        return FALSE;

      append_entry (text, credentials);
    }

  contents = _nullmail_password_file_new_from_buffer (text, error);
  if (contents == NULL)
    return FALSE;

  _nullmail_password_file_unref (table->contents);
  table->contents = contents;
  return TRUE;
}

static gboolean
build (const char  *map_type,
       const char  *path,
       GError     **error)
{
  g_autoptr(NullmailPasswordTable) table =
    _nullmail_password_table_load (path, map_type, NULL, error);
  g_auto(NullmailStagedTable) staged = { .map = NULL };
  g_autoptr(NullmailTransaction) transaction = NULL;
  g_autofree char *postmap = _nullmail_command_find ("postmap", NULL, error);
  NullmailMapTool tool = { .postmap = postmap };

  if (postmap == NULL || table == NULL || !read_records (stdin, table, error))
    return FALSE;

  transaction = _nullmail_transaction_new (NULL, NULL, error);
  if (transaction == NULL
      || !_nullmail_password_table_stage (table, transaction, &tool, &staged, NULL, error))
    return FALSE;

  _nullmail_staged_table_add_steps (&staged, transaction, FALSE);
  if (!_nullmail_transaction_commit (transaction, error))
    return FALSE;

  g_clear_pointer (&transaction, _nullmail_transaction_free);  /* before what it borrows from */
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;

  if (argc != 3)
    {
      fprintf (stderr, "usage: %s MAP-TYPE PATH <RECORDS\n", argv[0]);
      return 2;
    }

  if (build (argv[1], argv[2], &error))
    return 0;

  fprintf (stderr, "%s\n", error->message);
  return 1;
}
