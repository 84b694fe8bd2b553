/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* (nullable): what smtp_tls_policy_maps, or smtp_tls_per_site, has for a relay: a level, and maybe
 * attributes behind it. is_open is set where a table that decides cannot be read here, so that NULL
 * does not mean that it has nothing. */
char             *_nullmail_tls_policy_look_up    (NullmailEffective       *effective,
                                                   const char              *parameter,
                                                   const NullmailRelayHost *relay,
                                                   gboolean                *is_open);

/* The level that such a text begins with; AUTO for a word that Postfix does not know. */
NullmailTlsLevel  _nullmail_tls_policy_get_level  (const char              *parameter,
                                                   const char              *policy);

/* Whether a text of smtp_tls_policy_maps has an attribute, such as “match”, with a value. */
gboolean          _nullmail_tls_policy_has        (const char              *policy,
                                                   const char              *attribute);

G_END_DECLS
