/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/error-private.h"

G_BEGIN_DECLS

/* Whether there is an ASCII control character, blanks of main.cf other than the space included. */
gboolean  _nullmail_text_has_control (const char *text);

/* Whether each $ begins a macro, or is doubled. Otherwise every program of Postfix stops there. */
gboolean  _nullmail_text_has_good_macros (const char *text);

/* A list of main.cf, whose items stand between commas and white space; text in braces, which may
 * hold both, stays one item. Empty items are left out. Never NULL. */
char    **_nullmail_text_split_list  (const char *value);

G_END_DECLS
