/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "instance/planner-private.h"

G_BEGIN_DECLS

/* What the steps of making a plan share. */
typedef struct
{
  NullmailPostfixInstance   *instance;
  const NullmailPlanRequest *request;
  NullmailPlan              *plan;        /* (owned) */
  GHashTable                *macros;      /* (owned) */
  char                      *key_before;  /* (owned) (nullable) the key that is looked up now ... */
  char                      *key_after;   /* (owned) (nullable) ... and then; only with a login */
  NullmailInspection        *guess;       /* (owned) (nullable) without main.cf, or despite it */
  GCancellable              *cancellable;
} NullmailPlanMaker;

/* Whether a main.cf names the file of the plan's password table. */
gboolean _nullmail_plan_reads_table       (NullmailPlanMaker  *maker,
                                           NullmailMainCf     *main_cf);

/* The credentials of the request must be for the relay and have a password. */
gboolean _nullmail_plan_check_credentials (NullmailPlanMaker  *maker,
                                           GError            **error);

/* Writes the entries of the plan's password table as they are to be: the relay's, those that nobody
 * needs any more taken out. */
gboolean _nullmail_plan_edit_entries      (NullmailPlanMaker  *maker,
                                           GError            **error);

G_END_DECLS
