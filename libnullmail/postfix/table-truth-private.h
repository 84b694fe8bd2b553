/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/password-file-private.h"
#include "postfix/host-facts-private.h"
#include "postfix/table-question-private.h"

G_BEGIN_DECLS

/* Whether the map of a password file answers what its source says. The times of the two do not
 * tell: a copy or a backup may bring a source with other contents and an older time. The verdict
 * holds as long as both files are the same, so that they are asked once. */
typedef struct _NullmailTableTruth NullmailTableTruth;

NullmailTableTruth    *_nullmail_table_truth_new          (NullmailInstallation  *installation,
                                                           const char            *map_type,
                                                           const char            *source_path,
                                                           const char            *map_path,
                                                           NullmailPasswordFile  *contents);
void                   _nullmail_table_truth_free         (NullmailTableTruth    *self);

/* (nullable): what has to be asked, and is the truth's own; NULL where the verdict is known. */
NullmailTableQuestion *_nullmail_table_truth_get_question (NullmailTableTruth    *self);

/* The verdict, once the question has been asked. UNKNOWN where there was no answer. reason: why the
 * map is wrong, in words without a secret, and the truth's own. */
NullmailFact           _nullmail_table_truth_settle       (NullmailTableTruth    *self,
                                                           const char           **reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailTableTruth, _nullmail_table_truth_free)

G_END_DECLS
