/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The whole way of a change, with stand-ins for Postfix's commands: plan, apply, undo, restore and
 * purge. What each does is told by the tests of the bindings and of the real Postfix. This one is
 * for the memory checkers, which see no Python. */

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "nullmail.h"
#include "scratch.h"

#define RELAY "[smtp.example.com]:587"
#define OTHER "[other.example.com]:587"

typedef struct
{
  Fixture                  base;
  NullmailPostfixInstance *instance;
  char                    *main_cf;
  char                    *sasl_passwd;
} World;

static void
set_up (World         *world,
        gconstpointer  data)
{
  fixture_set_up (&world->base, data);
  fixture_add_stand_ins (&world->base);
  world->instance = fixture_new_instance (&world->base, world->base.commands);
  world->main_cf = fixture_path (&world->base, "main.cf");
  world->sasl_passwd = fixture_path (&world->base, "sasl_passwd");
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  g_clear_object (&world->instance);
  g_clear_pointer (&world->main_cf, g_free);
  g_clear_pointer (&world->sasl_passwd, g_free);
  fixture_tear_down (&world->base, data);
}

static NullmailNullClientConfig *
new_config (const char *relay)
{
  g_autoptr(GError) error = NULL;
  NullmailNullClientConfig *config = nullmail_null_client_config_new_for_relay (relay, &error);

  g_assert_no_error (error);
  g_object_set (config, "authentication", TRUE, "origin", "example.com", NULL);
  return config;
}

static NullmailRelayCredentials *
new_login (const char *relay_text,
           const char *password)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (relay_text, NULL);
  g_autoptr(GError) error = NULL;
  NullmailRelayCredentials *login =
    nullmail_relay_credentials_new (relay, "host7", password, &error);

  g_assert_no_error (error);
  return login;
}

static NullmailPlan *
new_plan (World                    *world,
          const char               *relay,
          NullmailRelayCredentials *login)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (relay);
  g_autoptr(GError) error = NULL;
  NullmailPlan *plan = nullmail_postfix_instance_plan (world->instance, config, login,
                                                       NULLMAIL_PLAN_FLAGS_NONE, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

/* All that a plan says, once. */
static void
read_plan (NullmailPlan *plan)
{
  g_autofree char *diff = nullmail_plan_to_diff (plan);
  g_autoptr(GVariant) variant = nullmail_plan_to_variant (plan);
  g_autoptr(GPtrArray) changes = nullmail_plan_get_changes (plan);
  g_autoptr(GPtrArray) findings = nullmail_plan_get_findings (plan);
  g_autoptr(NullmailMainCf) main_cf = nullmail_plan_get_main_cf (plan);

  g_assert_cmpint (*diff == '\0', ==, nullmail_plan_is_empty (plan));
  g_assert_cmpint (changes->len == 0, ==, nullmail_plan_is_empty (plan));
  g_assert_nonnull (findings);
  g_assert_nonnull (variant);
  g_assert_nonnull (main_cf);
}

static void
apply (World        *world,
       NullmailPlan *plan)
{
  g_autoptr(GError) error = NULL;

  read_plan (plan);
  nullmail_postfix_instance_apply (world->instance, plan, NULLMAIL_APPLY_FLAGS_FORCE, NULL, &error);
  g_assert_no_error (error);
}

static void
apply_login (World      *world,
             const char *relay,
             const char *password)
{
  g_autoptr(NullmailRelayCredentials) login = new_login (relay, password);
  g_autoptr(NullmailPlan) plan = new_plan (world, relay, login);

  apply (world, plan);
}

static void
test_apply (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GPtrArray) findings = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(NullmailRelayCredentials) login = new_login (RELAY, "secret");
      g_autoptr(NullmailPlan) plan = new_plan (world, RELAY, login);

      g_assert_cmpint (nullmail_plan_is_empty (plan), ==, i > 0);
      apply (world, plan);
    }
  apply_login (world, RELAY, "another");
  assert_file (world->sasl_passwd, RELAY " host7:another\n");
  assert_mode (world->sasl_passwd, 0600);

  findings = nullmail_postfix_instance_check (world->instance, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (findings);
}

static void
test_conflict (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailPlan) plan = new_plan (world, RELAY, NULL);
  g_autoptr(NullmailPlan) second = NULL;
  g_autoptr(GError) error = NULL;

  scratch_write (world->main_cf, FIXTURE_MAIN_CF "# theirs\n", 0644);
  g_assert_false (nullmail_postfix_instance_apply (world->instance, plan,
                                                   NULLMAIL_APPLY_FLAGS_FORCE, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (world->main_cf), ==, 0);
  second = nullmail_postfix_instance_plan_undo (world->instance, NULL, &error);
  g_assert_null (second);
  g_assert_nonnull (error);
}

static void
test_undo (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *after = NULL;
  g_autoptr(NullmailPlan) plan = NULL;
  g_autoptr(NullmailPlan) restore = NULL;
  g_autoptr(GError) error = NULL;

  apply_login (world, RELAY, "secret");
  g_assert_true (g_file_get_contents (world->main_cf, &after, NULL, NULL));
  g_assert_true (nullmail_postfix_instance_undo (world->instance, NULLMAIL_APPLY_FLAGS_FORCE, NULL,
                                                 &error));
  g_assert_no_error (error);
  assert_file (world->main_cf, FIXTURE_MAIN_CF);

  plan = nullmail_postfix_instance_plan_undo (world->instance, NULL, &error);
  g_assert_no_error (error);
  apply (world, plan);
  assert_file (world->main_cf, after);

  restore = nullmail_postfix_instance_plan_restore (world->instance, NULL, &error);
  g_assert_no_error (error);
  apply (world, restore);
  assert_file (world->main_cf, FIXTURE_MAIN_CF);
}

static void
test_purge (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  apply_login (world, OTHER, "old");
  apply_login (world, RELAY, "new");
  g_assert_true (g_file_get_contents (world->sasl_passwd, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, OTHER));

  g_assert_true (nullmail_postfix_instance_purge_credentials (world->instance, NULL, &error));
  g_assert_no_error (error);
  assert_file (world->sasl_passwd, RELAY " host7:new\n");
}

/* All that asks without doing anything, and one call that does it. */
static void
test_tool (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (RELAY);
  g_autoptr(NullmailRelayCredentials) login = new_login (RELAY, "secret");
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(NullmailPlan) first = new_plan (world, RELAY, login);
      g_autoptr(NullmailPlan) second = new_plan (world, RELAY, login);
      g_autoptr(NullmailPlan) done = NULL;
      g_autofree char *digest = nullmail_plan_get_digest (first);
      g_autofree char *same = nullmail_plan_get_digest (second);
      g_autoptr(GVariant) overview = NULL;
      gboolean changes = i > 0, changed = i > 0;

      g_assert_cmpstr (digest, ==, same);
      g_assert_true (nullmail_plan_will_change (first, NULLMAIL_APPLY_FLAGS_FORCE, &changes, NULL,
                                                &error));
      g_assert_no_error (error);
      g_assert_cmpint (changes, ==, i == 0);

      done = nullmail_postfix_instance_ensure (world->instance, config, login,
                                               NULLMAIL_PLAN_FLAGS_NONE,
                                               NULLMAIL_APPLY_FLAGS_FORCE, &changed, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (changed, ==, i == 0);
      g_assert_cmpint (nullmail_plan_is_empty (done), ==, i > 0);

      overview = nullmail_postfix_instance_load_overview (world->instance, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_variant_lookup (overview, "can-undo", "b", &changes));
      g_assert_true (changes);
    }

  assert_file (world->sasl_passwd, RELAY " host7:secret\n");
}

static void
done_cb (GObject      *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_asynchronous (World         *world,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailNullClientConfig) config = new_config (RELAY);
  g_autoptr(NullmailRelayCredentials) login = new_login (RELAY, "secret");
  g_autoptr(GAsyncResult) planned = NULL, applied = NULL, undone = NULL, ensured = NULL;
  g_autoptr(GAsyncResult) again = NULL, loaded = NULL;
  g_autoptr(NullmailPlan) plan = NULL, empty = NULL;
  g_autoptr(GVariant) overview = NULL;
  g_autoptr(GError) error = NULL;

  nullmail_postfix_instance_plan_async (world->instance, config, login, NULLMAIL_PLAN_FLAGS_NONE,
                                        NULL, done_cb, &planned);
  plan = nullmail_postfix_instance_plan_finish (world->instance, wait_for (&planned), &error);
  g_assert_no_error (error);

  nullmail_postfix_instance_apply_async (world->instance, plan, NULLMAIL_APPLY_FLAGS_FORCE, NULL,
                                         done_cb, &applied);
  g_assert_true (nullmail_postfix_instance_apply_finish (world->instance, wait_for (&applied),
                                                         &error));
  g_assert_no_error (error);
  assert_file (world->sasl_passwd, RELAY " host7:secret\n");

  /* A result that nobody fetches is freed as well. */
  nullmail_postfix_instance_ensure_async (world->instance, config, login, NULLMAIL_PLAN_FLAGS_NONE,
                                          NULLMAIL_APPLY_FLAGS_FORCE, NULL, done_cb, &ensured);
  wait_for (&ensured);
  nullmail_postfix_instance_ensure_async (world->instance, config, login, NULLMAIL_PLAN_FLAGS_NONE,
                                          NULLMAIL_APPLY_FLAGS_FORCE, NULL, done_cb, &again);
  empty = nullmail_postfix_instance_ensure_finish (world->instance, wait_for (&again), NULL,
                                                   &error);
  g_assert_no_error (error);
  g_assert_true (nullmail_plan_is_empty (empty));

  nullmail_postfix_instance_load_overview_async (world->instance, NULL, done_cb, &loaded);
  overview = nullmail_postfix_instance_load_overview_finish (world->instance, wait_for (&loaded),
                                                             &error);
  g_assert_no_error (error);
  g_assert_nonnull (overview);

  nullmail_postfix_instance_undo_async (world->instance, NULLMAIL_APPLY_FLAGS_FORCE, NULL, done_cb,
                                        &undone);
  g_assert_true (nullmail_postfix_instance_undo_finish (world->instance, wait_for (&undone),
                                                        &error));
  g_assert_no_error (error);
  assert_file (world->main_cf, FIXTURE_MAIN_CF);
}

static void
drop_cb (NullmailPostfixInstance *instance,
         const char              *path,
         World                   *world)
{
  g_assert_true (instance == world->instance);
  g_assert_cmpstr (path, ==, world->main_cf);
  g_clear_object (&world->instance);
}

/* The handler drops the last reference, while another file is still to be told of. */
static void
test_monitoring (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (nullmail_postfix_instance_start_monitoring (world->instance, &error));
  g_assert_no_error (error);
  nullmail_postfix_instance_stop_monitoring (world->instance);
  g_assert_true (nullmail_postfix_instance_start_monitoring (world->instance, &error));
  g_assert_no_error (error);

  g_signal_connect (world->instance, "changed", G_CALLBACK (drop_cb), world);
  g_assert_true (g_file_set_contents (world->sasl_passwd, "# new\n", -1, &error));
  g_assert_true (g_file_set_contents (world->main_cf, "smtp_sasl_password_maps = hash:/x\n", -1,
                                      &error));
  while (world->instance != NULL)
    g_main_context_iteration (NULL, TRUE);
}

#define ADD(name, function) \
  g_test_add ("/instance/" name, World, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("apply", test_apply);
  ADD ("conflict", test_conflict);
  ADD ("undo", test_undo);
  ADD ("purge", test_purge);
  ADD ("tool", test_tool);
  ADD ("asynchronous", test_asynchronous);
  ADD ("monitoring", test_monitoring);

  return g_test_run ();
}
