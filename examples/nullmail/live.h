/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"
#include "output.h"

G_BEGIN_DECLS

/* A line that says what is waited for, and for how long. On a terminal it is rewritten while it
 * waits, and goes when its end is known; elsewhere there is none. It needs a main loop that
 * runs. */
typedef struct
{
  Stream     *stream;
  const char *text;
  gint64      began_us;
  guint       timer;
} LiveLine;

void   live_line_begin   (LiveLine               *self,
                          Stream                 *stream,
                          const char             *text);
void   live_line_end     (LiveLine               *self);

/* Runs an asynchronous call that ends with live_call_done (); its result. */
typedef struct
{
  GMainLoop    *loop;    /* (owned) */
  GAsyncResult *result;  /* (owned) (nullable) */
} LiveCall;

void   live_call_init    (LiveCall               *self);
void   live_call_done    (GObject                *source,
                          GAsyncResult           *result,
                          gpointer                user_data);
void   live_call_wait    (LiveCall               *self);
void   live_call_clear   (LiveCall               *self);

/* Asks a relay, and adds a line for each step to the stream as it ends, then what came of it.
 * (transfer full) (nullable): NULL with error set. */
NullmailProbeReport    *probing_run    (NullmailRelayProbe       *probe,
                                        Stream                   *stream,
                                        GError                  **error);

/* Sends a message and follows it. (transfer full) (nullable): NULL with error set. */
NullmailDeliveryReport *delivering_run (NullmailPostfixInstance  *postfix,
                                        const char               *recipient,
                                        const char               *sender,
                                        guint                     timeout_ms,
                                        Stream                   *stream,
                                        GError                  **error);

G_END_DECLS
