/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan.h"
#include "plan/undo-record-private.h"
#include "store/password-table-private.h"

G_BEGIN_DECLS

/* What becomes of one password file and its table. */
typedef struct
{
  NullmailPasswordTable *table;           /* (owned) */
  NullmailPasswordFile  *before;          /* (owned) (nullable) NULL: there was no file */
  gboolean               is_retyped;      /* its table gets another type */
  gboolean               removes_source;  /* nothing is left for anybody: the file goes */
  char                 **replaced;        /* (owned) keys whose password is replaced */
  GPtrArray             *own_added;       /* (element-type utf8) keys that become the library's */
  GPtrArray             *own_dropped;     /* (element-type utf8) keys that no longer are */
} NullmailPlanTable;

/* A compiled table that is to go, for nobody names it any more. */
typedef struct
{
  char *path;      /* (owned) */
  char *map_type;  /* (owned) (nullable) where its suffix does not tell */
} NullmailPlanRemoval;

/* What is to be done, and what it comes to. The planner fills it in; behind that nothing changes
 * but is_applied. What applying it needs to note belongs to the run. */
struct _NullmailPlan
{
  GObject parent_instance;

  char               *config_directory;  /* (owned) */
  char               *main_cf_path;      /* (owned) */

  NullmailMainCf     *before;            /* (owned) main.cf as it was read */
  gboolean            creates_main_cf;   /* there is none yet */
  NullmailMainCf     *main_cf;           /* (owned) main.cf as it is to be */

  GPtrArray          *tables;            /* (element-type NullmailPlanTable) */
  NullmailPlanTable  *primary;           /* (unowned) (nullable) the one for the relay's login */
  GPtrArray          *removals;          /* (element-type NullmailPlanRemoval) */

  GPtrArray          *conflicts;         /* (element-type utf8) what an undo would overwrite */
  GPtrArray          *changes;           /* (element-type NullmailChange) */
  GPtrArray          *findings;          /* (element-type NullmailFinding) */
  GPtrArray          *new_errors;        /* (element-type NullmailFinding) */
  NullmailActivation  activation;
  gboolean            main_cf_first;     /* exchanged before the table */
  gboolean            stops_postfix;     /* while it is exchanged */

  int                 is_applied;        /* (atomic) */
};

NullmailPlan      *_nullmail_plan_new         (NullmailMainCf        *before,
                                               NullmailMainCf        *main_cf);

/* Takes over the table. */
NullmailPlanTable *_nullmail_plan_add_table   (NullmailPlan          *self,
                                               NullmailPasswordTable *take_table);
void               _nullmail_plan_add_removal (NullmailPlan *self,
                                               const char   *path,
                                               const char   *map_type);

/* Derives changes, replaced keys and activation from the states before and after. */
void               _nullmail_plan_complete    (NullmailPlan          *self,
                                               gboolean               needs_restart);

gboolean           _nullmail_plan_changes_main_cf        (NullmailPlan            *self);
/* Whether the text of the password file is another in the end, whatever is committed on the way. */
gboolean           _nullmail_plan_table_changes_source   (const NullmailPlanTable *self);

G_END_DECLS
