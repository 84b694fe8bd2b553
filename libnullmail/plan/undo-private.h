/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/observation-private.h"
#include "document/main-cf.h"
#include "plan/plan-private.h"
#include "plan/undo-record-private.h"

G_BEGIN_DECLS

/* (transfer full): main.cf as it was before the last apply or, with restores, before the first one.
 * If nobody has changed the file since, it is the same byte for byte. Otherwise each parameter is
 * taken back by itself, so that what others have changed stays. Parameters that both have changed
 * are taken back as well, and their names are added to conflicts. The error is NOTHING_TO_UNDO if
 * there is nothing to go back to. */
NullmailMainCf     *_nullmail_undo_make_main_cf (const NullmailUndoRecord  *record,
                                                 NullmailMainCf            *now,
                                                 gboolean                   restores,
                                                 NullmailStateFolder       *folder,
                                                 GPtrArray                 *conflicts,
                                                 GError                   **error);

/* (transfer full): how main.cf as it is now may be shown. A parameter that was for passwords when
 * the library changed something is still hidden when nothing refers to it any more. */
NullmailMask       *_nullmail_undo_make_mask    (NullmailInstallation      *installation,
                                                 NullmailObservation       *observation,
                                                 NullmailEffective         *effective);
/* Adds to the findings of a plan for the way back what stays. */
void                _nullmail_undo_add_findings (NullmailPlan              *plan,
                                                 const NullmailUndoRecord  *record,
                                                 gboolean                   restores);

/* Whether main.cf as it was before a plan may be kept for an undo. It may not if there is a
 * password in it. */
gboolean            _nullmail_undo_may_keep     (NullmailPlan              *plan);

/* Removes what was kept of main.cf before, where the plan makes a password of what it has. For a
 * folder in which a record was prepared. */
void                _nullmail_undo_forget_files (NullmailPlan              *plan,
                                                 NullmailStateFolder       *folder);

/* (transfer full): the record that applying the plan will leave, made from the present one. A plan
 * that changes neither main.cf nor a file that it names leaves the way back of the last one that
 * did. */
NullmailUndoRecord *_nullmail_undo_make_record  (NullmailPlan              *plan,
                                                 const NullmailUndoRecord  *now,
                                                 gboolean                   can_undo);

G_END_DECLS
