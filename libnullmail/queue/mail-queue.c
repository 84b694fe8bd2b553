/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/mail-queue-private.h"

#include <string.h>

#include "base/error-private.h"
#include "queue/queue-entry-private.h"
#include "queue/queue-line-private.h"

/**
 * NullmailMailQueue:
 *
 * The mail queue as it was at one moment: which messages wait, and why.
 *
 * [method@PostfixInstance.load_queue] makes one. It never changes, and any thread may read it.
 *
 * Since: 1.0
 */
struct _NullmailMailQueue
{
  GObject     parent_instance;

  GPtrArray  *entries;  /* (owned) oldest first */
  GHashTable *by_id;    /* (owned) queue id, which is the entry's, to entry, which is not owned */
  GHashTable *causes;   /* (owned) (nullable) of reasons, while the queue is being made */
};

G_DEFINE_FINAL_TYPE (NullmailMailQueue, nullmail_mail_queue, G_TYPE_OBJECT)

static void
nullmail_mail_queue_init (NullmailMailQueue *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_queue_entry_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->causes = _nullmail_queue_causes_new ();
}

static void
nullmail_mail_queue_finalize (GObject *object)
{
  NullmailMailQueue *self = NULLMAIL_MAIL_QUEUE (object);

  g_hash_table_unref (self->by_id);
  g_clear_pointer (&self->causes, g_hash_table_unref);
  g_ptr_array_unref (self->entries);

  G_OBJECT_CLASS (nullmail_mail_queue_parent_class)->finalize (object);
}

static void
nullmail_mail_queue_class_init (NullmailMailQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullmail_mail_queue_finalize;
}

NullmailMailQueue *
_nullmail_mail_queue_new (void)
{
  return g_object_new (NULLMAIL_TYPE_MAIL_QUEUE, NULL);
}

static gboolean
is_blank (const char *line,
          gsize       length)
{
  gsize i = 0;

  while (i < length && g_ascii_isspace (line[i]))
    i++;
  return i == length;
}

gboolean
_nullmail_mail_queue_add_line (NullmailMailQueue  *self,
                               const char         *line,
                               gsize               length,
                               GError            **error)
{
  NullmailQueueEntry *entry;

  if (is_blank (line, length))
    return TRUE;

  entry = _nullmail_queue_line_parse (line, length, self->causes, error);
  if (entry == NULL)
    return FALSE;

  g_ptr_array_add (self->entries, entry);
  return TRUE;
}

static int
compare_arrival (gconstpointer a,
                 gconstpointer b)
{
  gint64 x = nullmail_queue_entry_get_arrival_time (*(NullmailQueueEntry * const *) a);
  gint64 y = nullmail_queue_entry_get_arrival_time (*(NullmailQueueEntry * const *) b);

  return (x > y) - (x < y);
}

/* A message that moves from queue to queue while they are listed is listed twice. The later state
 * is the one that counts. */
static void
drop_earlier_states (NullmailMailQueue *self)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_queue_entry_unref);

  for (guint i = 0; i < self->entries->len; i++)
    {
      NullmailQueueEntry *entry = self->entries->pdata[i];

      g_hash_table_replace (self->by_id, (gpointer) nullmail_queue_entry_get_queue_id (entry),
                            entry);
    }

  for (guint i = 0; i < self->entries->len; i++)
    {
      NullmailQueueEntry *entry = self->entries->pdata[i];

      if (g_hash_table_lookup (self->by_id, nullmail_queue_entry_get_queue_id (entry)) == entry)
        g_ptr_array_add (kept, nullmail_queue_entry_ref (entry));
    }

  g_ptr_array_unref (self->entries);
  self->entries = kept;
}

void
_nullmail_mail_queue_complete (NullmailMailQueue *self)
{
  g_clear_pointer (&self->causes, g_hash_table_unref);
  drop_earlier_states (self);
  g_ptr_array_sort (self->entries, compare_arrival);
}

/**
 * nullmail_mail_queue_new_from_bytes:
 * @bytes: what `postqueue -j` has printed: an object of JSON a line
 * @error: return location for an error, or %NULL
 *
 * Reads a listing of the mail queue. Members that are not known here are ignored.
 *
 * Returns: (transfer full) (not nullable): a new queue, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_FILE, whose message names the line
 *
 * Since: 1.0
 */
NullmailMailQueue *
nullmail_mail_queue_new_from_bytes (GBytes  *bytes,
                                    GError **error)
{
  g_autoptr(NullmailMailQueue) self = NULL;
  const char *data, *end;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = _nullmail_mail_queue_new ();
  data = g_bytes_get_data (bytes, &size);
  for (guint number = 1; size > 0; number++)
    {
      gsize length;

      end = memchr (data, '\n', size);
      length = end != NULL ? (gsize) (end - data) : size;
      if (!_nullmail_mail_queue_add_line (self, data, length, error))
        {
          g_prefix_error (error, "Line %u of the queue’s listing: ", number);
          return NULL;
        }
      length += end != NULL;
      data += length;
      size -= length;
    }

  _nullmail_mail_queue_complete (self);
  return g_steal_pointer (&self);
}

/**
 * nullmail_mail_queue_get_entries:
 * @self: a queue
 *
 * Returns the messages, the oldest first.
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailQueueEntry): a new list
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_mail_queue_get_entries (NullmailMailQueue *self)
{
  GPtrArray *entries;

  g_return_val_if_fail (NULLMAIL_IS_MAIL_QUEUE (self), NULL);

  entries = g_ptr_array_new_full (self->entries->len, (GDestroyNotify) nullmail_queue_entry_unref);
  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (entries, nullmail_queue_entry_ref (self->entries->pdata[i]));

  return entries;
}

/**
 * nullmail_mail_queue_get_n_entries:
 * @self: a queue
 *
 * Returns how many messages wait.
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
nullmail_mail_queue_get_n_entries (NullmailMailQueue *self)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIL_QUEUE (self), 0);

  return self->entries->len;
}

/**
 * nullmail_mail_queue_get_entry:
 * @self: a queue
 * @queue_id: a queue id
 *
 * Looks a message up.
 *
 * Returns: (transfer none) (nullable): the message, or %NULL if it is not in the queue
 *
 * Since: 1.0
 */
NullmailQueueEntry *
nullmail_mail_queue_get_entry (NullmailMailQueue *self,
                               const char        *queue_id)
{
  g_return_val_if_fail (NULLMAIL_IS_MAIL_QUEUE (self), NULL);
  g_return_val_if_fail (queue_id != NULL, NULL);

  return g_hash_table_lookup (self->by_id, queue_id);
}

/**
 * nullmail_mail_queue_count_cause:
 * @self: a queue
 * @cause: a cause
 *
 * Counts the messages that wait for one cause, see [method@QueueEntry.get_cause].
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
nullmail_mail_queue_count_cause (NullmailMailQueue  *self,
                                 NullmailDelayCause  cause)
{
  guint n_messages = 0;

  g_return_val_if_fail (NULLMAIL_IS_MAIL_QUEUE (self), 0);

  for (guint i = 0; i < self->entries->len; i++)
    n_messages += nullmail_queue_entry_get_cause (self->entries->pdata[i]) == cause;

  return n_messages;
}

/**
 * nullmail_mail_queue_to_variant:
 * @self: a queue
 *
 * Writes the queue as a dictionary (`a{sv}`) with the keys `entries` (`aa{sv}`), as of
 * [method@QueueEntry.to_variant], and `n-entries` (`u`).
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_mail_queue_to_variant (NullmailMailQueue *self)
{
  GVariantBuilder builder, entries;

  g_return_val_if_fail (NULLMAIL_IS_MAIL_QUEUE (self), NULL);

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->entries->len; i++)
    {
      g_autoptr(GVariant) entry = nullmail_queue_entry_to_variant (self->entries->pdata[i]);

      g_variant_builder_add_value (&entries, entry);
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "entries", g_variant_builder_end (&entries));
  g_variant_builder_add (&builder, "{sv}", "n-entries",
                         g_variant_new_uint32 (self->entries->len));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
