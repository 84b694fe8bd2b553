/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Both take what is below a folder, and stop the program if they cannot. */
void tree_clear (const char *folder);
void tree_copy  (const char *from,
                 const char *to);

G_END_DECLS
