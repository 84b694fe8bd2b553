/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Entries of password files that Postfix finds for the relay and cannot log in with. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/password-entry-private.h"

/* Whether a later entry has the same key and another value; the first one counts. */
static gboolean
has_rival (NullmailPasswordFile *file,
           const char           *key)
{
  g_auto(NullmailPasswordCursor) cursor = { 0 };
  g_autoptr(NullmailSecureBuffer) first = NULL;
  NullmailPasswordEntry entry;

  _nullmail_password_cursor_init (&cursor, _nullmail_password_file_get_buffer (file));
  while (_nullmail_password_cursor_next (&cursor, &entry))
    {
      const char *value = entry.text + entry.value_start;
      gsize length = entry.value_end - entry.value_start;

      if (!entry.is_utf8 || !_nullmail_password_entry_has_key (&entry, key))
        continue;
      if (first == NULL)
        {
          first = _nullmail_secure_buffer_new (0);
          _nullmail_secure_buffer_append (first, value, length);
        }
      else if (first->size != length || memcmp (first->data, value, length) != 0)
        return TRUE;
    }

  return FALSE;
}

/* Slips that make no bad entry, but a login that nobody has: “key = user:password”, as main.cf is
 * written, and quotes around it all. */
static void
check_slips (NullmailCheck              *self,
             const char                 *username,
             const NullmailSecureBuffer *password,
             const NullmailFindingFacts *entry)
{
  NullmailFindingFacts facts = *entry;
  char first = username != NULL ? *username : '\0';
  char last = password != NULL && password->size > 0 ? password->data[password->size - 1] : '\0';

  facts.severity = NULLMAIL_SEVERITY_WARNING;
  if (first == '=' && g_ascii_isspace (username[1]))
    _nullmail_check_report (self, &facts,
      _("Leave out the “=”: behind the key there is a blank, and then the login."),
      _("The password file's entry for “%s” begins with “=”, which Postfix takes for a part of the "
        "user name."),
      facts.subject);
  else if ((first == '"' || first == '\'') && last == first)
    _nullmail_check_report (self, &facts,
      _("Leave out the quotes, unless they belong to the login."),
      _("The password file's entry for “%s” stands in quotes, which Postfix takes for parts of "
        "user name and password."),
      facts.subject);
}

static void
check_entry (NullmailCheck           *self,
             const NullmailTableFile *file,
             const char              *key)
{
  g_autofree char *username = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL;
  char separator = _nullmail_password_file_get_separator (file->passwords);
  g_autofree char *remedy = NULL;
  gboolean lacks_user;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .subject = key,
    .path = file->source_path,
  };

  if (!_nullmail_password_file_lookup (file->passwords, key, &username, &password))
    return;

  facts.line = _nullmail_password_file_get_line_of (file->passwords, key);
  remedy = g_strdup_printf (_("Write the entry as “key user%cpassword”, without blanks around "
                              "“%c”."), separator, separator);
  lacks_user = username == NULL || *username == '\0';
  if (lacks_user || password == NULL || password->size == 0)
    _nullmail_check_report (self, &facts,
      separator == ':'
      ? _("Write the entry as “key user:password”, with a colon and no blanks around it.")
      : remedy,
      lacks_user ? _("The password file's entry for “%s” has no user name, so that Postfix cannot "
                     "log in, and mail waits.")
                 : separator == ':'
                 ? _("The password file's entry for “%s” has no password, for there is nothing "
                     "behind a colon: the relay refuses the login, and mail waits.")
                 : _("The password file's entry for “%s” has no password behind the character that "
                     "smtp_sasl_password_result_delimiter names: the relay refuses the login, and "
                     "mail waits."),
      key);
  else
    check_slips (self, username, password, &facts);

  if (!has_rival (file->passwords, key))
    return;
  facts.code = NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_SHADOWED;
  facts.severity = NULLMAIL_SEVERITY_WARNING;
  _nullmail_check_report (self, &facts,
    _("Remove all entries of that key but the right one."),
    _("The password file has several entries for “%s” that differ, and only the first counts."),
    key);
}

void
_nullmail_check_entries (NullmailCheck *self)
{
  const NullmailTableFile *file;

  if (!self->authenticates || self->relay == NULL)
    return;

  for (guint i = 0; (file = _nullmail_check_get_file (self, i)) != NULL; i++)
    if (file->passwords != NULL)
      {
        const char *key = nullmail_relay_host_to_string (self->relay);
        const char *host = nullmail_relay_host_get_host (self->relay);

        check_entry (self, file, key);
        if (g_ascii_strcasecmp (host, key) != 0)
          check_entry (self, file, host);
      }
}
