/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/path-watch-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* Tells when the files of a configuration change: main.cf, master.cf, and the password files that
 * main.cf names, with their tables. */
typedef struct _NullmailConfigMonitor NullmailConfigMonitor;

/* The callback may free the monitor, and is called in the thread-default main context of the caller
 * of this. NOT_FOUND without the configuration directory, FAILED where the kernel cannot watch. No
 * program is run, now or later. */
NullmailConfigMonitor *_nullmail_config_monitor_new  (NullmailInstallation   *installation,
                                                      NullmailPathFunc        func,
                                                      gpointer                user_data,
                                                      GError                **error);
void                   _nullmail_config_monitor_free (NullmailConfigMonitor  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailConfigMonitor, _nullmail_config_monitor_free)

G_END_DECLS
