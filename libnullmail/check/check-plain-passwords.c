/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "document/main-cf-private.h"
#include "document/master-cf-private.h"

static const char *
get_remedy (void)
{
  return _("Put the password into a table of mode 0600, such as hash:/etc/postfix/sasl_passwd, and "
           "name that table here; Postfix's programs and its users have to be able to read the "
           "file itself.");
}

/* An occurrence that does not count has its password as well. */
static gboolean
has_table (NullmailCheck *self,
           const char    *parameter)
{
  g_auto(GStrv) values = _nullmail_main_cf_list_values (self->main_cf, parameter);

  for (guint i = 0; values[i] != NULL; i++)
    if (_nullmail_mask_is_table (self->snapshot->mask, parameter, values[i]))
      return TRUE;

  return FALSE;
}

static void
check_main_cf (NullmailCheck *self)
{
  g_auto(GStrv) names = _nullmail_mask_list_names (self->snapshot->mask);

  for (guint i = 0; names[i] != NULL; i++)
    {
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_PASSWORD_IN_MAIN_CF,
        .severity = NULLMAIL_SEVERITY_ERROR,
        .parameter = names[i],
        .subject = names[i],
      };

      if (!has_table (self, names[i])
          || _nullmail_snapshot_observe_main_cf_privacy (self->snapshot) != NULLMAIL_FACT_NO)
        continue;

      _nullmail_check_report (self, &facts, get_remedy (),
        _("“%s” has a password in it, and others than root can read “%s”."),
        names[i], self->snapshot->main_cf_path);
    }
}

static void
check_master_cf (NullmailCheck *self)
{
  GPtrArray *options = self->snapshot->master_options;
  g_autofree char *path = _nullmail_check_get_master_cf_path (self);

  if (options == NULL || path == NULL)
    return;

  for (guint i = 0; i < options->len; i++)
    {
      const NullmailMasterOption *option = g_ptr_array_index (options, i);
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_PASSWORD_IN_MAIN_CF,
        .severity = NULLMAIL_SEVERITY_ERROR,
        .parameter = option->name,
        .subject = option->service,
        .path = path,
        .line = option->line,
      };

      if (!_nullmail_mask_is_table (self->snapshot->mask, option->name, option->value)
          || _nullmail_snapshot_observe_master_cf_privacy (self->snapshot, path)
             != NULLMAIL_FACT_NO)
        continue;

      _nullmail_check_report (self, &facts, get_remedy (),
        _("The service “%s” has a password in its “%s”, and others than root can read “%s”."),
        option->service, option->name, path);
    }
}

void
_nullmail_check_plain_passwords (NullmailCheck *self)
{
  if (self->snapshot->mask == NULL)
    return;

  check_main_cf (self);
  check_master_cf (self);
}
