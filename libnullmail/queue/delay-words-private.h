/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delay-cause.h"
#include "queue/delay-reason-private.h"

G_BEGIN_DECLS

typedef enum
{
  NULLMAIL_DELAY_WORDS_POSTFIX,  /* what Postfix says itself */
  NULLMAIL_DELAY_WORDS_CERTAIN,  /* what a relay says, whatever its codes are */
  NULLMAIL_DELAY_WORDS_LIKELY,   /* what a relay says, where the codes leave it open */
} NullmailDelayWords;

/* The first of these causes of which a text is in the reason. */
NullmailDelayCause _nullmail_delay_words_find (NullmailDelayWords         which,
                                               const NullmailDelayCause  *order,
                                               gsize                      n_order,
                                               const NullmailDelayReason *reason);

G_END_DECLS
