/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* The running Postfix. Who controls it is told by the installation's service control: systemd over
 * D-Bus (service-systemd.c) where that runs and has a unit for this configuration directory, else
 * the command “postfix” (service-command.c), or nobody in an image that is being built. */

/* Whether there is a service to be asked. There is none in an image that is being built. */
gboolean             _nullmail_service_exists   (NullmailInstallation   *self);

/* NOT_FOUND where the name of the directory is a mistake, so that nothing would be done in silence.
 * The second one is FAILED where nothing starts services at boot. */
gboolean             _nullmail_service_check_directory (NullmailInstallation  *self,
                                                        GError               **error);
gboolean             _nullmail_service_check_enable    (NullmailInstallation  *self,
                                                        GCancellable          *cancellable,
                                                        GError               **error);

gboolean             _nullmail_service_query    (NullmailInstallation   *self,
                                                 NullmailServiceState   *state,
                                                 GCancellable           *cancellable,
                                                 GError                **error);
/* The same, and whether it is started at boot: UNKNOWN where nothing that this library speaks to
 * starts services. */
gboolean             _nullmail_service_observe  (NullmailInstallation   *self,
                                                 NullmailServiceState   *state,
                                                 NullmailFact           *is_enabled,
                                                 GCancellable           *cancellable,
                                                 GError                **error);
/* Whether the Postfix that runs has read main.cf as it is now; UNKNOWN where that cannot be seen,
 * or main.cf has changed just now. The queue manager's program is that of master.cf. */
NullmailFact         _nullmail_service_has_read_main_cf (NullmailInstallation *self,
                                                         const char           *queue_manager,
                                                         GCancellable         *cancellable);
/* A restart cannot be cut in two: Postfix is started again even if this process ends meanwhile. */
gboolean             _nullmail_service_activate (NullmailInstallation  *self,
                                                 NullmailActivation     activation,
                                                 GCancellable          *cancellable,
                                                 GError               **error);
gboolean             _nullmail_service_set_enabled (NullmailInstallation  *self,
                                                    gboolean               enabled,
                                                    GCancellable          *cancellable,
                                                    GError               **error);

/* Whether Postfix can be stopped without ending more than it: where its master is process 1 of a
 * container, or has started this process, it cannot. */
gboolean             _nullmail_service_can_stop (NullmailInstallation  *self);

/* A pause: Postfix stands still until it ends, and is started again if this process ends before
 * that. */
typedef struct _NullmailServicePause NullmailServicePause;

NullmailServicePause *_nullmail_service_pause        (NullmailInstallation  *self,
                                                      GCancellable          *cancellable,
                                                      GError               **error);
/* Only the guard goes; to start Postfix is up to the caller. */
void                  _nullmail_service_pause_free   (NullmailServicePause  *self);

/* Stops Postfix for good. */
gboolean             _nullmail_service_stop     (NullmailInstallation   *self,
                                                 GCancellable           *cancellable,
                                                 GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailServicePause, _nullmail_service_pause_free)

G_END_DECLS
