/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/delivery-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "queue/journal-private.h"
#include "queue/log-file-private.h"
#include "queue/mail-queue.h"
#include "queue/message-trace-private.h"
#include "queue/test-message-private.h"

#define MS 1000
#define MIN_WAIT_US      (50 * MS)
#define MAX_WAIT_US      (500 * MS)
/* To list a large queue, or to read a journal, takes longer: no more than a tenth of the time. */
#define REST_FACTOR      9
/* A log may lag behind the queue. */
#define LAG_US           (10000 * MS)
#define LAG_WITHOUT_LOG_US (1000 * MS)
#define LAG_UNKNOWN_US   (1000 * MS)
/* How long the log is waited for to tell how a message came back that has come back, and more of an
 * attempt than the queue does. */
#define LAG_BOUNCE_US    (3000 * MS)
#define LAG_DEFERRED_US  (3000 * MS)
#define BACKLOG_S        (7 * 24 * 60 * 60)  /* of the journal, for a message of some time ago */

typedef struct
{
  const NullmailMailSystem *system;
  GCancellable             *cancellable;
  gint64                    deadline_us;

  NullmailMessageTrace     *trace;        /* (owned) */
  GPtrArray                *logs;         /* (owned) of NullmailLogFile */
  gboolean                  has_log;      /* one of them, or the journal, can be read */
  gboolean                  uses_journal;
  gint64                    journal_since;
  gint64                    next_journal_us;

  const char               *recipient;    /* (nullable) of a test message */
  GHashTable               *older;        /* (owned) (nullable) queue ids from before it */
  gint64                    next_queue_us;
  GError                   *queue_error;  /* (owned) (nullable) why the queue is not known */
  NullmailQueueEntry       *entry;        /* (owned) (nullable) the message in the queue */
  gboolean                  was_seen;     /* in the queue */

  gboolean                  has_base;
  guint                     n_old_deferrals;  /* that the log told of at first */
  gint64                    gone_us;          /* since when it is not in the queue; 0: it is */
  gint64                    bounced_us;
  gint64                    deferred_us;      /* since when the queue says that an attempt failed */
} Follow;

static void
follow_init (Follow                   *self,
             const NullmailMailSystem *system,
             NullmailMessageTrace     *trace,
             guint                     timeout_ms,
             GCancellable             *cancellable)
{
  *self = (Follow) { .system = system, .cancellable = cancellable, .trace = trace };
  self->deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * MS;
  self->journal_since = g_get_real_time () / G_USEC_PER_SEC - 1;
  self->logs = g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_log_file_free);
  for (guint i = 0; system->log_files != NULL && system->log_files[i] != NULL; i++)
    g_ptr_array_add (self->logs, _nullmail_log_file_new (system->log_files[i]));
}

static void
follow_clear (Follow *self)
{
  g_clear_pointer (&self->trace, _nullmail_message_trace_free);
  g_clear_pointer (&self->logs, g_ptr_array_unref);
  g_clear_pointer (&self->older, g_hash_table_unref);
  g_clear_error (&self->queue_error);
  g_clear_pointer (&self->entry, nullmail_queue_entry_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Follow, follow_clear)

static void
add_log_line (const char *line,
              gpointer    user_data)
{
  g_auto(NullmailLogLine) parsed = { 0 };

  if (_nullmail_log_line_parse (&parsed, line))
    _nullmail_message_trace_add (user_data, &parsed);
}

static void
add_journal_line (const NullmailLogLine *line,
                  gpointer               user_data)
{
  _nullmail_message_trace_add (user_data, line);
}

/* When something that took so long may be done again. */
static gint64
next_time (gint64 began_us)
{
  gint64 now = g_get_monotonic_time ();

  return now + CLAMP ((now - began_us) * REST_FACTOR, MIN_WAIT_US, 60 * G_USEC_PER_SEC);
}

/* A log that Postfix is told to write, and that is not there yet, will come. */
static gboolean
will_have_log (Follow *self)
{
  const char *path = self->system->own_log;

  return path != NULL && access (path, F_OK) < 0 && errno == ENOENT;
}

/* Files first: where they tell of the message the journal, which may take long, is not asked. */
static void
read_logs (Follow *self)
{
  gint64 began = g_get_monotonic_time ();

  for (guint i = 0; !self->uses_journal && i < self->logs->len; i++)
    self->has_log |= _nullmail_log_file_read (self->logs->pdata[i], add_log_line, self->trace,
                                              self->cancellable);

  self->has_log |= will_have_log (self);
  if (self->system->journalctl == NULL || began < self->next_journal_us
      || (!self->uses_journal && _nullmail_message_trace_is_known (self->trace)))
    return;

  _nullmail_message_trace_forget_lines (self->trace);
  self->has_log |= _nullmail_journal_read (self->system, self->journal_since, add_journal_line,
                                           self->trace, self->cancellable);
  self->uses_journal = _nullmail_message_trace_is_known (self->trace);
  self->next_journal_us = next_time (began);
}

/* Postfix puts a domain behind a name that has none. */
static gboolean
is_address (const char *found,
            const char *address)
{
  gsize length = strlen (address);

  return g_ascii_strncasecmp (found, address, length) == 0
         && (found[length] == '\0' || found[length] == '@');
}

/* Of the messages that are new, the one with this recipient: what a test message may be as long as
 * no log tells its queue id. In the maildrop queue it has another one. */
static NullmailQueueEntry *
find_candidate (Follow            *self,
                NullmailMailQueue *queue)
{
  g_autoptr(GPtrArray) entries = nullmail_mail_queue_get_entries (queue);

  for (guint i = 0; i < entries->len; i++)
    {
      NullmailQueueEntry *entry = entries->pdata[i];
      const char * const *recipients = nullmail_queue_entry_get_recipients (entry);

      if (g_hash_table_contains (self->older, nullmail_queue_entry_get_queue_id (entry)))
        continue;
      for (guint j = 0; recipients[j] != NULL; j++)
        if (is_address (recipients[j], self->recipient)
            || (self->system->alias != NULL && is_address (recipients[j], self->system->alias)))
          return nullmail_queue_entry_ref (entry);
    }

  return NULL;
}

/* What has to stand in a line of the queue that may be about the message. */
static NullmailMailQueue *
search_queue (Follow      *self,
              const char  *queue_id,
              GError     **error)
{
  const char *texts[] = { queue_id != NULL ? queue_id : self->recipient,
                          queue_id != NULL ? NULL : self->system->alias, NULL };

  return _nullmail_postqueue_search (self->system, texts, self->cancellable, error);
}

static void
look_at_queue (Follow *self)
{
  const char *queue_id = _nullmail_message_trace_get_queue_id (self->trace);
  gint64 began = g_get_monotonic_time ();
  g_autoptr(NullmailMailQueue) queue = NULL;
  NullmailQueueEntry *entry;

  if (began < self->next_queue_us)
    return;

  g_clear_error (&self->queue_error);
  g_clear_pointer (&self->entry, nullmail_queue_entry_unref);
  queue = search_queue (self, queue_id, &self->queue_error);
  self->next_queue_us = next_time (began);
  if (queue == NULL)
    return;

  if (queue_id == NULL)
    self->entry = find_candidate (self, queue);
  else if ((entry = nullmail_mail_queue_get_entry (queue, queue_id)) != NULL)
    self->entry = nullmail_queue_entry_ref (entry);
  self->was_seen |= self->entry != NULL;
  if (self->entry != NULL)
    self->gone_us = 0;
  else if (self->gone_us == 0)
    self->gone_us = g_get_monotonic_time ();
}

static gboolean
is_in (Follow     *self,
       const char *queue_name)
{
  return self->entry != NULL
         && g_str_equal (nullmail_queue_entry_get_queue_name (self->entry), queue_name);
}

/* What the queue alone tells. */
static void
take_entry (Follow                *self,
            NullmailDeliveryFacts *facts)
{
  const char * const *recipients = nullmail_queue_entry_get_recipients (self->entry);
  const char * const *reasons = nullmail_queue_entry_get_delay_reasons (self->entry);
  guint chosen = 0;

  for (guint i = 0; recipients[i] != NULL && reasons[i] != NULL; i++)
    {
      if (*reasons[i] != '\0' && *reasons[chosen] == '\0')
        chosen = i;
    }

  facts->queue_id = g_strdup (nullmail_queue_entry_get_queue_id (self->entry));
  facts->recipient = g_strdup (recipients[chosen]);
  facts->state = NULLMAIL_DELIVERY_STATE_QUEUED;
  if (recipients[chosen] != NULL && *reasons[chosen] != '\0')
    facts->reply = g_strdup (reasons[chosen]);
  if (is_in (self, "deferred") && facts->reply != NULL)
    facts->state = NULLMAIL_DELIVERY_STATE_DEFERRED;
  if (is_in (self, "hold"))
    facts->detail = g_strdup (_("The message is held: release it with “postsuper -H”"));
  else if (is_in (self, "maildrop"))
    facts->detail = g_strdup (_("The message waits for Postfix to take it in: check whether "
                                "Postfix runs"));
}

static gboolean
is_final (NullmailDeliveryState state)
{
  return state == NULLMAIL_DELIVERY_STATE_BOUNCED || state == NULLMAIL_DELIVERY_STATE_EXPIRED;
}

/* Whether the log has told enough; facts is what it has told. */
static gboolean
log_decides (Follow                      *self,
             const NullmailDeliveryFacts *facts)
{
  gint64 now = g_get_monotonic_time ();

  if (is_final (facts->state) && self->bounced_us == 0)
    self->bounced_us = now;
  if (_nullmail_message_trace_is_complete (self->trace))
    return TRUE;
  if (is_final (facts->state))
    return now - self->bounced_us >= LAG_BOUNCE_US;

  /* An attempt of some time ago counts unless there is one under way. */
  if (facts->state == NULLMAIL_DELIVERY_STATE_DEFERRED)
    return _nullmail_message_trace_get_n_deferrals (self->trace) > self->n_old_deferrals
           || is_in (self, "deferred") || self->queue_error != NULL;

  return FALSE;
}

/* A message that the log calls gone, and that is in the queue, is another one that has the same
 * queue id now. */
static void
forget_older_message (Follow *self)
{
  if (!_nullmail_message_trace_is_removed (self->trace))
    return;

  look_at_queue (self);
  if (self->entry != NULL)
    _nullmail_message_trace_forget_message (self->trace);
}

static void
note_base (Follow *self)
{
  if (self->has_base)
    return;

  self->has_base = TRUE;
  if (self->recipient != NULL)
    return;

  forget_older_message (self);
  self->n_old_deferrals = _nullmail_message_trace_get_n_deferrals (self->trace);
}

/* How long to wait for a log to tell of a message that has left the queue. */
static gboolean
is_gone_for_good (Follow *self)
{
  gint64 lag = self->has_log ? LAG_US : LAG_WITHOUT_LOG_US;

  if (!self->was_seen && !_nullmail_message_trace_is_known (self->trace)
      && self->recipient == NULL)
    lag = LAG_UNKNOWN_US;

  return self->gone_us != 0 && g_get_monotonic_time () - self->gone_us >= lag;
}

/* Whether the queue has told enough, where the log has told nothing. Of an attempt that has failed
 * the log knows more, and may be about to tell it. */
static gboolean
queue_decides (Follow                *self,
               NullmailDeliveryFacts *facts)
{
  gint64 now = g_get_monotonic_time ();

  if (!is_in (self, "hold") && !is_in (self, "deferred"))
    {
      self->deferred_us = 0;
      return FALSE;
    }

  if (self->deferred_us == 0)
    self->deferred_us = now;
  take_entry (self, facts);
  if (facts->state != NULLMAIL_DELIVERY_STATE_DEFERRED)
    return is_in (self, "hold");

  return !self->has_log || now - self->deferred_us >= LAG_DEFERRED_US;
}

/* One look at log and queue; TRUE with facts filled in where there is nothing to wait for. */
static gboolean
look (Follow                *self,
      NullmailDeliveryFacts *facts)
{
  gboolean is_told;

  read_logs (self);
  note_base (self);
  is_told = _nullmail_message_trace_get_facts (self->trace, facts);
  if (is_told && log_decides (self, facts))
    return TRUE;

  look_at_queue (self);
  if (is_told && log_decides (self, facts))
    return TRUE;

  return (!is_told && queue_decides (self, facts)) || is_gone_for_good (self);
}

/* FALSE with error set if it was cancelled. */
static gboolean
wait_a_little (Follow  *self,
               guint    n_looks,
               GError **error)
{
  gint64 left_us = self->deadline_us - g_get_monotonic_time ();
  gint64 wait_us = MIN (MIN_WAIT_US * (1 + n_looks / 10), MAX_WAIT_US);
  GPollFD fd;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;

  wait_us = CLAMP (left_us, 0, wait_us);
  if (g_cancellable_make_pollfd (self->cancellable, &fd))
    {
      g_poll (&fd, 1, (int) (wait_us / MS + 1));
      g_cancellable_release_fd (self->cancellable);
    }
  else
    g_usleep ((gulong) wait_us);

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* The state of a message that nothing more is heard of, or whose time is over. */
static void
conclude (Follow                *self,
          gboolean               is_over,
          NullmailDeliveryFacts *facts)
{
  if (facts->state != NULLMAIL_DELIVERY_STATE_UNKNOWN)
    return;

  _nullmail_delivery_facts_clear (facts);
  if (self->entry != NULL)
    {
      take_entry (self, facts);
      return;
    }

  /* Between two queues a message may be in none for a moment. */
  facts->queue_id = g_strdup (_nullmail_message_trace_get_queue_id (self->trace));
  if (is_over && (self->gone_us == 0
                  || g_get_monotonic_time () - self->gone_us < LAG_WITHOUT_LOG_US))
    {
      facts->state = NULLMAIL_DELIVERY_STATE_QUEUED;
      return;
    }
  if (!self->has_log && !self->was_seen)
    {
      facts->detail = g_strdup (_("No message to this recipient is in the queue: it has left, or "
                                  "an alias has given it another recipient. Only the mail log, "
                                  "which this user cannot read, tells: try as root"));
      return;
    }
  facts->detail = g_strdup (self->has_log
                            ? _("The message has left the queue, and the mail log does not tell "
                                "where to")
                            : _("The message has left the queue, and only the mail log, which this "
                                "user cannot read, tells where to: try as root"));
}

static NullmailDeliveryReport *
report (Follow                *self,
        NullmailDeliveryFacts *facts)
{
  if (facts->recipient == NULL)
    facts->recipient = g_strdup (self->recipient);

  return _nullmail_delivery_report_new_take (facts);
}

/* Whether nothing at all is known of the message. */
static gboolean
is_unknown (Follow *self)
{
  return self->recipient == NULL && !self->was_seen
         && !_nullmail_message_trace_is_known (self->trace);
}

static void
set_unknown (Follow  *self,
             GError **error)
{
  g_autofree char *shown =
    _nullmail_text_display (_nullmail_message_trace_get_queue_id (self->trace));

  if (self->queue_error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->queue_error));
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                 "There is no message “%s” in the queue of “%s”, nor in a mail log that can be "
                 "read: take the queue id from the queue, or look as root",
                 shown, self->system->config_directory);
}

static NullmailDeliveryReport *
follow (Follow  *self,
        GError **error)
{
  g_auto(NullmailDeliveryFacts) facts = { 0 };
  gboolean is_done = FALSE, is_over = FALSE;

  for (guint n_looks = 0; !is_done && !is_over; n_looks++)
    {
      if (n_looks > 0 && !wait_a_little (self, n_looks, error))
        return NULL;

      _nullmail_delivery_facts_clear (&facts);
      is_done = look (self, &facts);
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return NULL;
      /* Nobody tells of it, and the queue cannot be asked: it will not become known. */
      if (is_unknown (self) && self->queue_error != NULL)
        is_over = TRUE;
      is_over |= g_get_monotonic_time () >= self->deadline_us;
    }

  if (is_unknown (self))
    {
      set_unknown (self, error);
      return NULL;
    }

  conclude (self, is_over && !is_done, &facts);
  return report (self, &facts);
}

static gboolean
is_queue_id (const char *text)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]))
    length++;
  return length > 0 && length < 64 && text[length] == '\0';
}

NullmailDeliveryReport *
_nullmail_delivery_follow (const NullmailMailSystem  *system,
                           const char                *queue_id,
                           guint                      timeout_ms,
                           GCancellable              *cancellable,
                           GError                   **error)
{
  g_auto(Follow) self = { 0 };

  follow_init (&self, system, _nullmail_message_trace_new (queue_id, NULL), timeout_ms,
               cancellable);
  if (!is_queue_id (queue_id))
    {
      set_unknown (&self, error);
      return NULL;
    }

  look_at_queue (&self);
  self.next_queue_us = 0;
  if (self.entry != NULL)
    self.journal_since = nullmail_queue_entry_get_arrival_time (self.entry) - 1;
  else
    self.journal_since -= BACKLOG_S;
  for (guint i = 0; i < self.logs->len; i++)
    _nullmail_log_file_rewind (self.logs->pdata[i]);

  return follow (&self, error);
}

/* The messages that are there already. Where the queue cannot be listed the log has to do. */
static void
note_older (Follow *self)
{
  g_autoptr(NullmailMailQueue) queue = NULL;
  g_autoptr(GPtrArray) entries = NULL;

  self->older = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  queue = search_queue (self, NULL, NULL);
  if (queue == NULL)
    return;

  entries = nullmail_mail_queue_get_entries (queue);
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (self->older,
                      g_strdup (nullmail_queue_entry_get_queue_id (entries->pdata[i])));
}

NullmailDeliveryReport *
_nullmail_delivery_send_test (const NullmailMailSystem  *system,
                              const char                *recipient,
                              const char                *sender,
                              guint                      timeout_ms,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_auto(Follow) self = { 0 };
  g_autofree char *message_id = NULL;

  follow_init (&self, system, NULL, timeout_ms, cancellable);
  self.recipient = recipient;
  note_older (&self);
  for (guint i = 0; i < self.logs->len; i++)
    _nullmail_log_file_skip (self.logs->pdata[i]);

  message_id = _nullmail_test_message_submit (system, recipient, sender, timeout_ms, cancellable,
                                              error);
  if (message_id == NULL)
    return NULL;

  self.trace = _nullmail_message_trace_new (NULL, message_id);
  return follow (&self, error);
}
