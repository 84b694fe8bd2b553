/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a plan shows the text files that it changes. */

#include "plan/plan-private.h"

#include "base/regular-file-private.h"
#include "document/main-cf-private.h"
#include "plan/text-diff-private.h"

/* A text file as it may be shown; NULL stands for a file that is not there. */
typedef struct
{
  char *before;  /* (owned) (nullable) */
  char *after;   /* (owned) (nullable) */
} Shown;

static void
shown_clear (Shown *self)
{
  g_free (self->before);
  g_free (self->after);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

typedef void (*Sink) (gpointer     sink_data,
                      const char  *path,
                      const Shown *shown);

/* Adds a remark to each entry whose password is replaced: both passwords are masked, so that the
 * diff would show no difference. */
static char *
mark_replaced (const NullmailPlanTable *self,
               char                    *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  guint n_lines = g_strv_length (lines);

  g_free (text);
  for (guint i = 0; self->replaced[i] != NULL; i++)
    {
      guint line = _nullmail_password_file_get_line_of (self->table->contents, self->replaced[i]);
      char *marked;

      if (line == 0 || line > n_lines)
        continue;
      marked = g_strconcat (lines[line - 1], " (changed)", NULL);
      g_free (lines[line - 1]);
      lines[line - 1] = marked;
    }

  return g_strjoinv ("\n", lines);
}

static char *
show_document (NullmailPlan   *self,
               NullmailMainCf *main_cf)
{
  return _nullmail_mask_show_main_cf (self->mask, _nullmail_main_cf_peek_bytes (main_cf));
}

static void
show_main_cf (NullmailPlan *self,
              Sink          sink,
              gpointer      sink_data)
{
  g_auto(Shown) shown = { 0 };

  if (!_nullmail_plan_changes_main_cf (self))
    return;

  if (!self->creates_main_cf)
    shown.before = show_document (self, self->before);
  shown.after = show_document (self, self->main_cf);
  sink (sink_data, self->main_cf_path, &shown);
}

static void
show_table (const NullmailPlanTable *table,
            Sink                     sink,
            gpointer                 sink_data)
{
  g_auto(Shown) shown = { 0 };

  if (!_nullmail_plan_table_changes_source (table))
    return;

  if (table->before != NULL)
    shown.before = _nullmail_password_file_mask (table->before);
  if (!table->removes_source)
    shown.after = mark_replaced (table, _nullmail_password_file_mask (table->table->contents));
  sink (sink_data, table->table->path, &shown);
}

static void
show_file (const NullmailPlanFile *file,
           Sink                    sink,
           gpointer                sink_data)
{
  g_auto(Shown) shown = {
    file->before != NULL ? _nullmail_bytes_to_text (file->before) : NULL,
    file->after != NULL ? _nullmail_bytes_to_text (file->after) : NULL,
  };

  sink (sink_data, file->path, &shown);
}

static void
show (NullmailPlan *self,
      Sink          sink,
      gpointer      sink_data)
{
  show_main_cf (self, sink, sink_data);
  for (guint i = 0; i < self->tables->len; i++)
    show_table (g_ptr_array_index (self->tables, i), sink, sink_data);
  for (guint i = 0; i < self->files->len; i++)
    show_file (g_ptr_array_index (self->files, i), sink, sink_data);
}

static void
append_diff (gpointer     sink_data,
             const char  *path,
             const Shown *shown)
{
  _nullmail_text_diff_append (sink_data, path, shown->before, -1, shown->after, -1);
}

/**
 * nullmail_plan_to_diff:
 * @self: a plan
 *
 * Writes the changes of the text files as a unified diff with three lines of context.
 *
 * Every password reads `********`, one that is replaced `******** (changed)`.
 *
 * Returns: (transfer full) (not nullable): the diff, `""` where no text changes
 *
 * Since: 1.0
 */
char *
nullmail_plan_to_diff (NullmailPlan *self)
{
  GString *diff;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  diff = g_string_new (NULL);
  show (self, append_diff, diff);
  return g_string_free (diff, FALSE);
}

/* A variant takes UTF-8 only. */
static void
insert_text (GVariantDict *dict,
             const char   *key,
             const char   *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    g_variant_dict_insert (dict, key, "s", valid);
}

static void
append_texts (gpointer     sink_data,
              const char  *path,
              const Shown *shown)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  insert_text (&dict, "path", path);
  insert_text (&dict, "before", shown->before);
  insert_text (&dict, "after", shown->after);
  g_variant_builder_add_value (sink_data, g_variant_dict_end (&dict));
}

/**
 * nullmail_plan_to_texts:
 * @self: a plan
 *
 * Writes the text files that would change, whole, as they are and as they would be, for a tool that
 * makes the difference itself. In the order of [method@Plan.to_diff] each is a dictionary of
 * `path`, `before` and `after` (`s`); `before` is left out where the file would be new, and `after`
 * where it would go.
 *
 * Every password reads `********`, one that is replaced `******** (changed)` in `after`. What is
 * not UTF-8 is shown as U+FFFD.
 *
 * Returns: (transfer full) (not nullable): a new variant of type `aa{sv}`, not floating, without
 *   items where no text changes
 *
 * Since: 1.0
 */
GVariant *
nullmail_plan_to_texts (NullmailPlan *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  show (self, append_texts, &builder);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
