/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* How a plan is applied: for all commands that apply one. */
extern const GOptionEntry applying_options[];
/* What comes before and after: for plan and apply. */
extern const GOptionEntry trying_options[];
/* --yes: for all commands that ask. */
extern const GOptionEntry asking_options[];
/* --overwrite: for undo and restore. */
extern const GOptionEntry overwriting_options[];

NullmailPlanFlags applying_get_plan_flags (void);

/* Shows what a plan would do. */
Status applying_show (Tool          *tool,
                      NullmailPlan  *plan,
                      GError       **error);

/* Shows it, asks, and does it. */
Status applying_run  (Tool          *tool,
                      NullmailPlan  *plan,
                      GError       **error);

/* (transfer full): what is wanted, as settings on the command line say it. */
NullmailPlan *plan_make (Tool    *tool,
                         char   **settings,
                         GError **error);

G_END_DECLS
