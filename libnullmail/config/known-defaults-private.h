/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (nullable): the default of a parameter that every Postfix has alike; NULL for any other. */
const char *_nullmail_known_default_find (const char *parameter);

G_END_DECLS
