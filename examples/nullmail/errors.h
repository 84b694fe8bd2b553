/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* What is wrong with the command line itself, as opposed to what happens when it is obeyed. */
#define USAGE_ERROR (usage_error_quark ())

GQuark usage_error_quark (void);

/* Returns FALSE for convenience. A text from the command line is given to it only where it cannot
 * be a password. */
gboolean usage_error_set (GError     **error,
                          const char  *format,
                          ...) G_GNUC_PRINTF (2, 3);

/* Makes what the library says of a word on the command line an error of the command line. */
void usage_error_adopt (GError **error);

/* Tells of an error, in JSON on standard output or as a line on standard error. */
Status error_report (const Tool   *tool,
                     const GError *error);

G_END_DECLS
