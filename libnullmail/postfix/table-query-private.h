/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/host-facts-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* What a table that is no file, such as a socketmap, said when it was asked for the relay. */
typedef struct
{
  char         *table;    /* (owned) as main.cf has it, macros expanded */
  char         *failure;  /* (owned) (nullable) why there was no answer, in words */
  NullmailFact  relay;    /* whether it has a password for the relay as it is written ... */
  NullmailFact  host;     /* ... and for the bare name of its host */
} NullmailTableAnswer;

/* What the services of smtp_sasl_password_maps on this machine (socketmap:unix:...) say of the
 * relay, asked as Postfix asks, with “postmap -q”: they have no file to look into. (transfer full)
 * (nullable) (element-type NullmailTableAnswer), NULL where there is none, or no login. */
GPtrArray *_nullmail_ask_services (NullmailInstallation *installation,
                                   NullmailEffective    *effective,
                                   GCancellable         *cancellable);

G_END_DECLS
