/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "instance/planner-findings-private.h"

#include <string.h>
#include <unistd.h>

#include "base/error-private.h"
#include "check/check-private.h"
#include "instance/table-query-private.h"
#include "instance/host-facts-private.h"
#include "instance/instance-call-private.h"
#include "config/password-maps-private.h"
#include "store/lookup-map-private.h"

/* What the facts about a file borrow from. */
typedef struct
{
  NullmailPasswordMap    map;
  char                  *map_path;   /* (nullable) */
  NullmailPasswordFile  *passwords;  /* (nullable) */
} Source;

/* A snapshot and what it borrows from. */
typedef struct
{
  NullmailCheckSnapshot  snapshot;
  NullmailCheckFacts    *facts;
  NullmailInspection    *inspection;  /* (nullable) */
  GHashTable            *defaults;    /* (nullable) */
  Source                 first;
  GPtrArray             *sources;     /* (element-type Source) the others */
  GArray                *more_files;  /* (element-type NullmailTableFile) */
} View;

static void
source_clear (Source *source)
{
  _nullmail_password_map_clear (&source->map);
  g_clear_pointer (&source->map_path, g_free);
  g_clear_pointer (&source->passwords, _nullmail_password_file_unref);
}

static void
source_free (Source *source)
{
  source_clear (source);
  g_free (source);
}

static void
view_clear (View *view)
{
  g_clear_pointer (&view->facts, _nullmail_check_facts_free);
  g_clear_pointer (&view->inspection, _nullmail_inspection_unref);
  g_clear_pointer (&view->defaults, g_hash_table_unref);
  source_clear (&view->first);
  g_clear_pointer (&view->sources, g_ptr_array_unref);
  g_clear_pointer (&view->more_files, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (View, view_clear)

/* A password file of the document as it is on disk. */
static void
look_at_file (Source            *source,
              NullmailTableFile *file)
{
  NullmailLookupMapState state;

  source->map_path = _nullmail_lookup_map_get_path (source->map.path, source->map.map_type);
  state = _nullmail_lookup_map_get_state (source->map.path, source->map.map_type);
  file->map_type = source->map.map_type;
  file->source_path = source->map.path;
  file->map_path = source->map_path;
  file->source = _nullmail_check_facts_stat (source->map.path);
  if (source->map_path != NULL)
    file->map = _nullmail_check_facts_stat (source->map_path);
  file->map_is_stale = state == NULLMAIL_LOOKUP_MAP_STALE ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

/* Unreadable is no error: the checks say what they left open. */
static void
load_passwords (Source            *source,
                NullmailTableFile *file,
                GCancellable      *cancellable)
{
  g_autoptr(NullmailPasswordTable) table = NULL;

  if (source->map.path == NULL || file->source.exists != NULLMAIL_FACT_YES)
    return;

  table = _nullmail_password_table_load (source->map.path, source->map.map_type, cancellable, NULL);
  if (table != NULL)
    file->passwords = source->passwords = _nullmail_password_file_ref (table->contents);
}

/* Those behind the first one. */
static void
look_at_more_files (View           *view,
                    NullmailMainCf *main_cf,
                    GHashTable     *macros)
{
  NullmailPasswordMap map;

  view->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) source_free);
  view->more_files = g_array_new (FALSE, TRUE, sizeof (NullmailTableFile));
  for (guint i = 1; _nullmail_password_map_find_nth (&map, main_cf, i, macros); i++)
    {
      Source *source = g_new0 (Source, 1);
      NullmailTableFile file = { 0 };

      source->map = map;
      g_ptr_array_add (view->sources, source);
      look_at_file (source, &file);
      load_passwords (source, &file, NULL);
      g_array_append_val (view->more_files, file);
    }

  view->snapshot.more_files = (const NullmailTableFile *) view->more_files->data;
  view->snapshot.n_more_files = view->more_files->len;
}

/* Where main.cf names no table for a login: the one that a plan would name. */
static gboolean
find_default_map (View                    *view,
                  NullmailPostfixInstance *instance,
                  NullmailMainCf          *main_cf)
{
  const char *directory = nullmail_postfix_instance_get_config_directory (instance);
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, "smtp_sasl_password_maps");

  if (view->inspection == NULL || !_nullmail_main_cf_authenticates (main_cf)
      || (value != NULL && *value != '\0') || strpbrk (directory, ", \t\r\n$") != NULL)
    return FALSE;

  view->first.map.map_type = g_strdup (view->inspection->default_map_type);
  view->first.map.path = g_build_filename (directory, "sasl_passwd", NULL);
  return TRUE;
}

static void
view_init (View                    *view,
           NullmailPostfixInstance *instance,
           NullmailMainCf          *main_cf,
           const char              *main_cf_path)
{
  g_autoptr(GHashTable) macros = _nullmail_postfix_instance_get_macros (instance);
  NullmailKnowledge *knowledge = _nullmail_postfix_instance_get_knowledge (instance);
  NullmailCheckSnapshot *snapshot = &view->snapshot;

  *view = (View) { 0 };
  view->inspection = _nullmail_knowledge_peek_inspection (knowledge);
  view->defaults = _nullmail_knowledge_peek_defaults (knowledge);
  view->facts = _nullmail_check_facts_new ();

  snapshot->main_cf = main_cf;
  snapshot->main_cf_path = main_cf_path;
  snapshot->defaults = view->defaults;
  snapshot->user = geteuid ();
  if (view->inspection != NULL)
    snapshot->map_types = (const char * const *) view->inspection->map_types;
  if (_nullmail_password_map_find (&view->first.map, main_cf, macros)
      || find_default_map (view, instance, main_cf))
    look_at_file (&view->first, &snapshot->file);
  look_at_more_files (view, main_cf, macros);
  _nullmail_check_facts_lend (view->facts, snapshot);
}

/* What any plan leaves of the password file: a fresh table, both the owner's alone. */
static void
expect_mended_files (View         *view,
                     NullmailPlan *plan)
{
  NullmailFileFacts mended = { NULLMAIL_FACT_YES, 0600, geteuid () };
  NullmailTableFile *file = &view->snapshot.file;

  /* What a table without its source holds is not known, before and after. */
  if (plan->table->base != NULL || _nullmail_password_table_has_new_source (plan->table))
    file->passwords = plan->table->contents;
  if (_nullmail_password_table_has_new_source (plan->table))
    file->source = mended;
  if (file->map_path != NULL && !_nullmail_password_table_is_unchanged (plan->table))
    file->map = mended;
  file->map_is_stale = NULLMAIL_FACT_NO;

  /* The same file once more. */
  for (guint i = 0; i < view->more_files->len; i++)
    {
      NullmailTableFile *other = &g_array_index (view->more_files, NullmailTableFile, i);

      if (g_str_equal (other->source_path, file->source_path))
        {
          other->passwords = file->passwords;
          other->source = file->source;
        }
    }
}

void
_nullmail_plan_add_findings (NullmailPostfixInstance *instance,
                             NullmailPlan            *plan)
{
  g_auto(View) before = { 0 };
  g_auto(View) after = { 0 };
  g_autoptr(GPtrArray) findings_before = NULL;

  view_init (&before, instance, plan->before, plan->main_cf_path);
  before.snapshot.file.passwords = plan->passwords_before;
  findings_before = _nullmail_check_run (&before.snapshot);

  view_init (&after, instance, plan->main_cf, plan->main_cf_path);
  if (plan->table != NULL && g_strcmp0 (plan->table->path, after.first.map.path) == 0)
    expect_mended_files (&after, plan);
  g_ptr_array_unref (plan->findings);
  plan->findings = _nullmail_check_run (&after.snapshot);

  g_ptr_array_unref (plan->new_errors);
  plan->new_errors = _nullmail_finding_list_new_errors (
    findings_before, plan->findings,
    _nullmail_check_is_channel_changed (plan->before, plan->main_cf, after.defaults));
}

static void
ask_service (View                    *view,
             NullmailPostfixInstance *instance,
             GCancellable            *cancellable)
{
  NullmailService service = _nullmail_postfix_instance_get_service (instance);
  NullmailServiceState state;

  if (!_nullmail_service_exists (&service)
      || !_nullmail_service_query (&service, &state, cancellable, NULL)
      || (state & NULLMAIL_SERVICE_STATE_UNKNOWN) != 0)
    return;

  view->snapshot.is_running = (state & NULLMAIL_SERVICE_STATE_RUNNING) != 0 ? NULLMAIL_FACT_YES
                                                                            : NULLMAIL_FACT_NO;
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
 *
 * Returns: (transfer container) (element-type NullmailFinding): findings, most severe first, or
 *   %NULL with @error set as by [method@PostfixInstance.load_main_cf], %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_postfix_instance_check (NullmailPostfixInstance  *self,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  g_auto(View) view = { 0 };
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailInspection) inspection = NULL;
  g_autoptr(GHashTable) defaults = NULL;
  g_autoptr(GPtrArray) answers = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (NULLMAIL_IS_POSTFIX_INSTANCE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  main_cf = nullmail_postfix_instance_load_main_cf (self, cancellable, error);
  if (main_cf == NULL)
    return NULL;

  /* A main.cf that Postfix cannot read is a finding; it must not hinder finding it. */
  inspection = _nullmail_postfix_instance_get_inspection (self, cancellable, NULL);
  defaults = nullmail_postfix_instance_get_defaults (self, cancellable, NULL);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  path = _nullmail_postfix_instance_get_main_cf_path (self);
  view_init (&view, self, main_cf, path);
  load_passwords (&view.first, &view.snapshot.file, cancellable);
  ask_service (&view, self, cancellable);
  answers = _nullmail_ask_services (
    &view.snapshot, nullmail_postfix_instance_get_config_directory (self),
    nullmail_postfix_instance_get_command_directory (self),
    inspection != NULL ? inspection->queue_directory : NULL, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  view.snapshot.answers = answers;
  return _nullmail_check_run (&view.snapshot);
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
 * Returns: (transfer container) (element-type NullmailFinding): as of
 *   [method@PostfixInstance.check]
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_postfix_instance_check_finish (NullmailPostfixInstance  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  g_return_val_if_fail (
    _nullmail_task_is_valid (result, self, nullmail_postfix_instance_check_async),
    NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
