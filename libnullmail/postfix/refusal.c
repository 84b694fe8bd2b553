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
ask (const char    *directory,
     const char    *postmap,
     GCancellable  *cancellable,
     GError       **error)
{
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
      reason = ask (_nullmail_installation_get_config_directory (self), postmap, cancellable,
                    &local_error);
      if (g_strcmp0 (reason, NONE) == 0)
        _nullmail_answers_remember (answers, QUESTION, basis, g_strdup (reason), g_free, NULL);
    }

  return reason != NULL && *reason != '\0' ? g_steal_pointer (&reason) : NULL;
}

/* The parameters of single daemons begin with their names, and those of tables end with theirs. */
gboolean
_nullmail_parameter_is_read_at_start (const char *parameter)
{
  static const char *const prefixes[] = {
    "lmtp_", "local_", "milter_", "postscreen_", "qmgr_", "smtp_", "smtpd_", "tlsproxy_", "virtual_"
  };
  /* Texts that may be anything, and that distributions set. */
  static const char *const others[] = {
    "alias_database", "debugger_command", "home_mailbox", "html_directory", "mailbox_command",
    "mailq_path", "manpage_directory", "mydestination", "newaliases_path", "readme_directory",
    "recipient_delimiter", "relay_domains", "sample_directory", "sendmail_path", NULL
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (parameter, prefixes[i]))
      return FALSE;

  return !g_str_has_suffix (parameter, "_maps") && !g_str_has_suffix (parameter, "_checks")
         && !g_strv_contains (others, parameter);
}

static void
add_parameter (GString            *text,
               NullmailEffective  *effective,
               const NullmailMask *mask,
               const char         *name)
{
  g_autofree char *value = _nullmail_parameter_is_read_at_start (name)
                           ? _nullmail_effective_get_value (effective, name) : NULL;
  g_autoptr(GString) literal = NULL;

  if (value == NULL || strpbrk (value, "\r\n") != NULL
      || _nullmail_mask_hides_value (mask, name, value))
    return;

  literal = g_string_new (value);
  g_string_replace (literal, "$", "$$", 0);
  g_string_append_printf (text, "%s = %s\n", name, literal->str);
}

/* (nullable): what postmap says, as if it had read it where it will be. */
static char *
ask_about (NullmailInstallation *self,
           const char           *postmap,
           const char           *text,
           GCancellable         *cancellable)
{
  char *directory = _nullmail_private_config_make_with (text);
  g_autofree char *reason = NULL;
  g_autoptr(GString) shown = NULL;

  if (directory == NULL)
    return NULL;

  reason = ask (directory, postmap, cancellable, NULL);
  if (reason != NULL && *reason != '\0')
    {
      shown = g_string_new (reason);
      g_string_replace (shown, directory, _nullmail_installation_get_config_directory (self), 0);
    }

  _nullmail_private_config_remove (directory);
  return shown != NULL ? g_string_free (g_steal_pointer (&shown), FALSE) : NULL;
}

char *
_nullmail_installation_query_refusal_of (NullmailInstallation *self,
                                         NullmailEffective    *effective,
                                         const NullmailMask   *mask,
                                         GCancellable         *cancellable)
{
  g_autofree char *postmap = _nullmail_installation_find_command (self, "postmap", NULL);
  g_auto(GStrv) names =
    nullmail_main_cf_list_names (_nullmail_effective_get_main_cf (effective));
  g_autoptr(GString) text = g_string_new (NULL);

  if (postmap == NULL)
    return NULL;

  for (guint i = 0; names[i] != NULL; i++)
    add_parameter (text, effective, mask, names[i]);

  return ask_about (self, postmap, text->str, cancellable);
}
