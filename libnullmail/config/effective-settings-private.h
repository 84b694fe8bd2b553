/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/null-client-config-private.h"

G_BEGIN_DECLS

/* (transfer full): every property of the configuration as Postfix takes the document for, defaults
 * included and macros expanded, as a dictionary (a{sv}) of dictionaries: “value”, in the types of
 * the variant form and missing where there is none, it is not known, or it has a password in it;
 * “parameters” (as) and “state” (s). The configuration was read from that document.
 *
 * networks: (nullable): what Postfix itself says of mynetworks where the document does not have it.
 * Its default follows from the interfaces of the host and other parameters. */
GVariant *_nullmail_effective_settings_to_variant (NullmailEffective        *effective,
                                                   NullmailNullClientConfig *config,
                                                   const char               *networks);

G_END_DECLS
