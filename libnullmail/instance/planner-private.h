/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "plan/plan-private.h"
#include "instance/postfix-instance-private.h"

G_BEGIN_DECLS

/* What is to be planned beside the new main.cf. */
typedef struct
{
  NullmailRelayCredentials *credentials;      /* (nullable) */
  NullmailPlanFlags         flags;
  gboolean                  completes;        /* fill in what typed settings leave to the plan */
  gboolean                  purges;           /* drop every key that nobody needs any more */
} NullmailPlanRequest;

/* main.cf as it is now; an empty document where there is none and it may be created. */
NullmailMainCf *_nullmail_plan_load_main_cf (NullmailPostfixInstance    *instance,
                                             gboolean                    may_create,
                                             gboolean                   *creates,
                                             GCancellable               *cancellable,
                                             GError                    **error);

/* Takes over neither document; main_cf is what is to be, before what is. The plan comes without
 * what an undo adds to it. */
NullmailPlan   *_nullmail_plan_make         (NullmailPostfixInstance    *instance,
                                             NullmailMainCf             *before,
                                             NullmailMainCf             *main_cf,
                                             const NullmailPlanRequest  *request,
                                             GCancellable               *cancellable,
                                             GError                    **error);

G_END_DECLS
