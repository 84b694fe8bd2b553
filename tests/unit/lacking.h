/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A test that this machine cannot run: skipped with its reason, but with CI=true a failure. */
static inline void
test_is_lacking (const char *reason)
{
  if (g_strcmp0 (g_getenv ("CI"), "true") == 0)
    g_test_fail_printf ("%s", reason);
  else
    g_test_skip (reason);
}

G_END_DECLS
