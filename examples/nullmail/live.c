/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "live.h"

#define TICK_MS 1000

static void
clear_line (LiveLine *self)
{
  stream_add (self->stream, "\r\033[K");
}

static void
write_line (LiveLine *self)
{
  guint waited_s = (guint) ((g_get_monotonic_time () - self->began_us) / G_USEC_PER_SEC);
  g_autofree char *text = waited_s == 0 ? g_strdup_printf ("%s …", self->text)
                          : g_strdup_printf ("%s … %u s", self->text, waited_s);

  clear_line (self);
  if (text_get_width (text) < stream_get_width (self->stream))
    stream_add_text (self->stream, text);
  stream_flush (self->stream, NULL);
}

static gboolean
tick_cb (gpointer data)
{
  write_line (data);
  return G_SOURCE_CONTINUE;
}

void
live_line_begin (LiveLine   *self,
                 Stream     *stream,
                 const char *text)
{
  *self = (LiveLine) { stream, text, g_get_monotonic_time (), 0 };
  if (!stream_is_terminal (stream))
    return;

  write_line (self);
  self->timer = g_timeout_add (TICK_MS, tick_cb, self);
}

void
live_line_end (LiveLine *self)
{
  if (self->timer == 0)
    return;

  g_clear_handle_id (&self->timer, g_source_remove);
  clear_line (self);
}

void
live_call_init (LiveCall *self)
{
  self->loop = g_main_loop_new (NULL, FALSE);
  self->result = NULL;
}

void
live_call_done (GObject      *source G_GNUC_UNUSED,
                GAsyncResult *result,
                gpointer      user_data)
{
  LiveCall *self = user_data;

  g_set_object (&self->result, result);
  g_main_loop_quit (self->loop);
}

void
live_call_wait (LiveCall *self)
{
  if (self->result == NULL)
    g_main_loop_run (self->loop);
}

void
live_call_clear (LiveCall *self)
{
  g_clear_object (&self->result);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}
