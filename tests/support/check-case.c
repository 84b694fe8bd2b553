/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "check-case.h"

#include <string.h>

#include "document/master-cf-private.h"
#include "config/relay-channel-private.h"
#include "document/password-file-private.h"

#define GOOD_PASSWORDS "[smtp.example.com]:587 host7:geheim\n"

static const char good_main_cf[] =
  "compatibility_level = 3.6\n"
  "relayhost = [smtp.example.com]:587\n"
  "inet_interfaces = loopback-only\n"
  "mynetworks = 127.0.0.0/8 [::1]/128\n"
  "mydestination =\n"
  "myorigin = $mydomain\n"
  "smtp_tls_security_level = secure\n"
  "smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt\n"
  "smtp_sasl_auth_enable = yes\n"
  "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n"
  "smtp_sasl_security_options = noplaintext, noactive, nodictionary, noanonymous\n"
  "smtp_sasl_tls_security_options = $smtp_sasl_security_options\n"
  "smtp_sasl_tls_verified_security_options = noanonymous\n";

/* What comes behind the edits, so that these have the same lines as ever. */
static const char *const good_addresses[][2] = {
  { "sender_canonical_maps", "regexp:{ {/@/ host7@example.com} }" },
  { "virtual_alias_maps", "inline:{root=admin@example.com}" },
};

static void
add_addresses (NullmailMainCf *main_cf,
               const char     *edits)
{
  for (guint i = 0; i < G_N_ELEMENTS (good_addresses); i++)
    if (strstr (edits, good_addresses[i][0]) == NULL)
      g_assert_true (nullmail_main_cf_set_value (main_cf, good_addresses[i][0],
                                                 good_addresses[i][1], NULL));
}

NullmailMainCf *
check_case_make_main_cf (const char *edits)
{
  g_auto(GStrv) lines = g_strsplit (edits, "\n", -1);
  g_autoptr(GBytes) bytes = NULL;
  NullmailMainCf *main_cf;

  if (*edits == '=')
    {
      bytes = g_bytes_new_static (edits + 1, strlen (edits + 1));
      return nullmail_main_cf_new_from_bytes (bytes, NULL);
    }

  bytes = g_bytes_new_static (good_main_cf, strlen (good_main_cf));
  main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      char *equals = strstr (lines[i], " =");

      if (*lines[i] == '-')
        {
          gboolean was_there = nullmail_main_cf_unset (main_cf, lines[i] + 1);

          g_assert_true (was_there || strstr (lines[i], "_maps") != NULL);
          continue;
        }

      g_assert_nonnull (equals);
      *equals = '\0';
      g_assert_true (nullmail_main_cf_set_value (main_cf, lines[i], equals + 2, NULL));
    }

  add_addresses (main_cf, edits);
  return main_cf;
}

/* The host and the Postfix that the next document is read by. */
static const char *host_name_of_case;
static gboolean has_defaults;
static const char *more_defaults[4][2];
static guint n_more_defaults;

static GHashTable *
load_defaults (gpointer      user_data G_GNUC_UNUSED,
               GCancellable *cancellable G_GNUC_UNUSED)
{
  GHashTable *defaults = g_hash_table_new (g_str_hash, g_str_equal);
  static const char *const pairs[] = {
    "default_database_type", "lmdb",
    "mynetworks", "127.0.0.0/8 192.0.2.0/24 [::1]/128",
    "smtp_tls_security_level", "${{$compatibility_level} <level {3.11} ? {} : {may}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i += 2)
    g_hash_table_insert (defaults, (gpointer) pairs[i], (gpointer) pairs[i + 1]);
  for (guint i = 0; i < n_more_defaults; i++)
    g_hash_table_insert (defaults, (gpointer) more_defaults[i][0], (gpointer) more_defaults[i][1]);

  return defaults;
}

static void
begin_case (void)
{
  host_name_of_case = "host7.example.com";
  has_defaults = TRUE;
  n_more_defaults = 0;
}

void
check_case_know_default (const char *parameter,
                         const char *value)
{
  g_assert_cmpuint (n_more_defaults, <, G_N_ELEMENTS (more_defaults));
  more_defaults[n_more_defaults][0] = parameter;
  more_defaults[n_more_defaults++][1] = value;
}

void
check_case_set_host_name (const char *host_name)
{
  host_name_of_case = host_name;
}

void
check_case_forget_defaults (NullmailCheckSnapshot *snapshot G_GNUC_UNUSED)
{
  host_name_of_case = NULL;
  has_defaults = FALSE;
}

void
check_case_use_master (NullmailCheckSnapshot *snapshot,
                       const char            *text)
{
  static GPtrArray *services = NULL, *options = NULL;

  g_clear_pointer (&options, g_ptr_array_unref);
  g_clear_pointer (&services, g_ptr_array_unref);
  services = _nullmail_master_cf_parse (text);
  snapshot->master_options = options = _nullmail_master_cf_list_options (services);
}

void
check_case_use_services (NullmailCheckSnapshot *snapshot,
                         const char            *text)
{
  static GPtrArray *services = NULL;

  g_clear_pointer (&services, g_ptr_array_unref);
  snapshot->master_services = services = _nullmail_master_cf_parse (text);
}

static NullmailEffective *
read_in_case (NullmailMainCf *main_cf)
{
  NullmailDefaultSource source = {
    .host_name = host_name_of_case,
    .load_defaults = has_defaults ? load_defaults : NULL,
  };

  return _nullmail_effective_new (main_cf, &source);
}

NullmailEffective *
check_case_read (NullmailMainCf *main_cf)
{
  begin_case ();
  return read_in_case (main_cf);
}

void
check_case_fill (NullmailCheckSnapshot *snapshot)
{
  static const char *const map_types[] = { "hash", "inline", "lmdb", "static", "texthash", NULL };
  static const char *const addresses[] = { "192.0.2.7", "2001:db8::7", NULL };

  snapshot->main_cf_path = "/etc/postfix/main.cf";
  snapshot->file.map_type = "hash";
  snapshot->file.source_path = "/etc/postfix/sasl_passwd";
  snapshot->file.map_path = "/etc/postfix/sasl_passwd.db";
  snapshot->file.source = (NullmailFileFacts) { NULLMAIL_FACT_YES, 0600, 0, FALSE };
  snapshot->file.map = (NullmailFileFacts) { NULLMAIL_FACT_YES, 0600, 0, FALSE };
  snapshot->file.map_is_stale = NULLMAIL_FACT_NO;
  snapshot->map_types = map_types;
  snapshot->addresses = addresses;
  snapshot->has_password_plugin = NULLMAIL_FACT_YES;
  snapshot->has_other_plugins = NULLMAIL_FACT_YES;
  snapshot->kernel_has_ipv6 = NULLMAIL_FACT_YES;
  snapshot->can_read_ca_file = NULLMAIL_FACT_YES;
  snapshot->can_read_ca_path = NULLMAIL_FACT_YES;
  snapshot->has_default_cas = NULLMAIL_FACT_YES;
  snapshot->is_main_cf_private = NULLMAIL_FACT_NO;
  snapshot->is_master_cf_private = NULLMAIL_FACT_NO;
  snapshot->is_running = NULLMAIL_FACT_YES;
  snapshot->is_enabled = NULLMAIL_FACT_YES;
}

static char *
describe (const NullmailFinding *finding)
{
  g_autoptr(GVariant) variant = nullmail_finding_to_variant (finding);
  const char *parameter = nullmail_finding_get_parameter (finding);
  const char *suggestion = nullmail_finding_get_suggestion (finding);
  const char *subject = nullmail_finding_get_subject (finding);
  const char *path = nullmail_finding_get_path (finding);
  GString *line = g_string_new (NULL);
  const char *code, *severity;

  g_assert_true (g_variant_lookup (variant, "code", "&s", &code));
  g_assert_true (g_variant_lookup (variant, "severity", "&s", &severity));
  g_string_append_printf (line, "%s %c", code, g_ascii_toupper (*severity));
  if (parameter != NULL)
    g_string_append_printf (line, " %s", parameter);
  if (suggestion != NULL)
    g_string_append_printf (line, " = %s", suggestion);
  if (subject != NULL)
    g_string_append_printf (line, " (%s)", subject);
  if (path != NULL)
    g_string_append_printf (line, " @%s", strrchr (path, '/') + 1);
  if (nullmail_finding_get_line (finding) != 0)
    g_string_append_printf (line, ":%u", nullmail_finding_get_line (finding));
  g_string_append_c (line, '\n');

  return g_string_free (line, FALSE);
}

static char *
describe_all (GPtrArray *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      g_autofree char *line = describe (g_ptr_array_index (findings, i));

      g_string_append (text, line);
    }

  return g_string_free (text, FALSE);
}

static void
check_sentences (const NullmailFinding *finding)
{
  const char *texts[] = { nullmail_finding_get_message (finding),
                          nullmail_finding_get_remedy (finding) };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_utf8_validate (texts[i], -1, NULL));
      g_assert_true (g_str_has_suffix (texts[i], "."));
      g_assert_null (strstr (texts[i], "geheim"));
    }
}

static gboolean
is_same_matter (const NullmailFinding *a,
                const NullmailFinding *b)
{
  return nullmail_finding_get_code (a) == nullmail_finding_get_code (b)
         && g_strcmp0 (nullmail_finding_get_parameter (a), nullmail_finding_get_parameter (b)) == 0
         && g_strcmp0 (nullmail_finding_get_subject (a), nullmail_finding_get_subject (b)) == 0
         && g_strcmp0 (nullmail_finding_get_path (a), nullmail_finding_get_path (b)) == 0;
}

static gboolean
lets_password_out (NullmailEffective *effective,
                   NullmailChannel    channel)
{
  g_auto(GStrv) options = _nullmail_effective_get_sasl_options (effective, channel);

  return !g_strv_contains ((const char * const *) options, "noplaintext");
}

/* No fix lets a password out over a channel that kept it in before, unless that is the channel that
 * the level guarantees, and it is encrypted (S13). */
static void
assert_no_channel_opened (NullmailEffective *before,
                          NullmailEffective *after)
{
  NullmailChannel guaranteed =
    _nullmail_tls_level_get_channel (_nullmail_effective_get_level (after));

  for (NullmailChannel i = NULLMAIL_CHANNEL_PLAIN; i <= NULLMAIL_CHANNEL_VERIFIED; i++)
    if (i < guaranteed || i == NULLMAIL_CHANNEL_PLAIN)
      g_assert_true (lets_password_out (before, i) || !lets_password_out (after, i));
}

/* Others, such as a table's new name, are completed by the plan. */
static gboolean
is_of_channel (const NullmailFinding *finding)
{
  const char *parameter = nullmail_finding_get_parameter (finding);

  return parameter != NULL && !g_str_has_suffix (parameter, "_password_maps")
         && !g_str_equal (parameter, "relayhost");
}

/* A plan with the fix is not unsafe because of it. */
static void
assert_no_new_error (const NullmailCheckSnapshot *snapshot,
                     GPtrArray                   *before,
                     NullmailEffective           *effective,
                     GPtrArray                   *after)
{
  g_autoptr(GPtrArray) errors = _nullmail_finding_list_new_errors (
    before, after, _nullmail_relay_channel_is_weaker (snapshot->effective, effective));

  for (guint i = 0; i < errors->len; i++)
    g_error ("%s", nullmail_finding_get_message (errors->pdata[i]));
}

static void
check_fix (const NullmailCheckSnapshot *snapshot,
           GPtrArray                   *before,
           const NullmailFinding       *finding)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (snapshot->effective);
  g_autoptr(NullmailMainCf) fixed = nullmail_main_cf_copy (main_cf);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  NullmailCheckSnapshot after = *snapshot;
  const char *suggestion = nullmail_finding_get_suggestion (finding);
  g_autoptr(GPtrArray) findings = NULL;

  if (!nullmail_finding_fix (finding, fixed))
    {
      g_assert_null (suggestion);
      g_assert_true (nullmail_main_cf_equal (fixed, main_cf));
      return;
    }

  if (suggestion != NULL)
    {
      g_autofree char *value =
        nullmail_main_cf_get_value (fixed, nullmail_finding_get_parameter (finding));

      g_assert_cmpstr (value, ==, suggestion);
    }

  effective = _nullmail_effective_for_main_cf (snapshot->effective, fixed);
  after.effective = effective;
  assert_no_channel_opened (snapshot->effective, effective);
  after.mask = mask = _nullmail_mask_new (effective, NULL, snapshot->master_options, NULL);
  findings = _nullmail_check_run (&after);
  for (guint i = 0; i < findings->len; i++)
    g_assert_false (is_same_matter (g_ptr_array_index (findings, i), finding));

  if (is_of_channel (finding))
    assert_no_new_error (snapshot, before, effective, findings);

  g_assert_false (nullmail_finding_fix (finding, fixed));
}

static NullmailPasswordFile *
make_passwords (const char *text)
{
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new_from (text, strlen (text));

  return _nullmail_password_file_new_from_buffer (buffer, NULL);
}

static void
run_case (gconstpointer user_data)
{
  const CheckCase *test = user_data;
  g_autoptr(NullmailMainCf) main_cf = check_case_make_main_cf (test->edits);
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  g_autoptr(NullmailPasswordFile) passwords = NULL;
  g_autoptr(GPtrArray) findings = NULL;
  g_autofree char *found = NULL;
  NullmailCheckSnapshot snapshot = { .effective = NULL };

  begin_case ();
  check_case_fill (&snapshot);
  if (test->passwords == NULL || *test->passwords != '\0')
    passwords = make_passwords (test->passwords != NULL ? test->passwords : GOOD_PASSWORDS);
  else
    snapshot.file.source.exists = snapshot.file.map.exists = NULLMAIL_FACT_NO;
  snapshot.file.passwords = passwords;
  if (test->adjust != NULL)
    test->adjust (&snapshot);
  snapshot.effective = effective = read_in_case (main_cf);
  snapshot.mask = mask = _nullmail_mask_new (effective, NULL, snapshot.master_options, NULL);

  findings = _nullmail_check_run (&snapshot);
  found = describe_all (findings);
  g_assert_cmpstr (found, ==, test->expected);

  for (guint i = 0; i < findings->len; i++)
    {
      check_sentences (g_ptr_array_index (findings, i));
      check_fix (&snapshot, findings, g_ptr_array_index (findings, i));
    }
}

void
check_case_add_all (const char      *prefix,
                    const CheckCase *cases,
                    guint            n_cases)
{
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, cases[i].name);

      g_test_add_data_func (path, &cases[i], run_case);
    }
}
