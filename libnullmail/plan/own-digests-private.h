/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"

G_BEGIN_DECLS

/* What the library wrote under its keys, so that an entry which somebody has rewritten since is not
 * dropped as its own. Each text has the path of the password file, the key, a salt and 32 bits of a
 * digest: enough to see that an entry is another one, and too few to find a password by that was
 * drawn at random. One from a dictionary could be guessed with their help, so that they are
 * kept as the passwords are, where nobody but their owner can read. */

/* (transfer full): the list as it is once a plan for the table has been applied. */
char    **_nullmail_own_digests_update    (char                   **digests,
                                           const NullmailPlanTable *table);

/* Whether the entry is there and is not what the library wrote. Of an entry from before there were
 * digests this is not known, and FALSE. */
gboolean  _nullmail_own_digests_disown    (char                   **digests,
                                           const char              *path,
                                           const char              *key,
                                           NullmailPasswordFile    *contents);

G_END_DECLS
