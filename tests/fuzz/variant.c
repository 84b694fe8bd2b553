/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Any variant is an error, or a configuration whose own variant makes the same configuration; what
 * is refused changes nothing, and what is written to main.cf is written once.
 *
 * The input is the text form of a variant, or its type, a NUL, and its serialised form, which may
 * be malformed. */

#include "fuzz.h"

#include <string.h>

#include "nullmail.h"

static const char main_cf_text[] =
  "compatibility_level = 3.6\n"
  "relayhost = a, b\n"
  "smtp_tls_security_level = encrypt\n"
  "inet_protocols = ipv4\n"
  "mynetworks = 127.0.0.0/8\n"
  "mydestination = $myhostname,\n  localhost\n"
  "smtp_sasl_auth_enable = yes\n"
  "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n";

static GVariant *
read_variant (const uint8_t *data,
              size_t         size)
{
  const char *rest;
  gsize rest_size;
  g_autofree char *type = fuzz_split (data, size, &rest, &rest_size);
  g_autofree char *text = NULL;
  g_autoptr(GBytes) bytes = NULL;

  if (*type == '\0')
    {
      GVariant *variant;

      text = g_strndup (rest_size > 0 ? rest : "", rest_size);
      variant = g_utf8_validate (text, -1, NULL) ? g_variant_parse (NULL, text, NULL, NULL, NULL)
                                                 : NULL;  /* which GLib asks for */
      return variant != NULL ? g_variant_take_ref (variant) : NULL;
    }

  if (!g_variant_type_string_is_valid (type) || !g_variant_type_is_definite (G_VARIANT_TYPE (type)))
    return NULL;

  bytes = g_bytes_new (rest, rest_size);
  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
}

static void
check_error (GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->code == NULLMAIL_ERROR_INVALID_ARGUMENT
                 || error->code == NULLMAIL_ERROR_INVALID_RELAY_HOST);
  fuzz_assert_error (error);
}

static void
assert_same_variant (NullmailNullClientConfig *a,
                     NullmailNullClientConfig *b)
{
  g_autoptr(GVariant) of_a = nullmail_null_client_config_to_variant (a);
  g_autoptr(GVariant) of_b = nullmail_null_client_config_to_variant (b);

  g_assert_true (g_variant_is_normal_form (of_a));
  g_assert_true (g_variant_equal (of_a, of_b));
}

/* A parameter that has a password in main.cf is not told. Of others no text is assigned here that a
 * property could not express. */
static gboolean
tells_all (GVariant *variant,
           gboolean *tells_tables)
{
  g_autoptr(GVariant) derived = g_variant_lookup_value (variant, "derived", G_VARIANT_TYPE_VARDICT);
  g_autofree const char **names = NULL;

  g_assert_true (g_variant_lookup (derived, "unsupported", "^a&s", &names));
  *tells_tables = !g_strv_contains (names, "smtp_sasl_password_maps");
  return names[0] == NULL || (g_str_equal (names[0], "relayhost") && names[1] == NULL);
}

/* It reads as nothing and is left out, not shown in part. */
static void
check_secret (NullmailNullClientConfig *config,
              GVariant                 *variant)
{
  GVariantIter iter;
  GVariant *child;
  const char *name;

  g_assert_null (nullmail_null_client_config_get_password_maps (config));
  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &child))
    {
      g_assert_cmpstr (name, !=, "password-maps");
      g_variant_unref (child);
    }
}

static void
check_round_trip (NullmailNullClientConfig *config)
{
  g_autoptr(GVariant) variant = nullmail_null_client_config_to_variant (config);
  g_autoptr(NullmailNullClientConfig) copy = nullmail_null_client_config_copy (config);
  g_autoptr(NullmailNullClientConfig) again = NULL;
  gboolean tells_tables;
  GError *error = NULL;

  again = nullmail_null_client_config_new_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_true (nullmail_null_client_config_equal (config, copy));
  assert_same_variant (config, copy);
  if (!tells_all (variant, &tells_tables))
    {
      if (!tells_tables)
        check_secret (config, variant);
      return;
    }
  g_assert_true (nullmail_null_client_config_equal (config, again));
  assert_same_variant (config, again);
}

static NullmailMainCf *
new_document (void)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static (main_cf_text, strlen (main_cf_text));

  return nullmail_main_cf_new_from_bytes (bytes, NULL);
}

/* Each value that comes to main.cf is one line of it, and the second time nothing is left to do. */
static void
check_update (NullmailNullClientConfig *config)
{
  g_autoptr(NullmailMainCf) main_cf = new_document ();
  g_autoptr(NullmailMainCf) before = nullmail_main_cf_copy (main_cf);
  g_autoptr(NullmailNullClientConfig) loaded = NULL;
  GError *error = NULL;

  if (!nullmail_null_client_config_update_main_cf (config, main_cf, &error))
    {
      g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_CONFIG);
      fuzz_assert_error (error);
      g_assert_true (nullmail_main_cf_equal (main_cf, before));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (nullmail_main_cf_count_bad_lines (main_cf), ==, 0);
  g_object_unref (before);
  before = nullmail_main_cf_copy (main_cf);
  g_assert_true (nullmail_null_client_config_update_main_cf (config, main_cf, NULL));
  g_assert_true (nullmail_main_cf_equal (main_cf, before));

  loaded = nullmail_null_client_config_new_from_main_cf (main_cf);
  g_assert_true (nullmail_null_client_config_update_main_cf (loaded, main_cf, NULL));
  g_assert_true (nullmail_main_cf_equal (main_cf, before));
}

/* Onto a configuration that has something already. */
static void
check_apply (GVariant *variant,
             gboolean  is_good)
{
  g_autoptr(NullmailMainCf) main_cf = new_document ();
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_from_main_cf (main_cf);
  g_autoptr(NullmailNullClientConfig) before = nullmail_null_client_config_copy (config);
  g_autoptr(NullmailNullClientConfig) after = NULL;
  GError *error = NULL;

  g_assert_true (nullmail_null_client_config_apply_variant (config, variant, &error) == is_good);
  if (!is_good)
    {
      check_error (error);
      g_assert_true (nullmail_null_client_config_equal (config, before));
      assert_same_variant (config, before);
      return;
    }

  g_assert_no_error (error);
  after = nullmail_null_client_config_copy (config);
  g_assert_true (nullmail_null_client_config_apply_variant (config, variant, NULL));
  g_assert_true (nullmail_null_client_config_equal (config, after));
  check_update (config);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GVariant) variant = NULL;
  g_autoptr(NullmailNullClientConfig) config = NULL;
  GError *error = NULL;

  fuzz_make_warnings_fatal ();
  variant = read_variant (data, size);
  if (variant == NULL)
    return 0;

  config = nullmail_null_client_config_new_from_variant (variant, &error);
  if (config == NULL)
    check_error (error);
  else
    {
      g_assert_no_error (error);
      g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
      check_round_trip (config);
      check_update (config);
    }
  check_apply (variant, config != NULL);

  return 0;
}
