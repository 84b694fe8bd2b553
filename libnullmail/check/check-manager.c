/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who else writes main.cf, or stops at it. */

#include "check/check-context-private.h"

#include <string.h>

#include "base/i18n-private.h"

static gboolean
has_word (const char        *line,
          const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (line, words[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* Whether a comment says that a configuration manager makes the file. */
static gboolean
names_manager (const char *line)
{
  static const char *const managers[] = {
    "ansible", "bcfg2", "cfengine", "chef", "puppet", "salt", "suseconfig", NULL,
  };
  static const char *const claims[] = {
    "managed", "generated", "do not edit", "overwritten", "controlled by", "maintained by", NULL,
  };
  g_autofree char *lower = g_ascii_strdown (line, -1);

  return has_word (lower, managers) && has_word (lower, claims);
}

/* (nullable): the line at the head of main.cf in which a manager names itself. */
static char *
find_header (NullmailCheck *self)
{
  g_autoptr(GBytes) bytes = nullmail_main_cf_to_bytes (self->main_cf);
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  while (size > 0 && (*text == '#' || *text == '\n'))
    {
      const char *end = memchr (text, '\n', size);
      gsize length = end != NULL ? (gsize) (end - text) : size;
      g_autofree char *line = g_utf8_make_valid (text, length);

      if (names_manager (line))
        return g_strstrip (g_steal_pointer (&line));
      if (end == NULL)
        break;
      size -= length + 1;
      text = end + 1;
    }

  return NULL;
}

static void
check_other_manager (NullmailCheck *self)
{
  g_autofree char *header = find_header (self);
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_OTHER_MANAGER,
    .severity = NULLMAIL_SEVERITY_WARNING,
    .path = self->snapshot->main_cf_path,
  };

  if (self->snapshot->manager != NULL)
    {
      facts.subject = self->snapshot->manager;
      _nullmail_check_report (self, &facts,
        _("Set MAIL_CREATE_CONFIG to no there, or make the settings with what it belongs to."),
        _("“%s” has config.postfix write main.cf anew whenever Postfix starts, so that a change "
          "here is lost."),
        facts.subject);
    }
  else if (header != NULL)
    {
      facts.subject = header;
      _nullmail_check_report (self, &facts,
        _("Make the settings where that program has them."),
        _("Another program writes main.cf, for the file says “%s”, so that a change here is lost "
          "the next time."),
        header);
    }
}

/* Whether a finding names a cause for which Postfix stops. */
static gboolean
is_explained (NullmailCheck *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    switch (nullmail_finding_get_code (self->findings->pdata[i]))
      {
      case NULLMAIL_FINDING_CODE_BAD_LINE:
      case NULLMAIL_FINDING_CODE_INVALID_VALUE:
      case NULLMAIL_FINDING_CODE_PROTOCOL_UNAVAILABLE:
        if (nullmail_finding_get_severity (self->findings->pdata[i]) == NULLMAIL_SEVERITY_ERROR)
          return TRUE;
        break;
      default:
        break;
      }

  return FALSE;
}

static void
check_refusal (NullmailCheck *self)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_POSTFIX_REFUSES,
    .severity = NULLMAIL_SEVERITY_ERROR,
    .path = self->snapshot->main_cf_path,
  };

  if (self->snapshot->refusal == NULL || is_explained (self))
    return;

  _nullmail_check_report (self, &facts,
    _("Mend what it names; “postfix check” says whether that is all."),
    _("Postfix stops at this main.cf, so that no mail goes out: %s."),
    self->snapshot->refusal);
}

/* These come behind all others, whose findings they look at. */
void
_nullmail_check_manager (NullmailCheck *self)
{
  check_other_manager (self);
  check_refusal (self);
}
