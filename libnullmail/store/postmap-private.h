/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/transaction-private.h"
#include "document/password-file-private.h"

G_BEGIN_DECLS

/* How postmap is run. It uses the configuration directory that is given here, or one that is made
 * for the call if that is NULL. If postmap fails with the given one, since its main.cf may be what
 * the plan is going to mend, it is tried again with a directory that has main_cf in it, or next to
 * nothing where nothing new is stored. */
typedef struct
{
  const char *postmap;
  const char *config_directory;  /* (nullable) */
  GBytes     *main_cf;           /* (nullable) */
  gboolean    only_drops;        /* entries go, and none comes */
  const char *map_type;

  NullmailPasswordFile *contents;  /* what postmap reads, and must not repeat in an error */
} NullmailMapTool;

/* Builds the map of a staged source under a private name, as the staged contents of map, and makes
 * sure that it holds what the source holds. postmap's exit status does not tell that, since postmap
 * skips lines that it does not understand, with a warning. A small map is right if postmap warned
 * of nothing and each key and value stands in its file. Any other is asked for all keys, on
 * standard input. The error is MAP if it does not answer as it should. */
gboolean _nullmail_postmap_make (const NullmailMapTool  *tool,
                                 NullmailStagedFile     *source,
                                 NullmailStagedFile     *map,
                                 GCancellable           *cancellable,
                                 GError                **error);

/* Asks a map that is in its place for all that its source, the contents of the tool, says. If
 * main.cf, postmap or the type keep it from answering nothing is known of it. */
typedef enum
{
  NULLMAIL_MAP_ANSWERS_UNKNOWN,
  NULLMAIL_MAP_ANSWERS_RIGHT,
  NULLMAIL_MAP_ANSWERS_WRONG,  /* also if it cannot be opened */
} NullmailMapAnswers;

NullmailMapAnswers _nullmail_postmap_ask (const NullmailMapTool *tool,
                                          const char            *path,
                                          GCancellable          *cancellable);

G_END_DECLS
