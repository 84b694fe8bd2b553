/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/queue/delay-cause.h>

G_BEGIN_DECLS

/**
 * NullmailDeliveryState:
 * @NULLMAIL_DELIVERY_STATE_UNKNOWN: it has left the queue, and no log tells where to
 * @NULLMAIL_DELIVERY_STATE_QUEUED: it waits for its first attempt, is held, or is on its way
 * @NULLMAIL_DELIVERY_STATE_SENT: the relay has taken it
 * @NULLMAIL_DELIVERY_STATE_DEFERRED: an attempt has failed, and there will be others
 * @NULLMAIL_DELIVERY_STATE_BOUNCED: it was refused for good, and went back to its sender
 * @NULLMAIL_DELIVERY_STATE_EXPIRED: it waited for too long, and went back to its sender
 *
 * Where a message got to.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_DELIVERY_STATE_UNKNOWN = 0,
  NULLMAIL_DELIVERY_STATE_QUEUED = 1,
  NULLMAIL_DELIVERY_STATE_SENT = 2,
  NULLMAIL_DELIVERY_STATE_DEFERRED = 3,
  NULLMAIL_DELIVERY_STATE_BOUNCED = 4,
  NULLMAIL_DELIVERY_STATE_EXPIRED = 5,
} NullmailDeliveryState;

#define NULLMAIL_TYPE_DELIVERY_REPORT (nullmail_delivery_report_get_type ())

typedef struct _NullmailDeliveryReport NullmailDeliveryReport;

NULLMAIL_AVAILABLE_IN_1_0
GType                   nullmail_delivery_report_get_type      (void);

NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryReport *nullmail_delivery_report_ref           (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
void                    nullmail_delivery_report_unref         (NullmailDeliveryReport *self);

NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_queue_id  (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_recipient (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryState   nullmail_delivery_report_get_state     (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_relay     (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_dsn       (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_reply     (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
guint                   nullmail_delivery_report_get_delay_ms  (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDelayCause      nullmail_delivery_report_get_cause     (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_detail    (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_tls       (NullmailDeliveryReport *self);
NULLMAIL_AVAILABLE_IN_1_0
const char             *nullmail_delivery_report_get_bounce_id (NullmailDeliveryReport *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean                nullmail_delivery_report_equal         (NullmailDeliveryReport *self,
                                                                NullmailDeliveryReport *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant               *nullmail_delivery_report_to_variant    (NullmailDeliveryReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailDeliveryReport, nullmail_delivery_report_unref)

G_END_DECLS
