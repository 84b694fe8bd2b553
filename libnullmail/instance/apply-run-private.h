/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "commit/transaction-private.h"
#include "instance/postfix-instance.h"
#include "plan/plan-private.h"
#include "postfix/installation-private.h"
#include "postfix/service-private.h"

G_BEGIN_DECLS

/* What one run of apply has to remember; the plan itself never changes. */
typedef struct
{
  NullmailInstallation *installation;  /* (unowned) */
  NullmailPlan         *plan;          /* (unowned) */
  NullmailApplyFlags    flags;
  NullmailTransaction  *transaction;   /* (owned) */
  NullmailStagedFile   *main_cf;       /* (unowned) (nullable) NULL: main.cf does not change */
  NullmailStagedTable  *tables;        /* (owned) one for each table of the plan */
  GPtrArray            *files;         /* (element-type NullmailStagedFile) of the plan's files */
  GPtrArray            *gone;          /* (element-type NullmailStagedFile) what is to be removed */
  NullmailStateFolder  *state;         /* (owned) (nullable): the undo record, if one is kept */
  gboolean              keeps_previous;
  gboolean              is_first;
  gboolean              can_undo;      /* there is a way back in the record */
  gboolean              was_running;
  gboolean              has_enabled;   /* it was not started at boot before this run */
  NullmailServicePause *pause;         /* (owned) (nullable): Postfix is stopped meanwhile */
} NullmailRun;

void     _nullmail_run_init           (NullmailRun           *self,
                                       NullmailInstallation  *installation,
                                       NullmailPlan          *plan,
                                       NullmailApplyFlags     flags);
void     _nullmail_run_clear          (NullmailRun           *self);

/* Writes all new files under private names and puts the exchanges into their order. Nothing that
 * others can see has changed when it returns. */
gboolean _nullmail_run_stage          (NullmailRun           *self,
                                       GCancellable          *cancellable,
                                       GError               **error);

/* Takes those entries out of the password file that had to stay in it up to the commit, since the
 * old main.cf needed one of them. If that fails the error is NOT_DURABLE, and the next plan of the
 * same kind does it. */
gboolean _nullmail_run_end_transition (NullmailRun  *self,
                                       GError      **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailRun, _nullmail_run_clear)

G_END_DECLS
