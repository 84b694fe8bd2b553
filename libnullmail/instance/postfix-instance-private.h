/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "instance/postfix-instance.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* An instance of the same installation, for a worker thread. */
NullmailPostfixInstance *_nullmail_postfix_instance_copy (NullmailPostfixInstance *self);

/* (transfer none): shared by the instance and its copies. */
NullmailInstallation *_nullmail_postfix_instance_get_installation (NullmailPostfixInstance *self);

/* Lets the getters show what was learned since. */
void _nullmail_postfix_instance_forget_shown (NullmailPostfixInstance *self);

G_END_DECLS
