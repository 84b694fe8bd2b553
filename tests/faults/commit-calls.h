/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>
#include <time.h>

G_BEGIN_DECLS

/* Called before each call that commit/ makes of the C library, which this program defines itself.
 * The name is that of the function, but "exchange" and "noreplace" for renameat2 () with these
 * flags. 0 lets the call through, any other value is the errno it fails with. What the hook itself
 * calls is not counted: it can play another writer. */
typedef int (* CommitHook) (const char *name,
                            guint       number,
                            gpointer    data);

void  commit_calls_start (CommitHook  hook,
                          gpointer    data);
/* Returns how many calls there were. */
guint commit_calls_stop  (void);

/* A hook's word, too: what is looked at seems to be on another device. */
#define COMMIT_OTHER_DEVICE (-1)

/* Unless they are 0: who runs this, how much later it is, and the time of the day. */
extern uid_t           commit_calls_user;
extern long            commit_calls_later_s;
extern struct timespec commit_calls_now;

/* What statx (2) shows of every file beside what it has, and whether what it is on is mounted for
 * reading only. */
extern guint64         commit_calls_attributes;
extern gboolean        commit_calls_read_only;

/* For what a test does on the way. */
void  commit_calls_pause (gboolean is_paused);

/* What can be handed over as a hook's data. */
typedef struct
{
  const char *name;        /* (nullable) only calls of this name */
  guint       at;          /* the first one that fails, from 1 */
  guint       end;         /* the first that does not fail any more */
  int         error;
  int         flags_error;  /* 0, or that of a file system without the flags of renameat2 () */
  int         across;       /* 0, or what renameat () always fails with */
  guint       n_seen;
  const char *failed;      /* (nullable) the name of the last one that has failed */
} CommitFault;

int   commit_fault_hook  (const char *name,
                          guint       number,
                          gpointer    data);

G_END_DECLS
