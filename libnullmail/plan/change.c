/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/change-private.h"

#include <string.h>

#include "enum-types.h"

/**
 * NullmailChange:
 *
 * One thing that a [class@Plan] would change, for tools that do not want a text diff.
 *
 * Since: 1.0
 */
struct _NullmailChange
{
  gatomicrefcount     ref_count;

  NullmailChangeKind  kind;
  char               *path;       /* (owned) */
  char               *subject;    /* (owned) */
  char               *old_value;  /* (owned) (nullable) */
  char               *new_value;  /* (owned) (nullable) */
};

G_DEFINE_BOXED_TYPE (NullmailChange, nullmail_change, nullmail_change_ref, nullmail_change_unref)

NullmailChange *
_nullmail_change_new (NullmailChangeKind  kind,
                      const char         *path,
                      const char         *subject,
                      const char         *old_value,
                      const char         *new_value)
{
  NullmailChange *self = g_new0 (NullmailChange, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->path = g_strdup (path);
  self->subject = g_strdup (subject);
  self->old_value = g_strdup (old_value);
  self->new_value = g_strdup (new_value);
  return self;
}

/**
 * nullmail_change_ref:
 * @self: a change
 *
 * Adds a reference. Any thread may call this.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailChange *
nullmail_change_ref (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_change_unref:
 * @self: (transfer full): a change
 *
 * Drops a reference, and frees the change with the last one. Any thread may call this.
 *
 * Since: 1.0
 */
void
nullmail_change_unref (NullmailChange *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->path);
  g_free (self->subject);
  g_free (self->old_value);
  g_free (self->new_value);
  g_free (self);
}

/**
 * nullmail_change_get_kind:
 * @self: a change
 *
 * Returns what kind of thing changes.
 *
 * Returns: the kind
 *
 * Since: 1.0
 */
NullmailChangeKind
nullmail_change_get_kind (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULLMAIL_CHANGE_KIND_UNKNOWN);

  return self->kind;
}

/**
 * nullmail_change_get_path:
 * @self: a change
 *
 * Returns the file that changes.
 *
 * Returns: (transfer none) (not nullable) (type filename): the path
 *
 * Since: 1.0
 */
const char *
nullmail_change_get_path (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

/**
 * nullmail_change_get_subject:
 * @self: a change
 *
 * Returns what changes in the file: the name of a parameter, the key of a password entry, or the
 * path itself.
 *
 * Returns: (transfer none) (not nullable): the subject
 *
 * Since: 1.0
 */
const char *
nullmail_change_get_subject (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subject;
}

/**
 * nullmail_change_get_old_value:
 * @self: a change
 *
 * Returns the value before; a password reads `********`.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL where there was none
 *
 * Since: 1.0
 */
const char *
nullmail_change_get_old_value (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->old_value;
}

/**
 * nullmail_change_get_new_value:
 * @self: a change
 *
 * Returns the value afterwards; a password reads `********`.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL where there will be none
 *
 * Since: 1.0
 */
const char *
nullmail_change_get_new_value (NullmailChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->new_value;
}

/**
 * nullmail_change_equal:
 * @self: a change
 * @other: another change
 *
 * Compares two changes.
 *
 * Returns: %TRUE if they say the same
 *
 * Since: 1.0
 */
gboolean
nullmail_change_equal (NullmailChange *self,
                       NullmailChange *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return self->kind == other->kind
         && g_str_equal (self->path, other->path)
         && g_str_equal (self->subject, other->subject)
         && g_strcmp0 (self->old_value, other->old_value) == 0
         && g_strcmp0 (self->new_value, other->new_value) == 0;
}

int
_nullmail_change_compare (gconstpointer a,
                          gconstpointer b)
{
  const NullmailChange *x = *(NullmailChange * const *) a;
  const NullmailChange *y = *(NullmailChange * const *) b;
  int order = strcmp (x->path, y->path);

  if (order == 0)
    order = strcmp (x->subject, y->subject);

  return order != 0 ? order : (int) x->kind - (int) y->kind;
}

/**
 * nullmail_change_to_variant:
 * @self: a change
 *
 * Writes the change as a dictionary (`a{sv}`) with the keys `kind`, `path`, `subject`, `old-value`
 * and `new-value`; a value that is not there has no key.
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_change_to_variant (NullmailChange *self)
{
  GVariantBuilder builder;
  g_autoptr(GEnumClass) kinds = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  kinds = g_type_class_ref (NULLMAIL_TYPE_CHANGE_KIND);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "kind",
                         g_variant_new_string (g_enum_get_value (kinds, self->kind)->value_nick));
  g_variant_builder_add (&builder, "{sv}", "path", g_variant_new_string (self->path));
  g_variant_builder_add (&builder, "{sv}", "subject", g_variant_new_string (self->subject));
  if (self->old_value != NULL)
    g_variant_builder_add (&builder, "{sv}", "old-value", g_variant_new_string (self->old_value));
  if (self->new_value != NULL)
    g_variant_builder_add (&builder, "{sv}", "new-value", g_variant_new_string (self->new_value));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
