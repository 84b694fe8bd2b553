/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/postqueue-private.h"

G_BEGIN_DECLS

/* INVALID_ARGUMENT for a text that sendmail (1) would take for an option, for several addresses or
 * for none. */
gboolean _nullmail_test_message_check_address (const char                *address,
                                               const char                *what,
                                               GError                   **error);

/* Submits a short message as this user, through sendmail (1), and gives its Message-ID, by which
 * the log knows it. sender: (nullable) or empty for the null sender. */
char    *_nullmail_test_message_submit        (const NullmailMailSystem  *system,
                                               const char                *recipient,
                                               const char                *sender,
                                               guint                      timeout_ms,
                                               GCancellable              *cancellable,
                                               GError                   **error);

G_END_DECLS
