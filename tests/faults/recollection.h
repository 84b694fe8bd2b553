/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "scenario.h"

G_BEGIN_DECLS

/* What the library remembers of a configuration, as the next run would read it: the way back, and
 * which keys are its own. NULL where there is nothing. */
GVariant *recollection_new            (Place    *place);

/* NULL, or what was forgotten: the way back, or a key that still is in the password file. */
char     *recollection_find_forgotten (GVariant *now,
                                       GVariant *expected,
                                       GBytes   *source);

G_END_DECLS
