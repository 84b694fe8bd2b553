/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/change.h"

G_BEGIN_DECLS

/* Values of passwords must be masked by the caller. */
NullmailChange *_nullmail_change_new     (NullmailChangeKind  kind,
                                          const char         *path,
                                          const char         *subject,
                                          const char         *old_value,
                                          const char         *new_value);

/* By path, then subject, then kind; for g_ptr_array_sort (). */
int             _nullmail_change_compare (gconstpointer a,
                                          gconstpointer b);

G_END_DECLS
