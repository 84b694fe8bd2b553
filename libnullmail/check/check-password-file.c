/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"

#define MAPS "smtp_sasl_password_maps"

static void
check_table (NullmailCheck           *self,
             const NullmailTableFile *file,
             const char              *remedy)
{
  NullmailFindingFacts missing = {
    .code = NULLMAIL_FINDING_CODE_MAP_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = file->map_path,
  };
  NullmailFindingFacts stale = {
    .code = NULLMAIL_FINDING_CODE_MAP_STALE,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .path = file->map_path,
  };
  NullmailFindingFacts wrong = {
    .code = NULLMAIL_FINDING_CODE_TABLE_WRONG,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = file->map_path,
  };

  if (!self->authenticates || file->map_path == NULL
      || !_nullmail_effective_has_text (self->snapshot->effective, MAPS))
    return;
  if (file->source.exists == NULLMAIL_FACT_NO && file->map.exists == NULLMAIL_FACT_NO
      && self->snapshot->n_more_files > 0)
    _nullmail_check_report (self, &missing,
      _("Take the table out of smtp_sasl_password_maps, or make its password file."),
      _("One of several tables, “%s”, has neither a password file nor a compiled map: Postfix "
        "stops at it, and all mail waits."),
      file->source_path);
  if (file->source.exists != NULLMAIL_FACT_YES)
    return;

  if (file->map.exists == NULLMAIL_FACT_NO)
    _nullmail_check_report (self, &missing, remedy,
      _("The password file “%s” has no compiled map, so that Postfix finds no password, and all "
        "mail waits."),
      file->source_path);
  else if (file->map_is_stale == NULLMAIL_FACT_YES)
    _nullmail_check_report (self, &stale, remedy,
      _("The compiled map of the password file “%s” is older than it or of another type, so that "
        "Postfix may use an old password or find none."),
      file->source_path);
  else if (file->answers == NULLMAIL_MAP_ANSWERS_WRONG)
    _nullmail_check_report (self, &wrong, remedy,
      _("The compiled map of the password file “%s” does not answer what the file says, so that "
        "Postfix uses another password or finds none."),
      file->source_path);
}

/* The service proxymap(8) opens such a table as Postfix's own user, who may not read what only root
 * may. An access list would show in the bits of the group. */
static void
check_proxied (NullmailCheck           *self,
               const NullmailTableName *name)
{
  const NullmailTableFile *file;
  const NullmailFileFacts *opened;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_TABLE_WRONG,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = MAPS,
  };

  for (guint i = 0; (file = _nullmail_check_get_file (self, i)) != NULL; i++)
    {
      opened = file->map_path != NULL ? &file->map : &file->source;
      if (!g_str_equal (file->map_type, name->type) || !g_str_equal (file->source_path, name->name)
          || opened->exists != NULLMAIL_FACT_YES || opened->uid != 0 || (opened->mode & 077) != 0)
        continue;

      facts.subject = file->map_path != NULL ? file->map_path : file->source_path;
      _nullmail_check_report (self, &facts,
        _("Leave “proxy:” out: Postfix's client opens the table as root before it gives its rights "
          "up."),
        _("“%s” is read by way of “proxy:”, as Postfix's own user, but only root can read “%s”: no "
          "password is found, and all mail waits."),
        name->name, facts.subject);
      return;
    }
}

/* Postfix's client works in the queue's folder. */
static void
check_relative (NullmailCheck           *self,
                const NullmailTableName *name)
{
  g_autofree char *queue = _nullmail_check_get_queue_directory (self);
  const char *suffix = _nullmail_table_type_get_suffix (name->type);
  g_autofree char *path = NULL;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAP_MISSING,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = MAPS,
    .subject = name->name,
  };

  if (queue == NULL || *name->name == '/' || *name->name == '\0' || self->snapshot->host == NULL)
    return;
  path = g_strdup_printf ("%s/%s%s", queue, name->name, suffix != NULL ? suffix : "");
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return;

  _nullmail_check_report (self, &facts,
    _("Write the whole path of the password file, from “/” on."),
    _("“%s” is no whole path, and Postfix looks for it in its queue's folder, where it is not: no "
      "password is found, and all mail waits."),
    name->name);
}

static void
check_names (NullmailCheck *self)
{
  g_auto(GStrv) items = NULL;

  if (!self->authenticates || !nullmail_main_cf_has_value (self->main_cf, MAPS))
    return;

  items = _nullmail_effective_get_list (self->effective, MAPS);
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (!_nullmail_table_name_parse (&name, items[i])
          || _nullmail_table_name_get_kind (&name) != NULLMAIL_TABLE_KEYED)
        continue;
      if (name.is_proxied)
        check_proxied (self, &name);
      check_relative (self, &name);
    }
}

/* Reports a table that is a service and could not be asked. */
static void
check_answers (NullmailCheck *self)
{
  GPtrArray *answers = self->snapshot->answers;

  for (guint i = 0; answers != NULL && i < answers->len; i++)
    {
      const NullmailTableAnswer *answer = answers->pdata[i];
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_MAP_MISSING,
        .severity = NULLMAIL_SEVERITY_ERROR,
        .subject = answer->table,
        .parameter = MAPS,
      };

      if (answer->is_silent)
        _nullmail_check_report_open (self, facts.code, MAPS,
          _("Start the service that has the password anew, and see what it says."),
          _("The service behind “%s” did not answer within 1.5 seconds, so that it is not known "
            "whether mail can go out."),
          answer->table);
      else if (answer->failure != NULL)
        _nullmail_check_report (self, &facts,
          _("Start the service that has the password, and see what it says."),
          _("The service behind “%s” gives no answer, so that all mail waits: %s."),
          answer->table, answer->failure);
    }
}

/* Whether proxymap(8) opens the table, as Postfix's own user. */
static gboolean
is_proxied (NullmailCheck           *self,
            const NullmailTableFile *file)
{
  g_auto(GStrv) items = _nullmail_effective_get_list (self->effective, MAPS);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (_nullmail_table_name_parse (&name, items[i]) && name.is_proxied
          && g_str_equal (name.type, file->map_type) && g_str_equal (name.name, file->source_path))
        return TRUE;
    }

  return FALSE;
}

/* What is opened for others cannot be for root alone. */
static void
check_proxied_mode (NullmailCheck           *self,
                    const char              *path,
                    const NullmailFileFacts *file,
                    gboolean                 by_hand)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SECRET_FILE_MODE,
    .severity = (file->mode & 07) != 0 ? NULLMAIL_SEVERITY_ERROR : NULLMAIL_SEVERITY_NOTICE,
    .path = path,
  };

  if (file->exists != NULLMAIL_FACT_YES || (file->uid == 0 && (file->mode & 077) == 0))
    return;

  _nullmail_check_report (self, &facts,
    by_hand
    ? _("Leave “proxy:” out in smtp_sasl_password_maps, and set the mode to 0600 and the owner to "
        "root.")
    : _("Leave “proxy:” out in smtp_sasl_password_maps and set the mode to 0600 and the owner to "
        "root, or apply a plan that has the password, which does so."),
    _("“%s” has a password in it, and is not for root alone to read, since it is opened by way of "
      "“proxy:”."),
    path);
}

static void
check_mode (NullmailCheck           *self,
            const char              *path,
            const NullmailFileFacts *file,
            gboolean                 by_hand)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_SECRET_FILE_MODE,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = path,
  };

  if (path == NULL || file->exists != NULLMAIL_FACT_YES)
    return;

  if (file->is_fixed)
    facts.severity = NULLMAIL_SEVERITY_NOTICE;
  if ((file->mode & 077) != 0)
    _nullmail_check_report (self, &facts,
      file->is_fixed ? _("It is mounted for reading only: give it the mode 0400 where it is "
                         "mounted from, as the secret of a container.")
      : by_hand ? _("Set the mode to 0600.") : _("Apply any plan, or set the mode to 0600."),
      _("“%s” has a password in it, but its mode %04o gives others than the owner access."),
      path, (guint) file->mode & 07777);
  else if (file->uid != 0 && file->uid != self->snapshot->user)
    _nullmail_check_report (self, &facts,
      file->is_fixed ? _("It is mounted for reading only: give it to root where it is mounted "
                         "from.")
      : by_hand ? _("Make root the owner.") : _("Apply any plan as root, or make root the owner."),
      _("“%s” has a password in it, but belongs to user %u and not to root."),
      path, (guint) file->uid);
}

/* Whether a file is met for the first time: tables of several types can have one source, and those
 * of two types have one name. */
static gboolean
is_new (NullmailCheck *self,
        guint          index,
        const char    *path)
{
  for (guint i = 0; i < index; i++)
    {
      const NullmailTableFile *before = _nullmail_check_get_file (self, i);

      if (g_strcmp0 (before->source_path, path) == 0 || g_strcmp0 (before->map_path, path) == 0)
        return FALSE;
    }

  return TRUE;
}

/* Looks at one password file. A plan mends only the first one, so that for the others the remedy is
 * another one. */
static void
check_file (NullmailCheck           *self,
            guint                    index,
            const NullmailTableFile *file)
{
  gboolean by_hand = index > 0;

  check_table (self, file,
               by_hand ? _("Run “postmap” on the password file.")
                       : _("Apply any plan, or with a wrong map one that has the password, or run "
                           "“postmap” on the password file."));
  if (is_proxied (self, file))
    {
      check_proxied_mode (self, file->source_path, &file->source, by_hand);
      if (file->map_path != NULL)
        check_proxied_mode (self, file->map_path, &file->map, by_hand);
      return;
    }
  if (is_new (self, index, file->source_path))
    check_mode (self, file->source_path, &file->source, by_hand);
  if (is_new (self, index, file->map_path))
    check_mode (self, file->map_path, &file->map, by_hand);
}

void
_nullmail_check_password_files (NullmailCheck *self)
{
  const NullmailTableFile *file;

  for (guint i = 0; (file = _nullmail_check_get_file (self, i)) != NULL; i++)
    check_file (self, i, file);
  check_names (self);
  check_answers (self);
}
