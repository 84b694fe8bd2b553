/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/document/main-cf.h>
#include <libnullmail/postfix/service-control.h>
#include <libnullmail/relay/relay-probe.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_PLAN (nullmail_plan_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailPlan, nullmail_plan, NULLMAIL, PLAN, GObject)

NULLMAIL_AVAILABLE_IN_1_0
gboolean            nullmail_plan_is_empty       (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailActivation  nullmail_plan_get_activation (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
GPtrArray          *nullmail_plan_get_changes    (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
GPtrArray          *nullmail_plan_get_findings   (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
GPtrArray          *nullmail_plan_get_new_findings (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailMainCf     *nullmail_plan_get_main_cf    (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
char               *nullmail_plan_to_diff        (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
GVariant           *nullmail_plan_to_texts       (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
char               *nullmail_plan_get_digest     (NullmailPlan *self);
NULLMAIL_AVAILABLE_IN_1_0
GVariant           *nullmail_plan_to_variant     (NullmailPlan *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayProbe *nullmail_plan_create_probe        (NullmailPlan         *self,
                                                       GCancellable         *cancellable,
                                                       GError              **error);
NULLMAIL_AVAILABLE_IN_1_0
void                nullmail_plan_create_probe_async  (NullmailPlan         *self,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailRelayProbe *nullmail_plan_create_probe_finish (NullmailPlan         *self,
                                                       GAsyncResult         *result,
                                                       GError              **error);

G_END_DECLS
