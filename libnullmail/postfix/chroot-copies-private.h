/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): which of the system's files a program that is confined to a directory sees
 * otherwise than the others do: what it needs for names, ports and times, and the folder of
 * certification authorities, where there is one. Empty where all is in order. */
char **_nullmail_chroot_list_stale (const char *root,
                                    const char *ca_path);

G_END_DECLS
