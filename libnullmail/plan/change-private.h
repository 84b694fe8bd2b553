/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/change.h"

G_BEGIN_DECLS

/* A value that is or holds a password must have been masked by the caller. */
NullmailChange *_nullmail_change_new     (NullmailChangeKind  kind,
                                          const char         *path,
                                          const char         *subject,
                                          const char         *old_value,
                                          const char         *new_value);

/* Orders changes by path, then subject, then kind; for g_ptr_array_sort (). */
int             _nullmail_change_compare (gconstpointer a,
                                          gconstpointer b);

G_END_DECLS
