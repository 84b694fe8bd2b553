/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/version-macros.h"
#include "version.h"

/**
 * nullmail_version_string:
 *
 * Returns the version of the library that was loaded at run time, for example `1.0.2`.
 *
 * It can differ from %NULLMAIL_VERSION, which is the version a program was compiled with.
 *
 * Returns: (transfer none) (not nullable): a static string
 *
 * Since: 1.0
 */
const char *
nullmail_version_string (void)
{
  return NULLMAIL_VERSION;
}
