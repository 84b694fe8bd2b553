/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "postfix/service-control.h"

G_BEGIN_DECLS

/* systemd, asked over the system's message bus, see org.freedesktop.systemd1 (5). A connection of
 * its own serves one operation, so that neither the caller's main loop nor his bus is involved, and
 * nothing is left that could end his program when the bus does. */
typedef struct _NullmailSystemd NullmailSystemd;

/* Whether this system was started by systemd, as sd_booted (3) has it. */
gboolean          _nullmail_systemd_runs           (void);

/* (transfer full): the error is ACTIVATION where systemd does not answer. */
NullmailSystemd  *_nullmail_systemd_connect        (GCancellable        *cancellable,
                                                    GError             **error);
void              _nullmail_systemd_free           (NullmailSystemd     *self);

/* Whether there is a unit of that name; loads it, if may_load is set and it was not needed yet. */
gboolean          _nullmail_systemd_has_unit       (NullmailSystemd     *self,
                                                    const char          *unit,
                                                    gboolean             may_load);
/* (transfer full) (nullable): a property of a unit or service that is a text. */
char             *_nullmail_systemd_get_property   (NullmailSystemd     *self,
                                                    const char          *unit,
                                                    const char          *interface,
                                                    const char          *property);
/* Whether a unit runs, has failed, cannot be started, or is started at boot. */
NullmailServiceState
                  _nullmail_systemd_get_state      (NullmailSystemd     *self,
                                                    const char          *unit);

/* Has systemd do something with a unit, by a method such as StartUnit, and waits for the end of the
 * job. The error is ACTIVATION, or PERMISSION_DENIED where polkit says no. */
gboolean          _nullmail_systemd_run_job        (NullmailSystemd     *self,
                                                    const char          *method,
                                                    const char          *unit,
                                                    GCancellable        *cancellable,
                                                    GError             **error);
/* Has a unit started at boot, or not. The errors are the same. */
gboolean          _nullmail_systemd_enable         (NullmailSystemd     *self,
                                                    const char          *unit,
                                                    gboolean             enabled,
                                                    GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSystemd, _nullmail_systemd_free)

G_END_DECLS
