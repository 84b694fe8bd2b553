/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* A configuration directory in the folder for temporary files, for a question whose answer depends
 * on little of main.cf: Postfix's programs sleep for seconds before they read a main.cf that was
 * changed just now (src/util/dict.c, dict_load_file_xt), and this one is old. It holds just those
 * parameters that main.cf sets, none of which may be a secret. */

/* Whether Postfix would wait for a file. */
gboolean _nullmail_private_config_is_wanted       (const char        *main_cf_path);

/* “postconf -m” in such a directory; NULL where it cannot be made, or the answer be had. */
char   **_nullmail_private_config_query_map_types (NullmailEffective *effective,
                                                   const char        *postconf,
                                                   GCancellable      *cancellable);

G_END_DECLS
