/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/apply-private.h"

#include "base/error-private.h"
#include "commit/leftovers-private.h"
#include "check/finding.h"
#include "config/settings-private.h"
#include "document/main-cf-private.h"
#include "instance/apply-run-private.h"
#include "plan/undo-private.h"
#include "postfix/service-private.h"
#include "store/table-stamp-private.h"

/* Applying a plan puts its files and the running Postfix into the new state, or leaves both in the
 * old one. The guarantees about files are those of the transaction (commit/transaction.c). What is
 * added here is that they go together with two things that cannot be exchanged: the service, which
 * may refuse to follow, and the record that an undo needs. Mail that is being delivered meanwhile,
 * other programs that write main.cf, a plan that is older than the files, and a kill at any moment
 * must not do harm. The steps are these:
 *
 * 1. Judge. A plan for another directory, one with conflicts, and one that brings a new error in
 *    are refused before anything is touched. A plan can be applied once: whoever comes first marks
 *    it, and the mark goes again if nothing was committed.
 *
 * 2. Lock and stage (apply-stage.c). Each file has to be what it was when the plan was made, also
 *    one that does not change but that a changing one relies on. The new ones are written under
 *    private names. All that can fail by itself, such as a full disk or postmap, fails here.
 *
 * 3. Ask whether Postfix runs. This comes behind the staging so that nobody is asked in vain, and
 *    before the commit because it may fail, or be cancelled.
 *
 * 4. Prepare the record. It lies ready before the commit, so that the way back is known even if
 *    this process is killed right behind the commit (plan/undo-record-private.h).
 *
 * 5. Stop Postfix where the plan asks for it. When authentication ends, a delivery that reads the
 *    new main.cf without a password would be refused for good, so that none may run meanwhile. From
 *    here on another process waits to start Postfix again, should this one be killed. A restart is
 *    no part of this: it comes behind the commit as a whole, for where Postfix is what a container
 *    lives on a stop would end this process before the commit.
 *
 * 6. Commit. Before it everything can fail or be cancelled, and nothing has changed. Behind it
 *    nothing is cancelled any more, for a Postfix that does not follow its files helps nobody.
 *
 * 7. Activate. The edit lock is released first: starting can take a minute, and Postfix's own
 *    commands take that lock. If Postfix does not follow, the files are exchanged back, and then
 *    the service is brought back to what it was on them. Another program may have written main.cf
 *    in that time. Its text is never overwritten: then the new state stays, and the caller is told
 *    (ACTIVATION_KEPT).
 *
 * 8. Finish the record, which takes the place of the old one, and take out of the password file
 *    what only the old main.cf needed. That comes last, in a transaction of its own, because it
 *    must not happen before everybody reads the new main.cf. */

static char *
join_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *) g_ptr_array_index (names, i));

  return g_string_free (text, FALSE);
}

/* A remedy speaks of parameters, as main.cf does; most are written by a property. */
static void
refuse_unsafe (NullmailFinding  *finding,
               GError          **error)
{
  const char *parameter = nullmail_finding_get_parameter (finding);
  int id = parameter != NULL ? _nullmail_setting_find_by_parameter (parameter) : -1;
  const char *message = nullmail_finding_get_message (finding);
  const char *remedy = nullmail_finding_get_remedy (finding);

  if (id >= 0)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_UNSAFE,
                 "%s %s The property is “%s”; to accept this as it is, apply with FORCE.",
                 message, remedy, _nullmail_setting_get (id)->property);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_UNSAFE,
                 "%s %s To accept this as it is, apply with FORCE.", message, remedy);
}

static gboolean
check_plan (NullmailInstallation  *installation,
            NullmailPlan          *plan,
            NullmailApplyFlags     flags,
            GError               **error)
{
  const char *config_directory = _nullmail_installation_get_config_directory (installation);
  gboolean forced = (flags & NULLMAIL_APPLY_FLAGS_FORCE) != 0;

  if (g_strcmp0 (plan->config_directory, config_directory) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The plan is for “%s”, not for “%s”: apply it with the instance that made it",
                   plan->config_directory != NULL ? plan->config_directory : "nothing",
                   config_directory);
      return FALSE;
    }

  if (plan->conflicts->len > 0 && (flags & NULLMAIL_APPLY_FLAGS_OVERWRITE) == 0)
    {
      g_autofree char *names = join_names (plan->conflicts);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                   "In “%s” somebody else has changed %s since: undo by hand, or give OVERWRITE",
                   plan->main_cf_path, names);
      return FALSE;
    }

  if (plan->new_errors->len > 0 && !forced)
    {
      refuse_unsafe (g_ptr_array_index (plan->new_errors, 0), error);
      return FALSE;
    }

  return TRUE;
}

/* Whether a Postfix may be running. Without its command there is none, as in an image that is being
 * built. */
static gboolean
may_run (NullmailInstallation  *installation,
         gboolean              *may,
         GCancellable          *cancellable,
         GError               **error)
{
  g_autoptr(GError) local_error = NULL;
  NullmailServiceState state;

  *may = FALSE;
  if (_nullmail_service_query (installation, &state, cancellable, &local_error))
    *may = (state & (NULLMAIL_SERVICE_STATE_RUNNING | NULLMAIL_SERVICE_STATE_UNKNOWN)) != 0;
  else if (!g_error_matches (local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* If authentication ended under a running Postfix, messages in flight would go out without their
 * password, and the relay would refuse them for good. */
static gboolean
check_stop (NullmailInstallation  *installation,
            NullmailPlan          *plan,
            NullmailApplyFlags     flags,
            GCancellable          *cancellable,
            GError               **error)
{
  gboolean may;

  if (!plan->stops_postfix
      || (flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) == 0
      || (flags & NULLMAIL_APPLY_FLAGS_FORCE) != 0)
    return TRUE;
  if (!may_run (installation, &may, cancellable, error))
    return FALSE;
  if (!may)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_UNSAFE,
               "The plan takes the password of the present relay away, for which Postfix must be "
               "stopped meanwhile: apply it to “%s” without NO_ACTIVATE, or with FORCE if no "
               "message may wait",
               plan->config_directory);
  return FALSE;
}

/* Reads the record once more, under the lock, since other plans may have been applied after this
 * one was made. A damaged record is replaced by an empty one, so that it hinders nobody. A record
 * that only cannot be read at the moment must not be written over: it knows the way back, and which
 * keys are the library's. */
static NullmailUndoRecord *
load_record (NullmailRun          *run,
             NullmailStateFolder  *folder,
             GError              **error)
{
  GBytes *now = _nullmail_main_cf_peek_bytes (run->plan->before);
  g_autoptr(GError) local_error = NULL;
  NullmailUndoRecord *record = _nullmail_undo_record_load (folder, now, &local_error);

  if (record == NULL && _nullmail_undo_record_is_lost (local_error))
    return _nullmail_undo_record_new ();
  if (record == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return record;
}

static gboolean
write_record (NullmailRun  *run,
              GError      **error)
{
  gboolean can_undo = (run->flags & NULLMAIL_APPLY_FLAGS_NO_UNDO) == 0;
  g_autoptr(NullmailStateFolder) folder =
    _nullmail_state_folder_new (_nullmail_installation_get_state_directory (run->installation),
                                run->plan->config_directory);
  g_autoptr(NullmailUndoRecord) now = load_record (run, folder, error);
  g_autoptr(NullmailUndoRecord) record = NULL;

  if (now == NULL)
    return FALSE;

  /* A caller who wants no undo still needs a record if there are keys of the library to be
   * remembered, or if the undo that the old record offers would no longer be right. */
  record = _nullmail_undo_make_record (run->plan, now, can_undo);
  if (!can_undo && now->after == NULL && record->own_keys[0] == NULL)
    return TRUE;
  if (!_nullmail_undo_record_prepare (record, folder, error))
    return FALSE;

  run->state = g_steal_pointer (&folder);
  run->keeps_previous = can_undo && _nullmail_undo_may_keep (run->plan);
  run->is_first = now->first == NULL;
  run->can_undo = record->before != NULL;
  return TRUE;
}

static gboolean
prepare_record (NullmailRun  *run,
                GError      **error)
{
  if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_UNDO) == 0)
    return write_record (run, error);

  /* An image that is being built may have no place for a record, and nobody has asked for one, so
   * that failing to write it is no failure. */
  write_record (run, NULL);
  return TRUE;
}

/* Ends the record's part behind a commit. The main.cf that was displaced is kept as the file to go
 * back to. If it cannot be kept that is no failure: an undo then goes parameter by parameter. */
static void
finish_record (NullmailRun *run)
{
  if (run->state == NULL)
    return;

  if (run->main_cf != NULL && run->keeps_previous)
    _nullmail_undo_record_keep (run->state, run->main_cf, run->is_first);
  if (!_nullmail_undo_may_keep (run->plan))
    _nullmail_undo_forget_files (run->plan, run->state);

  _nullmail_undo_record_finish (run->state, TRUE);
}

/* What has to be done to Postfix after the commit. One that this run has stopped is started, one
 * that runs gets what the plan says, and one that did not run stays so unless the caller wants it
 * to be started. */
static NullmailActivation
choose_activation (NullmailRun *run)
{
  if (run->pause != NULL)
    return NULLMAIL_ACTIVATION_START;
  if (run->was_running && run->plan->activation == NULLMAIL_ACTIVATION_RESTART
      && !_nullmail_service_can_stop (run->installation))
    return NULLMAIL_ACTIVATION_RELOAD;  /* what needs a restart waits for that of the container */
  if (run->was_running)
    return run->plan->activation;

  return (run->flags & NULLMAIL_APPLY_FLAGS_START) != 0 ? NULLMAIL_ACTIVATION_START
                                                        : NULLMAIL_ACTIVATION_NONE;
}

static gboolean
query_running (NullmailRun   *run,
               GCancellable  *cancellable,
               GError       **error)
{
  NullmailServiceState state;
  gboolean needs_to_know = run->plan->activation != NULLMAIL_ACTIVATION_NONE
                           || run->plan->stops_postfix
                           || (run->flags & NULLMAIL_APPLY_FLAGS_START) != 0;

  if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0 || !needs_to_know)
    return TRUE;
  if (!_nullmail_service_query (run->installation, &state, cancellable, error))
    return FALSE;

  run->was_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0;
  return TRUE;
}

/* Brings the service back to what it was before, at boot as well. One that ran may be down after a
 * failed restart, and is then started. One that did not run may have come up in part, and is then
 * stopped. */
static void
take_service_back (NullmailRun *run)
{
  NullmailActivation activation = choose_activation (run);
  NullmailServiceState state;
  gboolean is_running;

  if (run->has_enabled)
    _nullmail_service_set_enabled (run->installation, FALSE, NULL, NULL);
  if (!_nullmail_service_query (run->installation, &state, NULL, NULL))
    return;

  is_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0;
  if (run->was_running)
    _nullmail_service_activate (run->installation,
                                is_running ? activation : NULLMAIL_ACTIVATION_START, NULL, NULL);
  else if (is_running)
    _nullmail_service_stop (run->installation, NULL, NULL);
}

/* Brings files and service back to what they were. The caller gets the error of the service, not
 * one of taking back. */
static gboolean
take_back (NullmailRun  *run,
           GError       *failure,
           GError      **error)
{
  if (!_nullmail_transaction_revert (run->transaction))
    {
      finish_record (run);
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_ACTIVATION_KEPT,
                   "%s; not all of it was put back, since another program has changed the "
                   "configuration meanwhile or it cannot be read: look at it, and activate or undo",
                   failure->message);
      g_error_free (failure);
      return FALSE;
    }

  if (run->state != NULL)
    _nullmail_undo_record_finish (run->state, FALSE);
  take_service_back (run);
  g_propagate_error (error, failure);
  return FALSE;
}

/* Has Postfix started at boot, unless it is already. */
static gboolean
enable (NullmailRun   *run,
        gboolean      *changed,
        GCancellable  *cancellable,
        GError       **error)
{
  NullmailServiceState state;

  if (!_nullmail_service_query (run->installation, &state, cancellable, error))
    return FALSE;

  *changed = (state & NULLMAIL_SERVICE_STATE_ENABLED) == 0;
  return !*changed
         || _nullmail_service_set_enabled (run->installation, TRUE, cancellable, error);
}

static gboolean
activate (NullmailRun  *run,
          GError      **error)
{
  g_autoptr(GError) failure = NULL;
  NullmailActivation activation = (run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0
                                  ? NULLMAIL_ACTIVATION_NONE : choose_activation (run);
  gboolean enables = (run->flags & NULLMAIL_APPLY_FLAGS_ENABLE) != 0;

  if (activation == NULLMAIL_ACTIVATION_NONE && !enables)
    return TRUE;

  /* This cannot be cancelled: the files are committed, and the service has to follow. */
  _nullmail_transaction_unlock (run->transaction);
  if ((!enables || enable (run, &run->has_enabled, NULL, &failure))
      && _nullmail_service_activate (run->installation, activation, NULL, &failure))
    return TRUE;

  return take_back (run, g_steal_pointer (&failure), error);
}

static gboolean
stop_if_needed (NullmailRun   *run,
                GCancellable  *cancellable,
                GError       **error)
{
  if (!run->was_running)
    return TRUE;

  if (!run->plan->stops_postfix
      || ((run->flags & NULLMAIL_APPLY_FLAGS_FORCE) != 0
          && !_nullmail_service_can_stop (run->installation)))
    return !g_cancellable_set_error_if_cancelled (cancellable, error);

  run->pause = _nullmail_service_pause (run->installation, cancellable, error);
  return run->pause != NULL;
}

/* Remembers the tables that this run has made and verified, so that the next one need not ask
 * them. */
static void
remember_tables (NullmailRun *run)
{
  g_autoptr(GPtrArray) made = g_ptr_array_new ();

  if (run->state == NULL)
    return;

  for (guint i = 0; i < run->plan->tables->len; i++)
    if (run->tables[i].map != NULL && run->tables[i].kept == NULL)
      g_ptr_array_add (made, ((NullmailPlanTable *) run->plan->tables->pdata[i])->table);

  if (made->len > 0)
    _nullmail_table_stamps_write (run->state, made);
}

static gboolean
is_committed (const GError *error)
{
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
}

/* Everything up to the commit may fail, and then nothing has changed. Where the error says that the
 * commit has happened nevertheless, the record and the service still follow. */
static gboolean
commit (NullmailRun   *run,
        GCancellable  *cancellable,
        GError       **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!g_cancellable_set_error_if_cancelled (cancellable, &local_error)
      && stop_if_needed (run, cancellable, &local_error)
      && _nullmail_transaction_commit (run->transaction, &local_error))
    return TRUE;

  if (is_committed (local_error))
    {
      finish_record (run);
      if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) == 0)
        _nullmail_service_activate (run->installation, choose_activation (run), NULL, NULL);
    }
  else
    {
      if (run->state != NULL)
        _nullmail_undo_record_finish (run->state, FALSE);
      if (run->pause != NULL)
        _nullmail_service_activate (run->installation, NULLMAIL_ACTIVATION_START, NULL, NULL);
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* A plan that changes nothing still removes what a killed run has left, which may hold passwords,
 * and starts Postfix if the caller asks for that. */
static gboolean
apply_empty (NullmailRun   *run,
             gboolean      *changed,
             GCancellable  *cancellable,
             GError       **error)
{
  NullmailPlan *plan = run->plan;
  const char *paths[] = {
    plan->main_cf_path, plan->primary != NULL ? plan->primary->table->path : NULL, NULL
  };

  _nullmail_leftovers_tidy (paths);
  if ((run->flags & NULLMAIL_APPLY_FLAGS_ENABLE) != 0 && !enable (run, changed, cancellable, error))
    return FALSE;
  if ((run->flags & NULLMAIL_APPLY_FLAGS_START) == 0
      || (run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0)
    return TRUE;
  if (!query_running (run, cancellable, error))
    return FALSE;

  if (run->was_running || !_nullmail_service_exists (run->installation))
    return TRUE;

  *changed = TRUE;
  return _nullmail_service_activate (run->installation, NULLMAIL_ACTIVATION_START, cancellable,
                                     error);
}

gboolean
_nullmail_apply_check (NullmailInstallation  *installation,
                       NullmailPlan          *plan,
                       NullmailApplyFlags     flags,
                       GCancellable          *cancellable,
                       GError               **error)
{
  if ((flags & NULLMAIL_APPLY_FLAGS_ENABLE) != 0
      && !_nullmail_service_check_enable (installation, cancellable, error))
    return FALSE;

  return check_plan (installation, plan, flags, error)
         && check_stop (installation, plan, flags, cancellable, error);
}

gboolean
_nullmail_apply (NullmailInstallation  *installation,
                 NullmailPlan          *plan,
                 NullmailApplyFlags     flags,
                 gboolean              *changed,
                 GCancellable          *cancellable,
                 GError               **error)
{
  g_auto(NullmailRun) run = { 0 };
  gboolean unneeded;

  if (changed == NULL)
    changed = &unneeded;
  *changed = FALSE;
  _nullmail_run_init (&run, installation, plan, flags);
  if (!_nullmail_apply_check (installation, plan, flags, cancellable, error))
    return FALSE;
  if (nullmail_plan_is_empty (plan))
    return apply_empty (&run, changed, cancellable, error);
  if (!g_atomic_int_compare_and_exchange (&plan->is_applied, FALSE, TRUE))
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                           "The plan was applied already: plan again");
      return FALSE;
    }

  run.transaction = _nullmail_transaction_new (plan->config_directory, cancellable, error);
  if (run.transaction == NULL
      || !_nullmail_run_stage (&run, cancellable, error)
      || !query_running (&run, cancellable, error)
      || !prepare_record (&run, error)
      || !commit (&run, cancellable, error)
      || !activate (&run, error))
    {
      if (error == NULL || !is_committed (*error))
        g_atomic_int_set (&plan->is_applied, FALSE);  /* nothing has changed: try again */
      return FALSE;
    }

  *changed = TRUE;
  finish_record (&run);
  _nullmail_installation_set_can_undo (installation, run.can_undo);
  if (!_nullmail_run_end_transition (&run, error))
    return FALSE;

  remember_tables (&run);
  return TRUE;
}
