/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fault-list.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "scenario.h"

#define CHILD_SHARE 4  /* one in so many faults of a sample is in a child */

static const int errors[] = { EIO, ENOSPC, EDQUOT, EACCES, EROFS, EINTR, EMFILE };

static const char *wanted_calls;  /* (nullable) a regular expression */

void
fault_list_set_calls (const char *regex)
{
  wanted_calls = regex;
}

static gboolean
is_wanted (const Call *call)
{
  return wanted_calls == NULL
         || g_regex_match_simple (wanted_calls, supervisor_call_name (call->number), 0, 0);
}

static gboolean
only_waits (int number)
{
  return number == __NR_wait4 || number == __NR_waitid || number == __NR_ppoll
#ifdef __NR_poll
         || number == __NR_poll
#endif
         || number == __NR_pidfd_open;
}

/* Errors that cannot be had: what a disk does makes nobody fail who waits for a child or a pipe,
 * and close (2) gives the descriptor back whatever it reports. */
static gboolean
cannot_fail (int number,
             int error)
{
  if (number == __NR_close)
    return TRUE;

  return error != EINTR && only_waits (number);
}

static void
add_faults (GArray     *faults,
            const Call *call,
            gboolean    no_exchange)
{
  Fault fault = { .call = *call, .no_exchange = no_exchange };

  for (guint i = 0; i < G_N_ELEMENTS (errors) * 2; i++)
    {
      fault.kind = FAULT_ERROR;
      fault.error = errors[i / 2];
      fault.is_sticky = i % 2 == 1;
      if (!cannot_fail (call->number, fault.error))
        g_array_append_val (faults, fault);
    }

  fault.error = 0;
  fault.is_sticky = FALSE;
  if (call->number == __NR_read || call->number == __NR_write || call->number == __NR_pwrite64)
    {
      fault.kind = FAULT_SHORT;
      g_array_append_val (faults, fault);
    }
  fault.kind = FAULT_KILL;
  g_array_append_val (faults, fault);
  if (call->role > 0)
    {
      fault.kind = FAULT_KILL_MAIN;
      g_array_append_val (faults, fault);
    }

  /* Without an atomic exchange there is a moment in which such an edit is lost. */
  fault.kind = FAULT_INTRUDE;
  for (fault.error = 0; fault.error < N_INTRUSIONS && !no_exchange; fault.error++)
    g_array_append_val (faults, fault);
}

/* The first n of a shuffled list; most of what a child does is to load its libraries. */
static void
draw (GArray *faults,
      guint   n,
      guint   seed)
{
  g_autoptr(GRand) chance = g_rand_new_with_seed (seed);
  guint n_drawn = 0, n_left = faults->len;

  while (n_drawn < n && n_left > n_drawn)
    {
      guint other = g_rand_int_range (chance, n_drawn, n_left);
      Fault fault = g_array_index (faults, Fault, other);

      if (fault.call.role > 0 && g_rand_int_range (chance, 0, CHILD_SHARE) > 0)
        {
          n_left--;
          g_array_index (faults, Fault, other) = g_array_index (faults, Fault, n_left);
          continue;
        }
      g_array_index (faults, Fault, other) = g_array_index (faults, Fault, n_drawn);
      g_array_index (faults, Fault, n_drawn) = fault;
      n_drawn++;
    }

  g_array_set_size (faults, n_drawn);
}

GArray *
fault_list_new (GArray   *calls,
                gboolean  no_exchange,
                guint     n_faults,
                guint     seed)
{
  GArray *faults = g_array_new (FALSE, FALSE, sizeof (Fault));

  for (guint i = 0; i < calls->len; i++)
    {
      if (is_wanted (&g_array_index (calls, Call, i)))
        add_faults (faults, &g_array_index (calls, Call, i), no_exchange);
    }
  if (n_faults > 0)
    draw (faults, n_faults, seed);

  return faults;
}

static const char *
name_kind (const Fault *fault)
{
  static const char * const intrusions[] = { "an edit of main.cf", "an edit of main.cf in place",
                                             "an edit of sasl_passwd" };

  switch (fault->kind)
    {
    case FAULT_KILL:
      return "kill";
    case FAULT_KILL_MAIN:
      return "kill of the caller";
    case FAULT_SHORT:
      return "half";
    case FAULT_INTRUDE:
      return intrusions[fault->error];
    case FAULT_ERROR:
      return g_strerror (fault->error);
    case FAULT_NONE:
    default:
      return "nothing";
    }
}

char *
fault_describe (const Fault *fault)
{
  return g_strdup_printf ("%s at call %u (%s) of process %u%s", name_kind (fault),
                          fault->call.index, supervisor_call_name (fault->call.number),
                          fault->call.role, fault->is_sticky ? " and later" : "");
}

/* What was not synchronised may be lost: that is no success. */
gboolean
fault_must_be_reported (const Fault *fault)
{
  return fault != NULL && fault->kind == FAULT_ERROR && fault->call.role == 0
         && (fault->call.number == __NR_fsync || fault->call.number == __NR_fdatasync);
}

/* Without it a name cannot be removed, or not be known for one's own: a lock file that could not be
 * locked may be another's. */
gboolean
fault_may_leave_litter (const Fault *fault)
{
  static const int numbers[] = { __NR_unlinkat, __NR_newfstatat, __NR_fstat, __NR_openat,
                                 __NR_flock };

  if (fault == NULL || fault->kind != FAULT_ERROR)
    return FALSE;
#ifdef __NR_unlink
  if (fault->call.number == __NR_unlink || fault->call.number == __NR_rmdir)
    return TRUE;
#endif
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (fault->call.number == numbers[i])
        return TRUE;
    }

  return FALSE;
}

static gboolean
file_shows_canary (pid_t       pid,
                   const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  g_autofree char *text = NULL;
  gsize size;

  return g_file_get_contents (path, &text, &size, NULL)
         && memmem (text, size, CANARY, strlen (CANARY)) != NULL;
}

gboolean
fault_process_shows_canary (pid_t pid)
{
  return file_shows_canary (pid, "cmdline") || file_shows_canary (pid, "environ");
}
