/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/password-file-private.h"
#include "postfix/host-facts-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* What a table that is no file, such as a socketmap, has answered when it was asked for the
 * relay. */
typedef struct
{
  char         *table;    /* (owned) as main.cf has it, macros expanded */
  char         *failure;  /* (owned) (nullable) why there was no answer, in words */
  gboolean      is_silent;  /* nothing came in time */
  NullmailFact  relay;    /* whether it has a password for relayhost as written */
  NullmailFact  host;     /* whether it has one for the bare name of the host */
} NullmailTableAnswer;

/* (transfer full) (nullable) (element-type NullmailTableAnswer): the answers of those tables of
 * smtp_sasl_password_maps that are services of this machine (socketmap:unix:...). They have no file
 * to look into, so that they are asked for the relay in the way Postfix asks, with “postmap -q”.
 * NULL means that there is no such table, or that Postfix does not log in. The other questions are
 * asked at the same time. */
GPtrArray *_nullmail_ask_services (NullmailInstallation *installation,
                                   NullmailEffective    *effective,
                                   GPtrArray            *others,
                                   GCancellable         *cancellable);

/* (transfer full) (element-type NullmailPasswordFile): what the same tables answer, as password
 * files with the relay's entries alone; one that does not answer is left out. */
GPtrArray *_nullmail_load_service_entries (NullmailInstallation    *installation,
                                           NullmailEffective       *effective,
                                           const NullmailRelayHost *relay,
                                           GCancellable            *cancellable);

G_END_DECLS
