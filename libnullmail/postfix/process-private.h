/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* A process, as /proc has it, see proc (5). */
typedef struct
{
  pid_t  pid;
  pid_t  parent;
  char   name[64];  /* of its program, of which the kernel keeps 15 bytes */
  gint64 start_us;  /* since 1970, by the clock as it goes now */
} NullmailProcess;

/* FALSE where there is none, or this user may not see it. */
gboolean   _nullmail_process_look       (NullmailProcess *self,
                                         pid_t            pid);
/* The same for a process that another one has started and that runs such a program. */
gboolean   _nullmail_process_find_child (NullmailProcess *self,
                                         pid_t            parent,
                                         const char      *name);

/* (transfer full) (nullable) (element-type GInetSocketAddress): where a process takes connections
 * by TCP, in its network namespace; NULL where that is not for this user to see. */
GPtrArray *_nullmail_process_list_listeners (pid_t        pid);

G_END_DECLS
