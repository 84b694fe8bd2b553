/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/step-limit-private.h"

#define US_PER_MS 1000

struct _NullmailStepLimit
{
  guint         timeout_ms;
  GCancellable *caller;     /* (owned) (nullable) */
  gulong        handler;    /* of the caller's cancellable, for the step at the moment */
  GThread      *watch;      /* (owned) */

  GMutex        mutex;      /* for what follows */
  GCond         changed;
  GCancellable *step;       /* (owned) */
  gint64        begun_us;
  gint64        deadline_us;
  gboolean      is_over;
  gboolean      is_done;    /* there will be no more steps */
};

static gpointer
watch_clock (gpointer data)
{
  NullmailStepLimit *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->is_done)
    {
      g_autoptr(GCancellable) late = NULL;

      if (self->is_over)
        g_cond_wait (&self->changed, &self->mutex);
      else if (!g_cond_wait_until (&self->changed, &self->mutex, self->deadline_us)
               && g_get_monotonic_time () >= self->deadline_us)
        {
          self->is_over = TRUE;
          late = g_object_ref (self->step);
        }

      if (late == NULL)
        continue;

      /* What is called back may ask this object. */
      g_mutex_unlock (&self->mutex);
      g_cancellable_cancel (late);
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
forward_cb (GCancellable *caller G_GNUC_UNUSED,
            gpointer      step)
{
  g_cancellable_cancel (step);
}

static void
listen_to_caller (NullmailStepLimit *self)
{
  if (self->caller == NULL)
    return;

  if (self->handler != 0)
    g_cancellable_disconnect (self->caller, self->handler);
  self->handler = self->step != NULL
                  ? g_cancellable_connect (self->caller, G_CALLBACK (forward_cb),
                                           g_object_ref (self->step), g_object_unref) : 0;
}

static void
set_step (NullmailStepLimit *self)
{
  g_mutex_lock (&self->mutex);
  g_clear_object (&self->step);
  self->step = g_cancellable_new ();
  self->begun_us = g_get_monotonic_time ();
  self->deadline_us = self->begun_us + (gint64) self->timeout_ms * US_PER_MS;
  self->is_over = FALSE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

NullmailStepLimit *
_nullmail_step_limit_new (guint         timeout_ms,
                          GCancellable *cancellable)
{
  NullmailStepLimit *self = g_new0 (NullmailStepLimit, 1);

  self->timeout_ms = timeout_ms;
  g_set_object (&self->caller, cancellable);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  _nullmail_step_limit_begin (self);
  self->watch = g_thread_new ("nullmail-limit", watch_clock, self);
  return self;
}

void
_nullmail_step_limit_free (NullmailStepLimit *self)
{
  g_mutex_lock (&self->mutex);
  self->is_done = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->watch);

  g_clear_object (&self->step);
  listen_to_caller (self);
  g_clear_object (&self->caller);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
_nullmail_step_limit_begin (NullmailStepLimit *self)
{
  set_step (self);
  listen_to_caller (self);
}

GCancellable *
_nullmail_step_limit_get_cancellable (NullmailStepLimit *self)
{
  return self->step;
}

gboolean
_nullmail_step_limit_is_over (NullmailStepLimit *self)
{
  gboolean is_over;

  g_mutex_lock (&self->mutex);
  is_over = self->is_over;
  g_mutex_unlock (&self->mutex);
  return is_over;
}

gboolean
_nullmail_step_limit_is_cancelled (NullmailStepLimit *self)
{
  return g_cancellable_is_cancelled (self->caller);
}

guint
_nullmail_step_limit_get_elapsed_ms (NullmailStepLimit *self)
{
  return (guint) ((g_get_monotonic_time () - self->begun_us) / US_PER_MS);
}

guint
_nullmail_step_limit_get_timeout_ms (NullmailStepLimit *self)
{
  return self->timeout_ms;
}
