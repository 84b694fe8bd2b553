/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/observation-private.h"

G_BEGIN_DECLS

/* Files that a plan does not change, but that were read to decide what it does: a transport table
 * that names a relay keeps that relay's password. Each is remembered as it was, a missing one as
 * missing, so that an apply can tell whether the decision still holds. */
typedef struct _NullmailPremises NullmailPremises;

NullmailPremises *_nullmail_premises_new       (void);
void              _nullmail_premises_free      (NullmailPremises  *self);

/* The text of a file that has no secrets, up to its first NUL, and remembers the file. */
char             *_nullmail_premises_load_text (NullmailPremises     *self,
                                                NullmailObservation  *observation,
                                                const char           *path,
                                                GError              **error);

/* Fails with CONFLICT unless all of the files still are what they were. */
gboolean          _nullmail_premises_check     (NullmailPremises  *self,
                                                GCancellable      *cancellable,
                                                GError           **error);

/* (transfer full): the files as they were, as texts, sorted. */
char            **_nullmail_premises_describe  (NullmailPremises  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPremises, _nullmail_premises_free)

G_END_DECLS
