/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Parameters that Postfix does not know, and takes no notice of. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"
#include "config/obsolete-names-private.h"
#include "config/relay-channel-private.h"
#include "config/settings-private.h"
#include "document/main-cf-private.h"
#include "document/master-cf-private.h"

#define NAME_LETTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_"
#define MAX_REPORTED 10    /* each with a search for the name that may be meant */
#define FEWEST_NAMES 100   /* of a Postfix that tells what it knows */

/* Whether the type of a database ends there, so that the table may have settings in main.cf. */
static gboolean
ends_type (const char *text,
           const char *end)
{
  NullmailTableName table = { .name = (char *) "" };
  g_autofree char *type = NULL;
  const char *start = end;

  while (start > text && g_ascii_isalnum (start[-1]))
    start--;

  table.type = type = g_strndup (start, end - start);
  return _nullmail_table_name_get_kind (&table) == NULLMAIL_TABLE_DATABASE;
}

/* Adds what a text refers to: a parameter behind “$”, in braces or not, and behind a colon the
 * name of a table such as “ldap:mine”, whose settings may be “mine_server_host” and the like. */
static void
add_references (GHashTable *references,
                const char *text)
{
  for (const char *at = strpbrk (text, "$:"); at != NULL; at = strpbrk (at, "$:"))
    {
      const char *start = at + 1 + strspn (at + 1, "{( ");
      gsize length = strspn (start, *at == '$' ? NAME_LETTERS : NAME_LETTERS "-");

      if (length > 0 && (*at == '$' || ends_type (text, at)))
        g_hash_table_add (references, g_strndup (start, length));
      at = start + length;
    }
}

/* What the values of main.cf refer to that have such a character. */
static void
add_references_behind (GHashTable     *references,
                       NullmailMainCf *main_cf,
                       char            c)
{
  g_auto(GStrv) names = _nullmail_main_cf_list_with (main_cf, c);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, names[i]);

      if (value != NULL)
        add_references (references, value);
    }
}

/* (transfer full): the names that main.cf and the options of master.cf use. */
static GHashTable *
collect_references (NullmailCheck *self)
{
  GHashTable *references = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) classes = NULL;
  GPtrArray *options = self->snapshot->master_options;

  add_references_behind (references, self->main_cf, '$');
  add_references_behind (references, self->main_cf, ':');
  for (guint i = 0; options != NULL && i < options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (options, i);

      add_references (references, option->value);
      g_hash_table_add (references, g_strdup (option->name));
    }
  if (nullmail_main_cf_has_value (self->main_cf, "smtpd_restriction_classes"))
    classes = _nullmail_effective_get_list (self->effective, "smtpd_restriction_classes");
  for (guint i = 0; classes != NULL && classes[i] != NULL; i++)
    g_hash_table_add (references, g_strdup (classes[i]));

  return references;
}

static gboolean
is_referred_to (GHashTable *references,
                const char *name)
{
  if (g_hash_table_contains (references, name))
    return TRUE;

  for (const char *end = strchr (name, '_'); end != NULL; end = strchr (end + 1, '_'))
    {
      g_autofree char *table = g_strndup (name, end - name);

      if (g_hash_table_contains (references, table))
        return TRUE;
    }

  return FALSE;
}

/* A parameter that is made of the name of a service, such as smtp_destination_rate_delay. */
static gboolean
is_of_service (const char *name)
{
  static const char *const endings[] = {
    "_delivery_slot_cost", "_delivery_slot_discount", "_delivery_slot_loan",
    "_destination_concurrency_failed_cohort_limit", "_destination_concurrency_limit",
    "_destination_concurrency_negative_feedback", "_destination_concurrency_positive_feedback",
    "_destination_rate_delay", "_destination_recipient_limit", "_extra_recipient_limit",
    "_initial_destination_concurrency", "_minimum_delivery_slots", "_recipient_limit",
    "_recipient_refill_delay", "_recipient_refill_limit", "_time_limit", "_transport_rate_delay",
  };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]) && strlen (name) > strlen (endings[i]))
      return TRUE;

  return FALSE;
}

/* Whether the value may go to the other name: no error comes in with it, and the relay is given no
 * less than while it had no effect. */
static gboolean
is_harmless (NullmailCheck  *self,
             NullmailRunner  run,
             const char     *name,
             const char     *near,
             const char     *value)
{
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_copy (self->main_cf);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(GPtrArray) before = NULL, after = NULL, errors = NULL;
  NullmailCheckSnapshot snapshot = *self->snapshot;

  if (!_nullmail_fix_apply (NULLMAIL_FIX_RENAME, near, value, name, main_cf))
    return FALSE;

  snapshot.is_idle = TRUE;
  before = run (&snapshot);
  snapshot.effective = effective = _nullmail_effective_for_main_cf (self->effective, main_cf);
  if (_nullmail_relay_channel_gives_less (self->effective, effective))
    return FALSE;

  after = run (&snapshot);
  errors = _nullmail_finding_list_new_errors (before, after, TRUE);
  return errors->len == 0;
}

/* (nullable): the parameter that is meant: the one that has taken its place, or a similar name. */
static const char *
find_meant (NullmailCheck              *self,
            const NullmailObsoleteName *obsolete,
            NullmailPostfixNames       *known,
            const char                 *name)
{
  if (obsolete == NULL)
    return _nullmail_postfix_names_find_near (known, name);

  return _nullmail_effective_has_default (self->effective, obsolete->replacement)
         ? obsolete->replacement : NULL;
}

static void
report (NullmailCheck        *self,
        NullmailRunner        run,
        NullmailPostfixNames *known,
        const char           *name)
{
  const NullmailObsoleteName *obsolete = _nullmail_obsolete_name_find (name);
  const char *near = find_meant (self, obsolete, known, name);
  g_autofree char *value = nullmail_main_cf_get_value (self->main_cf, name);
  gboolean is_shown = near != NULL && value != NULL
                      && (obsolete == NULL || obsolete->keeps_value)
                      && !_nullmail_mask_hides_value (self->snapshot->mask, near, value);
  gboolean can_fix = is_shown && is_harmless (self, run, name, near, value);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_UNKNOWN_PARAMETER,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .fix = can_fix ? NULLMAIL_FIX_RENAME : NULLMAIL_FIX_NONE,
    .parameter = near != NULL ? near : name,
    .suggestion = can_fix ? value : NULL,
    .subject = name,
    .path = self->snapshot->main_cf_path,
    .line = nullmail_main_cf_get_line (self->main_cf, name),
  };

  if (near != NULL && obsolete != NULL)
    _nullmail_check_report (self, &facts,
      _("Set the parameter of today in its place, and remove the line."),
      _("This Postfix no longer knows “%s”, so that it has no effect; “%s” has taken its place."),
      name, near);
  else if (near != NULL)
    _nullmail_check_report (self, &facts,
      _("Write the name as Postfix knows it, or remove the line."),
      _("This Postfix knows no parameter “%s”, so that it has no effect; “%s” may be meant."),
      name, near);
  else
    _nullmail_check_report (self, &facts,
      _("Correct the name, or remove the line."),
      _("This Postfix knows no parameter “%s”, and nothing else uses it, so that it has no "
        "effect."),
      name);
}

/* One finding for a name and for all that may come behind it. */
static void
report_rest (NullmailCheck *self,
             const char    *name)
{
  const NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_UNKNOWN_PARAMETER,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .subject = name,
    .path = self->snapshot->main_cf_path,
    .line = nullmail_main_cf_get_line (self->main_cf, name),
  };

  _nullmail_check_report (self, &facts,
    _("Correct their names, or remove the lines, and check again."),
    _("This Postfix knows no parameter “%s”, and perhaps others behind it; only the first %d are "
      "looked at one by one."),
    name, MAX_REPORTED);
}

/* What is referred to is collected for the first name that needs it. */
static gboolean
is_known (NullmailCheck         *self,
          NullmailPostfixNames  *known,
          GHashTable           **references,
          const char            *name)
{
  if (_nullmail_effective_has_default (self->effective, name) || is_of_service (name)
      || _nullmail_postfix_names_mention (known, name))
    return TRUE;
  if (*references == NULL)
    *references = collect_references (self);

  return is_referred_to (*references, name);
}

void
_nullmail_check_names (NullmailCheck  *self,
                       NullmailRunner  run)
{
  NullmailPostfixNames *known;
  g_autoptr(GHashTable) references = NULL;
  g_autoptr(GHashTable) reported = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint32 position = 0;
  char *name;

  if (self->snapshot->is_idle || self->snapshot->seeks_errors)
    return;
  known = _nullmail_effective_peek_names (self->effective);
  if (known == NULL || _nullmail_postfix_names_count (known) < FEWEST_NAMES)
    return;

  while ((name = _nullmail_main_cf_next_name (self->main_cf, &position)) != NULL)
    {
      guint n_reported = g_hash_table_size (reported);

      if (is_known (self, known, &references, name) || g_hash_table_contains (reported, name))
        {
          g_free (name);
          continue;
        }

      g_hash_table_add (reported, name);
      if (n_reported == MAX_REPORTED)
        {
          report_rest (self, name);
          return;
        }
      report (self, run, known, name);
    }
}
