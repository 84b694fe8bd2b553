/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): why Postfix's own programs stop at main.cf as it is, in postmap's
 * words; NULL if they do not, or cannot be asked, such as about a file that was changed just now.
 * postmap reads what every program of Postfix reads at its start. */
char *_nullmail_installation_query_refusal (NullmailInstallation *self,
                                            NullmailEffective    *effective,
                                            GCancellable         *cancellable);

G_END_DECLS
