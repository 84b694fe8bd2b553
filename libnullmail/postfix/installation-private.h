/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "config/effective-private.h"
#include "postfix/answers-private.h"
#include "postfix/host-facts-private.h"
#include "postfix/service-control.h"

G_BEGIN_DECLS

/* One Postfix: its directories, and what its programs have said when they were asked. It is shared
 * by reference, also with worker threads.
 *
 * An answer holds as long as what it depends on is the same: the program, main.cf if the program
 * reads it, and the host's name. So does a failure: Postfix is not asked again about a main.cf that
 * it has refused until the file has changed. No answer depends on what was asked before; only the
 * time that it takes does. */
typedef struct _NullmailInstallation NullmailInstallation;

/* What was found out about an installation when it was inspected; immutable. */
typedef struct
{
  gatomicrefcount   ref_count;

  char             *version;
  char            **map_types;         /* that its programs can open */
  char             *default_map_type;  /* for a new table */
  char             *queue_directory;
} NullmailInspection;

NullmailInstallation *_nullmail_installation_new          (const char            *config_directory,
                                                           const char            *command_directory,
                                                           const char            *state_directory,
                                                           NullmailServiceControl control);
NullmailInstallation *_nullmail_installation_ref          (NullmailInstallation  *self);
void                  _nullmail_installation_unref        (NullmailInstallation  *self);

const char  *_nullmail_installation_get_config_directory  (NullmailInstallation  *self);
const char  *_nullmail_installation_get_main_cf_path      (NullmailInstallation  *self);
/* (nullable): the directory that the caller gave. */
const char  *_nullmail_installation_get_command_directory (NullmailInstallation  *self);
/* Where the record is kept that undo needs. */
const char  *_nullmail_installation_get_state_directory   (NullmailInstallation  *self);
/* What its programs have said. */
NullmailAnswers *
             _nullmail_installation_get_answers           (NullmailInstallation  *self);
NullmailServiceControl
             _nullmail_installation_get_service_control   (NullmailInstallation  *self);

/* (transfer full): the path of a program of Postfix. It is searched in the directory that the
 * caller gave or else in the one that main.cf names or else where the system has its programs. The
 * error is COMMAND if it is not there. */
char        *_nullmail_installation_find_command          (NullmailInstallation  *self,
                                                           const char            *name,
                                                           GError               **error);

/* (transfer full): main.cf as it is now. If there is none the error is NOT_FOUND, and its message
 * says what to do. */
NullmailMainCf *_nullmail_installation_load_main_cf       (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* (transfer full): what this Postfix takes a document for. The installation has to outlive it. */
NullmailEffective *_nullmail_installation_read            (NullmailInstallation  *self,
                                                           NullmailMainCf        *main_cf,
                                                           GCancellable          *cancellable);

/* (transfer full): the defaults, from “postconf -d”. */
GHashTable  *_nullmail_installation_query_defaults        (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);

/* (transfer full) (nullable): the directory of the mail queue. */
char        *_nullmail_installation_query_queue_directory (NullmailInstallation  *self,
                                                           GCancellable          *cancellable);

/* (transfer full): the configuration directory that Postfix uses unless it is told another. */
char        *_nullmail_installation_query_default_directory (NullmailInstallation  *self,
                                                             GCancellable          *cancellable);

/* (transfer full): asks Postfix for everything that the public getters show. */
NullmailInspection *_nullmail_installation_inspect        (NullmailInstallation  *self,
                                                           GCancellable          *cancellable,
                                                           GError               **error);
/* Keeps an inspection for the getters. */
void         _nullmail_installation_note_inspection       (NullmailInstallation  *self,
                                                           NullmailInspection    *inspection);
/* (transfer full) (nullable): the inspection that was kept last. */
NullmailInspection *_nullmail_installation_ref_inspection (NullmailInstallation *self);
NullmailInspection *_nullmail_inspection_ref              (NullmailInspection    *self);
void                _nullmail_inspection_unref            (NullmailInspection    *self);

/* Whether there was something to undo when that was last looked at, for the getter. */
gboolean     _nullmail_installation_get_can_undo          (NullmailInstallation  *self);
void         _nullmail_installation_set_can_undo          (NullmailInstallation  *self,
                                                           gboolean               can_undo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailInstallation, _nullmail_installation_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailInspection, _nullmail_inspection_unref)

G_END_DECLS
