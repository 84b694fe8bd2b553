/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether Postfix would stop at the main.cf that a plan makes. It is asked only where the checks
 * cannot tell, which look at nearly all values themselves. */

#include "plan/planner-private.h"

#include <gio/gio.h>

#include "check/check-private.h"
#include "config/settings-private.h"
#include "document/main-cf-private.h"
#include "plan/change.h"
#include "postfix/refusal-private.h"

#define INTERFACES "inet_interfaces"

/* A name among the interfaces is looked up, in DNS as well. */
static gboolean
names_interfaces (NullmailEffective *effective)
{
  static const char *const words[] = { "all", "loopback-only", "localhost", NULL };
  g_auto(GStrv) items = _nullmail_effective_get_list (effective, INTERFACES);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (!g_strv_contains (words, items[i]) && *items[i] != '['
        && !g_hostname_is_ip_address (items[i]))
      return TRUE;

  return FALSE;
}

/* Whether Postfix may stop at what a parameter is set to, although the checks find nothing. */
static gboolean
is_open (NullmailEffective *effective,
         const char        *parameter)
{
  if (g_str_equal (parameter, INTERFACES))
    return names_interfaces (effective);

  return _nullmail_parameter_is_read_at_start (parameter)
         && !_nullmail_check_knows_value (parameter)
         && _nullmail_setting_find_by_parameter (parameter) < 0;
}

static gboolean
has_other_value (NullmailPlanner *self,
                 const char      *parameter)
{
  g_autofree char *before = _nullmail_effective_get_value (self->before, parameter);
  g_autofree char *after = _nullmail_effective_get_value (self->after, parameter);

  return g_strcmp0 (before, after) != 0;
}

static gboolean
changes_open_value (NullmailPlanner *self)
{
  GPtrArray *changes = self->plan->changes;
  g_auto(GStrv) names = NULL;
  gboolean changes_some = FALSE;

  for (guint i = 0; i < changes->len; i++)
    {
      NullmailChange *change = g_ptr_array_index (changes, i);
      gboolean is_parameter = nullmail_change_get_kind (change) == NULLMAIL_CHANGE_KIND_PARAMETER;

      if (is_parameter && nullmail_change_get_new_value (change) != NULL
          && is_open (self->after, nullmail_change_get_subject (change)))
        return TRUE;
      changes_some |= is_parameter;
    }

  names = changes_some ? _nullmail_main_cf_list_with (self->plan->main_cf, '$') : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (is_open (self->after, names[i]) && has_other_value (self, names[i]))
      return TRUE;

  return FALSE;
}

/* Whether postmap is to build a table, which it does not where Postfix stops at main.cf. */
static gboolean
builds_table (NullmailPlanner *self)
{
  const NullmailPlanTable *primary = self->plan->primary;

  return primary != NULL && !primary->removes_source
         && !_nullmail_password_table_is_unchanged (primary->table)
         && !g_str_equal (primary->table->map_type, "texthash");
}

static gboolean
has_open_value (NullmailPlanner *self)
{
  g_auto(GStrv) names = nullmail_main_cf_list_names (self->plan->main_cf);

  for (guint i = 0; names[i] != NULL; i++)
    if (is_open (self->after, names[i]))
      return TRUE;

  return FALSE;
}

void
_nullmail_planner_ask_postfix (NullmailPlanner  *self,
                               char            **before,
                               char            **after)
{
  *before = *after = NULL;

  /* Lines that Postfix stops at are known, and would not be in what it is shown. */
  if (self->plan->changes->len == 0 || self->request->goes_back
      || nullmail_main_cf_count_bad_lines (self->plan->main_cf) > 0
      || !(changes_open_value (self) || (builds_table (self) && has_open_value (self))))
    return;

  *after = _nullmail_installation_query_refusal_of (self->installation, self->after,
                                                    self->plan->mask, self->cancellable);
  if (*after != NULL)
    *before = _nullmail_installation_query_refusal_of (self->installation, self->before,
                                                       self->plan->mask, self->cancellable);
}
