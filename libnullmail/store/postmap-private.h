/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/transaction-private.h"
#include "document/password-file-private.h"

G_BEGIN_DECLS

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

/* Builds the table of a staged source under a private name, as the staged contents of map, and
 * makes sure that it holds what the source holds. postmap's exit status does not tell: it skips
 * lines that it does not understand, with a warning. A small table that was built without a word,
 * and has each key and value in its file, is right; any other is asked for all of them, on standard
 * input. MAP where it does not answer as it should. */
gboolean _nullmail_postmap_make (const NullmailMapTool  *tool,
                                 NullmailStagedFile     *source,
                                 NullmailStagedFile     *map,
                                 GCancellable           *cancellable,
                                 GError                **error);

G_END_DECLS
