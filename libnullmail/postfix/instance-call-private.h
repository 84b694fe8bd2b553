/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/postfix-instance-private.h"

G_BEGIN_DECLS

typedef struct _NullmailInstanceCall NullmailInstanceCall;

/* One asynchronous call: copies of its arguments, and what the worker thread does with them. */
struct _NullmailInstanceCall
{
  NullmailPostfixInstance  *instance;     /* (owned) a copy, see _nullmail_instance_call_start () */
  NullmailNullClientConfig *config;       /* (owned) (nullable) a copy */
  NullmailMainCf           *main_cf;      /* (owned) (nullable) a copy */
  NullmailRelayCredentials *credentials;  /* (owned) (nullable) */
  NullmailPlan             *plan;         /* (owned) (nullable) nothing of it changes */
  char                    **names;        /* (owned) (nullable) */
  guint                     flags;

  /* Returns the result through the task. */
  void (* run) (NullmailInstanceCall *self,
                GTask                *task,
                GCancellable         *cancellable);
};

/* Takes over what the call owns. */
void _nullmail_instance_call_start (NullmailPostfixInstance    *instance,
                                    const NullmailInstanceCall *call,
                                    gpointer                    tag,
                                    GCancellable               *cancellable,
                                    GAsyncReadyCallback         callback,
                                    gpointer                    user_data);

/* How a worker returns: with the error if the result says failure. */
void _nullmail_instance_call_return_boolean (GTask          *task,
                                             gboolean        result,
                                             GError         *error);
void _nullmail_instance_call_return_pointer (GTask          *task,
                                             gpointer        result,
                                             GDestroyNotify  destroy,
                                             GError         *error);

G_END_DECLS
