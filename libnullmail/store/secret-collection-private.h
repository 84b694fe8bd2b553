/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/secret-call-private.h"

G_BEGIN_DECLS

/* A text that can be neither an alias nor a path is INVALID_ARGUMENT. */
gboolean _nullmail_secret_collection_check_name (const char  *collection,
                                                 GError     **error);

/* Finds the collection of the call, and asks the person at the desk to unlock it where it is
 * locked. A locked or missing one looks empty to a search, so that this comes before any.
 * Where it may be missing, that is the default one only. */
gboolean _nullmail_secret_collection_unlock  (NullmailSecretCall  *self,
                                              gboolean             may_be_missing,
                                              GError             **error);

/* Shows the prompt of the service for what is locked; who dismisses it leaves it so. */
gboolean _nullmail_secret_call_ask_to_unlock (NullmailSecretCall  *self,
                                              const char         **paths,
                                              GError             **error);

/* As _nullmail_secret_call_fail, of a step on the collection: what is not there is that. */
void     _nullmail_secret_collection_fail    (NullmailSecretCall  *self,
                                              GError              *foreign,
                                              GError             **error);

G_END_DECLS
