/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/planner-private.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n-private.h"
#include "check/check-private.h"
#include "check/finding-private.h"
#include "config/relay-channel-private.h"
#include "plan/change.h"
#include "plan/lost-aliases-private.h"
#include "postfix/service-private.h"

/* Puts into the view what every plan makes of the password file: the map is newer than its source,
 * and only their owner can read them. */
static void
expect_mended_files (NullmailView            *view,
                     const NullmailPlanTable *primary)
{
  NullmailPasswordTable *table = primary->table;
  NullmailFileFacts mended = { NULLMAIL_FACT_YES, 0600, geteuid (), FALSE };
  NullmailTableFile *file = &view->snapshot.file;

  /* What a map without its source holds is not known, neither before nor after. */
  if (table->base != NULL || _nullmail_password_table_has_new_source (table))
    file->passwords = table->contents;
  if (_nullmail_password_table_has_new_source (table))
    file->source = mended;
  if (file->map_path != NULL && !_nullmail_password_table_is_unchanged (table))
    {
      file->map = mended;
      file->answers = NULLMAIL_MAP_ANSWERS_RIGHT;
    }
  if (!table->stays)
    file->map_is_stale = NULLMAIL_FACT_NO;

  /* The list may name the same file once more, with another type. */
  for (guint i = 0; i < view->more_files->len; i++)
    {
      NullmailTableFile *other = &g_array_index (view->more_files, NullmailTableFile, i);

      if (g_str_equal (other->source_path, file->source_path))
        {
          other->passwords = file->passwords;
          other->source = file->source;
        }
    }
}

/* The text files that there will be. */
static GPtrArray *
list_new_files (NullmailPlan *plan)
{
  GPtrArray *files = g_ptr_array_new ();

  for (guint i = 0; i < plan->files->len; i++)
    {
      const NullmailPlanFile *file = g_ptr_array_index (plan->files, i);

      if (file->after != NULL)
        g_ptr_array_add (files, file->path);
    }

  return files;
}

/* Runs the checks over the state that there will be once the plan is applied. */
static GPtrArray *
judge_after (NullmailPlanner *self,
             const char      *refusal)
{
  const NullmailPlanTable *primary = self->plan->primary;
  g_autoptr(GPtrArray) files = list_new_files (self->plan);
  g_auto(NullmailLostAliases) aliases = { 0 };
  g_auto(NullmailView) after = { 0 };

  _nullmail_view_init (&after, self->observation, self->after, self->plan->mask);
  after.snapshot.refusal = refusal;
  after.snapshot.files_to_be = files;
  after.snapshot.is_idle = self->plan->changes->len == 0;
  if (primary != NULL && g_strcmp0 (primary->table->path, after.snapshot.file.source_path) == 0)
    expect_mended_files (&after, primary);

  if (_nullmail_plan_changes_main_cf (self->plan))
    _nullmail_lost_aliases_find (&aliases, self->before, self->after);
  after.snapshot.lost_root_alias = aliases.root;
  after.snapshot.lost_alias = aliases.other;

  return _nullmail_check_run (&after.snapshot);
}

static gboolean
has_code (GPtrArray           *findings,
          NullmailFindingCode  code)
{
  for (guint i = 0; i < findings->len; i++)
    if (nullmail_finding_get_code (g_ptr_array_index (findings, i)) == code)
      return TRUE;

  return FALSE;
}

/* The names of all parameters are looked through only where that can tell what is new. */
static GPtrArray *
judge_before (NullmailPlanner *self,
              const char      *refusal)
{
  g_auto(NullmailView) before = { 0 };

  _nullmail_view_init (&before, self->observation, self->before, self->plan->mask);
  before.snapshot.refusal = refusal;
  before.snapshot.seeks_errors =
    !has_code (self->plan->findings, NULLMAIL_FINDING_CODE_UNKNOWN_PARAMETER);
  return _nullmail_check_run (&before.snapshot);
}

/* Whether credentials are given that Postfix has had none like for the relay. */
static gboolean
brings_first_password (NullmailPlanner *self)
{
  const NullmailPlanTable *primary = self->plan->primary;

  return self->request->credentials != NULL && primary != NULL && self->key_after != NULL
         && (primary->before == NULL
             || !_nullmail_password_file_has_key (primary->before, self->key_after));
}

static void
add_finding (NullmailPlan        *plan,
             NullmailFindingCode  code,
             NullmailSeverity     severity,
             const char          *message,
             const char          *remedy)
{
  NullmailFindingFacts facts = { .code = code, .severity = severity, .path = plan->main_cf_path };

  g_ptr_array_add (plan->findings, _nullmail_finding_new (&facts, g_strdup (message),
                                                          g_strdup (remedy)));
  g_ptr_array_sort (plan->findings, _nullmail_finding_compare);
}

/* Says beforehand what an apply does to a Postfix that runs, or leaves to others. */
static void
add_service_findings (NullmailPlanner *self)
{
  NullmailPlan *plan = self->plan;

  if (plan->stops_postfix)
    add_finding (plan, NULLMAIL_FINDING_CODE_POSTFIX_STOPPED, NULLMAIL_SEVERITY_NOTICE,
      _("A Postfix that runs is stopped while this is put in place, since messages on their way "
        "would go out without the password that is taken away."),
      _("Apply it without NO_ACTIVATE, or while Postfix is stopped."));
  if (plan->activation == NULLMAIL_ACTIVATION_RESTART
      && _nullmail_service_exists (self->installation)
      && !_nullmail_service_can_stop (self->installation))
    add_finding (plan, NULLMAIL_FINDING_CODE_RESTART_PENDING, NULLMAIL_SEVERITY_WARNING,
      _("The container lives on this Postfix, which is therefore reloaded and not restarted: what "
        "only a start reads, such as inet_interfaces, waits until then."),
      _("Restart the container."));
}

/* Says of a value that was not assigned that it changes all the same. */
static void
add_derived_findings (NullmailPlanner *self)
{
  const char * const *derived = self->request->derived;
  GPtrArray *changes = self->plan->changes;

  for (guint i = 0; derived != NULL && i < changes->len; i++)
    {
      NullmailChange *change = g_ptr_array_index (changes, i);
      const char *old = nullmail_change_get_old_value (change);
      const char *new = nullmail_change_get_new_value (change);
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_VALUE_DERIVED,
        .severity = NULLMAIL_SEVERITY_NOTICE,
        .parameter = nullmail_change_get_subject (change),
        .path = self->plan->main_cf_path,
      };

      if (nullmail_change_get_kind (change) != NULLMAIL_CHANGE_KIND_PARAMETER || old == NULL
          || !g_strv_contains (derived, facts.parameter))
        continue;

      g_ptr_array_add (self->plan->findings, _nullmail_finding_new (&facts,
        new != NULL
        ? g_strdup_printf (_("“%s” becomes “%s” in place of “%s”: that was not assigned, and "
                             "follows from the relay and its login."), facts.parameter, new, old)
        : g_strdup_printf (_("“%s” is removed, which was “%s”: that was not assigned, and follows "
                             "from the relay and its login."), facts.parameter, old),
        g_strdup (_("Apply the plan, or assign the property for this parameter to have another "
                    "value."))));
    }
}

void
_nullmail_planner_add_findings (NullmailPlanner *self)
{
  NullmailPlan *plan = self->plan;
  g_autoptr(GPtrArray) before = NULL;
  g_autofree char *refusal_before = NULL, *refusal = NULL;

  _nullmail_planner_ask_postfix (self, &refusal_before, &refusal);
  g_ptr_array_unref (plan->findings);
  plan->findings = judge_after (self, refusal);
  add_service_findings (self);
  add_derived_findings (self);
  for (guint i = 0; i < self->notes->len; i++)
    g_ptr_array_add (plan->findings,
                     nullmail_finding_ref (g_ptr_array_index (self->notes, i)));
  g_ptr_array_sort (plan->findings, _nullmail_finding_compare);

  /* A plan that changes nothing brings no new error in, nor does the way back. */
  if (plan->changes->len == 0 || self->request->goes_back)
    return;

  before = judge_before (self, refusal_before);
  g_ptr_array_unref (plan->new_findings);
  plan->new_findings = _nullmail_finding_list_new (
    before, plan->findings,
    brings_first_password (self) || _nullmail_relay_channel_is_weaker (self->before, self->after));
  g_ptr_array_unref (plan->new_errors);
  plan->new_errors = _nullmail_finding_list_errors (plan->new_findings);
}
