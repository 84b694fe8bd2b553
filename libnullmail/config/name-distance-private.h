/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many letters have to be put in, taken out or replaced to make one name of the other; any
 * number above the limit where it is more than that. */
guint _nullmail_name_get_distance (const char *a,
                                   const char *b,
                                   guint       limit);

G_END_DECLS
