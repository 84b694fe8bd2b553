/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Tells the contents of one file from those of another: a text with the size and the MD5 sum. It
 * costs a fifth of SHA-256, which would be most of what a change of a large main.cf costs. It is no
 * protection against somebody who makes two files of one fingerprint on purpose, and need not be:
 * who may write main.cf needs no tricks. */
char     *_nullmail_fingerprint          (GBytes     *bytes);

/* Whether it is that of these bytes, without reading them where the size tells already. */
gboolean  _nullmail_fingerprint_is_of    (const char *fingerprint,
                                          GBytes     *bytes);

/* Tells a file from any other one, and from itself once it has changed, without reading it: a text
 * with device, inode, size, and the times of the last change of contents and of status. */
char     *_nullmail_fingerprint_of_status (const struct stat *info);

G_END_DECLS
