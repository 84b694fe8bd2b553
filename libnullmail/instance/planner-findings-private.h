/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"
#include "instance/postfix-instance-private.h"

G_BEGIN_DECLS

/* Judges the states before and after, from what is known without asking Postfix again. */
void _nullmail_plan_add_findings (NullmailPostfixInstance *instance,
                                  NullmailPlan            *plan);

G_END_DECLS
