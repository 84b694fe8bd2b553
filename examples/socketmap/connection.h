/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "credential-source.h"

/* How long a client may take for one request, and then for taking the reply. Postfix hangs up after
 * ten idle seconds. */
#define CONNECTION_LIMIT_MS 30000

/* Answers what a client asks until it hangs up, is too slow, or does not speak the protocol of
 * socketmap_table(5). Blocks its thread; no client can make it grow. */
void connection_serve (GSocket          *socket,
                       CredentialSource *source,
                       const char       *map_name,
                       guint             limit_ms);
