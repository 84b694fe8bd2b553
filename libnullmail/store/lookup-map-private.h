/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/secure-memory-private.h"
#include "commit/transaction-private.h"
#include "document/password-file-private.h"

G_BEGIN_DECLS

/* Whether the library can build and check tables of this type: hash, btree, lmdb, cdb, texthash. */
gboolean _nullmail_lookup_map_type_is_known (const char *map_type);

/* Those types one by one, NULL behind the last. */
const char *
         _nullmail_lookup_map_get_type      (guint       index);

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

/* Where postmap is, and which configuration directory it is to use; NULL: one made for the call.
 * One is made with main_cf where postmap fails with the other: what is there may be what is to be
 * mended. */
typedef struct
{
  const char *postmap;
  const char *config_directory;  /* (nullable) */
  GBytes     *main_cf;           /* (nullable) */
  const char *map_type;

  NullmailPasswordFile *contents;  /* what postmap reads, and must not repeat in an error */
} NullmailMapTool;

/* Builds the table of a staged source under a private name, as the staged contents of map. */
gboolean _nullmail_lookup_map_build         (const NullmailMapTool       *tool,
                                             NullmailStagedFile          *source,
                                             NullmailStagedFile          *map,
                                             GCancellable                *cancellable,
                                             GError                     **error);

/* Asks the table built from a staged source for all that the source holds, on standard input, and
 * compares: postmap's exit status says nothing. */
gboolean _nullmail_lookup_map_verify        (const NullmailMapTool       *tool,
                                             NullmailStagedFile          *source,
                                             GCancellable                *cancellable,
                                             GError                     **error);

G_END_DECLS
