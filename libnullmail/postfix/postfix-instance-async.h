/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <libnullmail/postfix/postfix-instance.h>

G_BEGIN_DECLS

/* The asynchronous forms run in a worker thread, on a snapshot taken at the call. */

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_inspect_async (NullmailPostfixInstance *self,
                                              GCancellable            *cancellable,
                                              GAsyncReadyCallback      callback,
                                              gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_inspect_finish (NullmailPostfixInstance  *self,
                                                   GAsyncResult             *result,
                                                   GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_get_defaults_async (NullmailPostfixInstance *self,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
GHashTable *nullmail_postfix_instance_get_defaults_finish (NullmailPostfixInstance  *self,
                                                           GAsyncResult             *result,
                                                           GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_lookup_parameters_async (NullmailPostfixInstance *self,
                                                        const char * const      *names,
                                                        GCancellable            *cancellable,
                                                        GAsyncReadyCallback      callback,
                                                        gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
GHashTable *nullmail_postfix_instance_lookup_parameters_finish (NullmailPostfixInstance  *self,
                                                                GAsyncResult             *result,
                                                                GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_check_async (NullmailPostfixInstance *self,
                                            GCancellable            *cancellable,
                                            GAsyncReadyCallback      callback,
                                            gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
GPtrArray *nullmail_postfix_instance_check_finish (NullmailPostfixInstance  *self,
                                                   GAsyncResult             *result,
                                                   GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_query_service_async (NullmailPostfixInstance *self,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailServiceState nullmail_postfix_instance_query_service_finish (
    NullmailPostfixInstance  *self,
    GAsyncResult             *result,
    GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_plan_async (NullmailPostfixInstance  *self,
                                           NullmailNullClientConfig *config,
                                           NullmailRelayCredentials *credentials,
                                           NullmailPlanFlags         flags,
                                           GCancellable             *cancellable,
                                           GAsyncReadyCallback       callback,
                                           gpointer                  user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_plan_finish (NullmailPostfixInstance  *self,
                                                     GAsyncResult             *result,
                                                     GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_plan_main_cf_async (NullmailPostfixInstance  *self,
                                                   NullmailMainCf           *main_cf,
                                                   NullmailRelayCredentials *credentials,
                                                   NullmailPlanFlags         flags,
                                                   GCancellable             *cancellable,
                                                   GAsyncReadyCallback       callback,
                                                   gpointer                  user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_plan_main_cf_finish (NullmailPostfixInstance  *self,
                                                             GAsyncResult             *result,
                                                             GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_plan_undo_async (NullmailPostfixInstance *self,
                                                GCancellable            *cancellable,
                                                GAsyncReadyCallback      callback,
                                                gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_plan_undo_finish (NullmailPostfixInstance  *self,
                                                          GAsyncResult             *result,
                                                          GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_plan_restore_async (NullmailPostfixInstance *self,
                                                   GCancellable            *cancellable,
                                                   GAsyncReadyCallback      callback,
                                                   gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_plan_restore_finish (NullmailPostfixInstance  *self,
                                                             GAsyncResult             *result,
                                                             GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_apply_async (NullmailPostfixInstance *self,
                                            NullmailPlan            *plan,
                                            NullmailApplyFlags       flags,
                                            GCancellable            *cancellable,
                                            GAsyncReadyCallback      callback,
                                            gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_apply_finish (NullmailPostfixInstance  *self,
                                                 GAsyncResult             *result,
                                                 GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_undo_async (NullmailPostfixInstance *self,
                                           NullmailApplyFlags       flags,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_undo_finish (NullmailPostfixInstance  *self,
                                                GAsyncResult             *result,
                                                GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_purge_credentials_async (NullmailPostfixInstance *self,
                                                        GCancellable            *cancellable,
                                                        GAsyncReadyCallback      callback,
                                                        gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_purge_credentials_finish (NullmailPostfixInstance  *self,
                                                             GAsyncResult             *result,
                                                             GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_activate_async (NullmailPostfixInstance *self,
                                               NullmailActivation       activation,
                                               GCancellable            *cancellable,
                                               GAsyncReadyCallback      callback,
                                               gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_activate_finish (NullmailPostfixInstance  *self,
                                                    GAsyncResult             *result,
                                                    GError                  **error);

G_END_DECLS
