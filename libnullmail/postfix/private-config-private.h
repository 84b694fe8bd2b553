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
gboolean _nullmail_private_config_is_wanted (const char        *main_cf_path);

/* (transfer full): what its main.cf says. */
char    *_nullmail_private_config_get_text  (NullmailEffective *effective);

/* (transfer full) (nullable): the path of a new one; NULL where it cannot be made. */
char    *_nullmail_private_config_make      (NullmailEffective *effective);

/* The same with another text in its main.cf. */
char    *_nullmail_private_config_make_with (const char        *text);

/* Removes one with what is in it, and takes its path over. */
void     _nullmail_private_config_remove    (char              *path);

G_END_DECLS
