/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finds the versions of TLS that a list admits, which is in the form of
 * smtp_tls_mandatory_protocols: “>=TLSv1.2”, “!TLSv1, !TLSv1.1”, “TLSv1.2 TLSv1.3”; an item may
 * have several with colons in between. There is one bit for each, that of the oldest is the lowest.
 * FALSE where Postfix does not understand the list. */
gboolean             _nullmail_tls_versions_parse       (const char * const  *items,
                                                         guint               *versions);

/* The oldest version of TLS among them; UNKNOWN for none. What is older than TLS is in no OpenSSL
 * of today. */
GTlsProtocolVersion  _nullmail_tls_versions_get_oldest  (guint                versions);

/* (not nullable): the version as Postfix writes it. */
const char          *_nullmail_tls_version_to_string    (GTlsProtocolVersion  version);

G_END_DECLS
