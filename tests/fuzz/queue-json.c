/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A listing of the queue is refused as a whole, or each of its lines is one message that can be
 * shown. The same bytes as a log, or as a journal, are read to their end.
 *
 * The input is what “postqueue -j” would have printed. */

#include "fuzz.h"

#include <string.h>

#include "nullmail.h"
#include "queue/log-line-private.h"
#include "queue/message-trace-private.h"

static void
check_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
check_entry (NullmailMailQueue  *queue,
             NullmailQueueEntry *entry)
{
  const char * const *recipients = nullmail_queue_entry_get_recipients (entry);
  const char * const *reasons = nullmail_queue_entry_get_delay_reasons (entry);
  NullmailDelayCause cause = NULLMAIL_DELAY_CAUSE_NO_REASON;

  check_text (nullmail_queue_entry_get_queue_id (entry));
  check_text (nullmail_queue_entry_get_queue_name (entry));
  check_text (nullmail_queue_entry_get_sender (entry));
  g_assert_true (nullmail_mail_queue_get_entry (queue, nullmail_queue_entry_get_queue_id (entry))
                 == entry);
  g_assert_cmpuint (g_strv_length ((char **) recipients), ==, g_strv_length ((char **) reasons));
  for (guint i = 0; recipients[i] != NULL; i++)
    {
      g_autofree char *remedy = NULL;
      NullmailDelayCause found = nullmail_delay_cause_from_reason (reasons[i]);

      check_text (recipients[i]);
      check_text (reasons[i]);
      remedy = nullmail_delay_cause_get_remedy (found, reasons[i]);
      if (cause == NULLMAIL_DELAY_CAUSE_NO_REASON && *reasons[i] != '\0')
        cause = found;
    }
  g_assert_cmpint (nullmail_queue_entry_get_cause (entry), ==, cause);
}

static guint
count_causes (NullmailMailQueue *queue)
{
  guint n_messages = 0;

  for (int cause = NULLMAIL_DELAY_CAUSE_UNKNOWN; cause <= NULLMAIL_DELAY_CAUSE_BLOCKED; cause++)
    n_messages += nullmail_mail_queue_count_cause (queue, cause);

  return n_messages;
}

static void
check_queue (NullmailMailQueue *queue)
{
  g_autoptr(GPtrArray) entries = nullmail_mail_queue_get_entries (queue);
  g_autoptr(GVariant) variant = nullmail_mail_queue_to_variant (queue);
  gint64 last = G_MININT64;

  g_assert_cmpuint (entries->len, ==, nullmail_mail_queue_get_n_entries (queue));
  g_assert_cmpuint (count_causes (queue), ==, entries->len);
  g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
  for (guint i = 0; i < entries->len; i++)
    {
      gint64 arrival = nullmail_queue_entry_get_arrival_time (entries->pdata[i]);

      g_assert_cmpint (arrival, >=, last);
      last = arrival;
      check_entry (queue, entries->pdata[i]);
    }
}

static void
check_log (const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(NullmailMessageTrace) trace = _nullmail_message_trace_new ("A1", NULL);
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(NullmailLogLine) line = { 0 };
      g_auto(NullmailLogLine) entry = { 0 };

      if (_nullmail_log_line_parse (&line, lines[i]))
        _nullmail_message_trace_add (trace, &line);
      if (_nullmail_log_line_parse_journal (&entry, lines[i], strlen (lines[i])))
        _nullmail_message_trace_add (trace, &entry);
    }

  if (_nullmail_message_trace_get_facts (trace, &facts))
    {
      g_autoptr(NullmailDeliveryReport) report = _nullmail_delivery_report_new_take (&facts);
      g_autoptr(GVariant) variant = nullmail_delivery_report_to_variant (report);

      g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  GError *error = NULL;
  g_autoptr(NullmailMailQueue) queue = NULL;

  fuzz_make_warnings_fatal ();
  queue = nullmail_mail_queue_new_from_bytes (bytes, &error);
  if (queue != NULL)
    check_queue (queue);
  else
    {
      g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_FILE);
      fuzz_assert_error (error);
    }
  check_log (text);

  return 0;
}
