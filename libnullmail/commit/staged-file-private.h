/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/staged-state-private.h"

G_BEGIN_DECLS

/* Every private name begins so; whoever holds the directory's lock may remove them. */
#define NULLMAIL_STAGED_PREFIX ".nullmail-"
#define NULLMAIL_KEPT_INFIX    ".kept-"  /* behind the name of what could not be put back */
/* What Berkeley DB puts before the name of a file as long as that is empty. */
#define NULLMAIL_BERKELEY_DB_PREFIX "__db."

/* Whose file stands at the name, seen behind the exchange. */
typedef enum
{
  NULLMAIL_STAGED_UNKNOWN,  /* it cannot be looked at */
  NULLMAIL_STAGED_OURS,
  NULLMAIL_STAGED_FOREIGN,  /* another writer's, or none any more */
} NullmailStagedOwner;

/* directory is borrowed; path is for messages. A file that does not exist is created. Fails on what
 * is no regular file, and on a secret file with more than one link. */
NullmailStagedFile *_nullmail_staged_file_new         (int                  directory,
                                                       const char          *name,
                                                       const char          *path,
                                                       NullmailStagedKind   kind,
                                                       GError             **error);
/* The same where the caller has just looked at the name: info is what was there, NULL: nothing. */
NullmailStagedFile *_nullmail_staged_file_new_for_info (int                  directory,
                                                        const char          *name,
                                                        const char          *path,
                                                        NullmailStagedKind   kind,
                                                        const struct stat   *info,
                                                        GError             **error);
/* Removes what was staged and not exchanged, and what was displaced and not kept. */
void                _nullmail_staged_file_free        (NullmailStagedFile  *self);

const char         *_nullmail_staged_file_get_path    (NullmailStagedFile  *self);
gboolean            _nullmail_staged_file_has_name    (NullmailStagedFile  *self,
                                                        const char          *name);
int                 _nullmail_staged_file_get_directory (NullmailStagedFile *self);
const char         *_nullmail_staged_file_get_private_name (NullmailStagedFile *self);

/* CONFLICT unless the file holds just these bytes (NULL: does not exist). What was compared is what
 * may be displaced later; the bytes must stay valid as long as the staged file. */
gboolean            _nullmail_staged_file_expect      (NullmailStagedFile  *self,
                                                       const void          *data,
                                                       gsize                size,
                                                       GError             **error);

/* What is written later gets a modification time of two seconds ago, for readers that wait before
 * they trust a file that was changed this second (Postfix: src/util/dict.c, dict_load_file_xt). */
void                _nullmail_staged_file_use_old_time (NullmailStagedFile *self);
/* What is written later where there is no file yet gets the extended attributes, a security label
 * among them, of another file in the same directory, whose place it takes. FALSE where there is no
 * such file; what gives rights is never taken over. */
gboolean            _nullmail_staged_file_take_label  (NullmailStagedFile  *self,
                                                       const char          *name);
/* Writes the new contents under the private name and synchronises them. */
gboolean            _nullmail_staged_file_write       (NullmailStagedFile  *self,
                                                       const void          *data,
                                                       gsize                size,
                                                       GError             **error);
/* Takes a file of the directory, made by another program, as the new contents. */
gboolean            _nullmail_staged_file_adopt       (NullmailStagedFile  *self,
                                                       const char          *name,
                                                       GError             **error);
/* The file is to go. */
void                _nullmail_staged_file_remove      (NullmailStagedFile  *self);

/* The one step that others can see. CONFLICT if another writer came in between; nothing of theirs
 * is lost then. SUPERSEDED if theirs replaced the new file at once. */
gboolean            _nullmail_staged_file_exchange    (NullmailStagedFile  *self,
                                                       GError             **error);
/* (nullable): the name under which a file was kept that could not be put back. */
const char         *_nullmail_staged_file_get_kept_name (NullmailStagedFile *self);
/* Puts the old file back, unless another writer came in between (FALSE). */
gboolean            _nullmail_staged_file_revert      (NullmailStagedFile  *self);
/* Whether the new file is still what stands at the name. */
NullmailStagedOwner _nullmail_staged_file_get_owner   (NullmailStagedFile  *self);
/* Moves the displaced old file away instead of removing it. */
gboolean            _nullmail_staged_file_keep_displaced (NullmailStagedFile  *self,
                                                          int                  directory,
                                                          const char          *name,
                                                          GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailStagedFile, _nullmail_staged_file_free)

G_END_DECLS
