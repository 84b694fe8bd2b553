/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/mask-private.h"
#include "plan/plan.h"
#include "plan/premises-private.h"
#include "plan/undo-record-private.h"
#include "postfix/installation-private.h"
#include "store/password-table-private.h"

G_BEGIN_DECLS

/* What a plan does to one password file and its map. */
typedef struct
{
  NullmailPasswordTable *table;           /* (owned) */
  NullmailPasswordFile  *before;          /* (owned) (nullable) NULL: there was no file */
  gboolean               is_retyped;      /* its map gets another type, and main.cf says so */
  gboolean               needs_map;       /* the new main.cf must not be seen without its map */
  gboolean               removes_source;  /* no entry is left, so that the file goes */
  gboolean               drops_others;    /* entries go that the library did not write */
  char                 **replaced;        /* (owned) keys whose password is replaced */
  GPtrArray             *own_added;       /* (element-type utf8) keys that become the library's */
  GPtrArray             *own_dropped;     /* (element-type utf8) keys that no longer are */
} NullmailPlanTable;

/* A map that is to go, since no configuration names it any more. */
typedef struct
{
  char *path;      /* (owned) */
  char *map_type;  /* (owned) (nullable) NULL: not known */
} NullmailPlanRemoval;

/* What a plan does to a text file without secrets that main.cf names, such as one of patterns. */
typedef struct
{
  char   *path;    /* (owned) */
  GBytes *before;  /* (owned) (nullable) NULL: there is no such file */
  GBytes *after;   /* (owned) (nullable) NULL: it goes */
} NullmailPlanFile;

/* What is to be done, and what will be different then. The planner fills it in. From then on
 * nothing in it changes but is_applied; what an apply has to remember belongs to its run
 * (instance/apply-run-private.h). */
struct _NullmailPlan
{
  GObject parent_instance;

  NullmailInstallation *installation;    /* (owned) (nullable) that it was made for */
  char               *config_directory;  /* (owned) */
  char               *main_cf_path;      /* (owned) */

  NullmailMainCf     *before;            /* (owned) main.cf as it was read */
  gboolean            creates_main_cf;   /* there is no main.cf yet */
  NullmailMainCf     *main_cf;           /* (owned) main.cf as it is to be */
  NullmailMask       *mask;              /* (owned) (nullable) of both: how they may be shown */

  GPtrArray          *tables;            /* (element-type NullmailPlanTable) */
  NullmailPlanTable  *primary;           /* (unowned) (nullable) the one for the relay's login */
  GPtrArray          *files;             /* (element-type NullmailPlanFile) that change */
  GPtrArray          *removals;          /* (element-type NullmailPlanRemoval) */
  NullmailPremises   *premises;          /* (owned) what the removal of passwords rests on */

  GPtrArray          *conflicts;         /* (element-type utf8) set by others, not to be undone */
  GPtrArray          *left_keys;         /* (element-type utf8) of the library's entries that
                                          * nobody needs on the way back, and that stay */
  GPtrArray          *changes;           /* (element-type NullmailChange) */
  GPtrArray          *findings;          /* (element-type NullmailFinding) */
  GPtrArray          *new_findings;      /* (element-type NullmailFinding) of those */
  GPtrArray          *new_errors;        /* (element-type NullmailFinding) of those in turn */
  NullmailActivation  activation;
  gboolean            main_cf_first;     /* main.cf is exchanged before the password file */
  gboolean            stops_postfix;     /* Postfix must not run while main.cf is exchanged */

  int                 is_applied;        /* (atomic) */
};

NullmailPlan      *_nullmail_plan_new         (NullmailMainCf        *before,
                                               NullmailMainCf        *main_cf);

/* Adds a password file that the plan may change, and takes it over. */
NullmailPlanTable *_nullmail_plan_add_table   (NullmailPlan          *self,
                                               NullmailPasswordTable *take_table);
void               _nullmail_plan_add_removal (NullmailPlan *self,
                                               const char   *path,
                                               const char   *map_type);

void               _nullmail_plan_add_file    (NullmailPlan *self,
                                               const char   *path,
                                               GBytes       *before,
                                               GBytes       *after);

/* Finds the list of changes, the replaced keys and the activation by comparing the states before
 * and after. */
void               _nullmail_plan_complete    (NullmailPlan          *self,
                                               gboolean               needs_restart);

gboolean           _nullmail_plan_changes_main_cf        (NullmailPlan            *self);
/* Whether the text of the password file will be another one in the end, whatever an apply commits
 * on the way there. */
gboolean           _nullmail_plan_table_changes_source   (const NullmailPlanTable *self);

G_END_DECLS
