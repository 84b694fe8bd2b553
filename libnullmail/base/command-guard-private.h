/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A process that waits beside this one and runs a command if this one ends before it has freed the
 * guard, in whatever way: what must not stay half done is then done by somebody else. */
typedef struct _NullmailCommandGuard NullmailCommandGuard;

/* (transfer full) (nullable): NULL where no process can be had. */
NullmailCommandGuard *_nullmail_command_guard_new  (const char * const   *argv);
/* The command is not needed any more. */
void                  _nullmail_command_guard_free (NullmailCommandGuard *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailCommandGuard, _nullmail_command_guard_free)

G_END_DECLS
