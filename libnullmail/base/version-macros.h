/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib.h>

/* Everything is hidden unless it carries one of these (-fvisibility=hidden). */
#define _NULLMAIL_EXTERN __attribute__ ((visibility ("default"))) extern

#define NULLMAIL_AVAILABLE_IN_1_0 _NULLMAIL_EXTERN

NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_version_string (void);
