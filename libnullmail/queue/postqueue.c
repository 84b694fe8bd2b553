/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/postqueue-private.h"

#include <string.h>
#include <sysexits.h>

#include "base/error-private.h"
#include "config/mask-private.h"
#include "queue/mail-queue-private.h"

#define LIST_TIMEOUT_MS  300000  /* a large queue on a slow disk */
#define FLUSH_TIMEOUT_MS 30000

typedef struct
{
  NullmailMailQueue  *queue;
  const char * const *texts;  /* (nullable) one of which has to be in the line */
} Listing;

void
_nullmail_mail_system_clear (NullmailMailSystem *self)
{
  g_clear_pointer (&self->config_directory, g_free);
  g_clear_pointer (&self->postqueue, g_free);
  g_clear_pointer (&self->sendmail, g_free);
  g_clear_pointer (&self->log_files, g_strfreev);
  g_clear_pointer (&self->own_log, g_free);
  g_clear_pointer (&self->journalctl, g_free);
  g_clear_pointer (&self->alias, g_free);
}

static gboolean
add_line (const char  *line,
          gsize        length,
          gpointer     user_data,
          GError     **error)
{
  Listing *listing = user_data;
  gboolean is_wanted = listing->texts == NULL;

  for (guint i = 0; !is_wanted && listing->texts[i] != NULL; i++)
    is_wanted = strstr (line, listing->texts[i]) != NULL;
  if (!is_wanted)
    return TRUE;

  return _nullmail_mail_queue_add_line (listing->queue, line, length, error);
}

static gboolean
check_result (const NullmailMailSystem     *self,
              const NullmailCommandResult  *result,
              const char                   *what,
              GError                      **error)
{
  g_autofree char *reason = NULL, *shown = NULL;

  if (result->exit_status == 0)
    return TRUE;

  reason = _nullmail_command_result_get_reason (result);
  shown = _nullmail_mask_show_message (reason);
  if (result->exit_status == EX_NOPERM)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                 "The mail queue of “%s” could not be %s: %s; try as root, or add this user to "
                 "authorized_mailq_users and authorized_flush_users",
                 self->config_directory, what, shown);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND,
                 "The mail queue of “%s” could not be %s: %s; check whether Postfix runs",
                 self->config_directory, what, shown);
  return FALSE;
}

gboolean
_nullmail_postqueue_read (const NullmailMailSystem  *self,
                          NullmailLineFunc           func,
                          gpointer                   user_data,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  const char *argv[] = { self->postqueue, "-c", self->config_directory, "-j", NULL };
  g_autoptr(NullmailCommandResult) result = NULL;

  result = _nullmail_command_run_lines (argv, NULLMAIL_COMMAND_TIED, LIST_TIMEOUT_MS, func,
                                        user_data, cancellable, error);
  return result != NULL && check_result (self, result, "listed", error);
}

NullmailMailQueue *
_nullmail_postqueue_search (const NullmailMailSystem  *self,
                            const char * const        *texts,
                            GCancellable              *cancellable,
                            GError                   **error)
{
  g_autoptr(NullmailMailQueue) queue = _nullmail_mail_queue_new ();
  Listing listing = { queue, texts };

  if (!_nullmail_postqueue_read (self, add_line, &listing, cancellable, error))
    return NULL;

  _nullmail_mail_queue_complete (queue);
  return g_steal_pointer (&queue);
}

NullmailMailQueue *
_nullmail_postqueue_load (const NullmailMailSystem  *self,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  return _nullmail_postqueue_search (self, NULL, cancellable, error);
}

gboolean
_nullmail_postqueue_flush (const NullmailMailSystem  *self,
                           GCancellable              *cancellable,
                           GError                   **error)
{
  const char *argv[] = { self->postqueue, "-c", self->config_directory, "-f", NULL };
  g_autoptr(NullmailCommandResult) result = NULL;

  result = _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_NONE, FLUSH_TIMEOUT_MS, cancellable,
                                  error);
  return result != NULL && check_result (self, result, "flushed", error);
}
