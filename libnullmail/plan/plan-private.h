/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan.h"
#include "plan/undo-record-private.h"
#include "store/password-table-private.h"

G_BEGIN_DECLS

/* Filled in by the planner, completed here, and taken by apply. Nothing changes afterwards but
 * is_applied. */
struct _NullmailPlan
{
  GObject parent_instance;

  char                  *config_directory;  /* (owned) */
  char                  *main_cf_path;      /* (owned) */

  NullmailMainCf        *before;            /* (owned) main.cf as it was read */
  gboolean               creates_main_cf;   /* there is none yet */
  NullmailMainCf        *main_cf;           /* (owned) main.cf as it is to be */

  NullmailPasswordFile  *passwords_before;  /* (owned) (nullable) */
  NullmailPasswordTable *table;             /* (owned) (nullable) none is concerned */
  char                  *obsolete_map;      /* (owned) (nullable) a table of another type, to go */
  char                  *obsolete_type;     /* (owned) (nullable) */

  NullmailUndoRecord    *record_before;     /* (owned) */
  GPtrArray             *own_added;         /* (element-type utf8) keys that become the library's */
  GPtrArray             *own_dropped;       /* (element-type utf8) keys that no longer are */
  GPtrArray             *conflicts;         /* (element-type utf8) what an undo would overwrite */

  GPtrArray             *changes;           /* (element-type NullmailChange) */
  GPtrArray             *findings;          /* (element-type NullmailFinding) */
  GPtrArray             *new_errors;        /* (element-type NullmailFinding) */
  char                 **replaced;          /* (owned) keys whose password is replaced */
  NullmailActivation     activation;
  gboolean               main_cf_first;     /* exchanged before the table */
  gboolean               stops_postfix;     /* while it is exchanged */

  int                    is_applied;        /* (atomic) */
};

NullmailPlan *_nullmail_plan_new      (void);

/* Derives changes, replaced keys and activation from the states before and after. */
void          _nullmail_plan_complete (NullmailPlan *self);

gboolean      _nullmail_plan_changes_main_cf   (NullmailPlan *self);
gboolean      _nullmail_plan_changes_passwords (NullmailPlan *self);

G_END_DECLS
