/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delivery-report.h"

G_BEGIN_DECLS

/* What is known of one recipient of a message; all texts are owned. */
typedef struct
{
  char                  *queue_id;   /* (nullable) */
  char                  *recipient;  /* (nullable) */
  NullmailDeliveryState  state;
  char                  *relay;      /* (nullable) */
  char                  *dsn;        /* (nullable) */
  char                  *reply;      /* (nullable) as it may be shown */
  guint                  delay_ms;
  char                  *detail;     /* (nullable) */
  char                  *tls;        /* (nullable) */
  char                  *bounce_id;  /* (nullable) */
} NullmailDeliveryFacts;

void                    _nullmail_delivery_facts_clear     (NullmailDeliveryFacts       *self);
void                    _nullmail_delivery_facts_copy      (NullmailDeliveryFacts       *self,
                                                            const NullmailDeliveryFacts *other);
/* Takes over the facts. */
NullmailDeliveryReport *_nullmail_delivery_report_new_take (NullmailDeliveryFacts       *facts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailDeliveryFacts, _nullmail_delivery_facts_clear)

G_END_DECLS
