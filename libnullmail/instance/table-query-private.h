/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "check/check-private.h"

G_BEGIN_DECLS

/* What the services of smtp_sasl_password_maps on this machine (socketmap:unix:…) say of the relay,
 * asked as Postfix asks, with “postmap -q”: they have no file to look into. (transfer full)
 * (nullable) (element-type NullmailTableAnswer), NULL where there is none, or no login. */
GPtrArray *_nullmail_ask_services (const NullmailCheckSnapshot *snapshot,
                                   const char                  *config_directory,
                                   const char                  *command_directory,
                                   const char                  *queue_directory,
                                   GCancellable                *cancellable);

G_END_DECLS
