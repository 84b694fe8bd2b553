/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "store/secret-call-private.h"

G_BEGIN_DECLS

/* Fails with INVALID_ARGUMENT for a text that can be neither an alias nor a path. */
gboolean _nullmail_secret_collection_check_name (const char  *collection,
                                                 GError     **error);

/* Finds the collection of the call, and shows the prompt to unlock it if it is locked. A search
 * finds nothing in a collection that is locked or missing, so that this has to come first. With
 * may_be_missing it is no error if there is no default collection yet. */
gboolean _nullmail_secret_collection_unlock  (NullmailSecretCall  *self,
                                              gboolean             may_be_missing,
                                              GError             **error);

/* Shows the prompt of the service to unlock these paths. It is no error if the prompt is dismissed:
 * they just stay locked. */
gboolean _nullmail_secret_call_ask_to_unlock (NullmailSecretCall  *self,
                                              const char         **paths,
                                              GError             **error);

/* Does what _nullmail_secret_call_fail () does, for a step that works on the collection itself: an
 * object that is not there is then the collection. */
void     _nullmail_secret_collection_fail    (NullmailSecretCall  *self,
                                              GError              *foreign,
                                              GError             **error);

G_END_DECLS
