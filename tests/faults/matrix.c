/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Every system call of an apply fails, or is the last one that the process lives to see, for every
 * combination of what changes and every type of table. After each: the files are those of before or
 * of after, whole; the same change again succeeds; nothing is left behind. */

#include <errno.h>
#include <glib-unix.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "combination.h"
#include "fault-list.h"
#include "supervisor.h"

#define MAX_SHOWN 20

static int      option_faults = 10000;
static int      option_seed = 1;
static int      option_jobs = 6;  /* most wait, for what they have stopped or for a time limit */
static char    *option_only = NULL;
static char    *option_calls = NULL;
static gboolean option_list = FALSE;

static const GOptionEntry options[] = {
  { "faults", 0, 0, G_OPTION_ARG_INT, &option_faults, "How many, drawn by chance; 0: all", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "What chance begins with", "N" },
  { "jobs", 0, 0, G_OPTION_ARG_INT, &option_jobs, "Processes at once", "N" },
  { "only", 0, 0, G_OPTION_ARG_STRING, &option_only, "Combinations that match", "REGEX" },
  { "calls", 0, 0, G_OPTION_ARG_STRING, &option_calls, "Faults of calls that match", "REGEX" },
  { "list", 0, 0, G_OPTION_ARG_NONE, &option_list, "Show the combinations and their calls", NULL },
  { 0 },
};

typedef struct
{
  const Scenario *scenario;
  const char     *map_type;
  gboolean        no_exchange;
} Choice;

static char *
get_name (const Choice *choice)
{
  return g_strdup_printf ("%s/%s%s", choice->scenario->name, choice->map_type,
                          choice->no_exchange ? "/no-exchange" : "");
}

static GArray *
list_choices (void)
{
  static const char * const map_types[] = { "hash", "lmdb", "texthash" };
  GArray *choices = g_array_new (FALSE, FALSE, sizeof (Choice));

  for (guint i = 0; i < n_scenarios * G_N_ELEMENTS (map_types) * 2; i++)
    {
      Choice choice = { &scenarios[i / 6], map_types[i % 6 / 2], i % 2 == 1 };
      g_autofree char *name = get_name (&choice);

      if (g_strcmp0 (choice.scenario->commands, "no-type") == 0
          && g_str_equal (choice.map_type, "texthash"))  /* it is always there */
        continue;
      if (option_only == NULL || g_regex_match_simple (option_only, name, 0, 0))
        g_array_append_val (choices, choice);
    }

  return choices;
}

static void
run_choice (const Choice *choice,
            const char   *root,
            guint         n_faults,
            Tally        *tally)
{
  g_autofree char *name = get_name (choice);
  guint tried = tally->tried;
  guint found = tally->violations->len;
  gint64 begun_us = g_get_monotonic_time ();
  guint n_calls = combination_run (choice->scenario, choice->map_type, choice->no_exchange, root,
                                   option_list ? 1 : n_faults, option_seed, tally);

  g_print ("%-36s %5u calls %6u faults %3u violations %5.1f s\n", name, n_calls,
           tally->tried - tried, tally->violations->len - found,
           (double) (g_get_monotonic_time () - begun_us) / G_USEC_PER_SEC);
  for (guint i = found; i < tally->violations->len; i++)
    g_print ("VIOLATION %s\n", (char *) tally->violations->pdata[i]);
}

/* What is still to be done, for all jobs: the number of a combination each, in a pipe. */
static int
make_queue (GArray *choices)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  for (guint16 i = 0; i < choices->len; i++)
    g_assert_cmpint (write (fds[1], &i, sizeof i), ==, sizeof i);
  close (fds[1]);
  return fds[0];
}

/* One combination after the other; what was found goes to a file, a line each. */
static int
run_job (GArray     *choices,
         int         queue,
         guint       job,
         const char *folder)
{
  guint16 next;
  g_autofree char *root = g_strdup_printf ("%s/job-%u", folder, job);
  g_autofree char *path = g_strdup_printf ("%s/result-%u", folder, job);
  guint n_each = option_faults == 0 ? 0 : (option_faults + choices->len - 1) / choices->len;
  Tally tally = { 0, g_ptr_array_new_with_free_func (g_free) };
  GString *result = g_string_new (NULL);

  g_assert_cmpint (g_mkdir_with_parents (root, 0755), ==, 0);
  combination_set_up (root);
  fault_list_set_calls (option_calls);
  while (read (queue, &next, sizeof next) == sizeof next)
    run_choice (&g_array_index (choices, Choice, next), root, n_each, &tally);

  g_string_append_printf (result, "%u", tally.tried);
  for (guint i = 0; i < tally.violations->len; i++)
    g_string_append_printf (result, "\n%s", (char *) tally.violations->pdata[i]);
  g_assert_true (g_file_set_contents (path, result->str, result->len, NULL));
  return 0;
}

/* Prints what all have found, and as the last line a summary for programs. */
static int
report (const char *folder,
        gint64      begun_us,
        gboolean    complete)
{
  g_autoptr(GString) shown = g_string_new (NULL);
  guint64 tried = 0;
  guint n_violations = complete ? 0 : 1;

  for (int job = 0; job < option_jobs; job++)
    {
      g_autofree char *path = g_strdup_printf ("%s/result-%d", folder, job);
      g_autofree char *text = NULL;
      g_auto(GStrv) lines = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        {
          n_violations++;
          continue;
        }
      lines = g_strsplit (text, "\n", -1);
      tried += g_ascii_strtoull (lines[0], NULL, 10);
      for (guint i = 1; lines[i] != NULL; i++)
        {
          g_autofree char *escaped = g_strescape (lines[i], "“”");

          if (n_violations++ < MAX_SHOWN)
            g_string_append_printf (shown, "%s\"%s\"", shown->len > 0 ? ", " : "", escaped);
        }
    }

  g_print ("{\"kind\": \"faults\", \"tried\": %" G_GUINT64_FORMAT ", \"violations\": [%s], "
           "\"n_violations\": %u, \"seconds\": %.1f}\n", tried, shown->str, n_violations,
           (double) (g_get_monotonic_time () - begun_us) / G_USEC_PER_SEC);
  return n_violations == 0 && tried > 0 ? 0 : 1;
}

/* Without a disk below it is quicker, and nothing is left to be removed. */
static char *
make_folder (void)
{
  const char *base = g_getenv ("NULLMAIL_TEST_TMP");
  char *folder = g_build_filename (base != NULL ? base : g_get_tmp_dir (), "matrix-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp_full (folder, 0755));
  if (unshare (CLONE_NEWNS) == 0 && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
    mount ("none", folder, "tmpfs", 0, "mode=0755");
  return folder;
}

static gboolean
run_jobs (GArray     *choices,
          const char *folder)
{
  int queue = make_queue (choices);
  gboolean ok = TRUE;
  int status;

  for (int job = 0; job < option_jobs; job++)
    {
      pid_t pid = fork ();

      g_assert_cmpint (pid, >=, 0);
      if (pid == 0)
        {
          prctl (PR_SET_PDEATHSIG, SIGKILL);
          exit (run_job (choices, queue, job, folder));
        }
    }
  for (int job = 0; job < option_jobs; job++)
    ok = wait (&status) > 0 && status == 0 && ok;

  close (queue);
  return ok;
}

static int
skip (const char *reason)
{
  g_print ("SKIP: %s\n", reason);
  return g_strcmp0 (g_getenv ("CI"), "true") == 0 ? 1 : 77;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GOptionContext) context = g_option_context_new ("- fail every system call of an apply");
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) choices = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *postmap = NULL;
  gint64 begun_us = g_get_monotonic_time ();
  gboolean complete;
  int status;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  g_setenv ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  postmap = g_find_program_in_path ("postmap");
  if (postmap == NULL)
    return skip ("postmap is not installed");
  if (!supervisor_is_possible ())
    return skip ("this kernel or sandbox has no seccomp notifications");

  choices = list_choices ();
  folder = make_folder ();
  complete = run_jobs (choices, folder);
  status = report (folder, begun_us, complete);
  combination_remove (folder);
  return status;
}
