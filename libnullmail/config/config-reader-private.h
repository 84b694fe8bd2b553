/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/relay-host.h"
#include "config/tls-level-private.h"
#include "document/main-cf.h"

G_BEGIN_DECLS

/* What a document makes Postfix do, with no regard to where it says so. Macros stay unexpanded. */

/* NULL for none, or for text that is not one relay host, which supported tells apart. */
NullmailRelayHost *_nullmail_config_read_relay_host   (NullmailMainCf   *main_cf,
                                                       gboolean         *supported);

/* Also from smtp_use_tls and smtp_enforce_tls, which hold while the level is absent or empty. AUTO
 * where the document says nothing, so that Postfix's default holds, and for an unknown level. */
NullmailTlsLevel   _nullmail_config_read_tls_level    (NullmailMainCf   *main_cf,
                                                       gboolean         *supported);

/* A boolean whose default is no; text that Postfix dies of reads as otherwise. */
gboolean           _nullmail_config_read_boolean      (NullmailMainCf   *main_cf,
                                                       const char       *parameter,
                                                       gboolean          otherwise);

/* The login mechanisms that are refused on a channel, found as Postfix does, through the other
 * lists * where one is absent or names another. is_set: the document says something of it. Never
 * NULL. */
char             **_nullmail_config_read_sasl_options (NullmailMainCf   *main_cf,
                                                       NullmailChannel   channel,
                                                       gboolean         *is_set);

const char        *_nullmail_config_get_sasl_options_parameter (NullmailChannel channel);

/* Writes the three lists for a level that guarantees the channel; custom, which may be NULL,
 * replaces the list of that channel. */
gboolean           _nullmail_config_write_sasl_options (NullmailMainCf     *main_cf,
                                                        NullmailChannel     channel,
                                                        const char * const *custom,
                                                        GError            **error);

G_END_DECLS
