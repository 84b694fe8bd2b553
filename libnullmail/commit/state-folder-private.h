/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "commit/staged-file-private.h"

G_BEGIN_DECLS

/* What is remembered of one directory: a folder of a few files below the state directory. */
typedef struct _NullmailStateFolder NullmailStateFolder;

/* subject is the path of the directory that it is about. Nothing is opened yet. */
NullmailStateFolder *_nullmail_state_folder_new           (const char           *state_directory,
                                                           const char           *subject);
void                 _nullmail_state_folder_free          (NullmailStateFolder  *self);

const char          *_nullmail_state_folder_get_path      (NullmailStateFolder  *self);
const char          *_nullmail_state_folder_get_subject   (NullmailStateFolder  *self);

/* A file of the folder; NOT_FOUND if there is none, or no folder. */
GBytes              *_nullmail_state_folder_load          (NullmailStateFolder  *self,
                                                           const char           *name,
                                                           GError              **error);

/* Writes a file beside the one of that name, and makes the folder if it has to. */
gboolean             _nullmail_state_folder_prepare       (NullmailStateFolder  *self,
                                                           const char           *name,
                                                           GBytes               *bytes,
                                                           GError              **error);
/* What was prepared and neither finished nor abandoned, since the run was killed. */
GBytes              *_nullmail_state_folder_load_prepared (NullmailStateFolder  *self,
                                                           const char           *name,
                                                           GError              **error);
/* What was prepared takes its place, or goes. */
void                 _nullmail_state_folder_finish        (NullmailStateFolder  *self,
                                                           const char           *name,
                                                           gboolean              committed);

/* Takes in the file that a commit has displaced; it may then have a second name. For a folder in
 * which something was prepared. */
gboolean             _nullmail_state_folder_keep          (NullmailStateFolder  *self,
                                                           NullmailStagedFile   *file,
                                                           const char           *name);
void                 _nullmail_state_folder_add_name      (NullmailStateFolder  *self,
                                                           const char           *name,
                                                           const char           *new_name);
/* Removes one of the folder's files, for a folder in which something was prepared. */
void                 _nullmail_state_folder_remove        (NullmailStateFolder  *self,
                                                           const char           *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailStateFolder, _nullmail_state_folder_free)

G_END_DECLS
