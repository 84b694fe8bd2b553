/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* The compiled table of a source, NULL for texthash, which has none. */
char    *_nullmail_lookup_map_get_path      (const char *source_path,
                                             const char *map_type);

typedef enum
{
  NULLMAIL_LOOKUP_MAP_FRESH,
  NULLMAIL_LOOKUP_MAP_STALE,    /* older than its source, or hash for btree */
  NULLMAIL_LOOKUP_MAP_MISSING,  /* a source without its table */
  NULLMAIL_LOOKUP_MAP_EXPOSED,  /* readable by others, or another user's */
  NULLMAIL_LOOKUP_MAP_UNKNOWN,  /* it cannot be told: to be made anew */
} NullmailLookupMapState;

NullmailLookupMapState _nullmail_lookup_map_get_state (const char *source_path,
                                                       const char *map_type);

/* The same for files that were looked at already; NULL: it is not there. */
NullmailLookupMapState _nullmail_lookup_map_judge     (const char        *map_path,
                                                       const char        *map_type,
                                                       const struct stat *source,
                                                       const struct stat *map);

G_END_DECLS
