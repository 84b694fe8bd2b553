/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an undo does not take back, in words. */

#include "plan/undo-private.h"

#include "base/i18n-private.h"
#include "check/finding-private.h"

static void
add_finding (NullmailPlan *plan,
             const char   *subject,
             const char   *parameter,
             char         *take_message,
             const char   *remedy)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_CREDENTIALS_NOT_UNDONE,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .subject = subject,
    .parameter = parameter,
    .path = parameter != NULL || plan->primary == NULL ? plan->main_cf_path
                                                       : plan->primary->table->path,
  };

  g_ptr_array_add (plan->findings, _nullmail_finding_new (&facts, take_message,
                                                          g_strdup (remedy)));
}

/* Passwords that were replaced, as far as they are in use again. */
static void
add_replaced (NullmailPlan             *plan,
              const NullmailUndoRecord *record)
{
  for (guint i = 0; record->replaced[i] != NULL; i++)
    {
      const char *key = record->replaced[i];

      if (!g_ptr_array_find_with_equal_func (plan->left_keys, key, g_str_equal, NULL))
        add_finding (plan, key, NULL,
                     g_strdup_printf (_("The password of “%s” stays as it is: the one before it "
                                        "was not kept."), key),
                     _("Store the old password again if it is needed."));
    }
}

static void
add_left (NullmailPlan *plan)
{
  for (guint i = 0; i < plan->left_keys->len; i++)
    {
      const char *key = g_ptr_array_index (plan->left_keys, i);

      add_finding (plan, key, NULL,
                   g_strdup_printf (_("The password of “%s” stays in “%s”, for messages on their "
                                      "way, although nothing else needs it then."),
                                    key, plan->primary->table->path),
                   _("Call purge_credentials afterwards to take it away."));
    }
}

/* A parameter whose text had a password in it was not recorded. Where the whole file was, which is
 * one without any, it comes back nevertheless. */
static void
add_withheld (NullmailPlan *plan,
              char        **names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *now = nullmail_main_cf_get_value (plan->before, names[i]);
      g_autofree char *then = nullmail_main_cf_get_value (plan->main_cf, names[i]);

      if (g_strcmp0 (now, then) == 0)
        add_finding (plan, names[i], names[i],
                     g_strdup_printf (_("“%s” stays as it is: it had a password in it, which was "
                                        "not kept."), names[i]),
                     _("Put the password into a table of mode 0600, and name that table."));
    }
}

void
_nullmail_undo_add_findings (NullmailPlan             *plan,
                             const NullmailUndoRecord *record,
                             gboolean                  restores)
{
  if (!restores)
    add_replaced (plan, record);
  add_left (plan);
  add_withheld (plan, restores ? record->left_out : record->withheld);
  g_ptr_array_sort (plan->findings, _nullmail_finding_compare);
}
