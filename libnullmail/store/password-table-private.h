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

/* A password file with its map, as both are and as they are to be. The password file is the source
 * that the map is compiled from. */
typedef struct
{
  char                   *path;            /* of the source */
  char                   *map_type;
  NullmailSecureBuffer   *base;            /* (nullable) the source as it was read; NULL: none */
  NullmailPasswordFile   *contents;        /* the source as it is to be in the end */
  NullmailPasswordFile   *transition;      /* (nullable) the source as it is committed first */
  gboolean                rebuild;         /* the map has to be built in any case */
  gboolean                stays;           /* what is wrong with modes and times cannot be mended
                                            * here, and keeps nobody from anything else */

  /* The files as they were when the source was read. */
  struct stat             source;          /* only if base is not NULL */
  struct stat             map;
  gboolean                has_map;
  NullmailLookupMapState  map_state;
} NullmailPasswordTable;

/* The files that one commit has to exchange; NULL means that this one does not change. */
typedef struct
{
  NullmailStagedFile   *source;  /* (unowned) (nullable) */
  NullmailStagedFile   *map;     /* (unowned) (nullable) */
  NullmailSecureBuffer *kept;    /* (owned) (nullable) bytes of a map whose mode alone changes */
} NullmailStagedTable;

void                   _nullmail_staged_table_clear        (NullmailStagedTable    *self);

/* Reads the source and looks at the map. It is no error if there is no source. */
NullmailPasswordTable *_nullmail_password_table_load       (const char             *path,
                                                            const char             *map_type,
                                                            GCancellable           *cancellable,
                                                            GError                **error);
NullmailPasswordTable *_nullmail_password_table_copy       (const NullmailPasswordTable *self);
void                   _nullmail_password_table_free       (NullmailPasswordTable  *self);

/* Gives the map another type, and looks at the map of that type. */
void                   _nullmail_password_table_set_type   (NullmailPasswordTable  *self,
                                                            const char             *map_type);

/* Takes a map that is older than its source as if it were not. */
void                   _nullmail_password_table_take_as_fresh (NullmailPasswordTable *self);

/* Whether others may read the source, or it belongs to another user. */
gboolean               _nullmail_password_table_is_exposed (const NullmailPasswordTable *self);

/* Whether the next commit changes the bytes of the source. */
gboolean               _nullmail_password_table_has_new_contents (NullmailPasswordTable *self);

/* Whether the next commit has to write the source, and whether it has nothing to do at all. */
gboolean               _nullmail_password_table_has_new_source (NullmailPasswordTable *self);
gboolean               _nullmail_password_table_is_unchanged   (NullmailPasswordTable *self);

/* Whether the next commit does not change what the files say, but their modes or the map only. */
gboolean               _nullmail_password_table_only_mends     (NullmailPasswordTable *self);
/* Whether it is to be expected that this works: not where the files lie on a medium that can only
 * be read, are mounted one by one, have a second name, or have a folder that others can write. */
gboolean               _nullmail_password_table_can_be_mended  (const NullmailPasswordTable *self);

/* Whether there is a map without its source, so that nobody knows what it holds. The second
 * function fails with MAP if there is, for callers that would have to change entries of it. */
gboolean               _nullmail_password_table_is_orphan  (NullmailPasswordTable  *self);
gboolean               _nullmail_password_table_refuse_orphan (NullmailPasswordTable  *self,
                                                               GError                **error);

/* Fails with CONFLICT unless the source is still what was read, for a source that does not
 * change. */
gboolean               _nullmail_password_table_expect     (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

/* Asks the map for all that the source says, whatever their times are: one of the two may have been
 * copied here with its own. A map that by its times is stale, and one without its source, is not
 * asked. take_postmap, directory: (nullable): its path, and that of the configuration. */
NullmailMapAnswers     _nullmail_password_table_ask        (NullmailPasswordTable  *self,
                                                            char                   *take_postmap,
                                                            const char             *directory,
                                                            GCancellable           *cancellable);

/* (transfer full): what is left to be done once the transition is committed. */
NullmailPasswordTable *_nullmail_password_table_new_behind_transition (
    const NullmailPasswordTable *self);

/* Whether the next commit needs postmap. */
gboolean               _nullmail_password_table_needs_postmap (NullmailPasswordTable *self);

/* Opens the files in the transaction, checks that they are still what was read, writes the new
 * source, and builds and verifies the map. The tool says where postmap is and with which main.cf it
 * has to run; the rest of it is filled in here. What is staged has to outlive the transaction. */
gboolean               _nullmail_password_table_stage      (NullmailPasswordTable  *self,
                                                            NullmailTransaction    *transaction,
                                                            NullmailMapTool        *tool,
                                                            NullmailStagedTable    *staged,
                                                            GCancellable           *cancellable,
                                                            GError                **error);

/* Adds the exchanges to the transaction, the source before the map. If the machine stops between
 * the two, the map is older than its source, and the next plan sees that and builds it. */
void                   _nullmail_staged_table_add_steps    (const NullmailStagedTable *self,
                                                            NullmailTransaction       *transaction,
                                                            gboolean                   barrier);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailStagedTable, _nullmail_staged_table_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPasswordTable, _nullmail_password_table_free)

G_END_DECLS
