/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/held-signal-private.h"

#include <errno.h>

void
_nullmail_signal_hold (NullmailHeldSignal *self,
                       int                 number)
{
  sigset_t held, pending;

  sigemptyset (&held);
  sigaddset (&held, number);
  sigemptyset (&pending);
  sigpending (&pending);

  self->number = number;
  self->was_pending = sigismember (&pending, number) == 1;
  pthread_sigmask (SIG_BLOCK, &held, &self->previous);
}

void
_nullmail_signal_release (NullmailHeldSignal *self,
                          gboolean            came)
{
  const struct timespec at_once = { 0 };
  int saved_errno = errno;
  sigset_t held;

  sigemptyset (&held);
  sigaddset (&held, self->number);
  if (came && !self->was_pending)
    while (sigtimedwait (&held, NULL, &at_once) < 0 && errno == EINTR)
      ;
  pthread_sigmask (SIG_SETMASK, &self->previous, NULL);

  errno = saved_errno;
}
