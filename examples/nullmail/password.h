/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* --user and the ways on which a password comes. */
extern const GOptionEntry password_options[];

/* Whether somebody is to log in. */
gboolean password_is_given (void);

/* Judges the options before anything is read. FALSE with error set: it is wrong use. */
gboolean password_check    (GError **error);

/* Whether a word of the command line is a password, or is in front of one. */
gboolean password_is_argument (const char *word);

/* (transfer full): the login for a relay; NULL with error set. */
NullmailRelayCredentials *password_take (NullmailRelayHost  *relay,
                                         GError            **error);

G_END_DECLS
