/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/transaction-private.h"
#include "config/relay-credentials.h"
#include "document/password-file-private.h"

G_BEGIN_DECLS

/* A password file and its table as they are, and as they are to be. */
typedef struct
{
  char                     *path;               /* of the source */
  char                     *map_type;
  char                     *command_directory;  /* (nullable) */
  char                     *config_directory;   /* (nullable) for postmap */
  GBytes                   *main_cf;            /* (nullable) what main.cf there is to be */
  NullmailSecureBuffer     *base;               /* (nullable) the file as it was read, NULL: none */
  NullmailSecureBuffer     *map;                /* (nullable) a table whose mode alone changes */
  NullmailPasswordFile     *contents;           /* the file as it is to be in the end */
  NullmailPasswordFile     *transition;         /* (nullable) what is committed first */
  gboolean                  is_exposed;         /* the source is readable by others or another's */
  gboolean                  is_from_future;     /* no table could ever seem fresh beside it */
  gboolean                  rebuild;            /* the table is to be built in any case */
} NullmailPasswordTable;

/* Reads the source (which need not exist), NULL with error set where it cannot be read. */
NullmailPasswordTable *_nullmail_password_table_load       (const char             *path,
                                                            const char             *map_type,
                                                            GCancellable           *cancellable,
                                                            GError                **error);
void                   _nullmail_password_table_free       (NullmailPasswordTable  *self);

/* Whether the bytes of the source change. */
gboolean               _nullmail_password_table_has_new_contents (NullmailPasswordTable *self);

/* Whether the source is to be written, and whether anything is to be done at all, in this step. */
gboolean               _nullmail_password_table_has_new_source (NullmailPasswordTable *self);
gboolean               _nullmail_password_table_is_unchanged   (NullmailPasswordTable *self);

/* Whether there is a table without its source, so that only Postfix knows what is in it, and MAP
 * for what cannot be done then. */
gboolean               _nullmail_password_table_is_orphan  (NullmailPasswordTable  *self);
gboolean               _nullmail_password_table_refuse_orphan (NullmailPasswordTable *self,
                                                            GError                **error);

/* Only the check of the next function, for a file that stays. */
gboolean               _nullmail_password_table_expect     (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

/* The transition is committed: what is left is to go from there to the end. */
void                   _nullmail_password_table_end_transition (NullmailPasswordTable *self);

/* Opens the files in the transaction, checks that they are still what was read, writes the new
 * source, builds and verifies the table. What is to be exchanged is returned: source may be NULL
 * (only the table is new), and so may map (texthash). */
gboolean               _nullmail_password_table_stage      (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            NullmailStagedFile    **source,
                                                            NullmailStagedFile    **map,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPasswordTable, _nullmail_password_table_free)

G_END_DECLS
