/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/message-trace-private.h"

#include <stdlib.h>
#include <string.h>

#include "queue/process-notes-private.h"
#include "queue/reply-text-private.h"

struct _NullmailMessageTrace
{
  char                 *given_id;    /* (owned) (nullable) the queue id, if it was known before */
  char                 *message_id;  /* (owned) (nullable) */

  char                 *queue_id;    /* (owned) (nullable) */
  NullmailProcessNotes *notes;       /* (owned) */
  GPtrArray            *recipients;  /* (owned) NullmailDeliveryFacts, in the order of the log */
  char                 *bounce_id;   /* (owned) (nullable) */
  guint                 n_expected;  /* recipients, as qmgr (8) has it; 0: not known */
  guint                 n_deferrals;
  gboolean              is_known;
  gboolean              is_expired;
  gboolean              is_removed;
};

static void
free_facts (gpointer data)
{
  _nullmail_delivery_facts_clear (data);
  g_free (data);
}

NullmailMessageTrace *
_nullmail_message_trace_new (const char *queue_id,
                             const char *message_id)
{
  NullmailMessageTrace *self = g_new0 (NullmailMessageTrace, 1);

  self->given_id = g_strdup (queue_id);
  self->message_id = g_strdup (message_id);
  self->recipients = g_ptr_array_new_with_free_func (free_facts);
  _nullmail_message_trace_forget_lines (self);
  return self;
}

void
_nullmail_message_trace_free (NullmailMessageTrace *self)
{
  g_free (self->given_id);
  g_free (self->message_id);
  g_free (self->queue_id);
  g_clear_pointer (&self->notes, _nullmail_process_notes_free);
  g_ptr_array_unref (self->recipients);
  g_free (self->bounce_id);
  g_free (self);
}

void
_nullmail_message_trace_forget_message (NullmailMessageTrace *self)
{
  g_ptr_array_set_size (self->recipients, 0);
  g_clear_pointer (&self->bounce_id, g_free);
  self->n_expected = 0;
  self->n_deferrals = 0;
  self->is_known = FALSE;
  self->is_expired = FALSE;
  self->is_removed = FALSE;
}

void
_nullmail_message_trace_forget_lines (NullmailMessageTrace *self)
{
  _nullmail_message_trace_forget_message (self);
  g_clear_pointer (&self->notes, _nullmail_process_notes_free);
  self->notes = _nullmail_process_notes_new ();
  g_free (self->queue_id);
  self->queue_id = g_strdup (self->given_id);
}

static NullmailDeliveryFacts *
ensure_recipient (NullmailMessageTrace *self,
                  const char           *recipient)
{
  NullmailDeliveryFacts *facts;

  for (guint i = 0; i < self->recipients->len; i++)
    {
      facts = self->recipients->pdata[i];
      if (g_strcmp0 (facts->recipient, recipient) == 0)
        return facts;
    }

  facts = g_new0 (NullmailDeliveryFacts, 1);
  facts->recipient = g_strdup (recipient);
  g_ptr_array_add (self->recipients, facts);
  return facts;
}

static NullmailDeliveryState
parse_state (const char *status)
{
  static const struct
  {
    const char            *word;
    NullmailDeliveryState  state;
  } words[] = {
    { "sent", NULLMAIL_DELIVERY_STATE_SENT },
    { "deferred", NULLMAIL_DELIVERY_STATE_DEFERRED },
    { "softbounce", NULLMAIL_DELIVERY_STATE_DEFERRED },
    { "bounced", NULLMAIL_DELIVERY_STATE_BOUNCED },
    { "expired", NULLMAIL_DELIVERY_STATE_EXPIRED },
    { "force-expired", NULLMAIL_DELIVERY_STATE_EXPIRED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (status, words[i].word) == 0)
        return words[i].state;
    }

  return NULLMAIL_DELIVERY_STATE_UNKNOWN;
}

static guint
parse_delay (const char *text)
{
  double seconds = text != NULL ? g_ascii_strtod (text, NULL) : 0;

  return seconds > 0 && seconds < G_MAXUINT / 1000 ? (guint) (seconds * 1000 + 0.5) : 0;
}

static void
note_delivery (NullmailMessageTrace  *self,
               const NullmailLogLine *line,
               NullmailDeliveryState  state,
               const char            *reason)
{
  g_autofree char *recipient = _nullmail_log_line_get (line, "to");
  g_autofree char *delay = _nullmail_log_line_get (line, "delay");
  NullmailDeliveryFacts *facts = ensure_recipient (self, recipient);
  g_autofree char *relay = _nullmail_log_line_get (line, "relay");

  _nullmail_delivery_facts_clear (facts);
  facts->recipient = g_steal_pointer (&recipient);
  facts->state = state;
  facts->dsn = _nullmail_log_line_get (line, "dsn");
  facts->delay_ms = parse_delay (delay);
  /* The line at smtp_tls_loglevel 1 says more than the word that Postfix 3.11 and newer add. */
  facts->tls = _nullmail_process_notes_get_tls (self->notes, line, relay);
  if (facts->tls == NULL)
    facts->tls = _nullmail_log_line_get (line, "tls");
  if (g_strcmp0 (relay, "none") != 0)
    facts->relay = g_steal_pointer (&relay);
  if (reason != NULL)
    facts->reply = _nullmail_reply_text_show (reason);
  if (reason != NULL && state != NULLMAIL_DELIVERY_STATE_SENT)
    facts->detail =
      _nullmail_process_notes_get_detail (self->notes, line,
                                          nullmail_delay_cause_from_reason (reason));
  if (state == NULLMAIL_DELIVERY_STATE_DEFERRED)
    self->n_deferrals++;
}

/* A message begins: pickup (8) or smtpd (8) has it, and then cleanup (8). */
static gboolean
is_beginning (const NullmailLogLine *line)
{
  return g_str_has_prefix (line->text, "message-id=")
         || (g_str_equal (line->service, "pickup") && g_str_has_prefix (line->text, "uid="))
         || (g_str_equal (line->service, "smtpd") && g_str_has_prefix (line->text, "client="));
}

static void
note_bounce (NullmailMessageTrace  *self,
             const NullmailLogLine *line)
{
  static const char mark[] = "sender non-delivery notification: ";

  if (g_str_has_prefix (line->text, mark))
    {
      g_free (self->bounce_id);
      self->bounce_id = g_strstrip (g_strdup (line->text + strlen (mark)));
    }
}

static void
note_queue_manager (NullmailMessageTrace  *self,
                    const NullmailLogLine *line,
                    NullmailDeliveryState  state)
{
  g_autofree char *n_recipients = _nullmail_log_line_get (line, "nrcpt");

  if (n_recipients != NULL)
    self->n_expected = (guint) strtoul (n_recipients, NULL, 10);
  if (state == NULLMAIL_DELIVERY_STATE_EXPIRED)
    self->is_expired = TRUE;
  if (g_str_equal (line->text, "removed"))
    self->is_removed = TRUE;
}

static void
note_own_line (NullmailMessageTrace  *self,
               const NullmailLogLine *line)
{
  g_autofree char *reason = NULL;
  g_autofree char *status = NULL;
  g_autofree char *recipient = NULL;
  NullmailDeliveryState state;

  /* A queue id is used again: what was said so far was about another message. */
  if (is_beginning (line) && (self->is_removed || self->recipients->len > 0))
    _nullmail_message_trace_forget_message (self);

  self->is_known = TRUE;
  status = _nullmail_log_line_get_status (line, &reason);
  state = parse_state (status);
  recipient = _nullmail_log_line_get (line, "to");
  if (recipient != NULL && state != NULLMAIL_DELIVERY_STATE_UNKNOWN)
    note_delivery (self, line, state, reason);
  else if (g_str_equal (line->service, "bounce"))
    note_bounce (self, line);
  else
    note_queue_manager (self, line, state);
}

static gboolean
is_wanted_message (NullmailMessageTrace  *self,
                   const NullmailLogLine *line)
{
  g_autofree char *message_id = NULL;

  if (self->message_id == NULL || line->queue_id == NULL
      || !g_str_has_prefix (line->text, "message-id="))
    return FALSE;

  message_id = _nullmail_log_line_get (line, "message-id");
  return g_strcmp0 (message_id, self->message_id) == 0;
}

void
_nullmail_message_trace_add (NullmailMessageTrace  *self,
                             const NullmailLogLine *line)
{
  if (self->queue_id == NULL && is_wanted_message (self, line))
    self->queue_id = g_strdup (line->queue_id);

  if (self->queue_id != NULL && g_strcmp0 (line->queue_id, self->queue_id) == 0)
    note_own_line (self, line);
  _nullmail_process_notes_add (self->notes, line);
}

const char *
_nullmail_message_trace_get_queue_id (NullmailMessageTrace *self)
{
  return self->queue_id;
}

gboolean
_nullmail_message_trace_is_known (NullmailMessageTrace *self)
{
  return self->is_known;
}

gboolean
_nullmail_message_trace_is_removed (NullmailMessageTrace *self)
{
  return self->is_removed;
}

guint
_nullmail_message_trace_get_n_deferrals (NullmailMessageTrace *self)
{
  return self->n_deferrals;
}

static guint
count_state (NullmailMessageTrace  *self,
             NullmailDeliveryState  state)
{
  guint n_recipients = 0;

  for (guint i = 0; i < self->recipients->len; i++)
    n_recipients += ((NullmailDeliveryFacts *) self->recipients->pdata[i])->state == state;

  return n_recipients;
}

gboolean
_nullmail_message_trace_is_complete (NullmailMessageTrace *self)
{
  guint n_returned = count_state (self, NULLMAIL_DELIVERY_STATE_BOUNCED)
                     + count_state (self, NULLMAIL_DELIVERY_STATE_EXPIRED);

  if (self->is_removed)
    return TRUE;
  if (n_returned > 0 || self->is_expired)
    return self->bounce_id != NULL;

  return self->n_expected > 0
         && count_state (self, NULLMAIL_DELIVERY_STATE_SENT) >= self->n_expected;
}

/* Higher is worse. */
static int
rank (NullmailDeliveryState state)
{
  static const int ranks[] = {
    [NULLMAIL_DELIVERY_STATE_UNKNOWN] = 0,
    [NULLMAIL_DELIVERY_STATE_SENT] = 1,
    [NULLMAIL_DELIVERY_STATE_QUEUED] = 2,
    [NULLMAIL_DELIVERY_STATE_DEFERRED] = 3,
    [NULLMAIL_DELIVERY_STATE_EXPIRED] = 4,
    [NULLMAIL_DELIVERY_STATE_BOUNCED] = 5,
  };

  return ranks[state];
}

gboolean
_nullmail_message_trace_get_facts (NullmailMessageTrace  *self,
                                   NullmailDeliveryFacts *facts)
{
  const NullmailDeliveryFacts *worst = NULL;

  for (guint i = 0; i < self->recipients->len; i++)
    {
      const NullmailDeliveryFacts *candidate = self->recipients->pdata[i];

      if (worst == NULL || rank (candidate->state) > rank (worst->state))
        worst = candidate;
    }
  if (worst == NULL && !self->is_expired)
    return FALSE;

  if (worst != NULL)
    _nullmail_delivery_facts_copy (facts, worst);
  facts->queue_id = g_strdup (self->queue_id);
  facts->bounce_id = g_strdup (self->bounce_id);
  if (self->is_expired && facts->state == NULLMAIL_DELIVERY_STATE_DEFERRED)
    facts->state = NULLMAIL_DELIVERY_STATE_EXPIRED;
  if (self->is_expired && worst == NULL)
    facts->state = NULLMAIL_DELIVERY_STATE_EXPIRED;
  /* Some are still on their way. */
  if (facts->state == NULLMAIL_DELIVERY_STATE_SENT && !self->is_removed
      && self->recipients->len < self->n_expected)
    facts->state = NULLMAIL_DELIVERY_STATE_QUEUED;
  return TRUE;
}
