/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* What a configuration is to be, as words of a command line: PROPERTY=VALUE, and the options for
 * everything else. */
extern const GOptionEntry setting_options[];

/* (transfer full): the configuration that is wanted. */
NullmailNullClientConfig *settings_make_config (Tool    *tool,
                                                char   **settings,
                                                GError **error);

/* (transfer full): a relay that was named on the command line. */
NullmailRelayHost        *setting_parse_relay  (const char  *text,
                                                GError     **error);

G_END_DECLS
