/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Gives one open file owner, group, mode, ACL and extended attributes (a security label among them)
 * of another, of which fstat (2) says from. The name is for libattr's own use. FALSE with errno
 * set. */
gboolean _nullmail_file_attributes_copy       (int                source,
                                               const struct stat *from,
                                               const char        *name,
                                               int                fd);

/* As above, but nothing that gives rights: extended attributes only. */
gboolean _nullmail_file_attributes_copy_label (int         source,
                                               const char *name,
                                               int         fd);

G_END_DECLS
