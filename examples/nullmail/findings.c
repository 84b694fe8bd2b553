/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "findings.h"

#include "json.h"

static Color
get_color (NullmailSeverity severity)
{
  switch (severity)
    {
    case NULLMAIL_SEVERITY_ERROR:
      return COLOR_ERROR;
    case NULLMAIL_SEVERITY_WARNING:
      return COLOR_WARNING;
    case NULLMAIL_SEVERITY_NOTICE:
    case NULLMAIL_SEVERITY_UNKNOWN:
    default:
      return COLOR_NOTICE;
    }
}

void
finding_add (Stream          *stream,
             NullmailFinding *finding)
{
  NullmailSeverity severity = nullmail_finding_get_severity (finding);
  const char *path = nullmail_finding_get_path (finding);
  guint line = nullmail_finding_get_line (finding);
  gboolean can_fix = nullmail_finding_can_fix (finding);

  stream_add_colored (stream, get_color (severity),
                      enum_get_nick (NULLMAIL_TYPE_SEVERITY, severity));
  stream_add (stream, ": ");
  if (path != NULL && line != 0)
    {
      g_autofree char *place = g_strdup_printf ("%s:%u: ", path, line);

      stream_add_text (stream, place);
    }
  stream_add_text (stream, nullmail_finding_get_message (finding));
  stream_add_line (stream, " [%s]", enum_get_nick (NULLMAIL_TYPE_FINDING_CODE,
                                                   nullmail_finding_get_code (finding)));
  stream_add_line (stream, "    %s%s", nullmail_finding_get_remedy (finding),
                   can_fix ? " (“nullmail fix” does it.)" : "");
}

gboolean
findings_are_serious (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    if (nullmail_finding_get_severity (findings->pdata[i]) >= NULLMAIL_SEVERITY_WARNING)
      return TRUE;

  return FALSE;
}

static gboolean
is_same (NullmailFinding *a,
         NullmailFinding *b)
{
  return nullmail_finding_get_code (a) == nullmail_finding_get_code (b)
         && g_strcmp0 (nullmail_finding_get_parameter (a),
                       nullmail_finding_get_parameter (b)) == 0
         && g_strcmp0 (nullmail_finding_get_path (a), nullmail_finding_get_path (b)) == 0
         && g_strcmp0 (nullmail_finding_get_subject (a), nullmail_finding_get_subject (b)) == 0;
}

gboolean
findings_contain (GPtrArray       *findings,
                  NullmailFinding *finding)
{
  for (guint i = 0; i < findings->len; i++)
    if (is_same (finding, findings->pdata[i]))
      return TRUE;

  return FALSE;
}
