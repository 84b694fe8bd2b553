/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* What a table says of TLS for the relay alone, in place of smtp_tls_security_level. */
typedef struct
{
  const char       *parameter;  /* the one that counts: smtp_tls_policy_maps or smtp_tls_per_site */
  char             *text;       /* (owned) (nullable) the policy; NULL for none */
  NullmailTlsLevel  level;      /* of the policy; AUTO for none, or one that is not understood */
  gboolean          is_open;    /* a table cannot be asked here, so that NULL is no answer */
} NullmailRelayPolicy;

/* The relay may be NULL, which no table knows. */
void     _nullmail_relay_policy_find       (NullmailRelayPolicy     *self,
                                            NullmailEffective       *effective,
                                            const NullmailRelayHost *relay);
void     _nullmail_relay_policy_clear      (NullmailRelayPolicy     *self);

/* The tables that are asked for the relay's policy, and the keys; NULL-terminated, never NULL. */
void     _nullmail_relay_policy_list       (NullmailEffective       *effective,
                                            const NullmailRelayHost *relay,
                                            char                  ***tables,
                                            char                  ***keys);

/* (nullable): the items of an attribute, such as “match”, which says whose certificate is accepted;
 * NULL if the policy has none. */
char   **_nullmail_relay_policy_list_items (NullmailRelayPolicy     *self,
                                            const char              *attribute);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailRelayPolicy, _nullmail_relay_policy_clear)

G_END_DECLS
