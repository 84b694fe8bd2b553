/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The oldest version of TLS that a list allows, which is in the form of
 * smtp_tls_mandatory_protocols: “>=TLSv1.2”, “!TLSv1, !TLSv1.1”, “TLSv1.2 TLSv1.3”. UNKNOWN where
 * it allows none, or Postfix does not understand it. */
GTlsProtocolVersion  _nullmail_tls_versions_find_oldest (const char * const  *items);

/* (not nullable): the version as Postfix writes it. */
const char          *_nullmail_tls_version_to_string    (GTlsProtocolVersion  version);

G_END_DECLS
