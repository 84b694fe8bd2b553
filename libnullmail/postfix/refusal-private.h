/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/mask-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): why Postfix's own programs stop at main.cf as it is, in postmap's
 * words; NULL if they do not, or cannot be asked, such as about a file that was changed just now.
 * postmap reads what every program of Postfix reads at its start. */
char *_nullmail_installation_query_refusal (NullmailInstallation *self,
                                            NullmailEffective    *effective,
                                            GCancellable         *cancellable);

/* The same of a main.cf that is not there yet. It is shown to postmap with its macros expanded, and
 * without what only single daemons read, such as the tables, or has a password in it. */
char *_nullmail_installation_query_refusal_of (NullmailInstallation *self,
                                               NullmailEffective    *effective,
                                               const NullmailMask   *mask,
                                               GCancellable         *cancellable);

/* Whether postmap, and with it every program of Postfix, looks at the value of a parameter. */
gboolean _nullmail_parameter_is_read_at_start (const char *parameter);

G_END_DECLS
