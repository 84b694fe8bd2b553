/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/instance-call-private.h"

static void
call_free (gpointer data)
{
  NullmailInstanceCall *self = data;

  g_clear_object (&self->instance);
  g_clear_object (&self->config);
  g_clear_object (&self->main_cf);
  g_clear_pointer (&self->credentials, nullmail_relay_credentials_unref);
  g_clear_object (&self->plan);
  g_strfreev (self->names);
  g_free (self);
}

void
_nullmail_instance_call_start (NullmailPostfixInstance    *instance,
                               const NullmailInstanceCall *call,
                               gpointer                    tag,
                               NullmailTaskFunc            func,
                               GCancellable               *cancellable,
                               GAsyncReadyCallback         callback,
                               gpointer                    user_data)
{
  NullmailInstanceCall *copy = g_memdup2 (call, sizeof *call);

  copy->instance = _nullmail_postfix_instance_copy (instance);
  _nullmail_task_start (instance, tag, func, copy, call_free, cancellable, callback, user_data);
}
