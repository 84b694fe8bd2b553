/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Whether somebody sits there who can be asked. */
gboolean terminal_can_ask  (void);

/* Asks on standard error. Anything but “yes” is no. */
gboolean terminal_ask      (const char  *question);

/* Reads one line without showing it. What reads a password from a descriptor can read it from the
 * one that is returned, and the caller closes it; -1 with error set. The terminal is as it was
 * afterwards, whatever signal comes. */
int      terminal_read_password (int          fd,
                                 const char  *prompt,
                                 GError     **error);

G_END_DECLS
