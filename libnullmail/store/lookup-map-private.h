/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

#include "base/secure-memory-private.h"

G_BEGIN_DECLS

/* The path of the map that is compiled from a source; NULL for texthash, which has no map. */
char    *_nullmail_lookup_map_get_path      (const char *source_path,
                                             const char *map_type);

typedef enum
{
  NULLMAIL_LOOKUP_MAP_FRESH,
  NULLMAIL_LOOKUP_MAP_STALE,    /* older than its source, or of the other Berkeley DB type */
  NULLMAIL_LOOKUP_MAP_MISSING,  /* there is a source and no map */
  NULLMAIL_LOOKUP_MAP_DOUBTFUL, /* new enough, but what the source says is not seen in it */
  NULLMAIL_LOOKUP_MAP_WRONG,    /* it was asked, and does not answer what the source says */
  NULLMAIL_LOOKUP_MAP_EXPOSED,  /* others can read it, or it belongs to another user */
  NULLMAIL_LOOKUP_MAP_UNKNOWN,  /* it cannot be found out, so that the map has to be built */
} NullmailLookupMapState;

NullmailLookupMapState _nullmail_lookup_map_query_state (const char *source_path,
                                                         const char *map_type);

/* The same for a source and a map that the caller has looked at; NULL means that there is none. */
NullmailLookupMapState _nullmail_lookup_map_judge     (const char        *map_path,
                                                       const char        *map_type,
                                                       const struct stat *source,
                                                       const struct stat *map);

/* Whether each key of the answers, “key TAB value” lines, stands in the file of a map as it is, and
 * its value beside it. Berkeley DB cuts a long one into pieces; then this is FALSE although the map
 * may be right. */
gboolean               _nullmail_lookup_map_shows     (int                         fd,
                                                       const NullmailSecureBuffer *answers);

G_END_DECLS
