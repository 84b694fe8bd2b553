/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/channel-guards-private.h"
#include "config/sasl-lists-private.h"
#include "document/value-list-private.h"
#include "document/password-file-private.h"

#define MAPS "smtp_sasl_password_maps"

static void
check_map_missing (NullmailCheck *self)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, MAPS);
  const NullmailCheckSnapshot *snapshot = self->snapshot;
  g_autofree char *suggestion = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_MAP_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = MAPS,
  };

  if (!self->authenticates || tables == NULL || tables[0] != NULL)
    return;

  if (snapshot->file.map_type != NULL && snapshot->file.source_path != NULL)
    {
      suggestion = g_strconcat (snapshot->file.map_type, ":", snapshot->file.source_path, NULL);
      facts.suggestion = suggestion;
      facts.fix = NULLMAIL_FIX_SET_FOR_LOGIN;
    }

  _nullmail_check_report (self, &facts,
    _("Set smtp_sasl_password_maps to the table that has the password."),
    _("There is to be a login at the relay, but no table with a password: Postfix's client stops, "
      "and all mail waits."));
}

static void
check_map_unused (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_PASSWORD_MAP_UNUSED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .parameter = MAPS,
  };

  if (self->authenticates || !_nullmail_effective_has_text (self->effective, MAPS))
    return;

  _nullmail_check_report (self, &facts,
    _("Set smtp_sasl_auth_enable to yes for a login, or remove smtp_sasl_password_maps."),
    _("There is a table with a password, but there is to be no login, so that it is not used."));
}

/* What a table that is no file has answered about a key. */
static NullmailFact
find_answer (NullmailCheck *self,
             const char    *table,
             const char    *key)
{
  GPtrArray *answers = self->snapshot->answers;

  for (guint i = 0; answers != NULL && i < answers->len; i++)
    {
      const NullmailTableAnswer *answer = answers->pdata[i];

      if (g_str_equal (answer->table, table))
        return self->relay == NULL ? NULLMAIL_FACT_UNKNOWN
               : g_str_equal (key, nullmail_relay_host_to_string (self->relay)) ? answer->relay
               : g_str_equal (key, nullmail_relay_host_get_host (self->relay)) ? answer->host
                                                                            : NULLMAIL_FACT_UNKNOWN;
    }

  return NULLMAIL_FACT_UNKNOWN;
}

/* (nullable): what the snapshot has of a table; NULL if the table is not made of a file. */
static const NullmailTableFile *
find_file (NullmailCheck           *self,
           const NullmailTableName *name)
{
  const NullmailTableFile *file;

  for (guint i = 0; (file = _nullmail_check_get_file (self, i)) != NULL; i++)
    if (g_strcmp0 (file->map_type, name->type) == 0 && g_str_equal (file->source_path, name->name))
      break;

  return file;
}

/* What one table of smtp_sasl_password_maps says about a key. */
static NullmailFact
ask_table (NullmailCheck *self,
           const char    *table,
           const char    *key)
{
  const NullmailTableFile *file;
  g_auto(NullmailTableName) name = { 0 };

  if (!_nullmail_table_name_parse (&name, table))
    return NULLMAIL_FACT_UNKNOWN;
  if (g_str_equal (name.type, "static"))
    return NULLMAIL_FACT_YES;
  if (g_str_equal (name.type, "inline"))
    {
      g_autofree char *value = _nullmail_table_name_look_up_inline (&name, key);
      gboolean is_found = value != NULL;

      if (is_found)
        _nullmail_wipe (value, strlen (value));
      return is_found ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
    }

  file = find_file (self, &name);
  if (file == NULL)
    return find_answer (self, table, key);
  if (file->passwords != NULL)
    return _nullmail_password_file_has_key (file->passwords, key) ? NULLMAIL_FACT_YES
                                                                  : NULLMAIL_FACT_NO;

  /* A map without its source still holds what the source held, but nobody can tell what. */
  return file->source.exists == NULLMAIL_FACT_NO && file->map.exists != NULLMAIL_FACT_YES
         ? NULLMAIL_FACT_NO : NULLMAIL_FACT_UNKNOWN;
}

/* Whether main.cf names a password file. The first one of the snapshot may be one that main.cf does
 * not name yet, but would after a plan. */
static gboolean
is_named (NullmailCheck           *self,
          const NullmailTableFile *file)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, MAPS);

  for (guint i = 0; tables != NULL && tables[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (_nullmail_table_name_parse (&name, tables[i])
          && g_str_equal (name.name, file->source_path))
        return TRUE;
    }

  return FALSE;
}

/* The next password file that main.cf names and that could be read, from an index on; NULL behind
 * the last one. */
static const NullmailTableFile *
next_file (NullmailCheck *self,
           guint         *index)
{
  const NullmailTableFile *file;

  while ((file = _nullmail_check_get_file (self, (*index)++)) != NULL)
    if (file->passwords != NULL && is_named (self, file))
      break;

  return file;
}

static NullmailFact
ask_tables (NullmailCheck *self,
            const char    *key)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, MAPS);
  NullmailFact answer = NULLMAIL_FACT_NO;

  if (tables == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  for (guint i = 0; tables[i] != NULL; i++)
    {
      NullmailFact fact = ask_table (self, tables[i], key);

      if (fact == NULLMAIL_FACT_YES)
        return fact;
      if (fact == NULLMAIL_FACT_UNKNOWN)
        answer = fact;
    }

  return answer;
}

/* Whether a password file has an entry for a host by its bare name, which may be one that the SRV
 * records of the relay name. */
static gboolean
may_be_of_service (NullmailCheck *self)
{
  const NullmailTableFile *file;

  if (!_nullmail_effective_looks_up_services (self->effective, self->relay))
    return FALSE;

  for (guint index = 0; (file = next_file (self, &index)) != NULL;)
    {
      g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (file->passwords);

      for (guint i = 0; i < keys->len; i++)
        if (strpbrk (g_ptr_array_index (keys, i), "[]@:") == NULL)
          return TRUE;
    }

  return FALSE;
}

/* Whether a password may be under the address of a sender; only files tell all their keys. */
static gboolean
may_be_of_sender (NullmailCheck *self)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, MAPS);
  const NullmailTableFile *file;
  guint n_files = 0;

  if (!_nullmail_effective_is_yes (self->effective, "smtp_sender_dependent_authentication"))
    return FALSE;

  for (guint index = 0; (file = next_file (self, &index)) != NULL; n_files++)
    {
      g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (file->passwords);

      for (guint i = 0; i < keys->len; i++)
        if (strchr (g_ptr_array_index (keys, i), '@') != NULL)
          return TRUE;
    }

  return tables == NULL || n_files < g_strv_length (tables);
}

/* Postfix asks for the name of the host it is connected to, then for the relay as it is written,
 * see smtp_sasl_passwd_lookup () in its smtp_sasl_glue.c. */
static NullmailFact
has_credentials (NullmailCheck *self)
{
  NullmailFact relay = ask_tables (self, nullmail_relay_host_to_string (self->relay));
  NullmailFact host;

  if (relay == NULLMAIL_FACT_YES)
    return relay;

  host = ask_tables (self, nullmail_relay_host_get_host (self->relay));
  if (host == NULLMAIL_FACT_YES && !nullmail_relay_host_get_mx_lookup (self->relay))
    return host;

  /* The password may be under the name of a mail exchanger, which only DNS knows, or under the
   * address of a sender, which nobody knows here. */
  if (host != NULLMAIL_FACT_NO || relay != NULLMAIL_FACT_NO || may_be_of_service (self)
      || may_be_of_sender (self))
    return NULLMAIL_FACT_UNKNOWN;

  return NULLMAIL_FACT_NO;
}

static gboolean
report_mismatch (NullmailCheck           *self,
                 const NullmailTableFile *file,
                 const char              *key)
{
  g_autoptr(NullmailRelayHost) other = nullmail_relay_host_parse (key, NULL);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_MISMATCH,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .subject = key,
    .path = file->source_path,
  };

  if (other == NULL
      || g_ascii_strcasecmp (nullmail_relay_host_get_host (other),
                             nullmail_relay_host_get_host (self->relay)) != 0)
    return FALSE;

  facts.line = _nullmail_password_file_get_line_of (file->passwords, key);
  _nullmail_check_report (self, &facts,
    _("Write relayhost and the key of the entry alike, brackets and port included."),
    _("The password file has an entry “%s”, but the relay is “%s”: the entry is never found, and "
      "mail goes out without a login."),
    key, nullmail_relay_host_to_string (self->relay));

  return TRUE;
}

static gboolean
report_mismatches (NullmailCheck *self)
{
  const NullmailTableFile *file;
  gboolean is_reported = FALSE;

  for (guint index = 0; (file = next_file (self, &index)) != NULL;)
    {
      g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (file->passwords);

      for (guint i = 0; i < keys->len; i++)
        is_reported |= report_mismatch (self, file, g_ptr_array_index (keys, i));
    }

  return is_reported;
}

static void
report_missing (NullmailCheck *self)
{
  const NullmailCheckSnapshot *snapshot = self->snapshot;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .subject = nullmail_relay_host_to_string (self->relay),
    .path = snapshot->file.source_path,
  };

  _nullmail_check_report (self, &facts,
    _("Store user name and password for this relay."),
    _("There is no password for the relay “%s”: mail goes out without a login, and is likely to be "
      "refused for good."),
    facts.subject);
}

/* (nullable): the first file that smtp_sasl_password_maps names and that is not there. */
static const NullmailTableFile *
find_absent (NullmailCheck  *self,
             char          **table)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, MAPS);

  for (guint i = 0; tables != NULL && tables[i] != NULL; i++)
    {
      const NullmailTableFile *file;
      g_auto(NullmailTableName) name = { 0 };

      if (!_nullmail_table_name_parse (&name, tables[i]))
        continue;
      file = find_file (self, &name);
      if (file != NULL && file->passwords == NULL && file->source.exists == NULLMAIL_FACT_NO
          && file->map.exists != NULLMAIL_FACT_YES)
        {
          *table = g_strdup (tables[i]);
          return file;
        }
    }

  return NULL;
}

/* Postfix asks one table after the other, and delivers nothing once there is one that it cannot
 * open, see smtp_sasl_passwd_lookup () in its smtp_sasl_glue.c. */
static gboolean
report_absent (NullmailCheck *self,
               gboolean       has_password)
{
  g_autofree char *table = NULL;
  const NullmailTableFile *file = find_absent (self, &table);
  NullmailFindingFacts facts = { .severity = NULLMAIL_SEVERITY_ERROR };

  if (file == NULL || (self->relay == NULL && !_nullmail_check_has_routes (self)))
    return FALSE;

  facts.path = file->source_path;
  if (self->relay != NULL && !has_password)
    {
      facts.code = NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING;
      facts.subject = nullmail_relay_host_to_string (self->relay);
      _nullmail_check_report (self, &facts,
        _("Store user name and password for this relay."),
        _("There is no password for the relay “%s”, nor is there “%s”, where it should be: Postfix "
          "cannot look it up, and mail waits."),
        facts.subject, file->source_path);
      return TRUE;
    }

  facts.code = NULLMAIL_FINDING_CODE_TABLE_MISSING;
  facts.parameter = MAPS;
  facts.subject = table;
  _nullmail_check_report (self, &facts,
    _("Make the file, or take the table out of main.cf."),
    _("“%s” names the table “%s”, but there is no “%s”, so that mail waits."),
    MAPS, table, file->map_path != NULL ? file->map_path : file->source_path);
  return TRUE;
}

static void
check_credentials_found (NullmailCheck *self)
{
  NullmailFact fact = NULLMAIL_FACT_UNKNOWN;

  if (!self->authenticates || !_nullmail_effective_has_text (self->effective, MAPS))
    return;

  if (self->relay != NULL)
    fact = has_credentials (self);
  if (report_absent (self, fact == NULLMAIL_FACT_YES)
      || self->relay == NULL || fact == NULLMAIL_FACT_YES)
    return;

  if (fact == NULLMAIL_FACT_UNKNOWN)
    {
      _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_CREDENTIALS_MISSING, MAPS,
        _("Check again as root, or ask the table with “postmap -q” and the relay as the key."),
        _("Whether there is a password for the relay “%s” is not known."),
        nullmail_relay_host_to_string (self->relay));
      return;
    }

  if (!report_mismatches (self))
    report_missing (self);
}

/* (nullable): the first password file that has such an entry. */
static const NullmailTableFile *
find_entry (NullmailCheck         *self,
            const char            *key,
            char                 **username,
            NullmailSecureBuffer **password)
{
  const NullmailTableFile *file;

  for (guint index = 0; (file = next_file (self, &index)) != NULL;)
    if (_nullmail_password_file_lookup (file->passwords, key, username, password))
      break;

  return file;
}

static void
check_shadowed (NullmailCheck *self)
{
  const NullmailTableFile *file;
  g_autofree char *username = NULL, *other_username = NULL;
  g_autoptr(NullmailSecureBuffer) password = NULL, other_password = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_KEY_SHADOWED,
    .severity = NULLMAIL_SEVERITY_WARNING,
  };

  if (!self->authenticates || self->relay == NULL
      || nullmail_relay_host_get_mx_lookup (self->relay))
    return;

  facts.subject = nullmail_relay_host_get_host (self->relay);
  file = find_entry (self, facts.subject, &username, &password);
  if (file == NULL
      || find_entry (self, nullmail_relay_host_to_string (self->relay), &other_username,
                     &other_password) == NULL
      || (g_strcmp0 (username, other_username) == 0
          && _nullmail_secure_buffer_equal (password, other_password)))
    return;

  facts.path = file->source_path;
  facts.line = _nullmail_password_file_get_line_of (file->passwords, facts.subject);
  _nullmail_check_report (self, &facts,
    _("Remove the entry for the bare name, or give both the same user name and password."),
    _("The password file has an entry for “%s”, which Postfix uses before that for “%s”, and it is "
      "another."),
    facts.subject, nullmail_relay_host_to_string (self->relay));
}

static void
check_sasl_options (NullmailCheck *self)
{
  /* The list for the channel that the level guarantees is the one that decides. */
  NullmailChannel channel = _nullmail_tls_level_get_channel (self->relay_level);
  const char *parameter = _nullmail_sasl_list_get_parameter (channel);
  g_autofree char *suggestion = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SASL_OPTIONS_FORBID_PLAIN,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = parameter,
  };

  if (!self->authenticates || self->relay_level == NULLMAIL_TLS_LEVEL_AUTO
      || !_nullmail_channel_forbids_plain (self->effective, channel))
    return;

  /* On a channel that nothing protects the list is what keeps the password from going out. */
  if (channel != NULLMAIL_CHANNEL_PLAIN)
    {
      suggestion = _nullmail_channel_allow_plain (self->effective, channel);
      facts.suggestion = suggestion;
      facts.fix = NULLMAIL_FIX_SET_SASL_LIST;
    }
  _nullmail_check_report (self, &facts,
    channel != NULLMAIL_CHANNEL_PLAIN
    ? _("Leave noplaintext out of this list; the channel is encrypted.")
    : _("Raise smtp_tls_security_level first; only where TLS is impossible leave noplaintext "
        "out of this list."),
    _("“%s” forbids the logins PLAIN and LOGIN, and most relays have no other: “no mechanism "
      "available”, and all mail waits."),
    parameter);
}

/* A relay of smtp_fallback_relay has an entry of its own, by its text or its bare name. */
static void
check_fallback (NullmailCheck *self)
{
  g_auto(GStrv) items = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_FALLBACK_WITHOUT_LOGIN,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .parameter = "smtp_fallback_relay",
  };

  if (!self->authenticates || !nullmail_main_cf_has_value (self->main_cf, facts.parameter))
    return;

  items = _nullmail_effective_get_list (self->effective, facts.parameter);
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_autoptr(NullmailRelayHost) fallback = nullmail_relay_host_parse (items[i], NULL);

      if (fallback == NULL || ask_tables (self, items[i]) != NULLMAIL_FACT_NO
          || ask_tables (self, nullmail_relay_host_get_host (fallback)) != NULLMAIL_FACT_NO)
        continue;

      facts.subject = items[i];
      _nullmail_check_report (self, &facts,
        _("Store user name and password for this relay too, or remove it."),
        _("There is no password for “%s”, to which mail goes while the relay is down: it goes out "
          "without a login then, and is likely to be refused for good."),
        items[i]);
    }
}

void
_nullmail_check_credentials (NullmailCheck *self)
{
  check_map_missing (self);
  check_map_unused (self);
  check_credentials_found (self);
  check_shadowed (self);
  check_sasl_options (self);
  check_fallback (self);
}
