/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"
#include "output.h"

G_BEGIN_DECLS

/* Lines for a finding, with its remedy. */
void finding_add (Stream          *stream,
                  NullmailFinding *finding);

/* Whether one of them is a warning or worse. */
gboolean findings_are_serious (GPtrArray *findings);

/* Whether one of them is about the same as another one. */
gboolean findings_contain (GPtrArray       *findings,
                           NullmailFinding *finding);

G_END_DECLS
