/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/waiting-mail-private.h"

#include "base/error-private.h"
#include "queue/log-file-private.h"
#include "queue/message-trace-private.h"
#include "queue/queue-entry-private.h"
#include "queue/queue-line-private.h"

#define N_CAUSES (NULLMAIL_DELAY_CAUSE_BLOCKED + 1)
#define LOG_BYTES (1024 * 1024)

typedef struct
{
  guint               n[N_CAUSES];
  NullmailQueueEntry *first[N_CAUSES];  /* (owned) (nullable) */
  GHashTable         *known;            /* (owned) what causes the reasons have */
} Count;

static void
count_clear (Count *self)
{
  for (guint i = 0; i < N_CAUSES; i++)
    g_clear_pointer (&self->first[i], nullmail_queue_entry_unref);
  g_hash_table_unref (self->known);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Count, count_clear)

static gboolean
count_line (const char  *line,
            gsize        length,
            gpointer     user_data,
            GError     **error)
{
  Count *self = user_data;
  g_autoptr(NullmailQueueEntry) entry =
    _nullmail_queue_line_parse (line, length, self->known, error);
  NullmailDelayCause cause;

  if (entry == NULL)
    return FALSE;
  if (!g_str_equal (nullmail_queue_entry_get_queue_name (entry), "deferred"))
    return TRUE;

  cause = nullmail_queue_entry_get_cause (entry);
  self->n[cause]++;
  if (self->first[cause] == NULL)
    self->first[cause] = g_steal_pointer (&entry);
  return TRUE;
}

/* (nullable): what is said of the first recipient of whom something is. */
static const char *
find_reason (NullmailQueueEntry *entry)
{
  const char * const *reasons = nullmail_queue_entry_get_delay_reasons (entry);

  for (guint i = 0; reasons[i] != NULL; i++)
    if (*reasons[i] != '\0')
      return reasons[i];

  return NULL;
}

static void
take_most_frequent (NullmailWaitingMail *self,
                    const Count         *count)
{
  for (guint i = 0; i < N_CAUSES; i++)
    {
      self->n_deferred += count->n[i];
      if (count->n[i] > count->n[self->cause])
        self->cause = i;
    }

  self->n_of_cause = count->n[self->cause];
  if (self->n_of_cause == 0)
    return;

  self->queue_id = g_strdup (nullmail_queue_entry_get_queue_id (count->first[self->cause]));
  self->reason = g_strdup (find_reason (count->first[self->cause]));
}

static void
add_log_line (const char *line,
              gpointer    user_data)
{
  g_auto(NullmailLogLine) parsed = { 0 };

  if (_nullmail_log_line_parse (&parsed, line))
    _nullmail_message_trace_add (user_data, &parsed);
}

/* The queue keeps no more than the last words of an attempt. */
static void
look_into_log (NullmailWaitingMail      *self,
               const NullmailMailSystem *system,
               GCancellable             *cancellable)
{
  for (guint i = 0; system->log_files != NULL && system->log_files[i] != NULL; i++)
    {
      g_autoptr(NullmailLogFile) log = _nullmail_log_file_new (system->log_files[i]);
      g_autoptr(NullmailMessageTrace) trace = _nullmail_message_trace_new (self->queue_id, NULL);
      g_auto(NullmailDeliveryFacts) facts = { 0 };

      _nullmail_log_file_skip_to_tail (log, LOG_BYTES);
      if (_nullmail_log_file_read (log, add_log_line, trace, cancellable)
          && _nullmail_message_trace_get_facts (trace, &facts) && facts.detail != NULL)
        {
          self->detail = g_steal_pointer (&facts.detail);
          return;
        }
    }
}

gboolean
_nullmail_waiting_mail_load (NullmailWaitingMail       *self,
                             const NullmailMailSystem  *system,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_auto(Count) count = { .known = _nullmail_queue_causes_new () };
  g_autoptr(GError) local_error = NULL;
  gboolean is_whole = _nullmail_postqueue_read (system, count_line, &count, cancellable,
                                                &local_error);

  *self = (NullmailWaitingMail) { 0 };
  take_most_frequent (self, &count);
  self->is_partial = !is_whole && self->n_deferred > 0
                     && g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT);
  if (!is_whole && !self->is_partial)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (self->queue_id != NULL)
    look_into_log (self, system, cancellable);
  return TRUE;
}

void
_nullmail_waiting_mail_clear (NullmailWaitingMail *self)
{
  g_clear_pointer (&self->queue_id, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->detail, g_free);
}
