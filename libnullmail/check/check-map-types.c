/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "document/value-list-private.h"

#define MAPS "smtp_sasl_password_maps"

/* One table of smtp_sasl_password_maps, and what this Postfix makes of its type. */
typedef struct
{
  char              **items;  /* of the list, as it is written */
  guint               index;  /* of this one */
  NullmailTableName   name;   /* with its macros expanded */
  NullmailTypeProbe   probe;
} TypedItem;

static gboolean
is_supported (const char *type,
              gpointer    snapshot)
{
  return _nullmail_snapshot_query_map_type (snapshot, type) != NULLMAIL_FACT_NO;
}

static gboolean
is_supported_for_long (const char *type,
                       gpointer    snapshot)
{
  NullmailTypeProbe probe = _nullmail_snapshot_probe_type (snapshot, type);

  return probe.works != NULLMAIL_FACT_NO && probe.served_as == NULL && !probe.is_deprecated;
}

/* (nullable): the type that a table of this one should have, since a text file can be compiled into
 * a map of any type. */
static const char *
find_better_type (NullmailCheck   *self,
                  const TypedItem *item)
{
  gpointer snapshot = (gpointer) self->snapshot;
  g_autofree char *preferred = NULL;
  const char *type;

  if (_nullmail_table_name_get_kind (&item->name) != NULLMAIL_TABLE_KEYED)
    return NULL;
  if (item->probe.served_as != NULL)
    return item->probe.served_as;

  preferred = _nullmail_effective_get_value (self->effective, "default_database_type");
  if (!item->probe.is_deprecated)
    return _nullmail_table_type_choose (preferred, is_supported, snapshot);

  /* A table that works is not made slower. */
  type = _nullmail_table_type_choose (preferred, is_supported_for_long, snapshot);
  return g_str_equal (type, "texthash") ? NULL : type;
}

/* (nullable): the list as it is written, but with a better type for one of its items. */
static char *
suggest (NullmailCheck   *self,
         const TypedItem *item)
{
  g_auto(NullmailTableName) written = { 0 };
  g_autofree char *kept = item->items[item->index];
  const char *type = find_better_type (self, item);
  NullmailTableName replacement = item->name;
  gboolean is_shown = type != NULL;

  /* A password that stands in main.cf is not repeated in a suggestion. */
  for (guint i = 0; is_shown && item->items[i] != NULL; i++)
    is_shown = !_nullmail_mask_hides_value (self->snapshot->mask, MAPS, item->items[i]);
  if (!is_shown)
    {
      g_steal_pointer (&kept);
      return NULL;
    }

  /* The name is taken as it is written, so that it keeps its macros. */
  if (_nullmail_table_name_parse (&written, kept) && g_str_equal (written.type, item->name.type))
    replacement = written;
  replacement.type = (char *) type;
  replacement.is_proxied = FALSE;  /* the new table is for root alone, as whom Postfix opens it */
  item->items[item->index] = _nullmail_table_name_to_string (&replacement);
  return g_strjoinv (", ", item->items);
}

static void
report_unsupported (NullmailCheck        *self,
                    const TypedItem      *item,
                    NullmailFindingFacts *facts)
{
  facts->code = NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED;
  facts->severity = NULLMAIL_SEVERITY_ERROR;
  if (facts->fix != NULLMAIL_FIX_NONE)
    facts->fix = NULLMAIL_FIX_SET_FOR_LOGIN;
  _nullmail_check_report (self, facts,
    _("Use a type that this Postfix opens, or install the package that has this one."),
    _("This Postfix has no tables of type “%s”, so that it finds no password, and all mail waits."),
    item->name.type);
}

static void
report_redirected (NullmailCheck        *self,
                   const TypedItem      *item,
                   NullmailFindingFacts *facts)
{
  facts->code = NULLMAIL_FINDING_CODE_MAP_REDIRECTED;
  facts->severity = NULLMAIL_SEVERITY_WARNING;
  _nullmail_check_report (self, facts,
    _("Write the type that Postfix opens; a plan builds its map."),
    _("This Postfix opens tables of type “%s” as “%s” (“postfix non-bdb”), so that a map of the "
      "type that main.cf names is not looked at."),
    item->name.type, item->probe.served_as);
}

static void
report_deprecated (NullmailCheck        *self,
                   const TypedItem      *item,
                   NullmailFindingFacts *facts)
{
  facts->code = NULLMAIL_FINDING_CODE_MAP_TYPE_DEPRECATED;
  facts->severity = NULLMAIL_SEVERITY_NOTICE;
  _nullmail_check_report (self, facts,
    _("Write another type; a plan builds its map, and removes the old one."),
    _("Tables of type “%s” go out of use: a later version of this Postfix will not open them."),
    item->name.type);
}

static void
report_item (NullmailCheck   *self,
             const TypedItem *item)
{
  g_autofree char *suggestion = suggest (self, item);
  NullmailFindingFacts facts = {
    .parameter = MAPS,
    .subject = item->name.type,
    .suggestion = suggestion,
    .fix = suggestion != NULL ? NULLMAIL_FIX_SET : NULLMAIL_FIX_NONE,
  };

  if (item->probe.works == NULLMAIL_FACT_NO)
    report_unsupported (self, item, &facts);
  else if (item->probe.served_as != NULL)
    report_redirected (self, item, &facts);
  else
    report_deprecated (self, item, &facts);
}

static void
check_item (NullmailCheck *self,
            const char    *text,
            guint          index)
{
  g_auto(GStrv) items = _nullmail_text_split_list (text);
  g_autofree char *table = _nullmail_effective_expand (self->effective, items[index], NULL);
  g_auto(NullmailTableName) name = { 0 };
  TypedItem item;

  if (table == NULL || !_nullmail_table_name_parse (&name, table))
    return;

  item = (TypedItem) { items, index, name,
                       _nullmail_snapshot_probe_type (self->snapshot, name.type) };
  if (item.probe.works == NULLMAIL_FACT_UNKNOWN)
    _nullmail_check_report_open (self, NULLMAIL_FINDING_CODE_MAP_TYPE_UNSUPPORTED, MAPS,
      _("Install Postfix, or name the folder of its commands."),
      _("Which types of tables this Postfix has is not known, for it cannot be asked."));
  else if (item.probe.works == NULLMAIL_FACT_NO || item.probe.served_as != NULL
           || item.probe.is_deprecated)
    report_item (self, &item);
}

void
_nullmail_check_map_types (NullmailCheck *self)
{
  g_autofree char *text = nullmail_main_cf_get_value (self->main_cf, MAPS);
  g_auto(GStrv) items = text != NULL ? _nullmail_text_split_list (text) : NULL;

  if (!self->authenticates || items == NULL)
    return;

  for (guint i = 0; items[i] != NULL; i++)
    check_item (self, text, i);
}
