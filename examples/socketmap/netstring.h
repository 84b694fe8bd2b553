/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

/* A request is a map name and a key: a host, or the address of a sender. Postfix folds its own
 * lines at 2048 bytes. */
#define NETSTRING_MAX_PAYLOAD 4096
/* “4096:” in front, “,” behind. */
#define NETSTRING_MAX_SIZE    (NETSTRING_MAX_PAYLOAD + 6)

typedef enum
{
  NETSTRING_INCOMPLETE,  /* so far it is one, but bytes are missing */
  NETSTRING_COMPLETE,
  NETSTRING_BAD,         /* none, or a longer one than we take: there is no way to go on */
} NetstringState;

/* Looks for a netstring at the beginning of some bytes, see http://cr.yp.to/proto/netstrings.txt.
 * Of a complete one the payload points into the bytes, and consumed is the size of it all. */
NetstringState netstring_parse (const char  *bytes,
                                gsize        size,
                                const char **payload,
                                gsize       *payload_size,
                                gsize       *consumed);

/* Splits “name SPACE key”, see socketmap_table(5). FALSE where that is not what it says. */
gboolean       request_parse   (const char  *payload,
                                gsize        size,
                                char       **name,
                                char       **key);
