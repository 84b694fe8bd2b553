/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/tls-level-private.h"
#include "document/main-cf.h"

G_BEGIN_DECLS

/* The mechanisms that log in with a password; in which order is up to Cyrus SASL. As a filter they
 * keep out every plug-in that happens to be installed and would take a password login over: those
 * for access tokens, NTLM, EXTERNAL, Kerberos and one-time passwords. */
#define NULLMAIL_PASSWORD_MECHANISMS \
  "plain, login, scram-sha-512, scram-sha-256, scram-sha-1, digest-md5, cram-md5"

/* Three lists of main.cf say which login mechanisms are refused on each kind of channel, see
 * SASL_README. Postfix's default of each but the first is the one before it. */
const char *_nullmail_sasl_list_get_parameter (NullmailChannel      channel);

/* Whether the document says anything of the list of that channel, or of those before it. */
gboolean    _nullmail_sasl_lists_are_set      (NullmailMainCf      *main_cf,
                                               NullmailChannel      channel);

/* Writes the three lists for a level that guarantees the channel. custom, which may be NULL,
 * replaces the list of that channel. */
gboolean    _nullmail_sasl_lists_write        (NullmailMainCf      *main_cf,
                                               NullmailChannel      channel,
                                               const char * const  *custom,
                                               GError             **error);

/* Brings lists up to date that are just as an earlier version of the library wrote them. */
gboolean    _nullmail_sasl_lists_update       (NullmailMainCf      *main_cf,
                                               GError             **error);

/* Removes them, so that Postfix's defaults hold. */
void        _nullmail_sasl_lists_unset        (NullmailMainCf      *main_cf);

G_END_DECLS
