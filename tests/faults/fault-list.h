/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "supervisor.h"

G_BEGIN_DECLS

/* Only these calls are failed; NULL: all. */
void      fault_list_set_calls       (const char  *regex);

/* All faults for the calls of a run, or so many of them by chance. */
GArray   *fault_list_new             (GArray      *calls,
                                      gboolean     no_exchange,
                                      guint        n_faults,
                                      guint        seed);
char     *fault_describe             (const Fault *fault);

/* What an intruder may do: each is an edit by a program that takes no lock. */
enum { INTRUDE_MAIN_CF, INTRUDE_MAIN_CF_IN_PLACE, INTRUDE_PASSWORDS, N_INTRUSIONS };

/* Whether nobody may call it a success when this fails. */
gboolean  fault_must_be_reported     (const Fault *fault);

/* Whether it fails just the call that would tidy up. */
gboolean  fault_may_leave_litter     (const Fault *fault);

/* I9, for a process that stands still. */
gboolean  fault_process_shows_canary (pid_t        pid);

G_END_DECLS
