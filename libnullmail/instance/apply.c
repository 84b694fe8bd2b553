/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/apply-private.h"

#include "base/error-private.h"
#include "commit/leftovers-private.h"
#include "commit/transaction-private.h"
#include "check/finding.h"
#include "document/main-cf-private.h"
#include "plan/undo-private.h"

/* One run of apply. */
typedef struct
{
  NullmailPlan        *plan;
  NullmailApplyFlags   flags;
  NullmailService      service;
  NullmailTransaction *transaction;  /* (owned) */
  NullmailStagedFile  *main_cf;      /* (unowned) (nullable) NULL if main.cf does not change */
  NullmailStateFolder *state;        /* (owned) (nullable) of the undo record; NULL: none is kept */
  gboolean             keeps_previous;
  gboolean             is_first;
  gboolean             was_running;
  gboolean             is_stopped;   /* by us */
} Run;

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->transaction, _nullmail_transaction_free);
  g_clear_pointer (&run->state, _nullmail_state_folder_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static char *
join_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *) g_ptr_array_index (names, i));

  return g_string_free (text, FALSE);
}

static gboolean
check_plan (NullmailPostfixInstance  *instance,
            NullmailPlan             *plan,
            NullmailApplyFlags        flags,
            GError                  **error)
{
  gboolean forced = (flags & NULLMAIL_APPLY_FLAGS_FORCE) != 0;

  if (g_strcmp0 (plan->config_directory,
                 nullmail_postfix_instance_get_config_directory (instance)) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The plan is for “%s”, not for “%s”", plan->config_directory,
                   nullmail_postfix_instance_get_config_directory (instance));
      return FALSE;
    }

  if (plan->conflicts->len > 0 && !forced)
    {
      g_autofree char *names = join_names (plan->conflicts);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                   "In “%s” somebody else has changed %s since: undo by hand, or force it",
                   plan->main_cf_path, names);
      return FALSE;
    }

  if (plan->new_errors->len > 0 && !forced)
    {
      NullmailFinding *finding = g_ptr_array_index (plan->new_errors, 0);

      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_UNSAFE, "%s %s",
                   nullmail_finding_get_message (finding), nullmail_finding_get_remedy (finding));
      return FALSE;
    }

  return TRUE;
}

/* Ending authentication under a running Postfix would let messages in flight go out without their
 * password, which relays refuse for good. */
static gboolean
check_stop (Run     *run,
            GError **error)
{
  if (!run->plan->stops_postfix
      || (run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) == 0
      || (run->flags & NULLMAIL_APPLY_FLAGS_FORCE) != 0)
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_UNSAFE,
               "The plan takes the password of the present relay away, for which Postfix must be "
               "stopped meanwhile: apply it to “%s” without NO_ACTIVATE",
               run->plan->config_directory);
  return FALSE;
}

static gboolean
stage_main_cf (Run           *run,
               GCancellable  *cancellable,
               GError       **error)
{
  NullmailPlan *plan = run->plan;
  GBytes *before = _nullmail_main_cf_peek_bytes (plan->before);
  GBytes *after = _nullmail_main_cf_peek_bytes (plan->main_cf);
  const void *expected = plan->creates_main_cf ? NULL : g_bytes_get_data (before, NULL);
  NullmailStagedFile *file;

  file = _nullmail_transaction_open (run->transaction, plan->main_cf_path, NULLMAIL_STAGED_PUBLIC,
                                     cancellable, error);
  if (file == NULL)
    return FALSE;
  if (expected == NULL && !plan->creates_main_cf)
    expected = "";  /* an empty file */
  if (!_nullmail_staged_file_expect (file, expected, g_bytes_get_size (before), error))
    return FALSE;
  if (!_nullmail_plan_changes_main_cf (plan))
    return TRUE;

  run->main_cf = file;
  _nullmail_staged_file_use_old_time (file);
  return _nullmail_staged_file_write (file, g_bytes_get_data (after, NULL),
                                      g_bytes_get_size (after), error);
}

static gboolean
stage_obsolete_map (Run                  *run,
                    NullmailStagedFile  **file,
                    GCancellable         *cancellable,
                    GError              **error)
{
  if (run->plan->obsolete_map == NULL)
    return TRUE;

  *file = _nullmail_transaction_open (run->transaction, run->plan->obsolete_map,
                                      NULLMAIL_STAGED_SECRET, cancellable, error);
  if (*file == NULL)
    return FALSE;

  _nullmail_staged_file_remove (*file);
  return TRUE;
}

static gboolean
stage_table (Run                  *run,
             NullmailStagedFile  **source,
             NullmailStagedFile  **map,
             GCancellable         *cancellable,
             GError              **error)
{
  NullmailPasswordTable *table = run->plan->table;

  if (table == NULL)
    return TRUE;

  /* The new main.cf relies on what the file holds, though nothing of it changes. */
  if (_nullmail_password_table_is_unchanged (table))
    return run->main_cf == NULL || table->base == NULL
           || _nullmail_password_table_expect (table, run->transaction, cancellable, error);

  if (run->main_cf != NULL && table->main_cf == NULL)
    table->main_cf = g_bytes_ref (_nullmail_main_cf_peek_bytes (run->plan->main_cf));
  return _nullmail_password_table_stage (table, run->transaction, source, map, cancellable, error);
}

/* Everything under private names; nothing that others see has changed yet. */
static gboolean
stage_all (Run           *run,
           GCancellable  *cancellable,
           GError       **error)
{
  NullmailStagedFile *source = NULL, *map = NULL, *obsolete = NULL;
  gboolean main_cf_first = run->plan->main_cf_first;

  if (!stage_main_cf (run, cancellable, error)
      || !stage_table (run, &source, &map, cancellable, error)
      || !stage_obsolete_map (run, &obsolete, cancellable, error))
    return FALSE;

  if (main_cf_first && run->main_cf != NULL)
    _nullmail_transaction_add_step (run->transaction, run->main_cf, FALSE);
  if (source != NULL)
    _nullmail_transaction_add_step (run->transaction, source, main_cf_first);
  if (map != NULL)
    _nullmail_transaction_add_step (run->transaction, map, main_cf_first && source == NULL);
  if (!main_cf_first && run->main_cf != NULL)
    _nullmail_transaction_add_step (run->transaction, run->main_cf, TRUE);
  if (obsolete != NULL)  /* only behind the main.cf that no longer names it */
    _nullmail_transaction_add_step (run->transaction, obsolete, TRUE);

  return TRUE;
}

/* The record of now, read under the lock: other plans may have been applied since this was made. A
 * damaged one hinders nobody, but one that only cannot be read now must not be written over: it
 * knows the way back, and which keys are the library's. */
static NullmailUndoRecord *
load_record (Run                  *run,
             NullmailStateFolder  *folder,
             GError              **error)
{
  GBytes *before = _nullmail_main_cf_peek_bytes (run->plan->before);
  g_autoptr(GError) local_error = NULL;
  NullmailUndoRecord *record = _nullmail_undo_record_load (folder, before, &local_error);

  if (record == NULL && _nullmail_undo_record_is_lost (local_error))
    return _nullmail_undo_record_new ();
  if (record == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return record;
}

static gboolean
write_record (Run         *run,
              const char  *state_directory,
              GError     **error)
{
  gboolean can_undo = (run->flags & NULLMAIL_APPLY_FLAGS_NO_UNDO) == 0;
  g_autoptr(NullmailStateFolder) folder =
    _nullmail_state_folder_new (state_directory, run->plan->config_directory);
  g_autoptr(NullmailUndoRecord) now = load_record (run, folder, error);
  g_autoptr(NullmailUndoRecord) record = NULL;

  if (now == NULL)
    return FALSE;

  /* Without undo there may still be keys to be remembered, or an undo that must not be offered. */
  record = _nullmail_undo_make_record (run->plan, now, can_undo);
  if (!can_undo && now->after == NULL && record->own_keys[0] == NULL)
    return TRUE;

  run->keeps_previous = can_undo && _nullmail_undo_may_keep (run->plan->before);
  run->is_first = now->first == NULL;
  if (!_nullmail_undo_record_prepare (record, folder, error))
    return FALSE;

  run->state = g_steal_pointer (&folder);
  return TRUE;
}

static gboolean
prepare_record (Run                      *run,
                NullmailPostfixInstance  *instance,
                GError                  **error)
{
  const char *state_directory = nullmail_postfix_instance_get_state_directory (instance);

  if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_UNDO) == 0)
    return write_record (run, state_directory, error);

  /* In an image there may be no place for a record, and nobody asked for one. */
  write_record (run, state_directory, NULL);
  return TRUE;
}

/* The old main.cf becomes the record of what there was. Failing to keep it is no failure: undo then
 * goes parameter by parameter. */
static void
finish_record (Run *run)
{
  if (run->state == NULL)
    return;

  if (run->main_cf != NULL && run->keeps_previous)
    _nullmail_undo_record_keep (run->state, run->main_cf, run->is_first);
  _nullmail_undo_record_finish (run->state, TRUE);
}

gboolean
_nullmail_plan_expect_main_cf (NullmailPlan         *plan,
                               NullmailTransaction  *transaction,
                               GCancellable         *cancellable,
                               GError              **error)
{
  GBytes *bytes = _nullmail_main_cf_peek_bytes (plan->main_cf);
  const void *data = g_bytes_get_data (bytes, NULL);
  NullmailStagedFile *file =
    _nullmail_transaction_open (transaction, plan->main_cf_path, NULLMAIL_STAGED_PUBLIC,
                                cancellable, error);

  return file != NULL
         && _nullmail_staged_file_expect (file, data != NULL ? data : "",
                                          g_bytes_get_size (bytes), error);
}

/* The locks were free meanwhile: what goes is only what the main.cf of now does not need. */
static gboolean
commit_table (NullmailPlan  *plan,
              GError       **error)
{
  g_autoptr(NullmailTransaction) transaction = NULL;
  NullmailStagedFile *source = NULL, *map = NULL;

  transaction = _nullmail_transaction_new (plan->config_directory, NULL, error);
  if (transaction == NULL
      || !_nullmail_plan_expect_main_cf (plan, transaction, NULL, error)
      || !_nullmail_password_table_stage (plan->table, transaction, &source, &map, NULL, error))
    return FALSE;

  if (source != NULL)
    _nullmail_transaction_add_step (transaction, source, FALSE);
  if (map != NULL)
    _nullmail_transaction_add_step (transaction, map, FALSE);
  return _nullmail_transaction_commit (transaction, error);
}

/* Behind a commit that had to leave the old relay's key in the table: now nothing needs it. Where
 * this fails the key stays, and the next plan of the same kind is there to take it out. */
static gboolean
end_transition (Run     *run,
                GError **error)
{
  NullmailPasswordTable *table = run->plan->table;
  g_autoptr(GError) local_error = NULL;

  if (table == NULL || table->transition == NULL)
    return TRUE;

  g_clear_pointer (&run->transaction, _nullmail_transaction_free);
  _nullmail_password_table_end_transition (table);
  if (commit_table (run->plan, &local_error))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE,
               "The new configuration is in place, but the entries of other relays are still in "
               "“%s”: plan and apply again: %s", table->path, local_error->message);
  return FALSE;
}

/* What the running Postfix needs, with regard to whether it runs and who stopped it. */
static NullmailActivation
choose_activation (Run *run)
{
  if (run->is_stopped)
    return NULLMAIL_ACTIVATION_START;
  if (run->was_running)
    return run->plan->activation;

  return (run->flags & NULLMAIL_APPLY_FLAGS_START) != 0 ? NULLMAIL_ACTIVATION_START
                                                        : NULLMAIL_ACTIVATION_NONE;
}

static gboolean
query_running (Run           *run,
               GCancellable  *cancellable,
               GError       **error)
{
  NullmailServiceState state;
  gboolean needs_to_know = run->plan->activation != NULLMAIL_ACTIVATION_NONE
                           || run->plan->stops_postfix
                           || (run->flags & NULLMAIL_APPLY_FLAGS_START) != 0;

  if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0 || !needs_to_know)
    return TRUE;
  if (!_nullmail_service_query (&run->service, &state, cancellable, error))
    return FALSE;

  run->was_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0;
  return TRUE;
}

/* The service as it was: brought back by whatever works, for it may be down after a failed restart;
 * and stopped if it was, for it may have come up half. */
static void
take_service_back (Run *run)
{
  NullmailActivation activation = run->is_stopped ? NULLMAIL_ACTIVATION_START
                                                  : run->plan->activation;
  NullmailServiceState state;
  gboolean is_running;

  if (!_nullmail_service_query (&run->service, &state, NULL, NULL))
    return;

  is_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0;
  if (run->was_running)
    _nullmail_service_activate (&run->service, is_running ? activation : NULLMAIL_ACTIVATION_START,
                                NULL, NULL);
  else if (is_running)
    _nullmail_service_stop (&run->service, NULL, NULL);
}

/* Files and service back to what they were. The service's own error is what the caller gets. */
static gboolean
take_back (Run     *run,
           GError  *failure,
           GError **error)
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

static gboolean
activate (Run     *run,
          GError **error)
{
  g_autoptr(GError) failure = NULL;
  NullmailActivation activation = choose_activation (run);

  if ((run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0
      || activation == NULLMAIL_ACTIVATION_NONE)
    return TRUE;

  /* Not cancellable: the files are committed, and the service has to follow. */
  _nullmail_transaction_unlock (run->transaction);
  if (_nullmail_service_activate (&run->service, activation, NULL, &failure))
    return TRUE;

  return take_back (run, g_steal_pointer (&failure), error);
}

static gboolean
stop_if_needed (Run           *run,
                GCancellable  *cancellable,
                GError       **error)
{
  if (!run->was_running)
    return TRUE;

  if (run->plan->stops_postfix)
    {
      run->is_stopped = TRUE;
      return _nullmail_service_stop (&run->service, cancellable, error);
    }

  /* A restart is best stopped by the main.cf that it runs on, for the new one may be what hinders
   * it. If that is what the plan mends, the new one is left to do it. */
  if (run->plan->activation == NULLMAIL_ACTIVATION_RESTART)
    run->is_stopped = _nullmail_service_stop (&run->service, cancellable, NULL);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
is_committed (const GError *error)
{
  return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE)
         || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
}

/* Up to the commit everything can fail and nothing has changed. */
static gboolean
commit (Run           *run,
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
        _nullmail_service_activate (&run->service, choose_activation (run), NULL, NULL);
    }
  else
    {
      if (run->state != NULL)
        _nullmail_undo_record_finish (run->state, FALSE);
      if (run->is_stopped)
        _nullmail_service_activate (&run->service, NULLMAIL_ACTIVATION_START, NULL, NULL);
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Nothing to change, but there may be left-overs of a killed run, with the passwords of before, and
 * the caller may want Postfix to run. */
static gboolean
apply_empty (Run           *run,
             GCancellable  *cancellable,
             GError       **error)
{
  const char *paths[] = { run->plan->main_cf_path,
                          run->plan->table != NULL ? run->plan->table->path : NULL, NULL };

  _nullmail_leftovers_tidy (paths);
  if ((run->flags & NULLMAIL_APPLY_FLAGS_START) == 0
      || (run->flags & NULLMAIL_APPLY_FLAGS_NO_ACTIVATE) != 0)
    return TRUE;
  if (!query_running (run, cancellable, error))
    return FALSE;

  return run->was_running
         || _nullmail_service_activate (&run->service, NULLMAIL_ACTIVATION_START, cancellable,
                                        error);
}

gboolean
_nullmail_plan_apply (NullmailPostfixInstance  *instance,
                      NullmailPlan             *plan,
                      NullmailApplyFlags        flags,
                      GCancellable             *cancellable,
                      GError                  **error)
{
  g_auto(Run) run = { .plan = plan, .flags = flags,
                      .service = _nullmail_postfix_instance_get_service (instance) };

  if (!check_plan (instance, plan, flags, error) || !check_stop (&run, error))
    return FALSE;
  if (nullmail_plan_is_empty (plan))
    return apply_empty (&run, cancellable, error);
  if (!g_atomic_int_compare_and_exchange (&plan->is_applied, FALSE, TRUE))
    {
      g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT,
                           "The plan was applied already: plan again");
      return FALSE;
    }

  run.transaction = _nullmail_transaction_new (plan->config_directory, cancellable, error);
  if (run.transaction == NULL
      || !stage_all (&run, cancellable, error)
      || !query_running (&run, cancellable, error)
      || !prepare_record (&run, instance, error)
      || !commit (&run, cancellable, error)
      || !activate (&run, error))
    {
      if (error == NULL || !is_committed (*error))
        g_atomic_int_set (&plan->is_applied, FALSE);  /* what was in the way may go */
      return FALSE;
    }

  finish_record (&run);
  _nullmail_knowledge_set_can_undo (_nullmail_postfix_instance_get_knowledge (instance),
                                    (flags & NULLMAIL_APPLY_FLAGS_NO_UNDO) == 0);
  return end_transition (&run, error);
}
