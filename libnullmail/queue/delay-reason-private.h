/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The command of the dialogue that the relay answered. */
typedef enum
{
  NULLMAIL_REPLY_PHASE_UNKNOWN,
  NULLMAIL_REPLY_PHASE_GREETING,  /* and EHLO: before anything of the message */
  NULLMAIL_REPLY_PHASE_STARTTLS,
  NULLMAIL_REPLY_PHASE_AUTH,
  NULLMAIL_REPLY_PHASE_MAIL,
  NULLMAIL_REPLY_PHASE_RCPT,
  NULLMAIL_REPLY_PHASE_DATA,      /* and its end */
} NullmailReplyPhase;

/* Why a message waits, in Postfix's words, taken apart. */
typedef struct
{
  gboolean            is_reply;  /* it is what a relay has said */
  NullmailReplyPhase  phase;
  guint               code;      /* 0: none */
  guint               status[3]; /* the enhanced status code; all 0: none */
  char               *words;     /* (owned) in lower case; of a reply without its codes */
} NullmailDelayReason;

void     _nullmail_delay_reason_init  (NullmailDelayReason *self,
                                       const char          *text);
void     _nullmail_delay_reason_clear (NullmailDelayReason *self);

/* Whether the words have this text, which is in lower case, in them. */
gboolean _nullmail_delay_reason_has   (const NullmailDelayReason *self,
                                       const char                *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailDelayReason, _nullmail_delay_reason_clear)

G_END_DECLS
