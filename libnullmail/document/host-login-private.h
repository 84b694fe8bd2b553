/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A user and a password in front of a host, as they stand in any text: scheme://user:password@host,
 * or [user:password@host] where the name of a relay may be. */
typedef struct
{
  const char *user;
  const char *password;
  const char *end;       /* of the password: the “@” */
} NullmailHostLogin;

/* Finds the first one in a text. It takes time in proportion to the length. */
gboolean _nullmail_host_login_find (const char        *text,
                                    gsize              length,
                                    NullmailHostLogin *login);

/* (nullable): where user and password begin in a line that is an entry of a password file, or of a
 * table of that kind: “[host]:port user:password”, “[host]:port = user:password”, in braces or
 * commented out or not. A key without brackets has a dot or an “@”, and then nothing stands behind
 * the password. */
const char *_nullmail_entry_login_find (const char *line,
                                        gsize       length);

G_END_DECLS
