/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/plan-private.h"

#include "check/finding.h"
#include "document/main-cf-private.h"
#include "enum-types.h"
#include "plan/change.h"

/**
 * NullmailPlan:
 *
 * What would change, and the token that [method@PostfixInstance.apply] takes.
 *
 * A plan is made by [method@PostfixInstance.plan] and its relatives, which write nothing, and shows
 * the very bytes that applying it will put in place. It is tied to the files as they were read: if
 * one of them changes before it is applied, applying says %NULLMAIL_ERROR_CONFLICT.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (NullmailPlan, nullmail_plan, G_TYPE_OBJECT)

typedef enum { PROP_ACTIVATION = 1 } NullmailPlanProperty;

static GParamSpec *props[PROP_ACTIVATION + 1];

static void
plan_table_free (gpointer data)
{
  NullmailPlanTable *self = data;

  g_clear_pointer (&self->table, _nullmail_password_table_free);
  g_clear_pointer (&self->before, _nullmail_password_file_unref);
  g_strfreev (self->replaced);
  g_ptr_array_unref (self->own_added);
  g_ptr_array_unref (self->own_dropped);
  g_free (self);
}

static void
plan_removal_free (gpointer data)
{
  NullmailPlanRemoval *self = data;

  g_free (self->path);
  g_free (self->map_type);
  g_free (self);
}

static void
plan_file_free (gpointer data)
{
  NullmailPlanFile *self = data;

  g_free (self->path);
  g_clear_pointer (&self->before, g_bytes_unref);
  g_clear_pointer (&self->after, g_bytes_unref);
  g_free (self);
}

NullmailPlan *
_nullmail_plan_new (NullmailMainCf *before,
                    NullmailMainCf *main_cf)
{
  NullmailPlan *self = g_object_new (NULLMAIL_TYPE_PLAN, NULL);

  g_set_object (&self->before, before);
  g_set_object (&self->main_cf, main_cf);
  return self;
}

/* A plan that no instance has made, but g_object_new () for example, is an empty one. */
static void
nullmail_plan_init (NullmailPlan *self)
{
  self->before = nullmail_main_cf_new ();
  self->main_cf = nullmail_main_cf_new ();
  self->tables = g_ptr_array_new_with_free_func (plan_table_free);
  self->files = g_ptr_array_new_with_free_func (plan_file_free);
  self->removals = g_ptr_array_new_with_free_func (plan_removal_free);
  self->premises = _nullmail_premises_new ();
  self->conflicts = g_ptr_array_new_with_free_func (g_free);
  self->left_keys = g_ptr_array_new_with_free_func (g_free);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_change_unref);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  self->new_findings = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
  self->new_errors = g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_finding_unref);
}

NullmailPlanTable *
_nullmail_plan_add_table (NullmailPlan          *self,
                          NullmailPasswordTable *take_table)
{
  NullmailPlanTable *added = g_new0 (NullmailPlanTable, 1);

  added->table = take_table;
  if (take_table->base != NULL)
    added->before = _nullmail_password_file_copy (take_table->contents);
  added->replaced = g_new0 (char *, 1);
  added->own_added = g_ptr_array_new_with_free_func (g_free);
  added->own_dropped = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->tables, added);
  return added;
}

void
_nullmail_plan_add_removal (NullmailPlan *self,
                            const char   *path,
                            const char   *map_type)
{
  NullmailPlanRemoval *added;

  for (guint i = 0; i < self->removals->len; i++)
    if (g_str_equal (((NullmailPlanRemoval *) g_ptr_array_index (self->removals, i))->path, path))
      return;

  added = g_new0 (NullmailPlanRemoval, 1);
  added->path = g_strdup (path);
  added->map_type = g_strdup (map_type);
  g_ptr_array_add (self->removals, added);
}

void
_nullmail_plan_add_file (NullmailPlan *self,
                         const char   *path,
                         GBytes       *before,
                         GBytes       *after)
{
  NullmailPlanFile *added = g_new0 (NullmailPlanFile, 1);

  added->path = g_strdup (path);
  added->before = before != NULL ? g_bytes_ref (before) : NULL;
  added->after = after != NULL ? g_bytes_ref (after) : NULL;
  g_ptr_array_add (self->files, added);
}

static void
nullmail_plan_finalize (GObject *object)
{
  NullmailPlan *self = NULLMAIL_PLAN (object);

  g_clear_pointer (&self->installation, _nullmail_installation_unref);
  g_free (self->config_directory);
  g_free (self->main_cf_path);
  g_clear_object (&self->before);
  g_clear_object (&self->main_cf);
  g_clear_pointer (&self->mask, _nullmail_mask_free);
  g_ptr_array_unref (self->tables);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->removals);
  _nullmail_premises_free (self->premises);
  g_ptr_array_unref (self->conflicts);
  g_ptr_array_unref (self->left_keys);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->new_findings);
  g_ptr_array_unref (self->new_errors);

  G_OBJECT_CLASS (nullmail_plan_parent_class)->finalize (object);
}

static void
nullmail_plan_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  NullmailPlan *self = NULLMAIL_PLAN (object);

  switch ((NullmailPlanProperty) prop_id)
    {
    case PROP_ACTIVATION:
      g_value_set_enum (value, self->activation);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
nullmail_plan_class_init (NullmailPlanClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nullmail_plan_finalize;
  object_class->get_property = nullmail_plan_get_property;

  /**
   * NullmailPlan:activation: (getter get_activation)
   *
   * What makes a running Postfix use the new configuration.
   *
   * Since: 1.0
   */
  props[PROP_ACTIVATION] = g_param_spec_enum ("activation", NULL, NULL, NULLMAIL_TYPE_ACTIVATION,
                                              NULLMAIL_ACTIVATION_NONE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

/**
 * nullmail_plan_is_empty:
 * @self: a plan
 *
 * Tells whether there is nothing to change. Applying an empty plan succeeds and touches nothing.
 *
 * Returns: %TRUE if no file would change
 *
 * Since: 1.0
 */
gboolean
nullmail_plan_is_empty (NullmailPlan *self)
{
  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), TRUE);

  return self->changes->len == 0;
}

/**
 * nullmail_plan_get_activation: (get-property activation)
 * @self: a plan
 *
 * Returns what makes a running Postfix use the new configuration: stop and start where
 * `inet_interfaces` or `inet_protocols` change, a reload for anything else in main.cf and for a
 * `texthash` table, nothing for a compiled table, which Postfix notices by itself.
 *
 * Returns: the activation
 *
 * Since: 1.0
 */
NullmailActivation
nullmail_plan_get_activation (NullmailPlan *self)
{
  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULLMAIL_ACTIVATION_NONE);

  return self->activation;
}

static gpointer
ref_change (gconstpointer item,
            gpointer      user_data G_GNUC_UNUSED)
{
  return nullmail_change_ref ((NullmailChange *) item);
}

static gpointer
ref_finding (gconstpointer item,
             gpointer      user_data G_GNUC_UNUSED)
{
  return nullmail_finding_ref ((NullmailFinding *) item);
}

/**
 * nullmail_plan_get_changes:
 * @self: a plan
 *
 * Lists the changes, sorted by path and then by subject.
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailChange): a new array
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_plan_get_changes (NullmailPlan *self)
{
  GPtrArray *changes;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  changes = g_ptr_array_copy (self->changes, ref_change, NULL);
  g_ptr_array_set_free_func (changes, (GDestroyNotify) nullmail_change_unref);
  return changes;
}

static GPtrArray *
copy_findings (GPtrArray *findings)
{
  GPtrArray *copy = g_ptr_array_copy (findings, ref_finding, NULL);

  g_ptr_array_set_free_func (copy, (GDestroyNotify) nullmail_finding_unref);
  return copy;
}

/**
 * nullmail_plan_get_findings:
 * @self: a plan
 *
 * Lists what would be wrong or worth knowing after the plan was applied, most severe first.
 *
 * For a plan without changes Postfix is not asked for a mere warning, so that a second run costs
 * nothing: %NULLMAIL_FINDING_CODE_TLS_WAIVABLE is then left to [method@PostfixInstance.check].
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailFinding): a new array
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_plan_get_findings (NullmailPlan *self)
{
  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  return copy_findings (self->findings);
}

/**
 * nullmail_plan_get_new_findings:
 * @self: a plan
 *
 * Lists those of [method@Plan.get_findings] that are news, most severe first: there was none of the
 * same code, parameter, path and subject before, or it endangers a password that the plan sends to
 * another relay or over a weaker channel. Those of severity ERROR have applying refused without
 * %NULLMAIL_APPLY_FLAGS_FORCE.
 *
 * A plan without changes brings none, nor does one that goes back to what was there before.
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailFinding): a new array
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_plan_get_new_findings (NullmailPlan *self)
{
  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  return copy_findings (self->new_findings);
}

/**
 * nullmail_plan_get_main_cf:
 * @self: a plan
 *
 * Returns main.cf as it would be.
 *
 * Returns: (transfer full) (not nullable): a new document
 *
 * Since: 1.0
 */
NullmailMainCf *
nullmail_plan_get_main_cf (NullmailPlan *self)
{
  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  return nullmail_main_cf_copy (self->main_cf);
}

/**
 * nullmail_plan_to_variant:
 * @self: a plan
 *
 * Writes the plan as a dictionary (`a{sv}`): `changes` and `findings` (`aa{sv}`), `activation`
 * (`s`) and `diff` (`s`).
 *
 * Returns: (transfer full) (not nullable): a new variant, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_plan_to_variant (NullmailPlan *self)
{
  g_autoptr(GEnumClass) activations = NULL;
  g_autofree char *diff = NULL;
  GVariantBuilder builder, list;

  g_return_val_if_fail (NULLMAIL_IS_PLAN (self), NULL);

  activations = g_type_class_ref (NULLMAIL_TYPE_ACTIVATION);
  diff = nullmail_plan_to_diff (self);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "activation",
                         g_variant_new_string (g_enum_get_value (activations, self->activation)
                                               ->value_nick));
  g_variant_builder_add (&builder, "{sv}", "diff", g_variant_new_string (diff));

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->changes->len; i++)
    {
      g_autoptr(GVariant) change =
        nullmail_change_to_variant (g_ptr_array_index (self->changes, i));

      g_variant_builder_add_value (&list, change);
    }
  g_variant_builder_add (&builder, "{sv}", "changes", g_variant_builder_end (&list));

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->findings->len; i++)
    {
      g_autoptr(GVariant) finding =
        nullmail_finding_to_variant (g_ptr_array_index (self->findings, i));

      g_variant_builder_add_value (&list, finding);
    }
  g_variant_builder_add (&builder, "{sv}", "findings", g_variant_builder_end (&list));

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
