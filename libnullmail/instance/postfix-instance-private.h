/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "instance/postfix-instance.h"
#include "postfix/config-monitor-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* Makes another object for the same installation, to be used by a worker thread. */
NullmailPostfixInstance *_nullmail_postfix_instance_copy (NullmailPostfixInstance *self);

/* (transfer none): the installation, which the instance shares with its copies. */
NullmailInstallation *_nullmail_postfix_instance_get_installation (NullmailPostfixInstance *self);

/* Makes the getters show what was found out since they were last asked. Texts that they returned
 * before are then freed. */
void _nullmail_postfix_instance_forget_shown (NullmailPostfixInstance *self);

/* What tells of changes; taking another one, or NULL, ends the one before. */
gboolean _nullmail_postfix_instance_has_monitor (NullmailPostfixInstance *self);
void _nullmail_postfix_instance_take_monitor (NullmailPostfixInstance *self,
                                              NullmailConfigMonitor   *monitor);

G_END_DECLS
