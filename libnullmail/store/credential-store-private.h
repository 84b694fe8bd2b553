/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/credential-store.h"

G_BEGIN_DECLS

/* Makes the asynchronous forms of a class run in a worker thread. Classes of this library whose
 * objects several threads may use call it. A store that is written in another language must not be
 * called from a thread that its interpreter does not know; it is called from an idle source of the
 * caller's main context instead. */
void _nullmail_credential_store_set_threaded (GType type);

G_END_DECLS
