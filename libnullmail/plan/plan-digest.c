/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/plan-private.h"

#include <string.h>

#include "check/finding.h"
#include "document/main-cf-private.h"
#include "plan/change.h"

/* Each part is preceded by its length, so that no two lists of parts read the same. */
static void
add_bytes (GChecksum  *sum,
           const void *data,
           gssize      size)
{
  g_autofree char *length = g_strdup_printf ("%" G_GSSIZE_FORMAT ":", data != NULL ? size : -1);

  g_checksum_update (sum, (const guchar *) length, -1);
  if (data != NULL && size > 0)
    g_checksum_update (sum, data, size);
}

static void
add_text (GChecksum  *sum,
          const char *text)
{
  add_bytes (sum, text, text != NULL ? (gssize) strlen (text) : 0);
}

static void
add_number (GChecksum *sum,
            guint64    number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  add_text (sum, text);
}

static void
add_file_bytes (GChecksum *sum,
                GBytes    *bytes)
{
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  add_bytes (sum, bytes != NULL && data == NULL ? "" : data, size);
}

static void
add_texts (GChecksum *sum,
           GPtrArray *texts)
{
  add_number (sum, texts->len);
  for (guint i = 0; i < texts->len; i++)
    add_text (sum, g_ptr_array_index (texts, i));
}

static void
add_main_cf (GChecksum      *sum,
             NullmailPlan   *plan,
             NullmailMainCf *main_cf)
{
  g_autofree char *shown =
    _nullmail_mask_show_main_cf (plan->mask, _nullmail_main_cf_peek_bytes (main_cf));

  add_text (sum, shown);
}

/* A digest of a password would be a way to guess it. Which file it was, how long and from when,
 * tells an edit of it as well. */
static void
add_table (GChecksum               *sum,
           const NullmailPlanTable *table)
{
  const NullmailPasswordTable *files = table->table;

  add_text (sum, files->path);
  add_text (sum, files->map_type);
  add_number (sum, files->base != NULL);
  if (files->base != NULL)
    {
      add_number (sum, files->source.st_dev);
      add_number (sum, files->source.st_ino);
      add_number (sum, files->source.st_size);
      add_number (sum, files->source.st_mtim.tv_sec);
      add_number (sum, files->source.st_mtim.tv_nsec);
    }
  add_number (sum, files->transition != NULL);
  add_number (sum, table->removes_source);
  add_texts (sum, table->own_added);
  add_texts (sum, table->own_dropped);
}

static void
add_files (GChecksum    *sum,
           NullmailPlan *plan)
{
  g_auto(GStrv) premises = _nullmail_premises_describe (plan->premises);

  add_number (sum, plan->tables->len);
  for (guint i = 0; i < plan->tables->len; i++)
    add_table (sum, g_ptr_array_index (plan->tables, i));

  add_number (sum, plan->files->len);
  for (guint i = 0; i < plan->files->len; i++)
    {
      const NullmailPlanFile *file = g_ptr_array_index (plan->files, i);

      add_text (sum, file->path);
      add_file_bytes (sum, file->before);
      add_file_bytes (sum, file->after);
    }

  add_number (sum, plan->removals->len);
  for (guint i = 0; i < plan->removals->len; i++)
    {
      const NullmailPlanRemoval *removal = g_ptr_array_index (plan->removals, i);

      add_text (sum, removal->path);
      add_text (sum, removal->map_type);
    }

  add_number (sum, g_strv_length (premises));
  for (guint i = 0; premises[i] != NULL; i++)
    add_text (sum, premises[i]);
}

static void
add_changes (GChecksum    *sum,
             NullmailPlan *plan)
{
  add_number (sum, plan->changes->len);
  for (guint i = 0; i < plan->changes->len; i++)
    {
      NullmailChange *change = g_ptr_array_index (plan->changes, i);

      add_number (sum, nullmail_change_get_kind (change));
      add_text (sum, nullmail_change_get_path (change));
      add_text (sum, nullmail_change_get_subject (change));
      add_text (sum, nullmail_change_get_old_value (change));
      add_text (sum, nullmail_change_get_new_value (change));
    }

  /* Whoever forces a plan accepts these errors and no others. Their sentences are left out, for
   * they are in the language of the user. */
  add_number (sum, plan->new_errors->len);
  for (guint i = 0; i < plan->new_errors->len; i++)
    {
      const NullmailFinding *finding = g_ptr_array_index (plan->new_errors, i);

      add_number (sum, nullmail_finding_get_code (finding));
      add_text (sum, nullmail_finding_get_parameter (finding));
      add_text (sum, nullmail_finding_get_path (finding));
      add_text (sum, nullmail_finding_get_subject (finding));
    }
}

/**
 * nullmail_plan_get_digest:
 * @self: a plan
 *
 * Returns a text that stands for all that the plan relies on and would write, passwords left out.
 *
 * A plan cannot be handed to another process. That one plans again instead, and compares: where the
 * digests are the same, what was shown is what will be done. A password file that was written
 * meanwhile makes another digest, even with the same contents; another new password does not.
 *
 * Returns: (transfer full) (not nullable): 64 hexadecimal digits
 *
 * Since: 1.0
 */
char *
nullmail_plan_get_digest (NullmailPlan *self)
{
  g_autoptr(GChecksum) sum = NULL;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  sum = g_checksum_new (G_CHECKSUM_SHA256);
  add_text (sum, self->config_directory);
  add_text (sum, self->main_cf_path);
  add_number (sum, self->creates_main_cf);
  add_main_cf (sum, self, self->before);
  add_main_cf (sum, self, self->main_cf);
  add_files (sum, self);
  add_changes (sum, self);
  add_texts (sum, self->conflicts);
  add_number (sum, self->activation);
  add_number (sum, self->main_cf_first);
  add_number (sum, self->stops_postfix);

  return g_strdup (g_checksum_get_string (sum));
}
