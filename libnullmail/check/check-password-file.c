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

  if (!self->authenticates || file->source.exists != NULLMAIL_FACT_YES || file->map_path == NULL
      || !_nullmail_check_has_text (self, MAPS))
    return;

  if (file->map.exists == NULLMAIL_FACT_NO)
    _nullmail_check_report (self, &missing, remedy,
      _("The password file “%s” has no table, so that Postfix finds no password, and all mail "
        "waits."),
      file->source_path);
  else if (file->map_is_stale == NULLMAIL_FACT_YES)
    _nullmail_check_report (self, &stale, remedy,
      _("The table of the password file “%s” is older than it or of another type, so that Postfix "
        "may use an old password or find none."),
      file->source_path);
}

/* A table that is no file, and is not there either. */
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
is_supported (NullmailCheck *self,
              const char    *type)
{
  return g_strv_contains (self->snapshot->map_types, type);
}

/* (nullable): the type for passwords on this machine. */
static const char *
choose_type (NullmailCheck *self)
{
  static const char *const preferred[] = { "lmdb", "cdb", "hash", "texthash" };
  g_autofree char *fallback = _nullmail_check_get_value (self, "default_database_type");
  const char *const *types = self->snapshot->map_types;

  for (guint i = 0; fallback != NULL && types[i] != NULL; i++)
    if (g_str_equal (types[i], fallback))
      return types[i];

  for (guint i = 0; i < G_N_ELEMENTS (preferred); i++)
    if (is_supported (self, preferred[i]))
      return preferred[i];

  return NULL;
}

/* The list with another type in the place of that of one item, else as it is written. (nullable) */
static char *
replace_type (NullmailCheck *self,
              char         **written,
              guint          index,
              const char    *name)
{
  const char *type = choose_type (self);
  g_autofree char *old = NULL;

  if (type == NULL)
    return NULL;

  /* A password that stands in main.cf is not repeated in a suggestion. */
  for (guint i = 0; written[i] != NULL; i++)
    if (strstr (written[i], "inline:") != NULL || strstr (written[i], "static:") != NULL)
      return NULL;

  old = written[index];
  written[index] = g_strconcat (g_str_has_prefix (old, "proxy:") ? "proxy:" : "", type, ":", name,
                                NULL);
  return g_strjoinv (", ", written);
}

/* Those that are made of a text file, so that any of them can take the place of another. */
static gboolean
is_file_type (const char *type)
{
  static const char *const types[] = { "btree", "cdb", "dbm", "hash", "lmdb", "sdbm", "texthash" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (type, types[i]))
      return TRUE;

  return FALSE;
}

static void
check_type (NullmailCheck *self,
            const char    *text,
            guint          index)
{
  g_auto(GStrv) written = _nullmail_text_split_list (text);
  g_autofree char *table = _nullmail_check_expand (self, written[index]);
  g_autofree char *suggestion = NULL;
  g_autofree char *type = NULL;
  const char *name, *written_name;
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .parameter = MAPS,
  };

  type = table != NULL ? _nullmail_check_parse_table (table, &name) : NULL;
  if (type == NULL || is_supported (self, type))
    return;

  if (is_file_type (type))
    {
      g_autofree char *written_type = _nullmail_check_parse_table (written[index], &written_name);

      if (g_strcmp0 (written_type, type) == 0)
        name = written_name;  /* keeps its macros */
      suggestion = replace_type (self, written, index, name);
    }

  facts.subject = type;
  facts.suggestion = suggestion;
  facts.fix = suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE;
  _nullmail_check_report (self, &facts,
    _("Use a type that “postconf -m” lists."),
    _("This Postfix has no tables of type “%s”, so that it finds no password, and all mail waits."),
    type);
}

static void
check_types (NullmailCheck *self)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->snapshot->main_cf, MAPS);
  g_auto(GStrv) items = text != NULL ? _nullmail_text_split_list (text) : NULL;

  if (!self->authenticates || items == NULL || self->snapshot->map_types == NULL)
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

/* A plan sees to the first one alone. */
static void
check_file (NullmailCheck           *self,
            guint                    index,
            const NullmailTableFile *file)
{
  gboolean by_hand = index > 0;

  check_table (self, file,
               by_hand ? _("Run “postmap” on the password file.")
                       : _("Apply any plan, or run “postmap” on the password file."));
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
