/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the open file fd owner, group, mode, ACL and extended attributes (a security label among
 * them) of the file name in directory. FALSE with errno set. */
gboolean _nullmail_file_attributes_copy       (int         directory,
                                               const char *name,
                                               int         fd);

/* As above, but nothing that gives rights: extended attributes only. */
gboolean _nullmail_file_attributes_copy_label (int         directory,
                                               const char *name,
                                               int         fd);

G_END_DECLS
