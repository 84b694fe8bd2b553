/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Another writer comes in between the plan and the apply of one ensure (), which plans again. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commit-calls.h"
#include "fixture.h"
#include "nullmail.h"
#include "scratch.h"

#define THEIRS "# theirs\n"

typedef struct
{
  Fixture                  base;
  NullmailPostfixInstance *instance;
  char                    *main_cf;
  const char              *at;      /* the call that the other writer is quicker at */
  guint                    n_left;  /* how many times he will be */
  guint                    n_came;
} World;

static void
set_up (World         *world,
        gconstpointer  data)
{
  fixture_set_up (&world->base, data);
  fixture_add_stand_ins (&world->base);
  world->instance = fixture_new_instance (&world->base, world->base.commands);
  world->main_cf = fixture_path (&world->base, "main.cf");
}

static void
tear_down (World         *world,
           gconstpointer  data)
{
  commit_calls_later_s = 0;
  g_clear_object (&world->instance);
  g_clear_pointer (&world->main_cf, g_free);
  fixture_tear_down (&world->base, data);
}

static void
append (const char *path)
{
  FILE *file = fopen (path, "a");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (THEIRS, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static gboolean
comes_now (World      *world,
           const char *name)
{
  if (!g_str_equal (name, world->at) || world->n_left == 0)
    return FALSE;

  world->n_left--;
  world->n_came++;
  return TRUE;
}

static int
edit_hook (const char *name,
           guint       number G_GNUC_UNUSED,
           gpointer    data)
{
  World *world = data;

  if (comes_now (world, name))
    append (world->main_cf);
  return 0;
}

/* Somebody holds the lock until nobody waits for it any longer. */
static int
lock_hook (const char *name,
           guint       number G_GNUC_UNUSED,
           gpointer    data)
{
  if (!comes_now (data, name))
    return 0;

  commit_calls_later_s += 20;
  return EWOULDBLOCK;
}

/* A file takes the place of the link that main.cf was, just behind the commit. */
static int
replace_hook (const char *name,
              guint       number G_GNUC_UNUSED,
              gpointer    data)
{
  World *world = data;

  if (comes_now (world, name))
    {
      g_assert_cmpint (unlink (world->main_cf), ==, 0);
      scratch_write (world->main_cf, FIXTURE_MAIN_CF THEIRS, 0644);
    }
  return 0;
}

static NullmailPlan *
ensure (World       *world,
        CommitHook   hook,
        const char  *at,
        guint        n_times,
        gboolean    *changed,
        GError     **error)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[smtp.example.com]:25", NULL);
  NullmailPlan *plan;

  world->at = at;
  world->n_left = n_times;
  world->n_came = 0;
  commit_calls_start (hook, world);
  plan = nullmail_postfix_instance_ensure (world->instance, config, NULL, NULLMAIL_PLAN_FLAGS_NONE,
                                           NULLMAIL_APPLY_FLAGS_NONE, changed, NULL, error);
  commit_calls_stop ();
  return plan;
}

/* Nobody's line is lost, and the settings hold. */
static void
assert_both (World *world,
             guint  n_theirs)
{
  g_autofree char *text = NULL;
  guint n_found = 0;

  g_assert_true (g_file_get_contents (world->main_cf, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\nrelayhost = [smtp.example.com]:25\n"));
  for (const char *p = text; (p = strstr (p, THEIRS)) != NULL; p++)
    n_found++;
  g_assert_cmpuint (n_found, ==, n_theirs);
}

/* Three times it is planned again, and no more. */
static void
test_conflict (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  for (guint n_times = 0; n_times <= 4; n_times++)
    {
      gboolean changed = n_times % 2;
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailPlan) plan = NULL;

      scratch_write (world->main_cf, FIXTURE_MAIN_CF, 0644);
      plan = ensure (world, edit_hook, "fsync", n_times, &changed, &error);
      g_assert_cmpuint (world->n_came, ==, n_times);
      if (n_times < 4)
        {
          g_assert_no_error (error);
          g_assert_false (nullmail_plan_is_empty (plan));
          g_assert_true (changed);
          assert_both (world, n_times);
        }
      else
        {
          g_autofree char *text = NULL;

          g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_CONFLICT);
          g_assert_null (plan);
          g_assert_false (changed);
          g_assert_true (g_file_get_contents (world->main_cf, &text, NULL, NULL));
          g_assert_cmpstr (text, ==, FIXTURE_MAIN_CF THEIRS THEIRS THEIRS THEIRS);
        }
    }
}

static void
test_busy (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  for (guint n_times = 3; n_times <= 4; n_times++)
    {
      gboolean changed = TRUE;
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailPlan) plan = ensure (world, lock_hook, "flock", n_times, &changed, &error);

      g_assert_cmpuint (world->n_came, ==, n_times);
      g_assert_true ((plan != NULL) == (n_times < 4));
      if (n_times < 4)
        {
          g_assert_no_error (error);
          g_assert_true (changed);
          assert_both (world, 0);
          scratch_write (world->main_cf, FIXTURE_MAIN_CF, 0644);
        }
      else
        {
          g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_BUSY);
          g_assert_false (changed);
          assert_file (world->main_cf, FIXTURE_MAIN_CF);
        }
    }
}

static void
make_link (World *world)
{
  g_autofree char *real = fixture_path (&world->base, "main.cf.real");

  scratch_write (real, FIXTURE_MAIN_CF, 0644);
  g_assert_cmpint (unlink (world->main_cf), ==, 0);
  g_assert_cmpint (symlink ("main.cf.real", world->main_cf), ==, 0);
}

/* What was committed is gone again, and comes back; a file has changed whoever it was. */
static void
test_superseded (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[smtp.example.com]:25", NULL);
  gboolean changed = FALSE;
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailPlan) once = NULL;
  g_autoptr(NullmailPlan) plan = NULL;

  /* This is the error that one apply alone ends with. */
  make_link (world);
  once = nullmail_postfix_instance_plan (world->instance, config, NULL, 0, NULL, NULL);
  world->at = "exchange";
  world->n_left = 1;
  commit_calls_start (replace_hook, world);
  g_assert_false (nullmail_postfix_instance_apply (world->instance, once, 0, NULL, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SUPERSEDED);
  g_clear_error (&error);

  make_link (world);
  plan = ensure (world, replace_hook, "exchange", 1, &changed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (world->n_came, ==, 1);
  g_assert_true (changed);
  assert_both (world, 1);
}

/* Any other error ends it at once. */
static void
test_other_error (World         *world,
                  gconstpointer  data G_GNUC_UNUSED)
{
  CommitFault fault = { .name = "fsync", .at = 1, .end = G_MAXUINT, .error = EIO };
  g_autoptr(NullmailNullClientConfig) config =
    nullmail_null_client_config_new_for_relay ("[smtp.example.com]:25", NULL);
  gboolean changed = TRUE;
  g_autoptr(GError) error = NULL;

  commit_calls_start (commit_fault_hook, &fault);
  g_assert_null (nullmail_postfix_instance_ensure (world->instance, config, NULL,
                                                   NULLMAIL_PLAN_FLAGS_NONE,
                                                   NULLMAIL_APPLY_FLAGS_NONE, &changed, NULL,
                                                   &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
  g_assert_false (changed);
  g_assert_cmpuint (fault.n_seen, ==, 1);
  assert_file (world->main_cf, FIXTURE_MAIN_CF);
}

#define ADD(name, function) \
  g_test_add ("/ensure-races/" name, World, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("conflict", test_conflict);
  ADD ("busy", test_busy);
  ADD ("superseded", test_superseded);
  ADD ("other-error", test_other_error);

  return g_test_run ();
}
