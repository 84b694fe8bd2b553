/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether Postfix has done what it, or systemd, says that it has done. On a reload master(8) is
 * told by a signal, and stops at what it cannot read only after “postfix reload” has succeeded; its
 * queue manager is then replaced, which shows that it has come through. */

#include "postfix/service-ways-private.h"

#include <string.h>

#include "base/command-private.h"
#include "base/error-private.h"
#include "base/regular-file-private.h"
#include "config/mask-private.h"
#include "document/master-cf-private.h"
#include "postfix/process-private.h"
#include "postfix/service-private.h"
#include "queue/journal-private.h"
#include "queue/log-file-private.h"
#include "queue/reply-text-private.h"

#define SMTP_PORT 25
#define STEP_US (10 * G_TIME_SPAN_MILLISECOND)
#define RELOAD_LIMIT_US G_TIME_SPAN_SECOND

void
_nullmail_service_witness_init (NullmailServiceWitness *self,
                                NullmailInstallation   *installation)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, NULL, NULL);
  g_autoptr(NullmailEffective) effective = NULL;
  NullmailProcess process;

  *self = (NullmailServiceWitness) { .time_s = g_get_real_time () / G_USEC_PER_SEC };
  self->master = _nullmail_service_observe_master (installation, NULL);
  if (self->master != 0 && _nullmail_process_find_child (&process, self->master, "qmgr"))
    self->queue_manager = process.pid;
  self->logs = g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_log_file_free);
  if (main_cf == NULL)
    return;

  effective = _nullmail_installation_read (installation, main_cf, NULL);
  _nullmail_mail_system_find_logs (&self->system, effective);
  for (guint i = 0; self->system.log_files[i] != NULL; i++)
    {
      NullmailLogFile *log = _nullmail_log_file_new (self->system.log_files[i]);

      _nullmail_log_file_skip (log);
      g_ptr_array_add (self->logs, log);
    }
}

void
_nullmail_service_witness_clear (NullmailServiceWitness *self)
{
  _nullmail_mail_system_clear (&self->system);
  g_clear_pointer (&self->logs, g_ptr_array_unref);
}

static gboolean
fail (NullmailInstallation  *installation,
      const char            *problem,
      GError               **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION,
               "The Postfix of “%s” was activated, but %s; the mail log has the details",
               _nullmail_installation_get_config_directory (installation), problem);
  return FALSE;
}

static gboolean
runs (NullmailInstallation *installation)
{
  NullmailServiceState state;

  return !_nullmail_service_query (installation, &state, NULL, NULL)
         || (state & (NULLMAIL_SERVICE_STATE_RUNNING | NULLMAIL_SERVICE_STATE_UNKNOWN
                      | NULLMAIL_SERVICE_STATE_ABSENT)) != 0;
}

/* Waits for the queue manager from before to end, as long as that can be seen. */
static void
await_reload (pid_t  master,
              pid_t  queue_manager)
{
  gint64 limit_us = g_get_monotonic_time () + RELOAD_LIMIT_US;
  NullmailProcess process;

  while (g_get_monotonic_time () < limit_us && _nullmail_process_look (&process, master)
         && _nullmail_process_look (&process, queue_manager) && process.parent == master)
    g_usleep (STEP_US);
}

/* A service that has an address of its own does not follow inet_interfaces. */
static gboolean
has_own_address (GPtrArray *services)
{
  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const NullmailMasterService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->type, "inet") && strpbrk (service->name, ":[]") != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Whether Postfix is to be there for this host alone. */
static gboolean
is_for_loopback (NullmailInstallation *installation)
{
  g_autoptr(NullmailMainCf) main_cf =
    _nullmail_installation_load_main_cf (installation, NULL, NULL);
  g_autofree char *path = g_build_filename (
    _nullmail_installation_get_config_directory (installation), "master.cf", NULL);
  g_autofree char *text = _nullmail_regular_file_load_text (path, NULL, NULL);
  g_autoptr(GPtrArray) services = text != NULL ? _nullmail_master_cf_parse (text) : NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_auto(GStrv) items = NULL;

  if (main_cf == NULL || services == NULL || has_own_address (services))
    return FALSE;

  effective = _nullmail_installation_read (installation, main_cf, NULL);
  items = _nullmail_effective_get_list (effective, "inet_interfaces");
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    if (!_nullmail_interface_is_loopback (items[i]))
      return FALSE;

  return items != NULL;
}

/* (transfer full) (nullable): an address at which others reach the master on port 25. */
static char *
find_open_address (pid_t master)
{
  g_autoptr(GPtrArray) listeners = _nullmail_process_list_listeners (master);

  for (guint i = 0; listeners != NULL && i < listeners->len; i++)
    {
      GInetSocketAddress *listener = g_ptr_array_index (listeners, i);
      GInetAddress *address = g_inet_socket_address_get_address (listener);

      if (g_inet_socket_address_get_port (listener) == SMTP_PORT
          && !g_inet_address_get_is_loopback (address))
        return g_inet_address_to_string (address);
    }

  return NULL;
}

static gboolean
check_listeners (NullmailInstallation  *installation,
                 pid_t                  master,
                 GError               **error)
{
  NullmailProcess process;
  g_autofree char *address = NULL;
  g_autofree char *problem = NULL;

  if (!_nullmail_process_look (&process, master) || !g_str_equal (process.name, "master")
      || !is_for_loopback (installation))
    return TRUE;

  address = find_open_address (master);
  if (address == NULL)
    return TRUE;

  problem = g_strdup_printf ("it still takes connections at %s port %d, although inet_interfaces "
                             "names loopback alone: stop and start it", address, SMTP_PORT);
  return fail (installation, problem, error);
}

gboolean
_nullmail_service_witness_verify (NullmailServiceWitness  *self,
                                  NullmailInstallation    *installation,
                                  NullmailActivation       activation,
                                  GError                 **error)
{
  pid_t master;

  if (activation == NULLMAIL_ACTIVATION_RELOAD && self->queue_manager != 0)
    await_reload (self->master, self->queue_manager);

  master = _nullmail_service_observe_master (installation, NULL);
  if (master == 0 && !runs (installation))
    return fail (installation, "it does not run", error);

  /* One that ran already when it was to be started was not started. */
  return master == 0 || activation == NULLMAIL_ACTIVATION_RELOAD
         || (activation == NULLMAIL_ACTIVATION_START && master == self->master)
         || check_listeners (installation, master, error);
}

/* Keeps the last line that tells of an end, and where one tells of another's end, that one's. */
static void
take_last_words (const NullmailLogLine *line,
                 char                 **words)
{
  gboolean is_of_other = g_str_equal (line->service, "postfix-script")
                         || strstr (line->text, "see logs for details") != NULL;

  if ((g_strcmp0 (line->queue_id, "fatal") != 0 && g_strcmp0 (line->queue_id, "panic") != 0)
      || (*words != NULL && is_of_other))
    return;

  g_free (*words);
  *words = g_strconcat (line->queue_id, ": ", line->text, NULL);
}

static void
read_line (const char *line,
           gpointer    user_data)
{
  g_auto(NullmailLogLine) parsed = { 0 };

  if (_nullmail_log_line_parse (&parsed, line))
    take_last_words (&parsed, user_data);
}

static void
read_journal_line (const NullmailLogLine *line,
                   gpointer               user_data)
{
  take_last_words (line, user_data);
}

void
_nullmail_service_witness_explain (NullmailServiceWitness  *self,
                                   GError                 **error)
{
  g_autofree char *words = NULL;
  g_autofree char *masked = NULL;
  g_autofree char *shown = NULL;
  gboolean is_read = FALSE;

  if (!g_error_matches (*error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION))
    return;

  for (guint i = 0; words == NULL && i < self->logs->len; i++)
    is_read |= _nullmail_log_file_read (self->logs->pdata[i], read_line, &words, NULL);
  self->system.journalctl = !is_read ? _nullmail_command_find ("journalctl", NULL, NULL) : NULL;
  if (self->system.journalctl != NULL)
    _nullmail_journal_read (&self->system, self->time_s, read_journal_line, &words, NULL);
  if (words == NULL)
    return;

  masked = _nullmail_mask_show_message (words);
  shown = _nullmail_reply_text_show (masked);
  if (strstr ((*error)->message, shown) == NULL)
    g_prefix_error (error, "Postfix says “%s”: ", shown);
}
