/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delivery-report.h"
#include "queue/postqueue-private.h"

G_BEGIN_DECLS

/* Both follow a message through queue and log until its fate is known or the time is over, which is
 * no error. NOT_FOUND where neither knows the queue id. Addresses must have been checked. */
NullmailDeliveryReport *_nullmail_delivery_follow    (const NullmailMailSystem  *system,
                                                      const char                *queue_id,
                                                      guint                      timeout_ms,
                                                      GCancellable              *cancellable,
                                                      GError                   **error);
NullmailDeliveryReport *_nullmail_delivery_send_test (const NullmailMailSystem  *system,
                                                      const char                *recipient,
                                                      const char                *sender,
                                                      guint                      timeout_ms,
                                                      GCancellable              *cancellable,
                                                      GError                   **error);

G_END_DECLS
