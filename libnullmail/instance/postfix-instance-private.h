/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/knowledge-private.h"
#include "instance/postfix-instance.h"
#include "postfix/service-private.h"

G_BEGIN_DECLS

/* An instance of the same properties for a worker thread, with the same knowledge. */
NullmailPostfixInstance *_nullmail_postfix_instance_copy (NullmailPostfixInstance *self);

NullmailKnowledge *_nullmail_postfix_instance_get_knowledge (NullmailPostfixInstance *self);

/* Lets the getters show what was learned since. */
void _nullmail_postfix_instance_forget_shown (NullmailPostfixInstance *self);

char *_nullmail_postfix_instance_get_main_cf_path (NullmailPostfixInstance *self);

/* NOT_FOUND, with the remedy, where there is no main.cf. */
gboolean _nullmail_postfix_instance_check_directory (NullmailPostfixInstance  *self,
                                                     GError                  **error);

NullmailService _nullmail_postfix_instance_get_service (NullmailPostfixInstance *self);

/* (transfer full): for macros in values: the directory, and what is known already. */
GHashTable *_nullmail_postfix_instance_get_macros (NullmailPostfixInstance *self);

/* (transfer full): asks Postfix if nobody has yet. */
NullmailInspection *_nullmail_postfix_instance_get_inspection (
    NullmailPostfixInstance  *self,
    GCancellable             *cancellable,
    GError                  **error);

G_END_DECLS
