/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): the folder that is the root of Postfix's client, where it runs in a
 * chroot; NULL where it does not, or master.cf or the folder is not known. The client reads
 * smtp_tls_CAfile before it goes in there, and smtp_tls_CApath behind that.
 * services: (nullable) (element-type NullmailMasterService) */
char *_nullmail_client_chroot_find (GPtrArray         *services,
                                    NullmailEffective *effective);

G_END_DECLS
