/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* Whether there is a service to be asked. There is none in an image that is being built. */
gboolean             _nullmail_service_exists   (NullmailInstallation   *self);

/* NOT_FOUND where the name of the directory is a mistake, so that nothing would be done in silence.
 * The second one is FAILED where nothing starts services at boot. */
gboolean             _nullmail_service_check_directory (NullmailInstallation  *self,
                                                        GError               **error);
gboolean             _nullmail_service_check_enable    (NullmailInstallation  *self,
                                                        GError               **error);

gboolean             _nullmail_service_query    (NullmailInstallation   *self,
                                                 NullmailServiceState   *state,
                                                 GCancellable           *cancellable,
                                                 GError                **error);
gboolean             _nullmail_service_activate (NullmailInstallation  *self,
                                                 NullmailActivation     activation,
                                                 GCancellable          *cancellable,
                                                 GError               **error);
gboolean             _nullmail_service_stop     (NullmailInstallation   *self,
                                                 GCancellable           *cancellable,
                                                 GError                **error);

G_END_DECLS
