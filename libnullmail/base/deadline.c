/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/deadline-private.h"

#define KEY "nullmail-deadline"

typedef struct
{
  gint64 at_us;
  int    is_missed;  /* (atomic) */
} Data;

static void
cancel (GCancellable *parent G_GNUC_UNUSED,
        gpointer      cancellable)
{
  g_cancellable_cancel (cancellable);
}

void
_nullmail_deadline_begin (NullmailDeadline *self,
                          GCancellable     *parent,
                          guint             limit_ms)
{
  Data *data = g_new0 (Data, 1);

  data->at_us = g_get_monotonic_time () + (gint64) limit_ms * 1000;
  self->cancellable = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (self->cancellable), KEY, data, g_free);
  self->parent = parent != NULL ? g_object_ref (parent) : NULL;
  self->handler = parent != NULL
                  ? g_cancellable_connect (parent, G_CALLBACK (cancel),
                                           g_object_ref (self->cancellable), g_object_unref) : 0;
}

void
_nullmail_deadline_end (NullmailDeadline *self)
{
  g_cancellable_disconnect (self->parent, self->handler);
  g_clear_object (&self->parent);
  g_clear_object (&self->cancellable);
}

static Data *
get_data (GCancellable *cancellable)
{
  return cancellable != NULL ? g_object_get_data (G_OBJECT (cancellable), KEY) : NULL;
}

gboolean
_nullmail_deadline_was_missed (NullmailDeadline *self)
{
  return g_atomic_int_get (&get_data (self->cancellable)->is_missed) != 0;
}

guint
_nullmail_deadline_limit (GCancellable *cancellable,
                          guint         limit_ms)
{
  const Data *data = get_data (cancellable);
  gint64 left_us = data != NULL ? data->at_us - g_get_monotonic_time () : 0;

  return data != NULL ? (guint) CLAMP (left_us / 1000, 0, limit_ms) : limit_ms;
}

void
_nullmail_deadline_note_missed (GCancellable *cancellable)
{
  Data *data = get_data (cancellable);

  if (data != NULL)
    g_atomic_int_set (&data->is_missed, TRUE);
}
