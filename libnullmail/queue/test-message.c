/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/test-message-private.h"

#include <string.h>
#include <sysexits.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "config/mask-private.h"

#define MAX_ADDRESS 320      /* RFC 5321: 64 for the name, 255 for the domain */
#define MIN_TIMEOUT_MS 5000  /* for sendmail (1), whatever the caller has for the delivery */

/* Quotes may have in them what stands between addresses. */
static gboolean
is_one_address (const char *address)
{
  gboolean is_quoted = FALSE;

  if (*address == '\0' || *address == '-' || strlen (address) > MAX_ADDRESS
      || !g_utf8_validate (address, -1, NULL))
    return FALSE;

  for (const char *p = address; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        return FALSE;
      if (is_quoted && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        is_quoted = !is_quoted;
      else if (!is_quoted && strchr (" ,;<>()|", *p) != NULL)
        return FALSE;
    }

  return !is_quoted && *address != '@' && address[strlen (address) - 1] != '@';
}

gboolean
_nullmail_test_message_check_address (const char  *address,
                                      const char  *what,
                                      GError     **error)
{
  g_autofree char *shown = NULL;

  if (is_one_address (address))
    return TRUE;

  shown = _nullmail_text_display (address);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "“%s” is not one mail address to be the %s: give one alone, such as "
               "admin@example.com", shown, what);
  return FALSE;
}

/* The part behind the at sign has to be a name, and need not lead anywhere. */
static char *
make_message_id (void)
{
  g_autofree char *unique = g_uuid_string_random ();
  g_autofree char *host = g_strdup (g_get_host_name ());

  for (char *p = host; *p != '\0'; p++)
    {
      if (!g_ascii_isalnum (*p) && *p != '.' && *p != '-')
        *p = '-';
    }

  return g_strdup_printf ("nullmail-test-%s@%s", unique, *host != '\0' ? host : "localhost");
}

static char *
make_message (const char *recipient,
              const char *message_id)
{
  return g_strdup_printf ("To: %s\n"
                          "Subject: Test message\n"
                          "Message-ID: <%s>\n"
                          "Auto-Submitted: auto-generated\n"
                          "MIME-Version: 1.0\n"
                          "Content-Type: text/plain; charset=us-ascii\n"
                          "\n"
                          "This message was sent to find out whether mail from this machine\n"
                          "arrives. It needs no answer.\n", recipient, message_id);
}

static gboolean
check_result (const NullmailMailSystem     *system,
              const NullmailCommandResult  *result,
              GError                      **error)
{
  g_autofree char *reason = NULL, *shown = NULL;

  if (result->exit_status == 0)
    return TRUE;

  reason = _nullmail_command_result_get_reason (result);
  shown = _nullmail_mask_show_message (reason);
  g_set_error (error, NULLMAIL_ERROR,
               result->exit_status == EX_NOPERM ? NULLMAIL_ERROR_PERMISSION_DENIED
                                                : NULLMAIL_ERROR_COMMAND,
               "“%s” did not take the test message for the Postfix of “%s”: %s; see "
               "authorized_submit_users and the mail log", system->sendmail,
               system->config_directory, shown);
  return FALSE;
}

char *
_nullmail_test_message_submit (const NullmailMailSystem  *system,
                               const char                *recipient,
                               const char                *sender,
                               guint                      timeout_ms,
                               GCancellable              *cancellable,
                               GError                   **error)
{
  g_autofree char *message_id = make_message_id ();
  g_autofree char *message = make_message (recipient, message_id);
  g_autoptr(NullmailSecureBuffer) input = NULL;
  g_autoptr(NullmailCommandResult) result = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, system->sendmail);
  g_ptr_array_add (argv, (gpointer) "-C");
  g_ptr_array_add (argv, system->config_directory);
  g_ptr_array_add (argv, (gpointer) "-i");
  if (sender != NULL)
    {
      g_ptr_array_add (argv, (gpointer) "-f");
      g_ptr_array_add (argv, (gpointer) (*sender != '\0' ? sender : "<>"));
    }
  g_ptr_array_add (argv, (gpointer) "--");
  g_ptr_array_add (argv, (gpointer) recipient);
  g_ptr_array_add (argv, NULL);

  input = _nullmail_secure_buffer_new_from (message, strlen (message));
  result = _nullmail_command_run ((const char * const *) argv->pdata, input, NULLMAIL_COMMAND_ONCE,
                                  MAX (timeout_ms, MIN_TIMEOUT_MS), cancellable, error);
  if (result == NULL || !check_result (system, result, error))
    return NULL;

  return g_steal_pointer (&message_id);
}
