/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* What a TLS level needs beside itself, so that it is what it promises. */

/* Whether the header “TLS-Required: no” of a message takes the level away, as in Postfix from 3.10
 * on, unless main.cf forbids it. */
gboolean    _nullmail_channel_is_waivable      (NullmailEffective  *effective);

/* (nullable): why Postfix can deliver nothing at this level; NULL if it can, as far as main.cf
 * tells. */
const char *_nullmail_channel_find_fault       (NullmailEffective  *effective,
                                                NullmailTlsLevel    level);

/* Writes what main.cf lacks: DNSSEC for DANE, and that no header takes the level away. */
gboolean    _nullmail_channel_write_guards     (NullmailEffective  *effective,
                                                NullmailTlsLevel    level,
                                                GError            **error);

/* Removes the older parameters that Postfix does not obey any more once there is a level, and that
 * it warns about all the same. */
void        _nullmail_channel_drop_dead        (NullmailEffective  *effective);

G_END_DECLS
