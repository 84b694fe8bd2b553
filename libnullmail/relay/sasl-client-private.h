/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/secure-memory-private.h"
#include "config/relay-credentials.h"

G_BEGIN_DECLS

/* The client's side of a login, as smtp(8) has it (xsasl_cyrus_client.c): the same library, the
 * same plug-ins, and the same things said to it, so that it chooses the same mechanism. */
typedef struct _NullmailSaslClient NullmailSaslClient;

/* Fails with NOT_SUPPORTED of G_IO_ERROR. host is the server's name as it was connected to, options
 * what is refused, as in smtp_sasl_security_options. The credentials must have a password. */
NullmailSaslClient   *_nullmail_sasl_client_new        (const char                *host,
                                                        NullmailRelayCredentials  *credentials,
                                                        const char * const        *options,
                                                        gboolean                   sends_authzid,
                                                        GError                   **error);
void                  _nullmail_sasl_client_free       (NullmailSaslClient        *self);

/* (transfer full): chooses one of the mechanisms, and makes the first response in base64, which is
 * empty if the relay speaks first. Fails with NOT_SUPPORTED where there is none to choose. */
NullmailSecureBuffer *_nullmail_sasl_client_start      (NullmailSaslClient        *self,
                                                        const char * const        *mechanisms,
                                                        char                     **mechanism,
                                                        GError                   **error);
/* (transfer full): the response to a challenge, both in base64. */
NullmailSecureBuffer *_nullmail_sasl_client_step       (NullmailSaslClient        *self,
                                                        const char                *challenge,
                                                        GError                   **error);

/* Whether there is a plug-in for one of the mechanisms at all. */
gboolean              _nullmail_sasl_has_plugin        (const char * const        *mechanisms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSaslClient, _nullmail_sasl_client_free)

G_END_DECLS
