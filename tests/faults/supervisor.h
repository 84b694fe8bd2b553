/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef enum
{
  FAULT_NONE,
  FAULT_ERROR,      /* the call fails with an errno and does nothing */
  FAULT_SHORT,      /* a read or write does half of its work */
  FAULT_KILL,       /* the process that is about to make the call is killed */
  FAULT_KILL_MAIN,  /* the process of the library is killed while a child makes the call */
  FAULT_INTRUDE,    /* another program does something just before the call */
} FaultKind;

/* One system call: who makes it (0 the library's process, 1 its first child, ...), and the how
 * many-th of that process it is. */
typedef struct
{
  guint role;
  guint index;
  int   number;  /* __NR_... */
} Call;

typedef struct
{
  FaultKind kind;
  Call      call;
  int       error;         /* for FAULT_INTRUDE: what the other program does */
  gboolean  is_sticky;     /* the following calls of the same number fail, too */
  gboolean  no_exchange;   /* a file system without the flags of renameat2 (2) */
} Fault;

/* How the run ended. */
typedef struct
{
  gboolean is_reached;  /* the call of the fault was made */
  gboolean is_killed;   /* by the fault */
  gboolean is_hung;
  int      signal;      /* that ended it otherwise */
  gboolean ok;
  int      code;        /* of NullmailError, -1: of another domain */
  char     message[1024];
} Outcome;

/* What is to be done in the child; TRUE or an error, as every function of the library. */
typedef gboolean (* ActionFunc)  (gpointer     user_data,
                                  GError     **error);
/* Called while all stand still, before each system call. */
typedef void     (* InstantFunc) (pid_t           pid,
                                  const Call     *call,
                                  const guint64  *arguments,
                                  gpointer        user_data);
/* The other program. */
typedef void     (* IntrudeFunc) (int             what,
                                  gpointer        user_data);

typedef struct
{
  ActionFunc   begin;         /* before anything is counted */
  ActionFunc   action;
  gpointer     action_data;
  mode_t       mask;          /* the umask */
  int          output;        /* descriptor for what the run prints */
  GArray      *calls;         /* (nullable) (element-type Call) filled with all calls */
  InstantFunc  instant;       /* (nullable) */
  gpointer     instant_data;
  IntrudeFunc  intrude;       /* (nullable) with action_data */
} Run;

/* Runs it in a process of its own, with each of its system calls, and those of the programs that it
 * starts, looked at and perhaps failed (fault NULL: neither). Needs Linux 5.9 and nothing else. */
void        supervisor_run        (const Run    *run,
                                   const Fault  *fault,
                                   Outcome      *outcome);

/* A string of a process that stands still. */
char       *supervisor_read_text  (pid_t         pid,
                                   guint64       address);

/* The call's name, "renameat2". */
const char *supervisor_call_name  (int           number);

/* Whether this kernel and this sandbox let a process be supervised. */
gboolean    supervisor_is_possible (void);

G_END_DECLS
