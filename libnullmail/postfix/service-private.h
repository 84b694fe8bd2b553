/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "postfix/service.h"

G_BEGIN_DECLS

/* One way to control the service. A manager other than the command is one more of these. */
typedef struct
{
  const char             *config_directory;
  const char             *command_directory;  /* (nullable) */
  NullmailServiceControl  control;
  const char             *queue_directory;    /* (nullable) unknown */
} NullmailService;

/* FALSE: there is no service, as in an image. */
gboolean             _nullmail_service_exists   (const NullmailService  *self);

gboolean             _nullmail_service_query    (const NullmailService  *self,
                                                 NullmailServiceState   *state,
                                                 GCancellable           *cancellable,
                                                 GError                **error);
gboolean             _nullmail_service_activate (const NullmailService  *self,
                                                 NullmailActivation      activation,
                                                 GCancellable           *cancellable,
                                                 GError                **error);
gboolean             _nullmail_service_stop     (const NullmailService  *self,
                                                 GCancellable           *cancellable,
                                                 GError                **error);

G_END_DECLS
