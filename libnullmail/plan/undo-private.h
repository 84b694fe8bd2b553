/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/main-cf.h"
#include "plan/plan-private.h"
#include "plan/undo-record-private.h"

G_BEGIN_DECLS

/* main.cf as it was before the last apply, or before the first (restores). Where nothing else was
 * changed since, byte for byte; else parameter by parameter, so that later edits of others stay,
 * and conflicts gets the names of those that somebody else has changed. NULL with NOT_FOUND if
 * there is nothing to go back to. */
NullmailMainCf     *_nullmail_undo_make_main_cf (const NullmailUndoRecord  *record,
                                                 NullmailMainCf            *now,
                                                 gboolean                   restores,
                                                 NullmailStateFolder       *folder,
                                                 GPtrArray                 *conflicts,
                                                 GError                   **error);

/* Whether a main.cf may be kept for an undo: not with a password in it. */
gboolean            _nullmail_undo_may_keep     (NullmailMainCf            *main_cf);

/* The record that applying a plan leaves, made from that of now. */
NullmailUndoRecord *_nullmail_undo_make_record  (NullmailPlan              *plan,
                                                 const NullmailUndoRecord  *now,
                                                 gboolean                   can_undo);

G_END_DECLS
