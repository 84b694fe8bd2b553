/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/task-private.h"
#include "instance/postfix-instance-private.h"

G_BEGIN_DECLS

/* The arguments of one asynchronous call of an instance, as copies that only the worker sees. */
typedef struct
{
  NullmailPostfixInstance  *instance;     /* (owned) a copy, see _nullmail_instance_call_start () */
  NullmailNullClientConfig *config;       /* (owned) (nullable) a copy */
  NullmailMainCf           *main_cf;      /* (owned) (nullable) a copy */
  NullmailRelayCredentials *credentials;  /* (owned) (nullable) */
  NullmailPlan             *plan;         /* (owned) (nullable) not a copy: a plan is immutable */
  char                    **names;        /* (owned) (nullable) */
  guint                     flags;
  guint                     apply_flags;  /* where flags are those of a plan */
} NullmailInstanceCall;

/* Starts a task whose arguments are a NullmailInstanceCall, and takes over what the call owns. */
void _nullmail_instance_call_start (NullmailPostfixInstance    *instance,
                                    const NullmailInstanceCall *call,
                                    gpointer                    tag,
                                    NullmailTaskFunc            func,
                                    GCancellable               *cancellable,
                                    GAsyncReadyCallback         callback,
                                    gpointer                    user_data);

G_END_DECLS
