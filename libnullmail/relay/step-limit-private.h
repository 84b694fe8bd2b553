/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ends what waits too long. All that the probe waits for takes the cancellable of the step: it is
 * cancelled when the step's time is over, whatever trickles in meanwhile, and when the caller's own
 * cancellable is. A thread looks at the clock, for a synchronous call has no main loop. */
typedef struct _NullmailStepLimit NullmailStepLimit;

/* The caller's cancellable may be NULL. */
NullmailStepLimit *_nullmail_step_limit_new             (guint              timeout_ms,
                                                         GCancellable      *cancellable);
void               _nullmail_step_limit_free            (NullmailStepLimit *self);

/* Begins a step, which has all the time again. */
void               _nullmail_step_limit_begin           (NullmailStepLimit *self);
/* (transfer none): that of the step; valid until the next one begins. */
GCancellable      *_nullmail_step_limit_get_cancellable (NullmailStepLimit *self);
/* Whether the step's time is over. */
gboolean           _nullmail_step_limit_is_over         (NullmailStepLimit *self);
/* Whether the caller has cancelled. */
gboolean           _nullmail_step_limit_is_cancelled    (NullmailStepLimit *self);
/* How long the step lasts already. */
guint              _nullmail_step_limit_get_elapsed_ms  (NullmailStepLimit *self);
guint              _nullmail_step_limit_get_timeout_ms  (NullmailStepLimit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailStepLimit, _nullmail_step_limit_free)

G_END_DECLS
