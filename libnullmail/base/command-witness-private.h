/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a command ended is told to its parent once. A program that ignores SIGCHLD, or that waits for
 * each child that it has, as some interpreters and process managers do, takes that away from a
 * library in it. There a witness, a process in between, waits for the command and writes down a
 * pipe how it ended. */

/* Whether a witness is needed: the status would be lost, or has been lost once. */
gboolean _nullmail_command_needs_witness  (void);
void     _nullmail_command_miss_witness   (void);

/* Between fork and exec: the caller becomes the witness and never returns, and a child of it goes
 * on in its place. That gets signal, unless it is 0, when the witness ends. */
void     _nullmail_command_become_witness (int status_fd,
                                           int signal);

/* Reads what the witness has written: FALSE while the command runs. Where the witness was killed
 * the status is that of a command that was. */
gboolean _nullmail_command_ask_witness    (int  status_fd,
                                           int *status);

/* Closes the descriptors of a range, both ends included, between fork and exec. */
void     _nullmail_close_range            (unsigned first,
                                           unsigned last);

G_END_DECLS
