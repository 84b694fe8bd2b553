/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "scenario.h"

G_BEGIN_DECLS

typedef struct
{
  guint      tried;
  GPtrArray *violations;  /* (element-type utf8) */
} Tally;

/* A folder for all combinations of one process, one after another. */
void  combination_set_up (const char     *root);
void  combination_remove (const char     *folder);

/* One scenario, one type of table: as many of its faults as asked for, 0 for all. Returns the
 * number of its system calls. */
guint combination_run    (const Scenario *scenario,
                          const char     *map_type,
                          gboolean        no_exchange,
                          const char     *root,
                          guint           n_faults,
                          guint           seed,
                          Tally          *tally);

G_END_DECLS
