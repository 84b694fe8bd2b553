/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/queue-entry-private.h"

#include "enum-types.h"

/**
 * NullmailQueueEntry:
 *
 * One message in the mail queue, and why it waits.
 *
 * Since: 1.0
 */
struct _NullmailQueueEntry
{
  gatomicrefcount          ref_count;

  NullmailQueueEntryParts  parts;
  NullmailDelayCause       cause;
};

G_DEFINE_BOXED_TYPE (NullmailQueueEntry, nullmail_queue_entry,
                     nullmail_queue_entry_ref, nullmail_queue_entry_unref)

static void
release_text (gpointer text)
{
  if (text != NULL)
    g_ref_string_release (text);
}

GPtrArray *
_nullmail_queue_texts_new (void)
{
  return g_ptr_array_new_with_free_func (release_text);
}

/* The list ends with a NULL, so that its data are an array of strings. */
static void
complete_list (GPtrArray **list)
{
  if (*list == NULL)
    *list = _nullmail_queue_texts_new ();
  g_ptr_array_add (*list, NULL);
}

static void
complete_text (char **text)
{
  if (*text == NULL)
    *text = g_ref_string_new_intern ("");
}

GHashTable *
_nullmail_queue_causes_new (void)
{
  return g_hash_table_new_full (NULL, NULL, release_text, NULL);
}

/* Of the same text there is only one string, so that its address is enough. */
static NullmailDelayCause
judge_text (char       *reason,
            GHashTable *causes)
{
  gpointer known = causes != NULL ? g_hash_table_lookup (causes, reason) : NULL;
  NullmailDelayCause cause;

  if (known != NULL)
    return GPOINTER_TO_INT (known) - 1;

  cause = nullmail_delay_cause_from_reason (reason);
  if (causes != NULL)
    g_hash_table_insert (causes, g_ref_string_acquire (reason), GINT_TO_POINTER (cause + 1));
  return cause;
}

static NullmailDelayCause
judge (GPtrArray  *reasons,
       GHashTable *causes)
{
  for (guint i = 0; reasons->pdata[i] != NULL; i++)
    {
      char *reason = reasons->pdata[i];

      if (*reason != '\0')
        return judge_text (reason, causes);
    }

  return NULLMAIL_DELAY_CAUSE_NO_REASON;
}

NullmailQueueEntry *
_nullmail_queue_entry_new_take (NullmailQueueEntryParts *parts,
                                GHashTable              *causes)
{
  NullmailQueueEntry *self = g_new0 (NullmailQueueEntry, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->parts = *parts;
  *parts = (NullmailQueueEntryParts) { 0 };
  if (self->parts.queue_id == NULL)
    self->parts.queue_id = g_strdup ("");
  complete_text (&self->parts.queue_name);
  complete_text (&self->parts.sender);
  complete_list (&self->parts.recipients);
  complete_list (&self->parts.delay_reasons);
  self->cause = judge (self->parts.delay_reasons, causes);
  return self;
}

void
_nullmail_queue_entry_parts_clear (NullmailQueueEntryParts *parts)
{
  g_clear_pointer (&parts->queue_id, g_free);
  g_clear_pointer (&parts->queue_name, g_ref_string_release);
  g_clear_pointer (&parts->sender, g_ref_string_release);
  g_clear_pointer (&parts->recipients, g_ptr_array_unref);
  g_clear_pointer (&parts->delay_reasons, g_ptr_array_unref);
}

/**
 * nullmail_queue_entry_ref:
 * @self: an entry
 *
 * Adds a reference. Any thread may call this.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailQueueEntry *
nullmail_queue_entry_ref (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_queue_entry_unref:
 * @self: (transfer full): an entry
 *
 * Drops a reference, and frees the entry with the last one. Any thread may call this.
 *
 * Since: 1.0
 */
void
nullmail_queue_entry_unref (NullmailQueueEntry *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  _nullmail_queue_entry_parts_clear (&self->parts);
  g_free (self);
}

/**
 * nullmail_queue_entry_get_queue_id:
 * @self: an entry
 *
 * Returns by what name Postfix knows the message. A short one is used again for another message
 * once this one has left the queue; see `enable_long_queue_ids` in postconf(5).
 *
 * Returns: (transfer none) (not nullable): the queue id
 *
 * Since: 1.0
 */
const char *
nullmail_queue_entry_get_queue_id (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parts.queue_id;
}

/**
 * nullmail_queue_entry_get_queue_name:
 * @self: an entry
 *
 * Returns the queue in which the message is: `maildrop`, `incoming`, `active`, `deferred`, `hold`
 * or `corrupt`.
 *
 * Returns: (transfer none) (not nullable): the name of a queue
 *
 * Since: 1.0
 */
const char *
nullmail_queue_entry_get_queue_name (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parts.queue_name;
}

/**
 * nullmail_queue_entry_get_sender:
 * @self: an entry
 *
 * Returns the sender.
 *
 * Returns: (transfer none) (not nullable): an address; empty for a bounce
 *
 * Since: 1.0
 */
const char *
nullmail_queue_entry_get_sender (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parts.sender;
}

/**
 * nullmail_queue_entry_get_recipients:
 * @self: an entry
 *
 * Returns the recipients that the message has not reached yet.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): addresses
 *
 * Since: 1.0
 */
const char * const *
nullmail_queue_entry_get_recipients (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->parts.recipients->pdata;
}

/**
 * nullmail_queue_entry_get_delay_reasons:
 * @self: an entry
 *
 * Returns why the message waits, for each recipient, in Postfix's words. What may be a password in
 * the reply to a login is shown as asterisks.
 *
 * Returns: (transfer none) (not nullable) (array zero-terminated=1): as many texts as there are
 *   recipients; an empty one where there is no reason
 *
 * Since: 1.0
 */
const char * const *
nullmail_queue_entry_get_delay_reasons (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->parts.delay_reasons->pdata;
}

/**
 * nullmail_queue_entry_get_arrival_time:
 * @self: an entry
 *
 * Returns when the message came.
 *
 * Returns: seconds since 1970
 *
 * Since: 1.0
 */
gint64
nullmail_queue_entry_get_arrival_time (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parts.arrival_time;
}

/**
 * nullmail_queue_entry_get_size:
 * @self: an entry
 *
 * Returns how big the message is.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
nullmail_queue_entry_get_size (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parts.size;
}

/**
 * nullmail_queue_entry_get_forced_expire:
 * @self: an entry
 *
 * Returns whether somebody has made the message expire, see option `-e` of postsuper(1): it comes
 * back at the next attempt that fails.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
nullmail_queue_entry_get_forced_expire (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->parts.forced_expire;
}

/**
 * nullmail_queue_entry_get_cause:
 * @self: an entry
 *
 * Returns what the first reason that is not empty comes down to.
 *
 * Returns: the cause, as of [func@DelayCause.from_reason]
 *
 * Since: 1.0
 */
NullmailDelayCause
nullmail_queue_entry_get_cause (NullmailQueueEntry *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_DELAY_CAUSE_UNKNOWN);

  return self->cause;
}

/**
 * nullmail_queue_entry_equal:
 * @self: an entry
 * @other: another entry
 *
 * Compares two entries.
 *
 * Returns: %TRUE if they say the same
 *
 * Since: 1.0
 */
gboolean
nullmail_queue_entry_equal (NullmailQueueEntry *self,
                            NullmailQueueEntry *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return g_str_equal (self->parts.queue_id, other->parts.queue_id)
         && g_str_equal (self->parts.queue_name, other->parts.queue_name)
         && g_str_equal (self->parts.sender, other->parts.sender)
         && g_strv_equal (nullmail_queue_entry_get_recipients (self),
                          nullmail_queue_entry_get_recipients (other))
         && g_strv_equal (nullmail_queue_entry_get_delay_reasons (self),
                          nullmail_queue_entry_get_delay_reasons (other))
         && self->parts.arrival_time == other->parts.arrival_time
         && self->parts.size == other->parts.size
         && self->parts.forced_expire == other->parts.forced_expire;
}

/**
 * nullmail_queue_entry_to_variant:
 * @self: an entry
 *
 * Writes the entry as a dictionary (`a{sv}`) with the keys `queue-id`, `queue-name`, `sender`,
 * `recipients`, `delay-reasons`, `arrival-time`, `size`, `forced-expire` and `cause`.
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_queue_entry_to_variant (NullmailQueueEntry *self)
{
  GVariantBuilder builder;
  g_autoptr(GEnumClass) causes = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  causes = g_type_class_ref (NULLMAIL_TYPE_DELAY_CAUSE);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "queue-id",
                         g_variant_new_string (self->parts.queue_id));
  g_variant_builder_add (&builder, "{sv}", "queue-name",
                         g_variant_new_string (self->parts.queue_name));
  g_variant_builder_add (&builder, "{sv}", "sender", g_variant_new_string (self->parts.sender));
  g_variant_builder_add (&builder, "{sv}", "recipients",
                         g_variant_new_strv (nullmail_queue_entry_get_recipients (self), -1));
  g_variant_builder_add (&builder, "{sv}", "delay-reasons",
                         g_variant_new_strv (nullmail_queue_entry_get_delay_reasons (self), -1));
  g_variant_builder_add (&builder, "{sv}", "arrival-time",
                         g_variant_new_int64 (self->parts.arrival_time));
  g_variant_builder_add (&builder, "{sv}", "size", g_variant_new_uint64 (self->parts.size));
  g_variant_builder_add (&builder, "{sv}", "forced-expire",
                         g_variant_new_boolean (self->parts.forced_expire));
  g_variant_builder_add (&builder, "{sv}", "cause",
                         g_variant_new_string (g_enum_get_value (causes,
                                                                 self->cause)->value_nick));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
