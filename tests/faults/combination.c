/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "combination.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fault-list.h"
#include "observation.h"
#include "supervisor.h"
#include "recollection.h"
#include "scratch.h"

/* Postfix's programs wait for a file that was changed this second. */
#define LONG_AGO       { .tv_sec = 1000000000 }
#define XATTR          "user.nullmail.test"
#define EDIT_MAIN_CF   "nullmail_intruder = 1\n"
#define EDIT_PASSWORDS "[third.example.org]:25 third:pw-T-1\n"

typedef struct
{
  const Scenario *scenario;
  Place          *place;
  const char     *name;
  const Fault    *fault;
  char           *saved;       /* (owned) folder with what there was before */
  Observation    *before;
  Observation    *target;      /* what is there when it has succeeded */
  GVariant       *remembered;  /* (nullable) ... and what the library is to remember */
  gboolean        has_xattr;
  gboolean        has_intruded;
  GThread        *waiting;     /* (nullable) another program that cannot open main.cf yet */
  gboolean        may_keep;    /* a file that could not be put back, for it was said */
  char           *fingerprint;
  char           *first_found; /* of the instants */
  int             output;
  Tally          *tally;
} Combination;

void
combination_set_up (const char *root)
{
  g_autofree char *etc = g_build_filename (root, "etc", NULL);
  g_autofree char *state = g_build_filename (root, "state", NULL);

  g_assert_cmpint (g_mkdir_with_parents (etc, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (state, 0700), ==, 0);
  observation_set_up (root);
  scenario_make_commands (root);
}

void
combination_remove (const char *folder)
{
  scratch_clear (folder);
  umount2 (folder, MNT_DETACH);
  g_rmdir (folder);
}

static void
add_violation (Combination *self,
               char        *what)
{
  g_autofree char *fault = NULL;

  if (what == NULL)
    return;

  fault = self->fault != NULL ? fault_describe (self->fault) : g_strdup ("no fault");
  g_ptr_array_add (self->tally->violations,
                   g_strdup_printf ("%s: %s: %s", self->name, fault, what));
  g_free (what);
}

static void
reset (Combination *self)
{
  g_autofree char *etc = g_build_filename (self->saved, "etc", NULL);
  g_autofree char *state = g_build_filename (self->saved, "state", NULL);

  scratch_clear (self->place->etc);
  scratch_clear (self->place->state);
  scratch_copy (etc, self->place->etc);
  scratch_copy (state, self->place->state);
  stat (self->place->main_cf, &self->before->main_cf_info);
}

static void
save (Combination *self)
{
  const struct timespec times[2] = { LONG_AGO, LONG_AGO };
  g_autofree char *etc = g_build_filename (self->saved, "etc", NULL);
  g_autofree char *state = g_build_filename (self->saved, "state", NULL);

  utimensat (AT_FDCWD, self->place->main_cf, times, 0);
  utimensat (AT_FDCWD, self->place->sasl_passwd, times, 0);
  if (g_file_test (self->place->main_cf, G_FILE_TEST_EXISTS))
    self->has_xattr = setxattr (self->place->main_cf, XATTR, "kept", 4, 0) == 0;
  scratch_clear (self->saved);
  g_mkdir_with_parents (etc, 0700);
  g_mkdir_with_parents (state, 0700);
  scratch_copy (self->place->etc, etc);
  scratch_copy (self->place->state, state);
}

static gboolean
begin_cb (gpointer   user_data,
          GError   **error)
{
  Combination *self = user_data;

  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  return self->place->instance != NULL || place_begin (self->place, error);
}

static gboolean
change_cb (gpointer   user_data,
           GError   **error)
{
  Combination *self = user_data;

  return self->scenario->change (self->place, error);
}

static gboolean
prepare_cb (gpointer   user_data,
            GError   **error)
{
  Combination *self = user_data;

  return self->scenario->prepare (self->place, error);
}

/* What a second run finds: the same again changes nothing, and then another change. */
static gboolean
change_twice_cb (gpointer   user_data,
                 GError   **error)
{
  Combination *self = user_data;
  g_autofree char *between = NULL;
  g_autofree char *after = NULL;

  if (!self->scenario->change (self->place, error))
    return FALSE;

  between = observation_fingerprint (self->place);
  if (!self->scenario->change (self->place, error))
    return FALSE;

  after = observation_fingerprint (self->place);
  if (!g_str_equal (between, after))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                           "the same again has changed something");
      return FALSE;
    }

  return TRUE;
}

static gboolean
touch_cb (gpointer   user_data,
          GError   **error)
{
  Combination *self = user_data;

  return place_touch (self->place, error);
}

static void
run_plainly (Combination *self,
             ActionFunc   action,
             Outcome     *outcome)
{
  const Run run = { .begin = begin_cb, .action = action, .action_data = self, .mask = 022,
                    .output = self->output };

  supervisor_run (&run, NULL, outcome);
}

/* I9: whatever it printed or reported. */
static void
check_output (Combination   *self,
              const Outcome *outcome)
{
  char buffer[4096];
  gssize n_read;
  off_t offset = 0;

  if (strstr (outcome->message, CANARY) != NULL)
    add_violation (self, g_strdup ("an error shows a password"));

  while ((n_read = pread (self->output, buffer, sizeof buffer, offset)) > 0)
    {
      if (memmem (buffer, n_read, CANARY, strlen (CANARY)) != NULL)
        add_violation (self, g_strdup ("a password is printed"));
      offset += n_read;
    }
  g_assert_cmpint (ftruncate (self->output, 0), ==, 0);
  lseek (self->output, 0, SEEK_SET);
}

static void
check_attributes (Combination       *self,
                  const Observation *now)
{
  char value[8];

  add_violation (self, observation_find_exposed (self->place));
  if (self->has_xattr && !self->has_intruded && now->main_cf != NULL
      && getxattr (self->place->main_cf, XATTR, value, sizeof value) != 4)
    add_violation (self, g_strdup ("main.cf has lost its extended attribute"));
}

/* What promises were kept by a run that returned. */
static void
check_returned (Combination       *self,
                const Outcome     *outcome,
                const Observation *now)
{
  gboolean is_new = outcome->ok || outcome->code == NULLMAIL_ERROR_NOT_DURABLE
                    || outcome->code == NULLMAIL_ERROR_ACTIVATION_KEPT;
  g_autofree char *wrong = NULL;

  /* What the library could not do, and says so. */
  if ((self->scenario->drops_foreign && outcome->code == NULLMAIL_ERROR_NOT_DURABLE)
      || (self->fault != NULL && self->fault->kind == FAULT_ERROR
          && (self->may_keep
              || strstr (outcome->message, "Not everything could be put back") != NULL
              || strstr (outcome->message, "not all of it was put back") != NULL)))
    wrong = observation_find_mixture (now, self->before, self->target);
  else if (is_new)
    wrong = observation_compare (now, self->target, FALSE);
  else
    wrong = observation_compare (now, self->before, TRUE);
  if (outcome->ok && outcome->is_reached && fault_must_be_reported (self->fault))
    add_violation (self, g_strdup ("it is called a success"));
  if (wrong != NULL)
    add_violation (self, g_strdup_printf ("after %s (%s): %s",
                                          outcome->ok ? "success" : "an error",
                                          outcome->message, wrong));
  if (!fault_may_leave_litter (self->fault))
    add_violation (self, observation_find_litter (self->place, self->may_keep));
}

/* I4: whatever came of the run, the other program's edit is there. */
static void
check_intrusion (Combination *self)
{
  gboolean in_main_cf = self->fault->error != INTRUDE_PASSWORDS;
  const char *path = in_main_cf ? self->place->main_cf : self->place->sasl_passwd;
  g_autofree char *text = NULL;

  if (!in_main_cf && self->scenario->drops_foreign)
    return;  /* such an entry is what is to go */
  if (self->has_intruded
      && (!g_file_get_contents (path, &text, NULL, NULL)
          || strstr (text, in_main_cf ? EDIT_MAIN_CF : EDIT_PASSWORDS) == NULL))
    add_violation (self, g_strdup ("the edit is lost"));
}

static gpointer
append_cb (gpointer path)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);

  g_assert_cmpint (write (fd, EDIT_MAIN_CF, strlen (EDIT_MAIN_CF)), >, 0);
  close (fd);
  g_free (path);
  return NULL;
}

/* Where the program that is tried keeps others from opening the file, this waits until it has gone
 * on; that it waits shows at once. */
static void
append_in_place (Combination *self,
                 const char  *path)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    {
      g_assert_cmpint (errno, ==, EWOULDBLOCK);
      self->waiting = g_thread_new ("in-place", append_cb, g_strdup (path));
      return;
    }

  close (fd);
  append_cb (g_strdup (path));
}

/* Another program that reads, edits and replaces, or one that writes into the file. */
static void
intrude_cb (int      what,
            gpointer user_data)
{
  Combination *self = user_data;
  gboolean in_main_cf = what != INTRUDE_PASSWORDS;
  const char *path = in_main_cf ? self->place->main_cf : self->place->sasl_passwd;
  const struct timespec times[2] = { LONG_AGO, LONG_AGO };
  g_autofree char *text = NULL;
  g_autofree char *edited = NULL;
  struct stat info;

  if (!g_file_get_contents (path, &text, NULL, NULL) || stat (path, &info) < 0)
    return;

  self->has_intruded = TRUE;
  if (what == INTRUDE_MAIN_CF_IN_PLACE)
    append_in_place (self, path);
  else
    {
      edited = g_strconcat (text, in_main_cf ? EDIT_MAIN_CF : EDIT_PASSWORDS, NULL);
      g_assert_true (g_file_set_contents_full (path, edited, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                               info.st_mode & 0777, NULL));
    }
  utimensat (AT_FDCWD, path, times, 0);
}

static void
check_run (Combination   *self,
           const Outcome *outcome)
{
  g_autoptr(Observation) now = NULL;

  if (self->waiting != NULL)
    g_thread_join (g_steal_pointer (&self->waiting));
  now = observation_new (self->place);
  if (outcome->is_hung || outcome->signal != 0)
    add_violation (self, outcome->is_hung ? g_strdup ("it does not end")
                                          : g_strdup_printf ("it ends by signal %d",
                                                             outcome->signal));
  add_violation (self, observation_find_mismatch (now));
  check_attributes (self, now);
  check_output (self, outcome);
  self->may_keep = self->fault != NULL && strstr (outcome->message, ".kept-") != NULL;
  if (self->fault != NULL && self->fault->kind == FAULT_INTRUDE)
    {
      check_intrusion (self);
      return;
    }
  if (self->before->main_cf != NULL || now->main_cf != NULL)
    add_violation (self, observation_find_mixture (now, self->before, self->target));
  if (!outcome->is_killed && !outcome->is_hung && outcome->signal == 0)
    check_returned (self, outcome, now);
}

/* Whatever has happened, the next run succeeds and leaves nothing behind. */
static void
check_next_run (Combination *self)
{
  g_autoptr(Observation) now = NULL;
  g_autoptr(GVariant) remembered = NULL;
  Outcome outcome;

  run_plainly (self, self->scenario->activation_fails ? touch_cb : change_twice_cb, &outcome);
  now = observation_new (self->place);
  remembered = recollection_new (self->place);
  if (!outcome.ok)
    add_violation (self, g_strdup_printf ("the next run fails: %s", outcome.message));
  else if (self->fault != NULL && self->fault->kind == FAULT_INTRUDE)
    check_intrusion (self);
  else if (!self->scenario->activation_fails)
    add_violation (self, observation_compare (now, self->target, FALSE));
  add_violation (self, observation_find_mismatch (now));
  add_violation (self, observation_find_litter (self->place, self->may_keep));
  if (self->fault == NULL || self->fault->kind != FAULT_INTRUDE)
    add_violation (self, recollection_find_forgotten (remembered, self->remembered, now->source));
  check_attributes (self, now);
  check_output (self, &outcome);
}

static void
try_fault (Combination *self,
           const Fault *fault,
           guint        number)
{
  const Run run = { .begin = begin_cb, .action = change_cb, .action_data = self,
                    .mask = number % 2 == 0 ? 0 : 0777, .output = self->output,
                    .intrude = intrude_cb };
  Outcome outcome;

  self->fault = fault;
  self->has_intruded = FALSE;
  self->may_keep = FALSE;
  reset (self);
  supervisor_run (&run, fault, &outcome);
  check_run (self, &outcome);
  check_next_run (self);
  self->fault = NULL;
  self->tally->tried++;
}

/* What a process makes in a directory is its own, and stays with it: nobody can have put something
 * under the name before. The lock files are meant to be shared. */
static char *
find_careless_open (pid_t          pid,
                    const Call    *call,
                    const guint64 *arguments)
{
  static const char * const locks[] = { "main.cf.tmp", ".nullmail-lock", NULL };
  const int careful = O_NOFOLLOW | O_CLOEXEC;
  int flags = (int) arguments[2];
  g_autofree char *name = NULL;

  if (call->role > 0 || call->number != __NR_openat || (flags & O_CREAT) == 0)
    return NULL;

  name = supervisor_read_text (pid, arguments[1]);
  if ((flags & careful) == careful
      && ((flags & O_EXCL) != 0 || g_strv_contains (locks, name)))
    return NULL;

  return g_strdup_printf ("“%s” is created with flags %o", name, flags);
}

/* I1, I2 and I5 at each moment of a run in which nothing fails, and I9 for its children. */
static void
instant_cb (pid_t          pid,
            const Call    *call,
            const guint64 *arguments,
            gpointer       user_data)
{
  Combination *self = user_data;
  g_autofree char *fingerprint = observation_fingerprint (self->place);
  char *found = observation_find_exposed (self->place);

  if (found == NULL)
    found = find_careless_open (pid, call, arguments);
  if (found == NULL && call->role > 0 && fault_process_shows_canary (pid))
    found = g_strdup ("a password in the arguments or the environment of a child");
  if (found == NULL && g_strcmp0 (fingerprint, self->fingerprint) != 0)
    {
      g_autoptr(Observation) now = observation_new (self->place);

      found = observation_find_mismatch (now);
      if (found == NULL && now->main_cf != NULL)
        found = observation_find_mixture (now, self->before, self->target);
      g_free (self->fingerprint);
      self->fingerprint = g_steal_pointer (&fingerprint);
    }

  if (found != NULL && self->first_found == NULL)
    self->first_found = g_strdup_printf ("before %s: %s", supervisor_call_name (call->number),
                                         found);
  g_free (found);
}

/* Nothing fails: what it does, and what every moment of it looks like. */
static GArray *
record (Combination *self,
        gboolean     no_exchange)
{
  const Fault none = { .kind = FAULT_NONE, .no_exchange = no_exchange };
  GArray *calls = g_array_new (FALSE, FALSE, sizeof (Call));
  const Run run = { .begin = begin_cb, .action = change_cb, .action_data = self, .mask = 0,
                    .output = self->output, .calls = calls, .instant = instant_cb,
                    .instant_data = self };
  Outcome outcome;

  reset (self);
  supervisor_run (&run, &none, &outcome);
  if (outcome.ok == self->scenario->activation_fails)
    add_violation (self, g_strdup_printf ("it fails by itself: %s", outcome.message));
  add_violation (self, g_steal_pointer (&self->first_found));
  check_run (self, &outcome);
  check_next_run (self);
  return calls;
}

static void
learn_states (Combination *self,
              const char  *commands)
{
  Outcome outcome;

  scratch_clear (self->place->etc);
  scratch_clear (self->place->state);
  self->place->commands = NULL;
  run_plainly (self, prepare_cb, &outcome);
  if (!outcome.ok)
    g_error ("%s: could not be prepared: %s", self->name, outcome.message);
  self->before = observation_new (self->place);
  self->remembered = recollection_new (self->place);
  save (self);

  if (!self->scenario->activation_fails)
    self->place->commands = commands;
  run_plainly (self, change_cb, &outcome);
  if (!outcome.ok)
    g_error ("%s: could not be tried: %s", self->name, outcome.message);
  self->target = observation_new (self->place);
  if (!self->scenario->activation_fails)
    {
      g_clear_pointer (&self->remembered, g_variant_unref);
      self->remembered = recollection_new (self->place);
    }
  self->place->commands = commands;
}

/* Asks this Postfix once, for all processes that are forked from this one. */
static void
know_postfix (Combination *self)
{
  g_autoptr(GError) error = NULL;

  if (!place_begin (self->place, &error))
    g_error ("%s: Postfix could not be asked: %s", self->name, error->message);
}

static char *
get_commands (const Scenario *scenario,
              const char     *map_type,
              const char     *root)
{
  g_autofree char *folder = NULL;

  if (scenario->commands == NULL)
    return NULL;

  folder = g_str_equal (scenario->commands, "no-type") ? g_strconcat ("no-type-", map_type, NULL)
                                                       : g_strdup (scenario->commands);
  return g_build_filename (root, folder, NULL);
}

guint
combination_run (const Scenario *scenario,
                 const char     *map_type,
                 gboolean        no_exchange,
                 const char     *root,
                 guint           n_faults,
                 guint           seed,
                 Tally          *tally)
{
  g_autofree char *commands = get_commands (scenario, map_type, root);
  g_autofree char *name = g_strdup_printf ("%s/%s%s", scenario->name, map_type,
                                           no_exchange ? "/no-exchange" : "");
  g_autoptr(Place) place = place_new (root, map_type, NULL);
  Combination self = { .scenario = scenario, .place = place, .name = name, .tally = tally,
                       .saved = g_build_filename (root, "saved", NULL),
                       .output = memfd_create ("output", MFD_CLOEXEC) };
  g_autoptr(GArray) calls = NULL;
  g_autoptr(GArray) faults = NULL;
  guint n_calls;

  learn_states (&self, commands);
  reset (&self);
  know_postfix (&self);
  calls = record (&self, no_exchange);
  faults = fault_list_new (calls, no_exchange, n_faults, seed ^ g_str_hash (name));
  for (guint i = 0; i < faults->len; i++)
    try_fault (&self, &g_array_index (faults, Fault, i), i);

  n_calls = calls->len;
  close (self.output);
  observation_free (self.before);
  observation_free (self.target);
  g_clear_pointer (&self.remembered, g_variant_unref);
  g_free (self.fingerprint);
  g_free (self.saved);
  return n_calls;
}
