/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <signal.h>

G_BEGIN_DECLS

/* A signal that a call raises and that would end the program. A library may not touch its handler:
 * the signal is held back in this thread, and taken if it came in between. */
typedef struct
{
  int      number;
  gboolean was_pending;  /* there was one before, which is the program's */
  sigset_t previous;
} NullmailHeldSignal;

void _nullmail_signal_hold    (NullmailHeldSignal *self,
                               int                 number);
/* came: one may have come meanwhile. errno stays as it is. */
void _nullmail_signal_release (NullmailHeldSignal *self,
                               gboolean            came);

G_END_DECLS
