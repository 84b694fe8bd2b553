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

/* (nullable): why Postfix can deliver nothing to the relay at this level; NULL if it can, as far as
 * main.cf and the tables that it names tell. is_open is set where such a table, which may have what
 * is needed, cannot be read. relay: (nullable) */
const char *_nullmail_channel_find_fault       (NullmailEffective       *effective,
                                                NullmailTlsLevel         level,
                                                const NullmailRelayHost *relay,
                                                gboolean                *is_open);

/* Whether OpenSSL may know a digest by this name. Which it has depends on its version and how it
 * was built, so that only a name is refused that no version has. */
gboolean    _nullmail_channel_may_be_digest    (const char         *name);

/* Whether Postfix takes a text for the fingerprint of a certificate or key, and can compare it: it
 * passes over one that is of other signs, or longer or shorter than smtp_tls_fingerprint_digest
 * makes them. */
gboolean    _nullmail_channel_is_fingerprint   (NullmailEffective  *effective,
                                                const char         *text);

/* Writes what main.cf lacks: DNSSEC for DANE, and that no header takes the level away, also in the
 * place of a text that Postfix does not understand. */
gboolean    _nullmail_channel_write_guards     (NullmailEffective  *effective,
                                                NullmailTlsLevel    level,
                                                GError            **error);

/* Whether main.cf allows PLAIN or LOGIN, which are what nearly every relay offers. */
gboolean    _nullmail_channel_wants_plain      (NullmailEffective  *effective);

/* Whether the list of a channel forbids them nevertheless. */
gboolean    _nullmail_channel_forbids_plain    (NullmailEffective  *effective,
                                                NullmailChannel     channel);

/* The list without what forbids them. One that main.cf only takes over from a weaker channel is
 * meant for that, and not changed but replaced. */
char       *_nullmail_channel_allow_plain      (NullmailEffective  *effective,
                                                NullmailChannel     channel);

/* Removes the older parameters that Postfix does not obey any more once there is a level, and that
 * it warns about all the same. */
void        _nullmail_channel_drop_dead        (NullmailEffective  *effective);

G_END_DECLS
