/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/journal-private.h"

#include "base/command-private.h"

#define JOURNAL_TIMEOUT_MS 30000

typedef struct
{
  NullmailJournalFunc func;
  gpointer            user_data;
  guint               n_lines;
} Reader;

static gboolean
read_line (const char  *line,
           gsize        length,
           gpointer     user_data,
           GError     **error G_GNUC_UNUSED)
{
  Reader *reader = user_data;
  g_auto(NullmailLogLine) parsed = { 0 };

  if (_nullmail_log_line_parse_journal (&parsed, line, length))
    {
      reader->n_lines++;
      reader->func (&parsed, reader->user_data);
    }

  return TRUE;
}

static gboolean
has_files (const char *path)
{
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);

  return directory != NULL && g_dir_read_name (directory) != NULL;
}

/* journalctl (1) succeeds as well where there is nothing to read, or nothing for this user. */
static gboolean
is_readable (void)
{
  return has_files ("/var/log/journal") || has_files ("/run/log/journal");
}

gboolean
_nullmail_journal_read (const NullmailMailSystem *system,
                        gint64                    since,
                        NullmailJournalFunc       func,
                        gpointer                  user_data,
                        GCancellable             *cancellable)
{
  g_autofree char *since_option = g_strdup_printf ("--since=@%" G_GINT64_FORMAT, since);
  g_autofree char *facility = g_strdup_printf ("SYSLOG_FACILITY=%u", system->facility);
  const char *argv[] = { system->journalctl, "--output=json", "--all", "--quiet", "--no-pager",
                         since_option, facility, NULL };
  g_autoptr(NullmailCommandResult) result = NULL;
  Reader reader = { func, user_data, 0 };

  if (system->journalctl == NULL)
    return FALSE;

  result = _nullmail_command_run_lines (argv, NULLMAIL_COMMAND_TIED, JOURNAL_TIMEOUT_MS, read_line,
                                        &reader, cancellable, NULL);
  return reader.n_lines > 0 || (result != NULL && result->exit_status == 0 && is_readable ());
}
