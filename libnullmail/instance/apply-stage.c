/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/apply-run-private.h"

#include <unistd.h>

#include "base/error-private.h"
#include "document/main-cf-private.h"

void
_nullmail_run_init (NullmailRun          *self,
                    NullmailInstallation *installation,
                    NullmailPlan         *plan,
                    NullmailApplyFlags    flags)
{
  *self = (NullmailRun) { .installation = installation, .plan = plan, .flags = flags };
  self->tables = g_new0 (NullmailStagedTable, plan->tables->len);
  self->files = g_ptr_array_new ();
  self->gone = g_ptr_array_new ();
}

void
_nullmail_run_clear (NullmailRun *run)
{
  g_clear_pointer (&run->transaction, _nullmail_transaction_free);
  for (guint i = 0; i < run->plan->tables->len; i++)
    _nullmail_staged_table_clear (&run->tables[i]);
  g_free (run->tables);
  g_ptr_array_unref (run->files);
  g_ptr_array_unref (run->gone);
  g_clear_pointer (&run->state, _nullmail_state_folder_free);
  g_clear_pointer (&run->pause, _nullmail_service_pause_free);
}

static gboolean
stage_main_cf (NullmailRun   *run,
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
    expected = "";  /* the bytes of an empty file are NULL, which would mean that there is none */
  if (!_nullmail_staged_file_expect (file, expected, g_bytes_get_size (before), error))
    return FALSE;
  if (!_nullmail_plan_changes_main_cf (plan))
    return TRUE;

  run->main_cf = file;
  _nullmail_staged_file_use_old_time (file);
  return _nullmail_staged_file_write (file, g_bytes_get_data (after, NULL),
                                      g_bytes_get_size (after), error);
}

/* Finds out where postmap is, if it is needed at all, and with which main.cf it is to run. */
static gboolean
find_tool (NullmailRun            *run,
          NullmailPasswordTable  *table,
          NullmailMapTool        *tool,
          GError                **error)
{
  *tool = (NullmailMapTool) { .postmap = NULL };
  if (!run->plan->creates_main_cf)
    tool->config_directory = run->plan->config_directory;
  if (_nullmail_plan_changes_main_cf (run->plan))
    tool->main_cf = _nullmail_main_cf_peek_bytes (run->plan->main_cf);
  if (!_nullmail_password_table_needs_postmap (table))
    return TRUE;

  tool->postmap = _nullmail_installation_find_command (run->installation, "postmap", error);
  return tool->postmap != NULL;
}

static gboolean
stage_removed_source (NullmailRun            *run,
                      NullmailPasswordTable  *table,
                      GCancellable           *cancellable,
                      GError                **error)
{
  NullmailStagedFile *file = _nullmail_transaction_open (run->transaction, table->path,
                                                         NULLMAIL_STAGED_SECRET, cancellable,
                                                         error);

  if (file == NULL
      || !_nullmail_staged_file_expect (file, table->base->data, table->base->size, error))
    return FALSE;

  _nullmail_staged_file_remove (file);
  g_ptr_array_add (run->gone, file);
  return TRUE;
}

/* Whether something that changes relies on a password file that does not: main.cf may begin to use
 * it, and the record may be going to forget keys that are no longer in it. */
static gboolean
is_relied_on (NullmailRun             *run,
              const NullmailPlanTable *table)
{
  return (run->main_cf != NULL && table->before != NULL) || table->own_dropped->len > 0;
}

/* Whether the plan goes on although this table could not be staged: its entries were to stay, and
 * only its modes or its map to be mended, on which nothing else rests. It does not go on where
 * somebody has changed the file meanwhile, or holds the lock. */
static gboolean
may_leave_table (NullmailRun             *run,
                 const NullmailPlanTable *plan_table,
                 const GError            *error)
{
  NullmailPasswordTable *table = plan_table->table;

  if (plan_table->own_dropped->len > 0 || plan_table->needs_map
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT)
      || g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY))
    return FALSE;

  return table->stays || (run->main_cf != NULL && _nullmail_password_table_only_mends (table));
}

static gboolean
stage_table (NullmailRun   *run,
             guint          index,
             GCancellable  *cancellable,
             GError       **error)
{
  const NullmailPlanTable *plan_table = g_ptr_array_index (run->plan->tables, index);
  NullmailPasswordTable *table = plan_table->table;
  NullmailMapTool tool;
  g_autofree char *postmap = NULL;

  if (plan_table->removes_source)
    return stage_removed_source (run, table, cancellable, error);
  if (table->transition == NULL && _nullmail_password_table_is_unchanged (table))
    return !is_relied_on (run, plan_table)
           || _nullmail_password_table_expect (table, run->transaction, cancellable, error);

  if (!find_tool (run, table, &tool, error))
    return FALSE;

  postmap = (char *) tool.postmap;
  tool.only_drops = plan_table->own_dropped->len > 0 && plan_table->own_added->len == 0;
  return _nullmail_password_table_stage (table, run->transaction, &tool, &run->tables[index],
                                         cancellable, error);
}

static gboolean
stage_file (NullmailRun             *run,
            const NullmailPlanFile  *plan_file,
            GCancellable            *cancellable,
            GError                 **error)
{
  NullmailStagedFile *file = _nullmail_transaction_open (run->transaction, plan_file->path,
                                                         NULLMAIL_STAGED_PUBLIC, cancellable,
                                                         error);
  gsize old_size = 0, new_size;
  const void *expected = plan_file->before != NULL ? g_bytes_get_data (plan_file->before, &old_size)
                                                   : NULL;
  const void *data;

  if (expected == NULL && plan_file->before != NULL)
    expected = "";
  if (file == NULL || !_nullmail_staged_file_expect (file, expected, old_size, error))
    return FALSE;

  if (plan_file->after == NULL)
    {
      _nullmail_staged_file_remove (file);
      g_ptr_array_add (run->gone, file);
      return TRUE;
    }

  data = g_bytes_get_data (plan_file->after, &new_size);
  g_ptr_array_add (run->files, file);
  return _nullmail_staged_file_write (file, data, new_size, error);
}

static gboolean
stage_removals (NullmailRun   *run,
                GCancellable  *cancellable,
                GError       **error)
{
  for (guint i = 0; i < run->plan->removals->len; i++)
    {
      const NullmailPlanRemoval *removal = g_ptr_array_index (run->plan->removals, i);
      NullmailStagedFile *file = _nullmail_transaction_open (run->transaction, removal->path,
                                                             NULLMAIL_STAGED_SECRET, cancellable,
                                                             error);

      if (file == NULL)
        return FALSE;

      _nullmail_staged_file_remove (file);
      g_ptr_array_add (run->gone, file);
    }

  return TRUE;
}

/* The files that the new main.cf names come first. The password file and main.cf are exchanged in
 * the order that the plan has found, and the second one waits until the first one is on the disk.
 * What is removed comes last, since until then main.cf may name it. */
static void
order_steps (NullmailRun *run)
{
  gboolean main_cf_first = run->plan->main_cf_first;

  for (guint i = 0; i < run->files->len; i++)
    _nullmail_transaction_add_step (run->transaction, g_ptr_array_index (run->files, i), FALSE);
  if (main_cf_first && run->main_cf != NULL)
    _nullmail_transaction_add_step (run->transaction, run->main_cf, run->files->len > 0);
  for (guint i = 0; i < run->plan->tables->len; i++)
    _nullmail_staged_table_add_steps (&run->tables[i], run->transaction, main_cf_first && i == 0);
  if (!main_cf_first && run->main_cf != NULL)
    _nullmail_transaction_add_step (run->transaction, run->main_cf, TRUE);
  for (guint i = 0; i < run->gone->len; i++)
    _nullmail_transaction_add_step (run->transaction, g_ptr_array_index (run->gone, i), i == 0);
}

/* Whether the plan takes a password away, since it has found that nobody needs it. */
static gboolean
drops_passwords (NullmailPlan *plan)
{
  for (guint i = 0; i < plan->tables->len; i++)
    {
      const NullmailPlanTable *table = g_ptr_array_index (plan->tables, i);

      if (table->own_dropped->len > 0 || table->drops_others || table->removes_source)
        return TRUE;
    }

  return plan->removals->len > 0;
}

gboolean
_nullmail_run_stage (NullmailRun   *run,
                     GCancellable  *cancellable,
                     GError       **error)
{
  if (!stage_main_cf (run, cancellable, error)
      || (drops_passwords (run->plan)
          && !_nullmail_premises_check (run->plan->premises, cancellable, error)))
    return FALSE;
  for (guint i = 0; i < run->plan->tables->len; i++)
    {
      g_autoptr(GError) local_error = NULL;

      if (stage_table (run, i, cancellable, &local_error))
        continue;
      if (!may_leave_table (run, g_ptr_array_index (run->plan->tables, i), local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      _nullmail_staged_table_clear (&run->tables[i]);
      run->tables[i] = (NullmailStagedTable) { .source = NULL };
    }
  for (guint i = 0; i < run->plan->files->len; i++)
    if (!stage_file (run, g_ptr_array_index (run->plan->files, i), cancellable, error))
      return FALSE;
  if (!stage_removals (run, cancellable, error))
    return FALSE;

  order_steps (run);
  return TRUE;
}

/* Fails with CONFLICT unless main.cf is still what the plan has made of it. */
static gboolean
expect_main_cf (NullmailPlan         *plan,
                NullmailTransaction  *transaction,
                GError              **error)
{
  GBytes *bytes = _nullmail_main_cf_peek_bytes (plan->main_cf);
  const void *data = g_bytes_get_data (bytes, NULL);
  NullmailStagedFile *file =
    _nullmail_transaction_open (transaction, plan->main_cf_path, NULLMAIL_STAGED_PUBLIC, NULL,
                                error);

  return file != NULL
         && _nullmail_staged_file_expect (file, data != NULL ? data : "",
                                          g_bytes_get_size (bytes), error);
}

/* Commits the password file as it is to be in the end, in a transaction of its own. The locks were
 * free since the first one, so that main.cf is looked at again: entries are taken out only if it is
 * still the one that does not need them. */
static gboolean
commit_table (NullmailRun            *run,
              NullmailPasswordTable  *table,
              GError                **error)
{
  g_auto(NullmailStagedTable) staged = { .map = NULL };
  g_autoptr(NullmailTransaction) transaction = NULL;
  g_autofree char *postmap = NULL;
  NullmailMapTool tool;
  gboolean is_found = find_tool (run, table, &tool, error);

  postmap = (char *) tool.postmap;
  transaction = is_found ? _nullmail_transaction_new (run->plan->config_directory, NULL, error)
                         : NULL;
  if (transaction == NULL
      || !expect_main_cf (run->plan, transaction, error)
      || !_nullmail_password_table_stage (table, transaction, &tool, &staged, NULL, error))
    return FALSE;

  _nullmail_staged_table_add_steps (&staged, transaction, FALSE);
  return _nullmail_transaction_commit (transaction, error);
}

gboolean
_nullmail_run_end_transition (NullmailRun  *run,
                              GError      **error)
{
  g_autoptr(NullmailPasswordTable) table = NULL;
  g_autoptr(GError) local_error = NULL;

  if (run->plan->primary == NULL || run->plan->primary->table->transition == NULL)
    return TRUE;

  g_clear_pointer (&run->transaction, _nullmail_transaction_free);
  table = _nullmail_password_table_new_behind_transition (run->plan->primary->table);
  if (commit_table (run, table, &local_error))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_DURABLE,
               "The new configuration is in place, but the entries of other relays are still in "
               "“%s”: plan and apply again: %s", table->path, local_error->message);
  return FALSE;
}
