/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>

G_BEGIN_DECLS

/**
 * NullmailDelayCause:
 * @NULLMAIL_DELAY_CAUSE_UNKNOWN: none of the others
 * @NULLMAIL_DELAY_CAUSE_NO_REASON: there is no reason, since delivery was not tried yet
 * @NULLMAIL_DELAY_CAUSE_DNS: the relay's name cannot be resolved
 * @NULLMAIL_DELAY_CAUSE_NETWORK: the relay cannot be reached, or the connection was lost
 * @NULLMAIL_DELAY_CAUSE_TLS: the channel is not as safe as it has to be
 * @NULLMAIL_DELAY_CAUSE_AUTHENTICATION: the relay refuses the login, or wants one
 * @NULLMAIL_DELAY_CAUSE_RELAY_DENIED: the relay does not pass on this client's mail
 * @NULLMAIL_DELAY_CAUSE_SENDER_REFUSED: the relay does not take mail from this sender
 * @NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED: there is no such recipient, or it takes no mail
 * @NULLMAIL_DELAY_CAUSE_RATE_LIMIT: too much or too soon: a quota, greylisting, a busy relay
 * @NULLMAIL_DELAY_CAUSE_MESSAGE_REFUSED: the message itself: its size, its form or its content
 * @NULLMAIL_DELAY_CAUSE_LOCAL: something on this machine
 * @NULLMAIL_DELAY_CAUSE_BLOCKED: a block list, the reputation of the address, or the provider's
 *   policy
 *
 * Why a message waits or has come back.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_DELAY_CAUSE_UNKNOWN = 0,
  NULLMAIL_DELAY_CAUSE_NO_REASON = 1,
  NULLMAIL_DELAY_CAUSE_DNS = 2,
  NULLMAIL_DELAY_CAUSE_NETWORK = 3,
  NULLMAIL_DELAY_CAUSE_TLS = 4,
  NULLMAIL_DELAY_CAUSE_AUTHENTICATION = 5,
  NULLMAIL_DELAY_CAUSE_RELAY_DENIED = 6,
  NULLMAIL_DELAY_CAUSE_SENDER_REFUSED = 7,
  NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED = 8,
  NULLMAIL_DELAY_CAUSE_RATE_LIMIT = 9,
  NULLMAIL_DELAY_CAUSE_MESSAGE_REFUSED = 10,
  NULLMAIL_DELAY_CAUSE_LOCAL = 11,
  NULLMAIL_DELAY_CAUSE_BLOCKED = 12,
} NullmailDelayCause;

NULLMAIL_AVAILABLE_IN_1_0
NullmailDelayCause  nullmail_delay_cause_from_reason (const char         *reason);
NULLMAIL_AVAILABLE_IN_1_0
char               *nullmail_delay_cause_get_remedy  (NullmailDelayCause  cause,
                                                      const char         *reason);

G_END_DECLS
