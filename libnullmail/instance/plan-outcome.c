/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/plan-outcome.h"

#include "base/error-private.h"
#include "instance/apply-private.h"
#include "postfix/service-private.h"

/* What the service has to be once it is done, whatever the files are. */
static NullmailServiceState
get_wanted_state (NullmailApplyFlags flags)
{
  NullmailServiceState wanted = NULLMAIL_SERVICE_STATE_NONE;

  if ((flags & NULLMAIL_APPLY_FLAGS_START) != 0
      && (flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) == 0)
    wanted |= NULLMAIL_SERVICE_STATE_RUNNING;
  if ((flags & NULLMAIL_APPLY_FLAGS_ENABLE) != 0)
    wanted |= NULLMAIL_SERVICE_STATE_ENABLED;

  return wanted;
}

static gboolean
service_will_change (NullmailPlan          *self,
                     NullmailServiceState   wanted,
                     gboolean              *changes,
                     GCancellable          *cancellable,
                     GError               **error)
{
  NullmailServiceState state;

  if (!_nullmail_service_query (self->installation, &state, cancellable, error))
    return FALSE;
  if ((state & NULLMAIL_SERVICE_STATE_UNKNOWN) != 0
      && (wanted & NULLMAIL_SERVICE_STATE_RUNNING) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "Whether the Postfix of “%s” runs is for root to see: ask as root, or without "
                   "START", self->config_directory);
      return FALSE;
    }

  *changes = (state & NULLMAIL_SERVICE_STATE_ABSENT) == 0 && (state & wanted) != wanted;
  return TRUE;
}

/**
 * nullmail_plan_will_change:
 * @self: a plan
 * @flags: how it would be applied
 * @changes: (out): return location for whether a file or the service would be changed
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Finds out whether [method@PostfixInstance.apply] with these flags would do anything, the service
 * included: an empty plan starts a Postfix that is stopped where %NULLMAIL_APPLY_FLAGS_START is
 * given. It is the `changed` of a run that must not change anything, and fails where the real run
 * would be refused; %NULLMAIL_APPLY_FLAGS_FORCE asks regardless of that. Only an empty plan has the
 * service asked, and only with flags that are about it.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_UNSAFE, %NULLMAIL_ERROR_CONFLICT
 *   where the plan was applied already or would undo what others have changed,
 *   %NULLMAIL_ERROR_FAILED where nothing starts services at boot and
 *   %NULLMAIL_APPLY_FLAGS_ENABLE is given, %NULLMAIL_ERROR_PERMISSION_DENIED where only root may
 *   see the service, %NULLMAIL_ERROR_INVALID_ARGUMENT for a plan that no instance has made,
 *   %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_ACTIVATION, %NULLMAIL_ERROR_TIMED_OUT,
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_plan_will_change (NullmailPlan        *self,
                           NullmailApplyFlags   flags,
                           gboolean            *changes,
                           GCancellable        *cancellable,
                           GError             **error)
{
  NullmailServiceState wanted = get_wanted_state (flags);

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), FALSE);
  g_return_val_if_fail (changes != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  *changes = FALSE;
  if (self->installation == NULL)
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                           "No instance has made this plan: make one with its plan ()");
      return FALSE;
    }
  if (!_nullmail_apply_check (self->installation, self, flags, cancellable, error))
    return FALSE;
  if (nullmail_plan_is_empty (self))
    return wanted == NULLMAIL_SERVICE_STATE_NONE
           || service_will_change (self, wanted, changes, cancellable, error);

  if (g_atomic_int_get (&self->is_applied))
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                           "The plan was applied already: plan again");
      return FALSE;
    }

  *changes = TRUE;
  return TRUE;
}
