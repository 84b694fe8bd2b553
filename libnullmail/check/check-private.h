/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/finding-private.h"
#include "check/snapshot-private.h"

G_BEGIN_DECLS

/* All findings, sorted by _nullmail_finding_compare (). (transfer full) (element-type
 * NullmailFinding), with its free function. */
GPtrArray *_nullmail_check_run (const NullmailCheckSnapshot *snapshot);

/* Whether each value of a parameter that Postfix stops at is found. */
gboolean   _nullmail_check_knows_value (const char *parameter);

G_END_DECLS
