/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>
#include <libnullmail/config/null-client-config.h>
#include <libnullmail/config/relay-credentials.h>
#include <libnullmail/document/main-cf.h>
#include <libnullmail/plan/plan.h>
#include <libnullmail/postfix/service-control.h>
#include <libnullmail/queue/delivery-report.h>
#include <libnullmail/queue/mail-queue.h>
#include <libnullmail/store/sasl-passwd-store.h>

G_BEGIN_DECLS

/**
 * NullmailPlanFlags:
 * @NULLMAIL_PLAN_FLAGS_NONE: nothing special
 * @NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS: drop every entry of the password file but this
 *   relay's, whoever wrote it, and those that another instance of Postfix needs; each is one
 *   [struct@Change] of the plan
 *
 * How to plan.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  NULLMAIL_PLAN_FLAGS_NONE = 0,
  NULLMAIL_PLAN_FLAGS_DROP_OTHER_CREDENTIALS = 1 << 0,
} NullmailPlanFlags;

/**
 * NullmailApplyFlags:
 * @NULLMAIL_APPLY_FLAGS_NONE: activate what was running
 * @NULLMAIL_APPLY_FLAGS_NO_ACTIVATE: change the files only
 * @NULLMAIL_APPLY_FLAGS_START: start Postfix if it is stopped
 * @NULLMAIL_APPLY_FLAGS_ENABLE: have it started at boot; %NULLMAIL_ERROR_FAILED, before anything is
 *   written, where nothing starts it at boot that the library speaks to
 * @NULLMAIL_APPLY_FLAGS_FORCE: accept findings of severity ERROR that the plan brings in
 * @NULLMAIL_APPLY_FLAGS_NO_UNDO: keep no record to undo this by
 * @NULLMAIL_APPLY_FLAGS_OVERWRITE: in an undo or restore, take back also what somebody else has
 *   changed since
 *
 * How to apply a plan.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  NULLMAIL_APPLY_FLAGS_NONE = 0,
  NULLMAIL_APPLY_FLAGS_NO_ACTIVATE = 1 << 0,
  NULLMAIL_APPLY_FLAGS_START = 1 << 1,
  NULLMAIL_APPLY_FLAGS_ENABLE = 1 << 2,
  NULLMAIL_APPLY_FLAGS_FORCE = 1 << 3,
  NULLMAIL_APPLY_FLAGS_NO_UNDO = 1 << 4,
  NULLMAIL_APPLY_FLAGS_OVERWRITE = 1 << 5,
} NullmailApplyFlags;

#define NULLMAIL_TYPE_POSTFIX_INSTANCE (nullmail_postfix_instance_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailPostfixInstance, nullmail_postfix_instance,
                      NULLMAIL, POSTFIX_INSTANCE, GObject)

/* The asynchronous forms run in a worker thread, with copies of the arguments that are made at the
 * call. */

NULLMAIL_AVAILABLE_IN_1_0
NullmailPostfixInstance *nullmail_postfix_instance_new (const char *config_directory);

NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_config_directory (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_command_directory (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_state_directory (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
NullmailServiceControl nullmail_postfix_instance_get_service_control (
    NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_version (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
char **nullmail_postfix_instance_get_map_types (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_default_map_type (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
const char *nullmail_postfix_instance_get_queue_directory (NullmailPostfixInstance *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_get_can_undo (NullmailPostfixInstance *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_inspect (NullmailPostfixInstance  *self,
                                            GCancellable             *cancellable,
                                            GError                  **error);
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
GHashTable *nullmail_postfix_instance_get_defaults (NullmailPostfixInstance  *self,
                                                    GCancellable             *cancellable,
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
GHashTable *nullmail_postfix_instance_lookup_parameters (NullmailPostfixInstance  *self,
                                                         const char * const       *names,
                                                         GCancellable             *cancellable,
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
NullmailMainCf *nullmail_postfix_instance_load_main_cf (NullmailPostfixInstance  *self,
                                                        GCancellable             *cancellable,
                                                        GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailNullClientConfig *nullmail_postfix_instance_load_config (
    NullmailPostfixInstance  *self,
    GCancellable             *cancellable,
    GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailSaslPasswdStore *nullmail_postfix_instance_get_sasl_passwd_store (
    NullmailPostfixInstance  *self,
    GCancellable             *cancellable,
    GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
GPtrArray *nullmail_postfix_instance_check (NullmailPostfixInstance  *self,
                                            GCancellable             *cancellable,
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
NullmailPlan *nullmail_postfix_instance_plan (NullmailPostfixInstance   *self,
                                              NullmailNullClientConfig  *config,
                                              NullmailRelayCredentials  *credentials,
                                              NullmailPlanFlags          flags,
                                              GCancellable              *cancellable,
                                              GError                   **error);
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
NullmailPlan *nullmail_postfix_instance_plan_main_cf (NullmailPostfixInstance   *self,
                                                      NullmailMainCf            *main_cf,
                                                      NullmailRelayCredentials  *credentials,
                                                      NullmailPlanFlags          flags,
                                                      GCancellable              *cancellable,
                                                      GError                   **error);
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
NullmailPlan *nullmail_postfix_instance_plan_undo (NullmailPostfixInstance  *self,
                                                   GCancellable             *cancellable,
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
NullmailPlan *nullmail_postfix_instance_plan_restore (NullmailPostfixInstance  *self,
                                                      GCancellable             *cancellable,
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
gboolean nullmail_postfix_instance_apply (NullmailPostfixInstance  *self,
                                          NullmailPlan             *plan,
                                          NullmailApplyFlags        flags,
                                          GCancellable             *cancellable,
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
NullmailPlan *nullmail_postfix_instance_ensure (NullmailPostfixInstance   *self,
                                                NullmailNullClientConfig  *config,
                                                NullmailRelayCredentials  *credentials,
                                                NullmailPlanFlags          plan_flags,
                                                NullmailApplyFlags         apply_flags,
                                                gboolean                  *changed,
                                                GCancellable              *cancellable,
                                                GError                   **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_ensure_async (NullmailPostfixInstance  *self,
                                             NullmailNullClientConfig *config,
                                             NullmailRelayCredentials *credentials,
                                             NullmailPlanFlags         plan_flags,
                                             NullmailApplyFlags        apply_flags,
                                             GCancellable             *cancellable,
                                             GAsyncReadyCallback       callback,
                                             gpointer                  user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_ensure_finish (NullmailPostfixInstance  *self,
                                                       GAsyncResult             *result,
                                                       gboolean                 *changed,
                                                       GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_undo (NullmailPostfixInstance  *self,
                                         NullmailApplyFlags        flags,
                                         GCancellable             *cancellable,
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
NullmailPlan *nullmail_postfix_instance_plan_purge (NullmailPostfixInstance  *self,
                                                    GCancellable             *cancellable,
                                                    GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_plan_purge_async (NullmailPostfixInstance *self,
                                                 GCancellable            *cancellable,
                                                 GAsyncReadyCallback      callback,
                                                 gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailPlan *nullmail_postfix_instance_plan_purge_finish (NullmailPostfixInstance  *self,
                                                           GAsyncResult             *result,
                                                           GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_purge_credentials (NullmailPostfixInstance  *self,
                                                      GCancellable             *cancellable,
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
GVariant *nullmail_postfix_instance_load_overview (NullmailPostfixInstance  *self,
                                                   GCancellable             *cancellable,
                                                   GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_load_overview_async (NullmailPostfixInstance *self,
                                                    GCancellable            *cancellable,
                                                    GAsyncReadyCallback      callback,
                                                    gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
GVariant *nullmail_postfix_instance_load_overview_finish (NullmailPostfixInstance  *self,
                                                          GAsyncResult             *result,
                                                          GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
NullmailServiceState nullmail_postfix_instance_query_service (NullmailPostfixInstance  *self,
                                                              GCancellable             *cancellable,
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
gboolean nullmail_postfix_instance_set_enabled (NullmailPostfixInstance  *self,
                                                gboolean                  enabled,
                                                GCancellable             *cancellable,
                                                GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_set_enabled_async (NullmailPostfixInstance *self,
                                                  gboolean                 enabled,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_set_enabled_finish (NullmailPostfixInstance  *self,
                                                       GAsyncResult             *result,
                                                       GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_activate (NullmailPostfixInstance  *self,
                                             NullmailActivation        activation,
                                             GCancellable             *cancellable,
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

NULLMAIL_AVAILABLE_IN_1_0
NullmailMailQueue *nullmail_postfix_instance_load_queue (NullmailPostfixInstance  *self,
                                                         GCancellable             *cancellable,
                                                         GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_load_queue_async (NullmailPostfixInstance *self,
                                                 GCancellable            *cancellable,
                                                 GAsyncReadyCallback      callback,
                                                 gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailMailQueue *nullmail_postfix_instance_load_queue_finish (NullmailPostfixInstance  *self,
                                                                GAsyncResult             *result,
                                                                GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_flush_queue (NullmailPostfixInstance  *self,
                                                GCancellable             *cancellable,
                                                GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_flush_queue_async (NullmailPostfixInstance *self,
                                                  GCancellable            *cancellable,
                                                  GAsyncReadyCallback      callback,
                                                  gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_flush_queue_finish (NullmailPostfixInstance  *self,
                                                       GAsyncResult             *result,
                                                       GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryReport *nullmail_postfix_instance_send_test (NullmailPostfixInstance  *self,
                                                             const char               *recipient,
                                                             const char               *sender,
                                                             guint                     timeout_ms,
                                                             GCancellable             *cancellable,
                                                             GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_send_test_async (NullmailPostfixInstance *self,
                                                const char              *recipient,
                                                const char              *sender,
                                                guint                    timeout_ms,
                                                GCancellable            *cancellable,
                                                GAsyncReadyCallback      callback,
                                                gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryReport *nullmail_postfix_instance_send_test_finish (
    NullmailPostfixInstance  *self,
    GAsyncResult             *result,
    GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryReport *nullmail_postfix_instance_follow_delivery (
    NullmailPostfixInstance  *self,
    const char               *queue_id,
    guint                     timeout_ms,
    GCancellable             *cancellable,
    GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_follow_delivery_async (NullmailPostfixInstance *self,
                                                      const char              *queue_id,
                                                      guint                    timeout_ms,
                                                      GCancellable            *cancellable,
                                                      GAsyncReadyCallback      callback,
                                                      gpointer                 user_data);
NULLMAIL_AVAILABLE_IN_1_0
NullmailDeliveryReport *nullmail_postfix_instance_follow_delivery_finish (
    NullmailPostfixInstance  *self,
    GAsyncResult             *result,
    GError                  **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean nullmail_postfix_instance_start_monitoring (NullmailPostfixInstance  *self,
                                                     GError                  **error);
NULLMAIL_AVAILABLE_IN_1_0
void nullmail_postfix_instance_stop_monitoring (NullmailPostfixInstance *self);

G_END_DECLS
