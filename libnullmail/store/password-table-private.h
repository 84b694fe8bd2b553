/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/transaction-private.h"
#include "config/relay-credentials.h"
#include "document/password-file-private.h"
#include "store/lookup-map-private.h"
#include "store/postmap-private.h"

G_BEGIN_DECLS

/* A password file and its table as they are, and as they are to be. */
typedef struct
{
  char                   *path;            /* of the source */
  char                   *map_type;
  NullmailSecureBuffer   *base;            /* (nullable) the source as it was read, NULL: none */
  NullmailPasswordFile   *contents;        /* the source as it is to be in the end */
  NullmailPasswordFile   *transition;      /* (nullable) what is committed first */
  gboolean                rebuild;         /* the table is to be built in any case */

  /* As the files were when the source was read. */
  struct stat             source;          /* where base is not NULL */
  struct stat             map;
  gboolean                has_map;
  NullmailLookupMapState  map_state;
} NullmailPasswordTable;

/* The files of one step, to be exchanged: either may be NULL, where nothing of it changes. */
typedef struct
{
  NullmailStagedFile   *source;  /* (unowned) (nullable) */
  NullmailStagedFile   *map;     /* (unowned) (nullable) */
  NullmailSecureBuffer *kept;    /* (owned) (nullable) a table whose mode alone changes */
} NullmailStagedTable;

void                   _nullmail_staged_table_clear        (NullmailStagedTable    *self);

/* Reads the source (which need not exist), NULL with error set where it cannot be read. */
NullmailPasswordTable *_nullmail_password_table_load       (const char             *path,
                                                            const char             *map_type,
                                                            GCancellable           *cancellable,
                                                            GError                **error);
NullmailPasswordTable *_nullmail_password_table_copy       (const NullmailPasswordTable *self);
void                   _nullmail_password_table_free       (NullmailPasswordTable  *self);

/* Another type for the table, whose files are looked at. */
void                   _nullmail_password_table_set_type   (NullmailPasswordTable  *self,
                                                            const char             *map_type);

/* Whether others may read the source, or it belongs to another user. */
gboolean               _nullmail_password_table_is_exposed (const NullmailPasswordTable *self);

/* Whether the bytes of the source change. */
gboolean               _nullmail_password_table_has_new_contents (NullmailPasswordTable *self);

/* Whether the source is to be written, and whether anything is to be done at all, in this step. */
gboolean               _nullmail_password_table_has_new_source (NullmailPasswordTable *self);
gboolean               _nullmail_password_table_is_unchanged   (NullmailPasswordTable *self);

/* Whether there is a table without its source, so that only Postfix knows what is in it, and MAP
 * for what cannot be done then. */
gboolean               _nullmail_password_table_is_orphan  (NullmailPasswordTable  *self);
gboolean               _nullmail_password_table_refuse_orphan (NullmailPasswordTable  *self,
                                                               GError                **error);

/* Only the check of the next function, for a file that stays. */
gboolean               _nullmail_password_table_expect     (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

/* The transition is committed: what is left, to go from there to the end. */
NullmailPasswordTable *_nullmail_password_table_new_behind_transition (
    const NullmailPasswordTable *self);

/* Whether postmap is needed to do what is to be done. */
gboolean               _nullmail_password_table_needs_postmap (NullmailPasswordTable *self);

/* Opens the files in the transaction, checks that they are still what was read, writes the new
 * source, builds and verifies the table. The tool says where postmap is and with which main.cf it
 * is to run; the rest of it is filled in here. What is staged has to outlive the transaction. */
gboolean               _nullmail_password_table_stage      (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            NullmailMapTool        *tool,
                                                            NullmailStagedTable    *staged,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

/* The steps of what is staged: the source first. Between the two the map is older, which whoever
 * reads them next sees and mends. */
void                   _nullmail_staged_table_add_steps    (const NullmailStagedTable *self,
                                                            NullmailTransaction       *transaction,
                                                            gboolean                   barrier);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailStagedTable, _nullmail_staged_table_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPasswordTable, _nullmail_password_table_free)

G_END_DECLS
