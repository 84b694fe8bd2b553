/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/table-question-private.h"

G_BEGIN_DECLS

/* The tables of TLS policies are asked for the relay, since only Postfix can read most of them. */

/* Has the tables asked, once somebody needs to know, that are made of a file: what they answer is
 * kept as long as the file is the same. The installation has to outlive the configuration. */
void       _nullmail_policy_query_attach  (NullmailInstallation *installation,
                                           NullmailEffective    *effective);

/* Adds questions for all other tables, whatever is behind them. The round is a caller's own, and
 * what it asks is taken over when it is done. */
GPtrArray *_nullmail_policy_query_prepare (NullmailEffective    *effective,
                                           GPtrArray            *round);
void       _nullmail_policy_query_finish  (NullmailEffective    *effective,
                                           GPtrArray            *take_questions);

G_END_DECLS
