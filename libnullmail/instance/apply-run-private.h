/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "commit/transaction-private.h"
#include "instance/postfix-instance.h"
#include "plan/plan-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* One run of apply: what it needs to note. The plan itself never changes. */
typedef struct
{
  NullmailInstallation *installation;  /* (unowned) */
  NullmailPlan         *plan;          /* (unowned) */
  NullmailApplyFlags    flags;
  NullmailTransaction  *transaction;   /* (owned) */
  NullmailStagedFile   *main_cf;       /* (unowned) (nullable) NULL if main.cf does not change */
  NullmailStagedTable  *tables;        /* (owned) one for each of the plan's */
  GPtrArray            *gone;          /* (element-type NullmailStagedFile) what is to be removed */
  NullmailStateFolder  *state;         /* (owned) (nullable): the undo record, if one is kept */
  gboolean              keeps_previous;
  gboolean              is_first;
  gboolean              was_running;
  gboolean              is_stopped;    /* by us */
} NullmailRun;

void     _nullmail_run_init           (NullmailRun           *self,
                                       NullmailInstallation  *installation,
                                       NullmailPlan          *plan,
                                       NullmailApplyFlags     flags);
void     _nullmail_run_clear          (NullmailRun           *self);

/* Makes everything under private names, and gives it its order; nothing that others see has changed
 * behind it. */
gboolean _nullmail_run_stage          (NullmailRun           *self,
                                       GCancellable          *cancellable,
                                       GError               **error);

/* Takes the old relay's key out of the table, where it had to stay in it up to the commit: now
 * nothing needs it. NOT_DURABLE where that fails; the next plan of the same kind is there to do
 * it. */
gboolean _nullmail_run_end_transition (NullmailRun  *self,
                                       GError      **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailRun, _nullmail_run_clear)

G_END_DECLS
