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
 * NullmailServiceControl:
 * @NULLMAIL_SERVICE_CONTROL_AUTO: what fits: the service manager where there is one that the
 *   library can speak to, else the `postfix` command; %NULLMAIL_SERVICE_CONTROL_DISABLED without a
 *   master.cf
 * @NULLMAIL_SERVICE_CONTROL_SYSTEMD: systemd over D-Bus
 * @NULLMAIL_SERVICE_CONTROL_COMMAND: the command `postfix -c DIRECTORY`
 * @NULLMAIL_SERVICE_CONTROL_DISABLED: no service at all, for images and tests: activation succeeds
 *   without doing anything
 *
 * How the running Postfix is controlled.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_SERVICE_CONTROL_AUTO = 0,
  NULLMAIL_SERVICE_CONTROL_SYSTEMD = 1,
  NULLMAIL_SERVICE_CONTROL_COMMAND = 2,
  NULLMAIL_SERVICE_CONTROL_DISABLED = 3,
} NullmailServiceControl;

/**
 * NullmailServiceState:
 * @NULLMAIL_SERVICE_STATE_NONE: stopped, and not started at boot
 * @NULLMAIL_SERVICE_STATE_RUNNING: running now
 * @NULLMAIL_SERVICE_STATE_ENABLED: started at boot
 * @NULLMAIL_SERVICE_STATE_FAILED: it was started and failed
 * @NULLMAIL_SERVICE_STATE_MASKED: it cannot be started
 * @NULLMAIL_SERVICE_STATE_UNKNOWN: the caller may not see it
 * @NULLMAIL_SERVICE_STATE_ABSENT: there is nothing to control: no master.cf, or
 *   %NULLMAIL_SERVICE_CONTROL_DISABLED
 *
 * What is known of the running Postfix.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  NULLMAIL_SERVICE_STATE_NONE = 0,
  NULLMAIL_SERVICE_STATE_RUNNING = 1 << 0,
  NULLMAIL_SERVICE_STATE_ENABLED = 1 << 1,
  NULLMAIL_SERVICE_STATE_FAILED = 1 << 2,
  NULLMAIL_SERVICE_STATE_MASKED = 1 << 3,
  NULLMAIL_SERVICE_STATE_UNKNOWN = 1 << 4,
  NULLMAIL_SERVICE_STATE_ABSENT = 1 << 5,
} NullmailServiceState;

/**
 * NullmailActivation:
 * @NULLMAIL_ACTIVATION_NONE: Postfix notices by itself
 * @NULLMAIL_ACTIVATION_RELOAD: `postfix reload`
 * @NULLMAIL_ACTIVATION_RESTART: `postfix stop`, then `postfix start`
 * @NULLMAIL_ACTIVATION_START: `postfix start`
 * @NULLMAIL_ACTIVATION_STOP: `postfix stop`; no plan asks for this
 *
 * What makes a running Postfix use a new configuration, or end.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_ACTIVATION_NONE = 0,
  NULLMAIL_ACTIVATION_RELOAD = 1,
  NULLMAIL_ACTIVATION_RESTART = 2,
  NULLMAIL_ACTIVATION_START = 3,
  NULLMAIL_ACTIVATION_STOP = 4,
} NullmailActivation;

G_END_DECLS
