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

static gboolean
is_in_quotes (const char *text,
              gsize       length)
{
  return length > 1 && (*text == '"' || *text == '\'') && text[length - 1] == *text;
}

/* (nullable): what looks like a slip in a login, for a sentence. Such a login may be meant; where
 * its bytes are taken for a slip they have no place in one that works. */
static const char *
find_slip (const char                 *username,
           const NullmailSecureBuffer *password)
{
  static const char *const gaps[] = { "${", "{{", "<", "%(" };
  static const char comment[] = " #";
  gsize length = strlen (username);
  const char *start = password->data, *end = start + password->size;

  if (*username == '=' && g_ascii_isspace (username[1]))
    return _("begins with “=”, which Postfix takes for a part of the user name");
  if ((*username == '"' || *username == '\'') && end[-1] == *username)
    return _("stands in quotes, which Postfix takes for parts of user name and password");
  if (is_in_quotes (username, length) || is_in_quotes (start, password->size))
    return _("has quotes around user name or password, which Postfix takes for parts of them");
  if (strpbrk (username, " \t") != NULL || g_ascii_isspace (*start))
    return _("has a blank in its user name or in front of its password, which Postfix takes for a "
             "part of it");
  if (memmem (start, password->size, comment, strlen (comment)) != NULL)
    return _("has a comment behind it, which Postfix takes for a part of the password");

  for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
    if (g_str_has_prefix (username, gaps[i]))
      return _("has a gap of a template in it that nobody has filled");
  if (g_str_equal (username, "username") && password->size == strlen ("password")
      && memcmp (start, "password", password->size) == 0)
    return _("is that of an example");

  return NULL;
}

/* Slips that make no bad entry, but a login that nobody has. */
static void
check_slips (NullmailCheck              *self,
             const char                 *username,
             const NullmailSecureBuffer *password,
             const NullmailFindingFacts *entry)
{
  NullmailFindingFacts facts = *entry;
  const char *slip = find_slip (username, password);

  facts.severity = NULLMAIL_SEVERITY_WARNING;
  if (slip != NULL)
    _nullmail_check_report (self, &facts,
      _("Write nothing behind the key but a blank and the login, as “user:password”."),
      _("The password file's entry for “%s” %s."), facts.subject, slip);
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
