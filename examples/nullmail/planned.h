/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"
#include "output.h"

G_BEGIN_DECLS

/* What a plan would do, for people: the diff with passwords masked, what has no lines in it, what
 * becomes of Postfix, and the findings that it brings in. FALSE with error set. */
gboolean planned_add (Tool                *tool,
                      Stream              *stream,
                      NullmailPlan        *plan,
                      NullmailApplyFlags   flags,
                      gboolean             changes,
                      GError             **error);

G_END_DECLS
