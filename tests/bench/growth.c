/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Does one kind of work of a size that is given, so that test_growth.py can count what it takes:
 *
 *     growth WORK N
 *     growth one-setting FOLDER
 *
 * A work that grows with the square of N is a fault. Each does everything of its kind once for each
 * of N things. */

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "config/mask-private.h"
#include "document/main-cf-private.h"
#include "document/password-file-private.h"
#include "nullmail.h"
#include "plan/text-diff-private.h"

static NullmailMainCf *
parse (GString *text)
{
  g_autoptr(GBytes) bytes = g_string_free_to_bytes (text);
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_nonnull (main_cf);
  return main_cf;
}

static NullmailMainCf *
make_parameters (guint       n,
                 const char *value)
{
  GString *text = g_string_new ("# a comment\n\n");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "parameter_%u = %s\n", i, value);

  return parse (text);
}

/* Every question that is about one parameter, and about all. */
static void
ask (NullmailMainCf *main_cf,
     guint           n)
{
  g_auto(GStrv) names = nullmail_main_cf_list_names (main_cf);
  g_auto(GStrv) duplicates = nullmail_main_cf_list_duplicates (main_cf);

  g_assert_cmpuint (g_strv_length (names), ==, n);
  g_assert_cmpuint (g_strv_length (duplicates), ==, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *value = nullmail_main_cf_get_value (main_cf, names[i]);

      g_assert_nonnull (value);
      g_assert_true (nullmail_main_cf_has_value (main_cf, names[i]));
      g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, names[i]), >, i);
    }
  g_assert_cmpuint (nullmail_main_cf_count_bad_lines (main_cf), ==, 0);
}

static void
work_on_parameters (guint n)
{
  g_autoptr(NullmailMainCf) main_cf = make_parameters (n, "a value");

  ask (main_cf, n);
}

static void
work_on_edits (guint n)
{
  g_autoptr(NullmailMainCf) main_cf = make_parameters (n, "first\n second");
  g_autoptr(NullmailMainCf) copy = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("parameter_%u", i);
      g_autofree char *new_name = g_strdup_printf ("new_%u", i);

      if (i % 3 == 0)
        g_assert_true (nullmail_main_cf_unset (main_cf, name));
      else if (i % 3 == 1)
        g_assert_true (nullmail_main_cf_comment_out (main_cf, name));
      else
        g_assert_true (nullmail_main_cf_set_value (main_cf, name, "other", NULL));
      g_assert_true (nullmail_main_cf_set_value (main_cf, new_name, "value", NULL));
      g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, new_name), !=, 0);
    }

  copy = nullmail_main_cf_copy (main_cf);
  ask (copy, n + n / 3);
  g_assert_true (nullmail_main_cf_equal (copy, main_cf));
}

/* Names that occur twice, and lines that Postfix stops at: each is a finding with its line. */
static void
work_on_faults (guint n)
{
  GString *text = g_string_new (NULL);
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(GArray) bad_lines = NULL;
  g_auto(GStrv) names = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "name_%u = 1\nname_%u = 2\nbad line %u\n", i, i, i);
  main_cf = parse (text);

  names = nullmail_main_cf_list_duplicates (main_cf);
  bad_lines = _nullmail_main_cf_list_bad_lines (main_cf);
  g_assert_cmpuint (g_strv_length (names), ==, n);
  g_assert_cmpuint (bad_lines->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, names[i]), ==, 2 * i + 2);
      g_assert_true (nullmail_main_cf_remove_duplicates (main_cf, names[i]));
    }
}

/* One name that occurs again and again, valid at the start only. */
static void
work_on_occurrences (guint n)
{
  GString *text = g_string_new ("same = 0\n");
  g_autoptr(NullmailMainCf) main_cf = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "same\nother = %u\n", i);
  main_cf = parse (text);

  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "same"), ==, 1);
  g_strfreev (nullmail_main_cf_list_duplicates (main_cf));
  g_assert_true (nullmail_main_cf_remove_duplicates (main_cf, "other"));
  g_assert_true (nullmail_main_cf_set_value (main_cf, "same", "1", NULL));
  g_bytes_unref (nullmail_main_cf_to_bytes (main_cf));
}

/* Values that refer to each other, twice each, and to one that is referred to by all. */
static void
work_on_macros (guint n)
{
  GString *text = g_string_new ("value_0 = x\n");
  g_autoptr(NullmailMainCf) main_cf = NULL;

  for (guint i = 1; i < n; i++)
    g_string_append_printf (text, "value_%u = ${value_%u?$value_0}\n", i, i / 2);
  main_cf = parse (text);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *reference = g_strdup_printf ("$value_%u", i);
      g_autofree char *result = nullmail_main_cf_expand (main_cf, reference, NULL, NULL);

      g_assert_cmpstr (result, ==, "x");
    }
}

/* A kilobyte of values that double each other, expanded n times: to nothing, to more and more text,
 * and by way of conditions. */
static void
work_on_bombs (guint n)
{
  static const char * const forms[] = {
    "a = \nb=$a$a\n",
    "a = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nb=$a$a\n",
    "a = x\nb=${{$a}=={$a}?{$a}:{$a}}$a\n",
  };

  for (gsize form = 0; form < G_N_ELEMENTS (forms); form++)
    {
      GString *text = g_string_new (forms[form]);
      const char *value = strstr (forms[form], "b=") + 2;
      g_autoptr(NullmailMainCf) main_cf = NULL;

      for (guint i = 2; i < 26 && text->len < 1000; i++)
        {
          g_string_append_printf (text, "%c=", 'a' + i);
          for (const char *p = value; *p != '\0'; p++)
            g_string_append_c (text, *p == 'a' ? (char) ('a' + i - 1) : *p);
        }
      main_cf = parse (text);

      for (guint i = 0; i < n; i++)
        g_free (nullmail_main_cf_expand (main_cf, "$z$y$x$w$v$u$t$s$r$q$p", NULL, NULL));
    }
}

static NullmailPasswordFile *
make_passwords (guint n)
{
  g_autoptr(NullmailSecureBuffer) buffer = _nullmail_secure_buffer_new (0);
  NullmailPasswordFile *file;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *entry =
        g_strdup_printf ("[relay%u.example]:587%s user%u:password-%08u%.*s\n", i,
                         i % 2 == 0 ? "\n # continued\n " : "", i, i, i % 3, "xy");

      _nullmail_secure_buffer_append (buffer, entry, strlen (entry));
    }

  file = _nullmail_password_file_new_from_buffer (buffer, NULL);
  g_assert_nonnull (file);
  return file;
}

static void
ask_for_key (NullmailPasswordFile *file,
             const char           *key)
{
  g_autofree char *username = NULL, *shown_key = NULL, *shown_value = NULL;

  g_assert_true (_nullmail_password_file_has_key (file, key));
  g_assert_true (_nullmail_password_file_lookup (file, key, &username, NULL));
  g_assert_true (_nullmail_password_file_describe (file, key, &shown_key, &shown_value));
  g_assert_cmpuint (_nullmail_password_file_get_line_of (file, key), !=, 0);
}

/* What a plan asks of the file before and after it, where it changes every other password. */
static void
work_on_keys (guint n)
{
  g_autoptr(NullmailPasswordFile) before = make_passwords (n);
  g_autoptr(NullmailPasswordFile) after = _nullmail_password_file_copy (before);
  g_autoptr(NullmailPasswordFile) rest = NULL;
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("new", 3);
  g_autoptr(NullmailSecureBuffer) questions = _nullmail_secure_buffer_new (0);
  g_autoptr(NullmailSecureBuffer) answers = _nullmail_secure_buffer_new (0);
  g_autoptr(GPtrArray) keys = _nullmail_password_file_list_keys (before);
  g_autofree char *mask = NULL;

  g_assert_cmpuint (keys->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      g_autofree char *new_key = g_strconcat (key, ".new", NULL);

      if (i % 2 == 0)
        g_assert_true (_nullmail_password_file_set (after, key, "user", password));
      g_assert_true (_nullmail_password_file_set (after, new_key, "user", password));
      ask_for_key (before, key);
      ask_for_key (after, key);
      ask_for_key (after, new_key);
    }

  rest = _nullmail_password_file_copy (after);
  for (guint i = 0; i < n; i += 2)
    g_assert_true (_nullmail_password_file_remove (rest, g_ptr_array_index (keys, i)));
  g_assert_true (_nullmail_password_file_remove_others (rest, g_ptr_array_index (keys, 1)));
  ask_for_key (rest, g_ptr_array_index (keys, 1));
  _nullmail_password_file_get_answers (after, questions, answers);
  mask = _nullmail_password_file_mask (after);
}

/* A password behind as many macros, each of which has an occurrence that is commented out and one
 * that goes over several lines, and the password again in each. */
static void
work_on_masks (guint n)
{
  GString *text = g_string_new ("smtp_sasl_password_maps = $x_0\n");
  g_autoptr(NullmailMainCf) main_cf = NULL;
  g_autoptr(NullmailEffective) effective = NULL;
  g_autoptr(NullmailMask) mask = NULL;
  g_autofree char *shown = NULL;
  g_auto(GStrv) names = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "x_%u = hash:/x $x_%u\n  static:$p_%u\n# said: this\n"
                            "#x_%u = static:u:secret\np_%u = secret\n", i, i + 1, i, i, i);
  main_cf = parse (text);
  effective = _nullmail_effective_new (main_cf, NULL);
  mask = _nullmail_mask_new (effective, NULL, NULL, NULL);
  shown = _nullmail_mask_show_main_cf (mask, _nullmail_main_cf_peek_bytes (main_cf));
  names = _nullmail_mask_list_names (mask);

  g_assert_null (strstr (shown, "secret"));
  g_assert_cmpuint (g_strv_length (names), ==, 2 * n + 2);
}

/* As many lines of postmap(1) as there are passwords, and none in them. */
static void
work_on_warnings (guint n)
{
  g_autoptr(NullmailPasswordFile) file = make_passwords (n);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "warning: duplicate entry: password \"relay%u.example\"\n", i);
  g_assert_false (_nullmail_password_file_reveals (file, text->str));
}

static void
compare (GString *old_text,
         GString *new_text)
{
  g_autoptr(GString) diff = g_string_new (NULL);

  _nullmail_text_diff_append (diff, "/f", old_text->str, old_text->len, new_text->str,
                              new_text->len);
  g_string_free (old_text, TRUE);
  g_string_free (new_text, TRUE);
}

/* Texts that have nothing in common, that have all but a line, and that have much. */
static void
work_on_diffs (guint n)
{
  static const guint distances[] = { 1, G_MAXUINT, 50 };

  for (gsize i = 0; i < G_N_ELEMENTS (distances); i++)
    {
      GString *old_text = g_string_new ("first old\n"), *new_text = g_string_new ("first new\n");

      for (guint j = 1; j <= n; j++)
        if (j % distances[i] == 0)
          {
            g_string_append_printf (old_text, "old %u\n", j);
            g_string_append_printf (new_text, "new %u\n", j);
          }
        else
          {
            g_string_append (old_text, "the same\n");
            g_string_append (new_text, "the same\n");
          }
      compare (old_text, new_text);
    }
}

static NullmailMainCf *
parse_and_ask (char  *text,
               gsize  size)
{
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, size);
  NullmailMainCf *main_cf = nullmail_main_cf_new_from_bytes (bytes, NULL);

  g_assert_false (nullmail_main_cf_has_value (main_cf, "nothing"));
  g_assert_cmpuint (nullmail_main_cf_get_line (main_cf, "nothing"), ==, 0);
  return main_cf;
}

/* Texts of n bytes that take much memory to be known: of empty lines, of as many names as can be,
 * and of one name again and again. */
static void
hold_newlines (guint n)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;
  char *text = g_malloc (n);

  memset (text, '\n', n);
  main_cf = parse_and_ask (text, n);
}

static void
hold_names (guint n)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;
  char *text = g_malloc (n);

  for (guint i = 0; i < n; i++)
    text[i] = i % 4 == 3 ? '\n' : (char) ('?' + ((i / 4) >> (6 * (i % 4))) % 64);
  main_cf = parse_and_ask (text, n);
}

static void
hold_occurrences (guint n)
{
  g_autoptr(NullmailMainCf) main_cf = NULL;
  char *text = g_malloc (n);

  for (guint i = 0; i < n; i++)
    text[i] = i % 2 == 0 ? 'a' : '\n';
  main_cf = parse_and_ask (text, n);
}

/* A configuration directory with a main.cf and a password file, read by Postfix as it is, in the
 * folder for temporary files. */
typedef struct
{
  char                    *folder;
  char                    *main_cf;
  char                    *passwords;
  NullmailPostfixInstance *instance;
} Place;

static void
place_init (Place   *self,
            GString *parameters,
            GString *passwords)
{
  g_autofree char *state = NULL;

  self->folder = g_dir_make_tmp ("growth-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->main_cf = g_build_filename (self->folder, "main.cf", NULL);
  self->passwords = g_build_filename (self->folder, "sasl_passwd", NULL);
  state = g_build_filename (self->folder, "state", NULL);
  g_string_append_printf (parameters,
                          "relayhost = [relay.example]:587\nsmtp_sasl_auth_enable = yes\n"
                          "smtp_tls_security_level = encrypt\n"
                          "smtp_sasl_password_maps = texthash:%s\n", self->passwords);
  g_assert_true (g_file_set_contents (self->main_cf, parameters->str, -1, NULL));
  g_string_append (passwords, "[relay.example]:587 user:secret\n");
  g_assert_true (g_file_set_contents_full (self->passwords, passwords->str, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_string_free (parameters, TRUE);
  g_string_free (passwords, TRUE);

  self->instance = g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE,
                                 "config-directory", self->folder, "state-directory", state,
                                 "command-directory", self->folder,
                                 "service-control", NULLMAIL_SERVICE_CONTROL_DISABLED, NULL);
}

static void
place_clear (Place *self)
{
  g_object_unref (self->instance);
  g_remove (self->main_cf);
  g_remove (self->passwords);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->main_cf);
  g_free (self->passwords);
  g_free (self->folder);
}

/* Everything that a plan is asked for. */
static guint
show (NullmailPlan *plan)
{
  g_autofree char *diff = nullmail_plan_to_diff (plan);
  g_autoptr(GPtrArray) changes = nullmail_plan_get_changes (plan);
  g_autoptr(GPtrArray) findings = nullmail_plan_get_findings (plan);

  g_assert_nonnull (diff);
  return changes->len + findings->len;
}

static NullmailPlan *
plan_in (Place                    *place,
         const char               *password,
         NullmailPlanFlags         flags)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_postfix_instance_load_config (place->instance, NULL, &error);
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse ("[relay.example]:587", &error);
  g_autoptr(NullmailRelayCredentials) credentials =
    nullmail_relay_credentials_new (relay, "user", password, &error);
  NullmailPlan *plan;

  g_assert_no_error (error);
  nullmail_null_client_config_set_hostname (config, "host7.example.com");
  plan = nullmail_postfix_instance_plan (place->instance, config, credentials, flags, NULL,
                                         &error);
  g_assert_no_error (error);
  return plan;
}

/* Every key but one goes. */
static void
plan_keys (guint n)
{
  GString *passwords = g_string_new (NULL);
  g_autoptr(NullmailPlan) plan = NULL;
  Place place;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (passwords, "[relay%u.example]:587 user%u:secret%u\n", i, i, i);
  place_init (&place, g_string_new (NULL), passwords);
  plan = plan_in (&place, "another", NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS);
  g_assert_cmpuint (show (plan), >=, n);
  place_clear (&place);
}

static void
plan_parameters (guint n)
{
  GString *parameters = g_string_new (NULL);
  g_autoptr(NullmailPlan) plan = NULL;
  Place place;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (parameters, "parameter_%u = $myhostname, $parameter_%u\n", i,
                            i > 0 && i % 10 == 0 ? i - 1 : n);
  place_init (&place, parameters, g_string_new (NULL));
  plan = plan_in (&place, "another", NULLMAIL_PLAN_FLAGS_NONE);
  g_assert_cmpuint (show (plan), >=, 2);
  place_clear (&place);
}

/* Each parameter is there twice, which is to be found before the plan and behind it. */
static void
plan_findings (guint n)
{
  GString *parameters = g_string_new (NULL);
  g_autoptr(NullmailPlan) plan = NULL;
  g_autoptr(GPtrArray) findings = NULL;
  Place place;

  for (guint i = 0; i < 2 * n; i++)
    g_string_append_printf (parameters, "parameter_%u = a\n", i % n);
  place_init (&place, parameters, g_string_new (NULL));
  findings = nullmail_postfix_instance_check (place.instance, NULL, NULL);
  g_assert_cmpuint (findings->len, >=, n);
  plan = plan_in (&place, "another", NULLMAIL_PLAN_FLAGS_NONE);
  g_assert_cmpuint (show (plan), >=, n);
  place_clear (&place);
}

/* As “postconf -e” does it, but planned, with all checks, and committed. */
static void
set_one (const char *folder)
{
  g_autofree char *state = g_build_filename (folder, "state", NULL);
  g_autoptr(NullmailPostfixInstance) instance =
    g_object_new (NULLMAIL_TYPE_POSTFIX_INSTANCE, "config-directory", folder,
                  "state-directory", state, "service-control", NULLMAIL_SERVICE_CONTROL_DISABLED,
                  NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailMainCf) main_cf = nullmail_postfix_instance_load_main_cf (instance, NULL,
                                                                              &error);
  g_autoptr(NullmailPlan) plan = NULL;

  g_assert_no_error (error);
  g_assert_true (nullmail_main_cf_set_value (main_cf, "relayhost", "[relay.example]:587", NULL));
  plan = nullmail_postfix_instance_plan_main_cf (instance, main_cf, NULL, NULLMAIL_PLAN_FLAGS_NONE,
                                                 NULL, &error);
  g_assert_no_error (error);
  nullmail_postfix_instance_apply (instance, plan, NULLMAIL_APPLY_FLAGS_NONE, NULL, &error);
  g_assert_no_error (error);
}

static const struct
{
  const char *name;
  void      (*work) (guint n);
} works[] = {
  { "parameters", work_on_parameters },
  { "edits", work_on_edits },
  { "faults", work_on_faults },
  { "occurrences", work_on_occurrences },
  { "macros", work_on_macros },
  { "keys", work_on_keys },
  { "masks", work_on_masks },
  { "warnings", work_on_warnings },
  { "diffs", work_on_diffs },
  { "plan-keys", plan_keys },
  { "plan-parameters", plan_parameters },
  { "plan-findings", plan_findings },
  { "bombs", work_on_bombs },
  { "hold-newlines", hold_newlines },
  { "hold-names", hold_names },
  { "hold-occurrences", hold_occurrences },
};

int
main (int    argc,
      char **argv)
{
  if (argc != 3)
    {
      g_printerr ("Usage: growth WORK N, or growth one-setting FOLDER\n");
      return 2;
    }

  if (strcmp (argv[1], "one-setting") == 0)
    {
      set_one (argv[2]);
      return 0;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (works); i++)
    if (strcmp (argv[1], works[i].name) == 0)
      {
        works[i].work ((guint) strtoul (argv[2], NULL, 10));
        return 0;
      }

  g_printerr ("There is no work “%s”\n", argv[1]);
  return 2;
}
