/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* Whether two paths lead to one file, however they are written, and through whatever links. The
 * file itself may be gone, and only a map of it there. */
gboolean _nullmail_paths_are_same   (const char *a,
                                     const char *b);

/* Whether “hash:/path”, or with an empty type any table of that path, is anywhere in a text. */
gboolean _nullmail_text_names_table (const char *text,
                                     const char *type,
                                     const char *path);

/* Whether a main.cf or, where its text is given, a master.cf names such a table. In doubt they
 * do. */
gboolean _nullmail_configuration_names_table (NullmailEffective *effective,
                                              const char        *master_cf,
                                              const char        *type,
                                              const char        *path);

G_END_DECLS
