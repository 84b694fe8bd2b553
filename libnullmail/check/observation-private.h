/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/snapshot-private.h"
#include "config/mask-private.h"
#include "config/password-maps-private.h"
#include "postfix/table-truth-private.h"
#include "store/password-table-private.h"

G_BEGIN_DECLS

/* What one plan or one check sees outside of main.cf. Each thing is looked at once, when it is
 * first asked for, so that the states before and after a plan are judged by the same facts. Only
 * one thread may use an object. */
typedef struct _NullmailObservation NullmailObservation;

NullmailObservation   *_nullmail_observation_new        (NullmailInstallation    *installation,
                                                         GCancellable            *cancellable);
void                   _nullmail_observation_free       (NullmailObservation     *self);
NullmailHostFacts     *_nullmail_observation_get_host   (NullmailObservation     *self);

/* (transfer none): what is in a file without secrets; NULL with error set if it cannot be read. */
GBytes                *_nullmail_observation_read_file  (NullmailObservation  *self,
                                                         const char           *path,
                                                         GError              **error);

/* (transfer none) (nullable) (element-type NullmailMasterOption): what master.cf sets for single
 * services; NULL where it cannot be read. */
GPtrArray             *_nullmail_observation_read_options (NullmailObservation *self);

/* (transfer none): a password file with its map as they are, which must not be changed; NULL with
 * error set if the file cannot be read. */
NullmailPasswordTable *_nullmail_observation_read_table (NullmailObservation  *self,
                                                         const char           *path,
                                                         const char           *map_type,
                                                         GError              **error);

/* (transfer none) (nullable): the services of master.cf; NULL if it cannot be read. */
GPtrArray             *_nullmail_observation_read_services (NullmailObservation *self);

/* A snapshot for the checks, with what it borrows from. */
typedef struct
{
  NullmailCheckSnapshot  snapshot;
  NullmailMask          *mask;        /* (owned) (nullable) unless it is the caller's */
  GPtrArray             *names;       /* (element-type utf8) what the others borrow */
  GArray                *more_files;  /* (element-type NullmailTableFile) */
  GPtrArray             *truths;      /* (nullable) one NullmailTableTruth a file, or NULL */
} NullmailView;

/* Fills the snapshot with what there is around a configuration: the password files that it names,
 * as they are on disk. If it names none although Postfix logs in, the one that a plan would name is
 * taken. mask: (nullable): NULL to make one. */
void _nullmail_view_init   (NullmailView        *self,
                            NullmailObservation *observation,
                            NullmailEffective   *effective,
                            const NullmailMask  *mask);

/* Adds the questions whether the maps answer what their sources say, which are not asked for a mere
 * plan unless there is a doubt; and notes the answers. */
void _nullmail_view_prepare_questions (NullmailView *self,
                                       GPtrArray    *round);
void _nullmail_view_take_answers      (NullmailView *self);

void _nullmail_view_clear  (NullmailView        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailObservation, _nullmail_observation_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailView, _nullmail_view_clear)

G_END_DECLS
