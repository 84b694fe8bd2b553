/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/probe-report-private.h"

#include "enum-types.h"

/**
 * NullmailProbeReport:
 *
 * What a relay answered to a [class@RelayProbe].
 *
 * The sentences are in the language of the user and never hold a password, also if the relay
 * repeats one.
 *
 * This is an immutable, reference-counted value; any thread may use it.
 *
 * Since: 1.0
 */
G_DEFINE_BOXED_TYPE (NullmailProbeReport, nullmail_probe_report,
                     nullmail_probe_report_ref, nullmail_probe_report_unref)

static void
step_free (gpointer data)
{
  NullmailProbeStep *self = data;

  g_free (self->name);
  g_free (self->detail);
  g_free (self);
}

NullmailProbeReport *
_nullmail_probe_report_new (NullmailRelayHost *relay_host)
{
  NullmailProbeReport *self = g_new0 (NullmailProbeReport, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->relay_host = nullmail_relay_host_ref (relay_host);
  self->message = g_strdup ("");
  self->remedy = g_strdup ("");
  self->addresses = g_new0 (char *, 1);
  self->extensions = g_new0 (char *, 1);
  self->mechanisms = g_new0 (char *, 1);
  self->names = g_new0 (char *, 1);
  self->steps = g_ptr_array_new_with_free_func (step_free);
  return self;
}

void
_nullmail_probe_report_add_step (NullmailProbeReport  *self,
                                 const char           *name,
                                 NullmailProbeOutcome  outcome,
                                 const char           *detail,
                                 guint                 elapsed_ms)
{
  NullmailProbeStep *step = g_new0 (NullmailProbeStep, 1);

  *step = (NullmailProbeStep) { g_strdup (name), outcome, g_strdup (detail), elapsed_ms };
  g_ptr_array_add (self->steps, step);
}

/**
 * nullmail_probe_report_ref:
 * @self: a report
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailProbeReport *
nullmail_probe_report_ref (NullmailProbeReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_probe_report_unref:
 * @self: (transfer full): a report
 *
 * Gives a reference back, and frees the report with the last one; any thread may.
 *
 * Since: 1.0
 */
void
nullmail_probe_report_unref (NullmailProbeReport *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->message);
  g_free (self->remedy);
  nullmail_relay_host_unref (self->relay_host);
  g_strfreev (self->addresses);
  g_free (self->address);
  g_free (self->banner);
  g_strfreev (self->extensions);
  g_strfreev (self->mechanisms);
  g_free (self->tls_protocol);
  g_free (self->tls_cipher);
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self->fingerprint);
  g_free (self->key_fingerprint);
  g_free (self->mechanism);
  g_free (self->reply);
  g_ptr_array_unref (self->steps);
  g_free (self);
}

static const char *
get_outcome_nick (NullmailProbeOutcome outcome)
{
  g_autoptr(GEnumClass) klass = g_type_class_ref (NULLMAIL_TYPE_PROBE_OUTCOME);

  return g_enum_get_value (klass, outcome)->value_nick;
}

/**
 * nullmail_probe_report_get_steps:
 * @self: a report
 *
 * Gets what was done, in its order.
 *
 * Each step is a dictionary with `name`, `outcome` (a nick of [enum@ProbeOutcome]), `detail` (for
 * people) and `ms`, the milliseconds that it took. The names are `dns`, `connect`, `greeting`,
 * `ehlo`, `tls`, `certificate`, `auth` and `login`; `connect` and `greeting` are there once for
 * each address that was tried.
 *
 * Returns: (transfer full) (not nullable): a new variant of type `aa{sv}`, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_probe_report_get_steps (const NullmailProbeReport *self)
{
  GVariantBuilder builder;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->steps->len; i++)
    {
      const NullmailProbeStep *step = g_ptr_array_index (self->steps, i);
      g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&dict, "name", "s", step->name);
      g_variant_dict_insert (&dict, "outcome", "s", get_outcome_nick (step->outcome));
      g_variant_dict_insert (&dict, "detail", "s", step->detail);
      g_variant_dict_insert (&dict, "ms", "u", step->elapsed_ms);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
add_text (GVariantDict *dict,
          const char   *key,
          const char   *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

static void
add_list (GVariantDict *dict,
          const char   *key,
          char        **list)
{
  g_variant_dict_insert_value (dict, key,
                               g_variant_new_strv ((const char * const *) list, -1));
}

static void
add_errors (GVariantDict         *dict,
            GTlsCertificateFlags  errors)
{
  g_autoptr(GFlagsClass) klass = g_type_class_ref (G_TYPE_TLS_CERTIFICATE_FLAGS);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < klass->n_values; i++)
    {
      guint value = klass->values[i].value;

      /* One bit each: there is a value for all of them together as well. */
      if (value != 0 && (value & (value - 1)) == 0 && (errors & value) != 0)
        g_variant_builder_add (&builder, "s", klass->values[i].value_nick);
    }
  g_variant_dict_insert_value (dict, "certificate-errors", g_variant_builder_end (&builder));
}

static void
add_certificate (GVariantDict              *dict,
                 const NullmailProbeReport *self)
{
  add_text (dict, "certificate-subject", self->subject);
  add_text (dict, "certificate-issuer", self->issuer);
  g_variant_dict_insert (dict, "certificate-expires", "x", self->expires);
  add_errors (dict, self->errors);
  add_list (dict, "certificate-names", self->names);
  add_text (dict, "certificate-fingerprint", self->fingerprint);
  add_text (dict, "public-key-fingerprint", self->key_fingerprint);
}

/**
 * nullmail_probe_report_to_variant:
 * @self: a report
 *
 * Gets the report as a dictionary, for JSON and the like.
 *
 * The keys are the names of the getters with dashes, without `get`: `is-ok`, `outcome` (a nick),
 * `certificate-errors` (nicks), `steps` and so on. What is %NULL is left out.
 *
 * Returns: (transfer full) (not nullable): a new variant of type `a{sv}`, not floating
 *
 * Since: 1.0
 */
GVariant *
nullmail_probe_report_to_variant (const NullmailProbeReport *self)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr(GVariant) steps = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  steps = nullmail_probe_report_get_steps (self);
  g_variant_dict_insert (&dict, "is-ok", "b", nullmail_probe_report_is_ok (self));
  add_text (&dict, "outcome", get_outcome_nick (self->outcome));
  add_text (&dict, "message", self->message);
  add_text (&dict, "remedy", self->remedy);
  add_text (&dict, "relay-host", nullmail_relay_host_to_string (self->relay_host));
  add_list (&dict, "addresses", self->addresses);
  add_text (&dict, "address", self->address);
  add_text (&dict, "banner", self->banner);
  add_list (&dict, "extensions", self->extensions);
  add_list (&dict, "auth-mechanisms", self->mechanisms);
  add_text (&dict, "tls-protocol", self->tls_protocol);
  add_text (&dict, "tls-cipher", self->tls_cipher);
  add_certificate (&dict, self);
  add_text (&dict, "mechanism", self->mechanism);
  g_variant_dict_insert (&dict, "login-tried", "b", self->login_tried);
  add_text (&dict, "reply", self->reply);
  g_variant_dict_insert_value (&dict, "steps", steps);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * nullmail_probe_report_equal:
 * @self: a report
 * @other: another report
 *
 * Checks whether two reports are the same in everything, the milliseconds of the steps included.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
nullmail_probe_report_equal (const NullmailProbeReport *self,
                             const NullmailProbeReport *other)
{
  g_autoptr(GVariant) left = NULL, right = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  left = nullmail_probe_report_to_variant (self);
  right = nullmail_probe_report_to_variant (other);
  return g_variant_equal (left, right);
}
