/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/refusal-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error.h"
#include "postfix/private-config-private.h"

#define REFUSAL_LIMIT_MS 1500
#define QUESTION         "refusal"
#define NONE             ""

/* (nullable): the reason, NONE, or NULL with error set where there was no answer. */
static char *
ask (NullmailInstallation  *self,
     const char            *postmap,
     GCancellable          *cancellable,
     GError               **error)
{
  const char *directory = _nullmail_installation_get_config_directory (self);
  const char *argv[] = { postmap, "-c", directory, "-q", "x", "inline:{x=y}", NULL };
  g_autoptr(NullmailCommandResult) result = NULL;

  result = _nullmail_command_run (argv, NULL, NULLMAIL_COMMAND_QUERY, REFUSAL_LIMIT_MS, cancellable,
                                  error);
  if (result == NULL)
    return NULL;
  if (result->exit_status == 0 || strstr (result->errors->data, "fatal: ") == NULL)
    return g_strdup (NONE);

  return _nullmail_command_result_get_reason (result);
}

char *
_nullmail_installation_query_refusal (NullmailInstallation *self,
                                      NullmailEffective    *effective,
                                      GCancellable         *cancellable)
{
  NullmailAnswers *answers = _nullmail_installation_get_answers (self);
  g_autofree char *postmap = _nullmail_installation_find_command (self, "postmap", NULL);
  g_autofree char *basis = NULL;
  g_autofree char *origin = _nullmail_effective_get_value (effective, "myorigin");
  g_autofree char *reason = NULL;
  g_autoptr(GError) local_error = NULL;
  gpointer known;

  /* Postfix would wait for a main.cf that was changed just now. */
  if (postmap == NULL
      || _nullmail_private_config_is_wanted (_nullmail_installation_get_main_cf_path (self)))
    return NULL;

  basis = _nullmail_basis_new (postmap, _nullmail_installation_get_main_cf_path (self),
                               origin != NULL && *origin == '/' ? origin : "/etc/mailname", NULL);
  if (_nullmail_answers_recall (answers, QUESTION, basis, (GBoxedCopyFunc) g_strdup, &known, NULL))
    reason = known;
  else
    {
      /* What Postfix stops at may lie outside of main.cf, such as a name that DNS does not have,
       * and may be mended there: a reason is asked for again each time. */
      reason = ask (self, postmap, cancellable, &local_error);
      if (g_strcmp0 (reason, NONE) == 0)
        _nullmail_answers_remember (answers, QUESTION, basis, g_strdup (reason), g_free, NULL);
    }

  return reason != NULL && *reason != '\0' ? g_steal_pointer (&reason) : NULL;
}
