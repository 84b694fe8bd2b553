/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A text in the language of the user; N_ only marks one that is translated where it is used. */
#define _(text) g_dgettext (GETTEXT_PACKAGE, text)
#define N_(text) (text)

G_END_DECLS
