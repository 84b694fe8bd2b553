/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* The one rule: what belongs to root or to the effective user and cannot be written by group or
 * others is safe; a sticky directory is, since nobody can replace another user's entry in it. */
gboolean _nullmail_stat_is_secure (const struct stat *info);

/* Opens a directory after every component of its path has passed the rule, symbolic links (which
 * are followed, each target checked alike) included. INSECURE_PATH names the component that failed.
 * Returns a descriptor for reading and fsync (2), or -1 with error set. On success by_link says,
 * unless NULL, whether any link was followed, and info what fstat (2) says of the directory. */
int      _nullmail_secure_path_open_directory (const char   *path,
                                               gboolean     *by_link,
                                               struct stat  *info,
                                               GError      **error);

/* Follows the last component of path, a regular file that need not exist, through at most a few
 * symbolic links, checking as above. Returns the same of the directory that holds the file in the
 * end, and the name of the file there. */
int      _nullmail_secure_path_open_parent    (const char   *path,
                                               char        **name,
                                               gboolean     *by_link,
                                               struct stat  *info,
                                               GError      **error);

G_END_DECLS
