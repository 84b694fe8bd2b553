/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A time until which all that is asked in one call has to have answered, be it one program that
 * hangs or a dozen. It goes the way of the cancellable: what waits for others looks into it for the
 * time that it may take, while what only reads files does not. */
typedef struct
{
  GCancellable *cancellable;  /* (owned) is cancelled with that of the caller, and not in the end */
  GCancellable *parent;       /* (owned) (nullable) */
  gulong        handler;
} NullmailDeadline;

void     _nullmail_deadline_begin      (NullmailDeadline *self,
                                        GCancellable     *parent,
                                        guint             limit_ms);
void     _nullmail_deadline_end        (NullmailDeadline *self);
/* Whether something was ended before its own limit, or not begun, for there was no time left. */
gboolean _nullmail_deadline_was_missed (NullmailDeadline *self);

/* How long something may take that has a limit of its own; 0 if there is no time left. Any thread
 * may call these two, with any cancellable or NULL. */
guint    _nullmail_deadline_limit      (GCancellable     *cancellable,
                                        guint             limit_ms);
void     _nullmail_deadline_note_missed (GCancellable    *cancellable);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailDeadline, _nullmail_deadline_end)

G_END_DECLS
