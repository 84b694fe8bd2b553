/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "errors.h"
#include "json.h"
#include "output.h"

static gboolean flushes;

static const GOptionEntry own_options[] = {
  { "flush", 0, 0, G_OPTION_ARG_NONE, &flushes, "have Postfix try all of it again, now", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = { own_options, NULL };

/* (nullable): the first reason that is not empty. */
static const char *
get_reason (NullmailQueueEntry *entry)
{
  const char * const *reasons = nullmail_queue_entry_get_delay_reasons (entry);

  for (guint i = 0; reasons[i] != NULL; i++)
    if (*reasons[i] != '\0')
      return reasons[i];

  return NULL;
}

/* What helps, by the first message that waits for this cause. */
static char *
find_remedy (GPtrArray          *entries,
             NullmailDelayCause  cause)
{
  for (guint i = 0; i < entries->len; i++)
    {
      NullmailQueueEntry *entry = entries->pdata[i];
      const char *reason = get_reason (entry);

      if (nullmail_queue_entry_get_cause (entry) == cause && reason != NULL)
        return nullmail_delay_cause_get_remedy (cause, reason);
    }

  return NULL;
}

static void
add_causes (NullmailMailQueue *queue,
            GPtrArray         *entries)
{
  g_autoptr(GEnumClass) causes = g_type_class_ref (NULLMAIL_TYPE_DELAY_CAUSE);

  for (guint i = 0; i < causes->n_values; i++)
    {
      const GEnumValue *cause = &causes->values[i];
      guint count = nullmail_mail_queue_count_cause (queue, cause->value);
      g_autofree char *remedy = count > 0 ? find_remedy (entries, cause->value) : NULL;

      if (count > 0)
        stream_add_line (standard_output, "%u %s: %s%s%s", count,
                         count == 1 ? "message" : "messages", cause->value_nick,
                         remedy != NULL ? ". " : "", remedy != NULL ? remedy : "");
    }
}

static void
add_entries (GPtrArray *entries)
{
  Table table;

  table_init (&table, standard_output, 6,
              (const char *[]) { "ID", "QUEUE", "ARRIVED", "SENDER", "RECIPIENTS", "REASON" });
  for (guint i = 0; i < entries->len; i++)
    {
      NullmailQueueEntry *entry = entries->pdata[i];
      g_autoptr(GDateTime) arrived =
        g_date_time_new_from_unix_local (nullmail_queue_entry_get_arrival_time (entry));
      g_autofree char *when = arrived != NULL ? g_date_time_format (arrived, "%F %H:%M") : NULL;
      g_autofree char *recipients =
        g_strjoinv (" ", (char **) nullmail_queue_entry_get_recipients (entry));
      const char *sender = nullmail_queue_entry_get_sender (entry);

      table_add (&table, (const char *[]) { nullmail_queue_entry_get_queue_id (entry),
                                            nullmail_queue_entry_get_queue_name (entry), when,
                                            *sender != '\0' ? sender : "<>", recipients,
                                            get_reason (entry) });
    }
  table_end (&table);
}

static GVariant *
count_causes (NullmailMailQueue *queue)
{
  g_autoptr(GEnumClass) causes = g_type_class_ref (NULLMAIL_TYPE_DELAY_CAUSE);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < causes->n_values; i++)
    {
      guint count = nullmail_mail_queue_count_cause (queue, causes->values[i].value);

      if (count > 0)
        g_variant_builder_add (&builder, "{sv}", causes->values[i].value_nick,
                               g_variant_new_uint32 (count));
    }

  return g_variant_builder_end (&builder);
}

static Status
flush_queue (Tool    *tool,
             GError **error)
{
  GVariantDict dict;

  if (!nullmail_postfix_instance_flush_queue (tool->postfix, NULL, error))
    return STATUS_FAILED;

  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "flushed", "b", TRUE);
      json_print (g_variant_dict_end (&dict));
    }
  else if (!tool->is_quiet)
    stream_add_line (standard_output, "Postfix tries all messages that wait.");
  return STATUS_DONE;
}

static Status
run_queue (Tool    *tool,
           char   **arguments,
           GError **error)
{
  g_autoptr(NullmailMailQueue) queue = NULL;
  g_autoptr(GPtrArray) entries = NULL;
  GVariantDict dict;

  if (arguments[0] != NULL)
    return usage_error_set (error, "“nullmail queue” takes no arguments: it lists all of it");
  if (flushes)
    return flush_queue (tool, error);

  queue = nullmail_postfix_instance_load_queue (tool->postfix, NULL, error);
  if (queue == NULL)
    return STATUS_FAILED;

  entries = nullmail_mail_queue_get_entries (queue);
  if (tool->is_json)
    {
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert_value (&dict, "entries",
                                   json_list (entries,
                                              (ToVariant) nullmail_queue_entry_to_variant));
      g_variant_dict_insert_value (&dict, "causes", count_causes (queue));
      json_print (g_variant_dict_end (&dict));
      return STATUS_DONE;
    }

  add_causes (queue, entries);
  if (entries->len > 0)
    add_entries (entries);
  else if (!tool->is_quiet)
    stream_add_line (standard_output, "The queue is empty.");
  return STATUS_DONE;
}

const Command queue_command = {
  "queue", "", "why mail waits", options, TRUE, run_queue,
};
