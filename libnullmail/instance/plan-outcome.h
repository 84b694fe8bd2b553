/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/instance/postfix-instance.h>
#include <libnullmail/plan/plan.h>

G_BEGIN_DECLS

/* What an apply would do belongs to the plan, and is known only where apply is. */

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_plan_will_change (NullmailPlan        *self,
                                    NullmailApplyFlags   flags,
                                    gboolean            *changes,
                                    GCancellable        *cancellable,
                                    GError             **error);

G_END_DECLS
