/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "config/effective-private.h"
#include "postfix/host-facts-private.h"
#include "postfix/service-control.h"

G_BEGIN_DECLS

/* One Postfix: its directories, and what its programs have said when they were asked. It is shared
 * by reference, also with worker threads.
 *
 * An answer holds as long as what it depends on is the same: the program, main.cf where it reads
 * it, and the host's name. So does a failure: a main.cf that Postfix refuses is not shown to it
 * again before it is another. Nothing here depends on what was asked before, but for its cost. */
typedef struct _NullmailInstallation NullmailInstallation;

/* What inspecting an installation tells; immutable. */
typedef struct
{
  gatomicrefcount   ref_count;

  char             *version;
  char            **map_types;         /* that its programs can open */
  char             *default_map_type;  /* for a new table */
  char             *queue_directory;
} NullmailInspection;

NullmailInstallation *_nullmail_installation_new      (const char            *config_directory,
                                                       const char            *command_directory,
                                                       const char            *state_directory,
                                                       NullmailServiceControl control);
NullmailInstallation *_nullmail_installation_ref      (NullmailInstallation  *self);
void                  _nullmail_installation_unref    (NullmailInstallation  *self);

const char  *_nullmail_installation_get_config_directory  (NullmailInstallation  *self);
const char  *_nullmail_installation_get_main_cf_path      (NullmailInstallation  *self);
/* (nullable): as the caller gave it. */
const char  *_nullmail_installation_get_command_directory (NullmailInstallation  *self);
/* Where the record is kept that undo needs. */
const char  *_nullmail_installation_get_state_directory   (NullmailInstallation  *self);
NullmailServiceControl
             _nullmail_installation_get_service_control   (NullmailInstallation  *self);

/* The path of a program: in the directory that the caller gave, else in the one that main.cf names,
 * else where the system has its programs. COMMAND if it is not there. */
char        *_nullmail_installation_find_command          (NullmailInstallation  *self,
                                                           const char            *name,
                                                           GError               **error);

/* main.cf as it is now. NOT_FOUND, with the remedy, where there is none. */
NullmailMainCf *_nullmail_installation_load_main_cf       (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* What this Postfix takes a document for. The installation has to outlive it. */
NullmailEffective *_nullmail_installation_read            (NullmailInstallation  *self,
                                                           NullmailMainCf        *main_cf,
                                                           GCancellable          *cancellable);

/* “postconf -d”; (transfer full) */
GHashTable  *_nullmail_installation_get_defaults          (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* “postconf -m”; (transfer full) */
char       **_nullmail_installation_get_map_types         (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* Whether tables of a type can be opened. The type that main.cf, or else this Postfix, has for new
 * tables is believed without asking, for building the table will show it; UNKNOWN where Postfix
 * cannot be asked. */
NullmailFact _nullmail_installation_has_map_type          (NullmailInstallation  *self,
                                                           NullmailEffective     *effective,
                                                           const char            *map_type,
                                                           GCancellable          *cancellable);
/* The type that a new table gets; NULL with error set where there is no Postfix to ask. */
const char  *_nullmail_installation_choose_map_type       (NullmailInstallation  *self,
                                                           NullmailEffective     *effective,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* (nullable): where the mail queue is. */
char        *_nullmail_installation_get_queue_directory   (NullmailInstallation  *self);

/* Everything that the public getters show. (transfer full) */
NullmailInspection *_nullmail_installation_inspect        (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);
/* Keeps one for the getters. */
void         _nullmail_installation_note_inspection       (NullmailInstallation  *self,
                                                           NullmailInspection    *inspection);
/* The last one; (transfer full) (nullable). */
NullmailInspection *_nullmail_installation_peek_inspection (NullmailInstallation *self);
NullmailInspection *_nullmail_inspection_ref              (NullmailInspection    *self);
void                _nullmail_inspection_unref            (NullmailInspection    *self);

/* Whether there was something to undo when it was last looked at, for the getter. */
gboolean     _nullmail_installation_get_can_undo          (NullmailInstallation  *self);
void         _nullmail_installation_set_can_undo          (NullmailInstallation  *self,
                                                           gboolean               can_undo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailInstallation, _nullmail_installation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailInspection, _nullmail_inspection_unref)

G_END_DECLS
