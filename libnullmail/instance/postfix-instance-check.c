/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/postfix-instance-private.h"

#include "base/deadline-private.h"
#include "base/error-private.h"
#include "base/i18n-private.h"
#include "base/regular-file-private.h"
#include "check/check-private.h"
#include "check/client-chroot-private.h"
#include "check/finding-private.h"
#include "check/observation-private.h"
#include "document/master-cf-private.h"
#include "instance/instance-call-private.h"
#include "plan/undo-private.h"
#include "postfix/chroot-copies-private.h"
#include "postfix/mail-system-private.h"
#include "postfix/policy-query-private.h"
#include "postfix/refusal-private.h"
#include "postfix/service-private.h"

/* For all that others have to answer. */
#define LIMIT_MS 1900

/* What check () alone looks at, and no plan. */
typedef struct
{
  NullmailWaitingMail  waiting;
  GError              *error;   /* (owned) (nullable) why that is not known */
  char               **copies;  /* (owned) (nullable) */
  gboolean             is_queue_late;
} Running;

static void
running_clear (Running *self)
{
  _nullmail_waiting_mail_clear (&self->waiting);
  g_clear_error (&self->error);
  g_clear_pointer (&self->copies, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Running, running_clear)

/* The queue manager is the program that a reload replaces. */
static const char *
find_queue_manager (GPtrArray *services)
{
  static const char *const types[] = { "unix", "fifo" };

  for (guint i = 0; services != NULL && i < G_N_ELEMENTS (types); i++)
    {
      const NullmailMasterService *service = _nullmail_master_cf_find (services, "qmgr", types[i]);

      if (service != NULL)
        return service->command;
    }

  return "qmgr";
}

/* Whether Postfix runs, and with which main.cf; UNKNOWN where that cannot be found out with the
 * caller's rights. */
static void
ask_service (NullmailInstallation  *installation,
             NullmailCheckSnapshot *snapshot,
             GCancellable          *cancellable)
{
  NullmailServiceState state;

  if (!_nullmail_service_observe (installation, &state, &snapshot->is_enabled, cancellable, NULL)
      || (state & (NULLMAIL_SERVICE_STATE_UNKNOWN | NULLMAIL_SERVICE_STATE_ABSENT)) != 0)
    return;

  snapshot->is_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0 ? NULLMAIL_FACT_YES
                                                                       : NULLMAIL_FACT_NO;
  if (snapshot->is_running == NULLMAIL_FACT_YES)
    snapshot->has_read_main_cf =
      _nullmail_service_has_read_main_cf (installation,
                                          find_queue_manager (snapshot->master_services),
                                          cancellable);
}

/* Whether somebody is to hear why the queue is not known. Root sees it also of a Postfix that is
 * stopped; others do not, and where they are not told either that it is, this may be why. */
static gboolean
is_queue_problem (const NullmailCheckSnapshot *snapshot,
                  const GError                *error)
{
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT)
         || (snapshot->is_running == NULLMAIL_FACT_UNKNOWN
             && g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND));
}

/* Whether there is the daemon that postqueue(1) asks for a stopped Postfix. Without it postqueue
 * waits for as long as all else may take, and says nothing. */
static gboolean
has_showq (const NullmailCheckSnapshot *snapshot)
{
  g_autofree char *directory = NULL, *path = NULL;

  if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (snapshot->effective),
                                   "daemon_directory"))
    return TRUE;

  directory = _nullmail_effective_get_value (snapshot->effective, "daemon_directory");
  if (directory == NULL || !g_path_is_absolute (directory))
    return TRUE;

  path = g_build_filename (directory, "showq", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Where Postfix is not controlled, as in an image, it has no queue to be looked at. */
static void
look_at_queue (NullmailInstallation  *installation,
               NullmailCheckSnapshot *snapshot,
               Running               *running,
               NullmailDeadline      *deadline)
{
  g_auto(NullmailMailSystem) system = { 0 };
  GCancellable *cancellable = deadline->cancellable;
  gboolean is_missed = _nullmail_deadline_was_missed (deadline);

  if (!_nullmail_service_exists (installation) || !has_showq (snapshot)
      || !_nullmail_mail_system_find (&system, installation, NULL, cancellable, NULL))
    return;

  if (_nullmail_waiting_mail_load (&running->waiting, &system, cancellable, &running->error))
    snapshot->waiting = &running->waiting;
  else if (is_queue_problem (snapshot, running->error))
    snapshot->queue_problem = running->error->message;
  running->is_queue_late = _nullmail_deadline_was_missed (deadline) != is_missed;
}

/* A start script may make the copies when Postfix starts, so that those of a stopped one do not
 * matter. */
static void
look_at_chroot (NullmailCheckSnapshot *snapshot,
                Running               *running)
{
  g_autofree char *root = _nullmail_client_chroot_find (snapshot->master_services,
                                                        snapshot->effective);
  g_autofree char *ca_path = NULL;

  if (root == NULL || !g_path_is_absolute (root) || snapshot->is_running == NULLMAIL_FACT_NO)
    return;

  if (nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (snapshot->effective),
                                  "smtp_tls_CApath"))
    ca_path = _nullmail_effective_get_value (snapshot->effective, "smtp_tls_CApath");
  running->copies = _nullmail_chroot_list_stale (root, ca_path);
  snapshot->stale_copies = (const char *const *) running->copies;
}

/* Asks all tables at once that somebody has to answer for. */
static GPtrArray *
ask_tables (NullmailInstallation *installation,
            NullmailView         *view,
            GCancellable         *cancellable)
{
  NullmailEffective *effective = view->snapshot.effective;
  g_autoptr(GPtrArray) round = g_ptr_array_new ();
  GPtrArray *policies = _nullmail_policy_query_prepare (effective, round);
  GPtrArray *answers;

  answers = _nullmail_ask_services (installation, effective, round, cancellable);
  _nullmail_policy_query_finish (effective, policies);
  return answers;
}

/* (nullable): the file in which SUSE's config.postfix is told to write main.cf anew. */
static const char *
find_manager (NullmailInstallation *installation,
              NullmailObservation  *observation)
{
  static const char path[] = "/etc/sysconfig/mail";
  const char *directory = _nullmail_installation_get_config_directory (installation);
  GBytes *bytes = g_str_equal (directory, "/etc/postfix")
                  ? _nullmail_observation_read_file (observation, path, NULL) : NULL;
  g_autofree char *text = bytes != NULL ? _nullmail_bytes_to_text (bytes) : NULL;

  return text != NULL
         && g_regex_match_simple ("^\\s*MAIL_CREATE_CONFIG=[\"']?yes\\b", text,
                                  G_REGEX_MULTILINE | G_REGEX_CASELESS, 0)
         ? path : NULL;
}

/* Postfix's programs, or systemd, did not answer in time. */
static void
add_missed (NullmailInstallation *installation,
            GPtrArray            *findings)
{
  NullmailFindingFacts facts = {
    .code = NULLMAIL_FINDING_CODE_NOT_CHECKED,
    .severity = NULLMAIL_SEVERITY_NOTICE,
    .subject = "postfix-refuses",
    .path = _nullmail_installation_get_main_cf_path (installation),
  };

  g_ptr_array_add (findings, _nullmail_finding_new (&facts,
    g_strdup (_("Postfix's programs, or systemd, did not answer in time, so that whether Postfix "
                "takes this configuration and runs, and what depends on its own answers, is not "
                "known.")),
    g_strdup (_("Run “postconf -n” and “systemctl status postfix”, see what they wait for, such as "
                "a name server that does not answer, and check again."))));
  g_ptr_array_sort (findings, _nullmail_finding_compare);
}

/**
 * nullmail_postfix_instance_check:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Looks for what Postfix accepts in silence and fails on at delivery, and for what is unsafe.
 * Nothing is changed. What cannot be read or asked is reported as a finding of its own, not as an
 * error. A service of this machine that has the password (`socketmap:unix:` in
 * `smtp_sasl_password_maps`) is asked for the relay's, with “postmap -q”; a plan does not ask it.
 * So are the table of each password file, for what the file says, and those of TLS policies. All
 * are asked at once, and what does not answer within 1.5 seconds is reported as not checked. All
 * of it takes two seconds at most, whatever hangs; what there was no time for is reported alike.
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailFinding): findings, most
 *   severe first, or %NULL with @error set as by [method@PostfixInstance.load_main_cf],
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_postfix_instance_check (NullmailPostfixInstance  *self,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  NullmailInstallation *installation;
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailObservation) observation = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  g_autoptr(GPtrArray) answers = NULL;
  g_autofree char *refusal = NULL;
  g_auto(NullmailDeadline) deadline = { .cancellable = NULL };
  g_auto(NullmailView) view = { 0 };
  g_auto(Running) running = { .error = NULL };
  g_autoptr(GPtrArray) findings = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  installation = _nullmail_postfix_instance_get_installation (self);
  main_cf = _nullmail_installation_load_main_cf (installation, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  _nullmail_deadline_begin (&deadline, cancellable, LIMIT_MS);
  cancellable = deadline.cancellable;
  effective = _nullmail_installation_read (installation, main_cf, cancellable);
  _nullmail_policy_query_attach (installation, effective);
  observation = _nullmail_observation_new (installation, cancellable);
  mask = _nullmail_undo_make_mask (installation, observation, effective);
  _nullmail_view_init (&view, observation, effective, mask);
  _nullmail_view_ask_tables (&view, observation);

  view.snapshot.is_whole = TRUE;
  view.snapshot.answers = answers = ask_tables (installation, &view, cancellable);
  view.snapshot.refusal = refusal = _nullmail_installation_query_refusal (installation, effective,
                                                                          cancellable);
  /* The last of those who may be silent, so that it takes no time away from them. */
  ask_service (installation, &view.snapshot, cancellable);
  view.snapshot.manager = find_manager (installation, observation);
  look_at_chroot (&view.snapshot, &running);
  look_at_queue (installation, &view.snapshot, &running, &deadline);  /* last: it may be long */
  findings = _nullmail_check_run (&view.snapshot);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (_nullmail_deadline_was_missed (&deadline) && !running.is_queue_late)
    add_missed (installation, findings);
  return g_steal_pointer (&findings);
}

static void
run_check (GTask        *task,
           gpointer      arguments,
           GCancellable *cancellable)
{
  NullmailInstanceCall *self = arguments;
  GError *error = NULL;
  GPtrArray *result = nullmail_postfix_instance_check (self->instance, cancellable, &error);

  _nullmail_task_return_pointer (task, result, (GDestroyNotify) g_ptr_array_unref, error);
}

/**
 * nullmail_postfix_instance_check_async:
 * @self: an instance
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@PostfixInstance.check].
 *
 * Since: 1.0
 */
void
nullmail_postfix_instance_check_async (NullmailPostfixInstance *self,
                                       GCancellable            *cancellable,
                                       GAsyncReadyCallback      callback,
                                       gpointer                 user_data)
{
  NullmailInstanceCall call = { 0 };

  g_return_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self));

  _nullmail_instance_call_start (self, &call, nullmail_postfix_instance_check_async,
                                 run_check, cancellable, callback, user_data);
}

/**
 * nullmail_postfix_instance_check_finish:
 * @self: an instance
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@PostfixInstance.check_async].
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailFinding): as of
 *   [method@PostfixInstance.check]
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_postfix_instance_check_finish (NullmailPostfixInstance  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_postfix_instance_check_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
