/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "document/value-list-private.h"

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

  if (!self->authenticates || file->source.exists != NULLMAIL_FACT_YES || file->map_path == NULL
      || !_nullmail_effective_has_text (self->snapshot->effective, MAPS))
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

      if (answer->failure != NULL)
        _nullmail_check_report (self, &facts,
          _("Start the service that has the password, and see what it says."),
          _("The service behind “%s” gives no answer, so that all mail waits: %s."),
          answer->table, answer->failure);
    }
}

static gboolean
is_supported (const char *type,
              gpointer    snapshot)
{
  return _nullmail_snapshot_query_map_type (snapshot, type) != NULLMAIL_FACT_NO;
}

/* (nullable): the list as it is written, but with another type for one of its items. */
static char *
replace_type (NullmailCheck            *self,
              char                    **written,
              guint                     index,
              const NullmailTableName  *name)
{
  g_autofree char *preferred = _nullmail_effective_get_value (self->snapshot->effective,
                                                              "default_database_type");
  NullmailTableName replacement = *name;

  /* A password that stands in main.cf is not repeated in a suggestion. */
  for (guint i = 0; written[i] != NULL; i++)
    if (_nullmail_mask_hides_value (self->snapshot->mask, MAPS, written[i]))
      return NULL;

  replacement.type = (char *) _nullmail_table_type_choose (preferred, is_supported,
                                                           (gpointer) self->snapshot);
  g_free (written[index]);
  written[index] = _nullmail_table_name_to_string (&replacement);
  return g_strjoinv (", ", written);
}

/* The list with a type that this Postfix can open for one of its items, since a text file can be
 * compiled into a map of any type. */
static char *
suggest_type (NullmailCheck            *self,
              char                    **items,
              guint                     index,
              const NullmailTableName  *name)
{
  g_auto(NullmailTableName) written = { 0 };

  if (_nullmail_table_name_get_kind (name) != NULLMAIL_TABLE_KEYED)
    return NULL;

  /* The name is taken as it is written, so that it keeps its macros. */
  if (_nullmail_table_name_parse (&written, items[index])
      && g_str_equal (written.type, name->type))
    return replace_type (self, items, index, &written);

  return replace_type (self, items, index, name);
}

static void
check_type (NullmailCheck *self,
            const char    *text,
            guint          index)
{
  g_auto(GStrv) items = _nullmail_text_split_list (text);
  g_autofree char *table = _nullmail_effective_expand (self->snapshot->effective, items[index],
                                                       NULL);
  g_autofree char *suggestion = NULL;
  g_auto(NullmailTableName) name = { 0 };
  NullmailFact is_there;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = MAPS,
  };

  if (table == NULL || !_nullmail_table_name_parse (&name, table))
    return;

  is_there = _nullmail_snapshot_query_map_type (self->snapshot, name.type);
  if (is_there == NULLMAIL_FACT_UNKNOWN)
    _nullmail_check_report_open (self, facts.code, facts.parameter,
      _("Install Postfix, or name the folder of its commands."),
      _("Which types of tables this Postfix has is not known, for postconf cannot be asked."));
  if (is_there != NULLMAIL_FACT_NO)
    return;

  suggestion = suggest_type (self, items, index, &name);
  facts.subject = name.type;
  facts.suggestion = suggestion;
  facts.fix = suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  _nullmail_check_report (self, &facts,
    _("Use a type that “postconf -m” lists."),
    _("This Postfix has no tables of type “%s”, so that it finds no password, and all mail waits."),
    name.type);
}

static void
check_types (NullmailCheck *self)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, MAPS);
  g_auto(GStrv) items = text != NULL ? _nullmail_text_split_list (text) : NULL;

  if (!self->authenticates || items == NULL)
    return;

  for (guint i = 0; items[i] != NULL; i++)
    check_type (self, text, i);
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

  if ((file->mode & 077) != 0)
    _nullmail_check_report (self, &facts,
      by_hand ? _("Set the mode to 0600.") : _("Apply any plan, or set the mode to 0600."),
      _("“%s” has a password in it, but its mode %04o gives others than the owner access."),
      path, (guint) file->mode & 07777);
  else if (file->uid != 0 && file->uid != self->snapshot->user)
    _nullmail_check_report (self, &facts,
      by_hand ? _("Make root the owner.") : _("Apply any plan as root, or make root the owner."),
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
  check_answers (self);
  check_types (self);
}
