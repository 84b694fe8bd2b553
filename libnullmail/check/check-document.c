/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check/check-context-private.h"

#include "base/i18n-private.h"
#include "document/main-cf-private.h"

static void
check_duplicates (NullmailCheck *self)
{
  g_auto(GStrv) names = nullmail_main_cf_list_duplicates (self->main_cf);

  for (guint i = 0; names[i] != NULL; i++)
    {
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_DUPLICATE_PARAMETER,
        .severity = NULLMAIL_SEVERITY_WARNING,
        .fix = NULLMAIL_FIX_DEDUPLICATE,
        .parameter = names[i],
      };

      _nullmail_check_report (self, &facts,
        _("Remove all but the last, which is the one that counts."),
        _("“%s” is set more than once, and only the last time counts."),
        names[i]);
    }
}

static void
check_bad_lines (NullmailCheck *self)
{
  g_autoptr(GArray) lines = _nullmail_main_cf_list_bad_lines (self->main_cf);

  for (guint i = 0; i < lines->len; i++)
    {
      const NullmailBadLine *bad = &g_array_index (lines, NullmailBadLine, i);
      NullmailFindingFacts facts = {
        .code = NULLMAIL_FINDING_CODE_BAD_LINE,
        .severity = bad->is_indented_first ? NULLMAIL_SEVERITY_WARNING : NULLMAIL_SEVERITY_ERROR,
        .path = self->snapshot->main_cf_path,
        .line = bad->line,
      };

      if (bad->is_indented_first)
        _nullmail_check_report (self, &facts,
          _("Remove the blanks at the start of the line, or the line."),
          _("Line %u begins with a blank and continues a line that is not there: Postfix leaves it "
            "out, and with it the lines behind it up to the next that begins without one."),
          bad->line);
      else
        _nullmail_check_report (self, &facts,
          _("Write it as “name = value”, put a “#” in front, or remove it."),
          _("Line %u has no name or no “=”: every program of Postfix stops at it."),
          bad->line);
    }
}

void
_nullmail_check_document (NullmailCheck *self)
{
  check_duplicates (self);
  check_bad_lines (self);
}
