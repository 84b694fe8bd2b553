/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/credential-store.h"

G_BEGIN_DECLS

/* To be called by a class of this library whose objects may be used by several threads: its
 * asynchronous forms then run in a thread. A store written in another language has its
 * interpreter's lock and habits, and is called from an idle of the caller's context instead. */
void _nullmail_credential_store_set_threaded (GType type);

G_END_DECLS
