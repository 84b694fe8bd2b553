/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A password through all that works on files and runs programs: after it, it is nowhere in the
 * memory of this process, and meanwhile in no core dump of it. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "memory-search.h"
#include "scratch.h"

#define RELAY "[smtp.example.com]:587"

static NullmailPlan *
new_plan (Fixture                  *fixture,
          NullmailPostfixInstance  *instance,
          const char               *map_type,
          NullmailRelayCredentials *login)
{
  g_autofree char *maps = g_strdup_printf ("%s:%s/sasl_passwd", map_type, fixture->etc);
  g_autoptr(NullmailNullClientConfig) config = nullmail_null_client_config_new_for_relay (RELAY,
                                                                                          NULL);
  g_autoptr(GError) error = NULL;
  NullmailPlan *plan;

  g_object_set (config, "authentication", TRUE, "origin", "example.com", "password-maps", maps,
                NULL);
  plan = nullmail_postfix_instance_plan (instance, config, login, NULLMAIL_PLAN_FLAGS_NONE, NULL,
                                         &error);
  g_assert_no_error (error);
  return plan;
}

static void
apply (Fixture                 *fixture,
       NullmailPostfixInstance *instance,
       const char              *map_type,
       const char              *suffix)
{
  g_autoptr(NullmailRelayCredentials) login = new_marker_credentials (RELAY, suffix, NULL);
  g_autoptr(NullmailPlan) plan = new_plan (fixture, instance, map_type, login);
  g_autofree char *diff = nullmail_plan_to_diff (plan);
  g_autoptr(GVariant) variant = nullmail_plan_to_variant (plan);
  g_autoptr(GPtrArray) changes = nullmail_plan_get_changes (plan);
  g_autoptr(GPtrArray) findings = nullmail_plan_get_findings (plan);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (strstr (diff, "********"));
  g_assert_cmpuint (changes->len, >, 0);
  g_assert_nonnull (findings);
  nullmail_postfix_instance_apply (instance, plan, NULLMAIL_APPLY_FLAGS_NONE, NULL, &error);
  g_assert_no_error (error);
}

static void
use_store (NullmailPostfixInstance *instance)
{
  g_autoptr(NullmailSaslPasswdStore) sasl =
    nullmail_postfix_instance_get_sasl_passwd_store (instance, NULL, NULL);
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (RELAY, NULL);
  g_autoptr(NullmailRelayCredentials) other = new_marker_credentials ("[b.example]", "", NULL);
  NullmailCredentialStore *store = NULLMAIL_CREDENTIAL_STORE (sasl);
  NullmailRelayCredentials *found = nullmail_credential_store_lookup (store, relay, NULL, NULL);
  g_autoptr(GPtrArray) list = NULL;

  g_assert_nonnull (found);
  g_assert_cmpuint (count_markers (), ==, 2);  /* these two */
  nullmail_relay_credentials_unref (found);
  g_assert_true (nullmail_credential_store_store (store, other, NULL, NULL));
  list = nullmail_credential_store_list (store, NULL, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (nullmail_sasl_passwd_store_rebuild (sasl, NULL, NULL));
  g_assert_true (nullmail_credential_store_clear (
                   store, nullmail_relay_credentials_get_relay_host (other), NULL, NULL));
}

/* A type that the installed Postfix cannot build is no reason to fail. */
static gboolean
has_type (NullmailPostfixInstance *instance,
          const char              *map_type)
{
  g_auto(GStrv) types = NULL;

  g_assert_true (nullmail_postfix_instance_inspect (instance, NULL, NULL));
  g_object_get (instance, "map-types", &types, NULL);
  return g_strv_contains ((const char * const *) types, map_type);
}

static void
test_memory (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(NullmailPostfixInstance) instance = fixture_new_instance (fixture, NULL);
  g_autoptr(GPtrArray) findings = NULL;
  g_autoptr(GError) error = NULL;

  if (!has_type (instance, data))
    {
      test_is_lacking ("this Postfix has no tables of the type");
      return;
    }

  apply (fixture, instance, data, "1");
  g_assert_cmpuint (count_markers (), ==, 0);
  apply (fixture, instance, data, "2");
  g_assert_cmpuint (count_markers (), ==, 0);
  use_store (instance);
  g_assert_cmpuint (count_markers (), ==, 0);

  findings = nullmail_postfix_instance_check (instance, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_markers (), ==, 0);
  nullmail_postfix_instance_undo (instance, NULLMAIL_APPLY_FLAGS_NO_ACTIVATE
                                  | NULLMAIL_APPLY_FLAGS_FORCE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (nullmail_postfix_instance_purge_credentials (instance, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_markers (), ==, 0);
}

/* A postmap that says what it read, on both channels, and fails. */
static void
test_talkative (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailPostfixInstance) instance = fixture_new_instance (fixture, fixture->commands);
  g_autoptr(NullmailRelayCredentials) login = NULL;
  g_autoptr(NullmailPlan) plan = NULL;
  g_autoptr(GError) error = NULL;

  fixture_add_command (fixture, "postconf", "PATH=$PATH:/usr/sbin; exec postconf \"$@\"");
  fixture_add_command (fixture, "postmap",
               "for last in \"$@\"; do :; done; for i in 1 2 3 4 5 6 7 8; do\n"
               "cat \"${last#*:}\"; cat \"${last#*:}\" >&2\n"
               "echo \"postmap: fatal: bad line: $(cat \"${last#*:}\")\" >&2; done; exit 1");
  login = new_marker_credentials (RELAY, "", NULL);
  plan = new_plan (fixture, instance, "hash", login);
  g_assert_false (nullmail_postfix_instance_apply (instance, plan, NULLMAIL_APPLY_FLAGS_NONE, NULL,
                                                   &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_MAP);
  g_clear_object (&plan);
  g_clear_pointer (&login, nullmail_relay_credentials_unref);
  g_assert_cmpuint (count_markers (), ==, 0);
}

/* Entries that Postfix or this library cannot use; the errors and findings about them. */
static void
test_malformed (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  static const char * const before[] = { "", RELAY " ", RELAY " u:", "  ", "x ", "#" };
  g_autofree char *path = g_build_filename (fixture->etc, "sasl_passwd", NULL);
  g_autoptr(NullmailSaslPasswdStore) sasl = nullmail_sasl_passwd_store_new (path, "texthash");
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (RELAY, NULL);
  NullmailCredentialStore *store = NULLMAIL_CREDENTIAL_STORE (sasl);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (before); i++)
    {
      g_autoptr(GError) error = NULL;
      NullmailRelayCredentials *found;
      GPtrArray *list;
      int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
      char *page = new_marker_page ();

      g_assert_cmpint (write (fd, before[i / 2], strlen (before[i / 2])), >=, 0);
      g_assert_cmpint (write (fd, page, MARKER_BYTES), ==, MARKER_BYTES);
      g_assert_cmpint (write (fd, i % 2 == 0 ? "\n" : "\n\0x\n", i % 2 == 0 ? 1 : 4), >, 0);
      free_marker_page (page);
      close (fd);

      found = nullmail_credential_store_lookup (store, relay, NULL, &error);
      g_clear_pointer (&found, nullmail_relay_credentials_unref);
      list = nullmail_credential_store_list (store, NULL, NULL);
      g_clear_pointer (&list, g_ptr_array_unref);
      nullmail_credential_store_clear (store, relay, NULL, NULL);
      g_assert_cmpuint (count_markers (), ==, 0);
    }
}

/* What the kernel writes of a process, or gcore where the kernel gives it to somebody else. */
static guint
count_in_core (Fixture *fixture,
               pid_t    pid)
{
  g_autofree char *pattern = NULL;
  g_autofree char *number = g_strdup_printf ("%d", pid);
  g_autofree char *prefix = g_build_filename (fixture->folder, "core", NULL);
  const char *gcore[] = { "gcore", "-o", prefix, number, NULL };
  g_autoptr(GDir) dir = NULL;
  const char *name;
  guint n_found = 0, n_cores = 0;
  int status;

  g_assert_true (g_file_get_contents ("/proc/sys/kernel/core_pattern", &pattern, NULL, NULL));
  if (pattern[0] == '|' || strchr (pattern, '/') != NULL)
    g_assert_true (g_spawn_sync (NULL, (char **) gcore, NULL,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                                 | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL));
  kill (pid, SIGABRT);
  kill (pid, SIGCONT);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));

  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      if (!g_str_has_prefix (name, "core"))
        continue;
      n_cores++;
      n_found += count_markers_in_file (path);
      unlink (path);
    }
  g_assert_cmpuint (n_cores, ==, 1);
  return n_found;
}

typedef void (* CrashFunc) (Fixture *fixture);

/* Runs a function in a child that stops itself where it is to be looked at. */
static guint
crash (Fixture   *fixture,
       CrashFunc  function)
{
  pid_t pid = fork ();
  int status;

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

      if (setrlimit (RLIMIT_CORE, &unlimited) < 0 || chdir (fixture->folder) < 0)
        _exit (1);
      signal (SIGABRT, SIG_DFL);
      function (fixture);
      _exit (2);
    }

  g_assert_cmpint (waitpid (pid, &status, WUNTRACED), ==, pid);
  g_assert_true (WIFSTOPPED (status));
  return count_in_core (fixture, pid);
}

static void
crash_with_page (Fixture *fixture G_GNUC_UNUSED)
{
  new_marker_page ();
  raise (SIGSTOP);
}

static void
crash_with_credentials (Fixture *fixture G_GNUC_UNUSED)
{
  new_marker_credentials (RELAY, "", NULL);
  raise (SIGSTOP);
}

static void
crash_with_plan (Fixture *fixture)
{
  NullmailPostfixInstance *instance = fixture_new_instance (fixture, NULL);

  new_plan (fixture, instance, "hash", new_marker_credentials (RELAY, "", NULL));
  raise (SIGSTOP);
}

/* The program that is run in the middle stops its parent. */
static void
crash_in_apply (Fixture *fixture)
{
  NullmailPostfixInstance *instance = fixture_new_instance (fixture, fixture->commands);
  NullmailRelayCredentials *login = new_marker_credentials (RELAY, "", NULL);

  nullmail_postfix_instance_apply (instance, new_plan (fixture, instance, "hash", login),
                                   NULLMAIL_APPLY_FLAGS_NONE, NULL, NULL);
}

static void
test_core (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  fixture_add_command (fixture, "postconf", "PATH=$PATH:/usr/sbin; exec postconf \"$@\"");
  g_assert_cmpuint (crash (fixture, crash_with_page), >=, 1);  /* the search finds what is there */
  g_assert_cmpuint (crash (fixture, crash_with_credentials), ==, 0);
  g_assert_cmpuint (crash (fixture, crash_with_plan), ==, 0);

  fixture_add_command (fixture, "postmap", "kill -STOP $PPID; exit 1");
  g_assert_cmpuint (crash (fixture, crash_in_apply), ==, 0);
  /* Behind a warning the new map is asked what it holds. */
  fixture_add_command (fixture, "postmap",
               "PATH=$PATH:/usr/sbin; postmap \"$@\" || exit\n"
               "case \"$*\" in *\" -q \"*) kill -STOP $PPID;; *) echo warning >&2;; esac");
  g_assert_cmpuint (crash (fixture, crash_in_apply), ==, 0);
}

static gsize
get_locked_kib (void)
{
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  return g_ascii_strtoull (strstr (status, "VmLck:") + strlen ("VmLck:"), NULL, 10);
}

/* Passwords stay out of swap where the limit allows; where it does not, they work all the same. */
static void
test_memory_lock (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  const struct rlimit none = { 0, 0 };
  NullmailRelayCredentials *locked = new_marker_credentials (RELAY, "", NULL);
  g_autofree char *main_cf = g_build_filename (fixture->etc, "main.cf", NULL);
  const char *paths[] = { fixture->folder, fixture->etc, main_cf };
  struct rlimit limit;
  pid_t pid;
  int status;

  g_assert_cmpint (getrlimit (RLIMIT_MEMLOCK, &limit), ==, 0);
  if (limit.rlim_cur >= 2 * PAGE_BYTES)
    g_assert_cmpuint (get_locked_kib (), >=, PAGE_BYTES / 1024);
  nullmail_relay_credentials_unref (locked);
  for (guint i = 0; geteuid () == 0 && i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpint (chown (paths[i], 65534, 65534), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr(NullmailPostfixInstance) instance = NULL;

      /* Root may lock what he wants. */
      if (setrlimit (RLIMIT_MEMLOCK, &none) < 0
          || (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
          || prctl (PR_SET_DUMPABLE, 1) < 0)  /* for the search */
        _exit (1);
      instance = fixture_new_instance (fixture, NULL);
      apply (fixture, instance, "hash", "");
      use_store (instance);
      if (count_markers () != 0 || get_locked_kib () != 0)
        _exit (2);
      _exit (0);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

#define ADD(name, data, function) \
  g_test_add ("/secrets-apply/" name, Fixture, data, fixture_set_up, function, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *postmap = NULL;
  char *folder = scratch_new ();
  int status;

  /* What a process that crashed here could not remove goes with it. */
  g_assert_true (g_setenv ("TMPDIR", folder, TRUE));
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_assert_true (g_setenv ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE));
  umask (022);

  postmap = g_find_program_in_path ("postmap");
  if (!can_search_memory () || postmap == NULL)
    {
      scratch_free (folder);
      return program_is_lacking ("memory cannot be searched here, or Postfix is not installed");
    }

  ADD ("memory/hash", "hash", test_memory);
  ADD ("memory/lmdb", "lmdb", test_memory);
  ADD ("memory/texthash", "texthash", test_memory);
  ADD ("talkative", NULL, test_talkative);
  ADD ("malformed", NULL, test_malformed);
  ADD ("core", NULL, test_core);
  ADD ("memory-lock", NULL, test_memory_lock);

  status = g_test_run ();
  scratch_free (folder);
  return status;
}
