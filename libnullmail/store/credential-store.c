/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/credential-store-private.h"

#include "base/error-private.h"
#include "base/task-private.h"
#include "config/relay-credentials-private.h"

/**
 * NullmailCredentialStore:
 *
 * A place where the passwords of relays are kept.
 *
 * One code path serves both places that the library knows, [class@SaslPasswdStore] and the Secret
 * Service; a program may add its own in C, Vala or Python by implementing `lookup`, `store`,
 * `clear` and `load_list`; a call of one that it lacks is %NULLMAIL_ERROR_FAILED, and so is one
 * that returns what it may not. The key is the relay host as [method@RelayHost.to_string] writes
 * it, ASCII case ignored.
 *
 * Postfix itself reads only a lookup table: to use what another store holds, look it up and pass
 * the credentials to [method@PostfixInstance.plan].
 *
 * Since: 1.0
 */
G_DEFINE_INTERFACE (NullmailCredentialStore, nullmail_credential_store, G_TYPE_OBJECT)

static G_DEFINE_QUARK (nullmail-credential-store-threaded, threaded)

static void
nullmail_credential_store_default_init (NullmailCredentialStoreInterface *iface G_GNUC_UNUSED)
{
}

void
_nullmail_credential_store_set_threaded (GType type)
{
  g_type_set_qdata (type, threaded_quark (), GINT_TO_POINTER (TRUE));
}

/* Refuses a store that lacks a function: nothing keeps a language whose interfaces need not be
 * complete from making one. */
static gboolean
check_function (NullmailCredentialStore  *self,
                gboolean                  is_there,
                const char               *function,
                GError                  **error)
{
  if (!is_there)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                 "The store %s has no “%s”: implement it", G_OBJECT_TYPE_NAME (self), function);
  return is_there;
}

/* Passes on the error of a store, and takes it over. NULL means that the store failed without
 * setting one, which is a fault of the store; the caller gets an error nevertheless. */
static gboolean
fail (NullmailCredentialStore  *self,
      const char               *function,
      GError                   *local_error,
      GError                  **error)
{
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  else
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                 "“%s” of the store %s failed and did not say why: let it return success or set "
                 "an error", function, G_OBJECT_TYPE_NAME (self));

  return FALSE;
}

/* The arguments of an asynchronous call. */
typedef struct
{
  NullmailRelayHost        *relay_host;   /* (owned) (nullable) */
  NullmailRelayCredentials *credentials;  /* (owned) (nullable) */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->relay_host, nullmail_relay_host_unref);
  g_clear_pointer (&call->credentials, nullmail_relay_credentials_unref);
  g_free (call);
}

/* Starts an asynchronous call in the way that suits the store, and takes over its arguments. */
static void
start_call (NullmailCredentialStore *self,
            Call                    *call,
            gpointer                 tag,
            NullmailTaskFunc         func,
            GCancellable            *cancellable,
            GAsyncReadyCallback      callback,
            gpointer                 user_data)
{
  if (g_type_get_qdata (G_OBJECT_TYPE (self), threaded_quark ()) != NULL)
    _nullmail_task_start (self, tag, func, call, call_free, cancellable, callback, user_data);
  else
    _nullmail_task_start_in_idle (self, tag, func, call, call_free, cancellable, callback,
                                  user_data);
}

/**
 * nullmail_credential_store_lookup:
 * @self: a store
 * @relay_host: the relay host whose credentials are wanted
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Finds the credentials of a relay host, the password included.
 *
 * Returns: (transfer full) (nullable): the credentials, or %NULL: with @error set where the store
 *   could not be read (%NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INVALID_FILE,
 *   %NULLMAIL_ERROR_SECRET_SERVICE), without one where nothing is stored
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_credential_store_lookup (NullmailCredentialStore  *self,
                                  NullmailRelayHost        *relay_host,
                                  GCancellable             *cancellable,
                                  GError                  **error)
{
  NullmailCredentialStoreInterface *iface;
  NullmailRelayCredentials *credentials;
  GError *local_error = NULL;

  g_return_val_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self), NULL);
  g_return_val_if_fail (relay_host != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = NULLMAIL_CREDENTIAL_STORE_GET_IFACE (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_function (self, iface->lookup != NULL, "lookup", error))
    return NULL;

  credentials = iface->lookup (self, relay_host, cancellable, &local_error);
  if (local_error == NULL)
    return credentials;

  g_clear_pointer (&credentials, nullmail_relay_credentials_unref);
  g_propagate_error (error, local_error);
  return NULL;
}

static void
run_lookup (GTask        *task,
            gpointer      arguments,
            GCancellable *cancellable)
{
  Call *call = arguments;
  GError *error = NULL;
  NullmailRelayCredentials *credentials =
    nullmail_credential_store_lookup (g_task_get_source_object (task), call->relay_host,
                                      cancellable, &error);

  _nullmail_task_return_pointer (task, credentials,
                                 (GDestroyNotify) nullmail_relay_credentials_unref, error);
}

/**
 * nullmail_credential_store_lookup_async:
 * @self: a store
 * @relay_host: the relay host whose credentials are wanted
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@CredentialStore.lookup].
 *
 * Since: 1.0
 */
void
nullmail_credential_store_lookup_async (NullmailCredentialStore *self,
                                        NullmailRelayHost       *relay_host,
                                        GCancellable            *cancellable,
                                        GAsyncReadyCallback      callback,
                                        gpointer                 user_data)
{
  Call *call;

  g_return_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self));
  g_return_if_fail (relay_host != NULL);

  call = g_new0 (Call, 1);
  call->relay_host = nullmail_relay_host_ref (relay_host);
  start_call (self, call, nullmail_credential_store_lookup_async, run_lookup, cancellable, callback,
              user_data);
}

/**
 * nullmail_credential_store_lookup_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@CredentialStore.lookup_async].
 *
 * Returns: (transfer full) (nullable): as of [method@CredentialStore.lookup]
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_credential_store_lookup_finish (NullmailCredentialStore  *self,
                                         GAsyncResult             *result,
                                         GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_credential_store_lookup_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nullmail_credential_store_store:
 * @self: a store
 * @credentials: credentials with a password
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Keeps credentials, instead of those that their relay host had. Keeping what is kept already
 * changes nothing.
 *
 * Returns: %TRUE, or %FALSE with @error set: %NULLMAIL_ERROR_INVALID_CREDENTIALS without a
 *   password, and what the place can say: %NULLMAIL_ERROR_BUSY, %NULLMAIL_ERROR_MAP,
 *   %NULLMAIL_ERROR_COMMAND, %NULLMAIL_ERROR_WRITE, %NULLMAIL_ERROR_CONFLICT,
 *   %NULLMAIL_ERROR_PERMISSION_DENIED, %NULLMAIL_ERROR_INSECURE_PATH,
 *   %NULLMAIL_ERROR_SECRET_SERVICE
 *
 * Since: 1.0
 */
gboolean
nullmail_credential_store_store (NullmailCredentialStore   *self,
                                 NullmailRelayCredentials  *credentials,
                                 GCancellable              *cancellable,
                                 GError                   **error)
{
  NullmailCredentialStoreInterface *iface;
  GError *local_error = NULL;

  g_return_val_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (credentials != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = NULLMAIL_CREDENTIAL_STORE_GET_IFACE (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_function (self, iface->store != NULL, "store", error))
    return FALSE;

  if (iface->store (self, credentials, cancellable, &local_error) && local_error == NULL)
    return TRUE;

  return fail (self, "store", local_error, error);
}

static void
run_store (GTask        *task,
           gpointer      arguments,
           GCancellable *cancellable)
{
  Call *call = arguments;
  GError *error = NULL;
  gboolean result = nullmail_credential_store_store (g_task_get_source_object (task),
                                                     call->credentials, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_credential_store_store_async:
 * @self: a store
 * @credentials: credentials with a password
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@CredentialStore.store].
 *
 * Since: 1.0
 */
void
nullmail_credential_store_store_async (NullmailCredentialStore  *self,
                                       NullmailRelayCredentials *credentials,
                                       GCancellable             *cancellable,
                                       GAsyncReadyCallback       callback,
                                       gpointer                  user_data)
{
  Call *call;

  g_return_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self));
  g_return_if_fail (credentials != NULL);

  call = g_new0 (Call, 1);
  call->credentials = nullmail_relay_credentials_ref (credentials);
  start_call (self, call, nullmail_credential_store_store_async, run_store, cancellable, callback,
              user_data);
}

/**
 * nullmail_credential_store_store_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@CredentialStore.store_async].
 *
 * Returns: as of [method@CredentialStore.store]
 *
 * Since: 1.0
 */
gboolean
nullmail_credential_store_store_finish (NullmailCredentialStore  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_credential_store_store_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * nullmail_credential_store_clear:
 * @self: a store
 * @relay_host: the relay host whose credentials are to go
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Forgets the credentials of a relay host.
 *
 * Returns: %TRUE also if there were none, or %FALSE with @error set as by
 *   [method@CredentialStore.store]
 *
 * Since: 1.0
 */
gboolean
nullmail_credential_store_clear (NullmailCredentialStore  *self,
                                 NullmailRelayHost        *relay_host,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  NullmailCredentialStoreInterface *iface;
  GError *local_error = NULL;

  g_return_val_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (relay_host != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = NULLMAIL_CREDENTIAL_STORE_GET_IFACE (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_function (self, iface->clear != NULL, "clear", error))
    return FALSE;

  if (iface->clear (self, relay_host, cancellable, &local_error) && local_error == NULL)
    return TRUE;

  return fail (self, "clear", local_error, error);
}

static void
run_clear (GTask        *task,
           gpointer      arguments,
           GCancellable *cancellable)
{
  Call *call = arguments;
  GError *error = NULL;
  gboolean result = nullmail_credential_store_clear (g_task_get_source_object (task),
                                                     call->relay_host, cancellable, &error);

  _nullmail_task_return_boolean (task, result, error);
}

/**
 * nullmail_credential_store_clear_async:
 * @self: a store
 * @relay_host: the relay host whose credentials are to go
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@CredentialStore.clear].
 *
 * Since: 1.0
 */
void
nullmail_credential_store_clear_async (NullmailCredentialStore *self,
                                       NullmailRelayHost       *relay_host,
                                       GCancellable            *cancellable,
                                       GAsyncReadyCallback      callback,
                                       gpointer                 user_data)
{
  Call *call;

  g_return_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self));
  g_return_if_fail (relay_host != NULL);

  call = g_new0 (Call, 1);
  call->relay_host = nullmail_relay_host_ref (relay_host);
  start_call (self, call, nullmail_credential_store_clear_async, run_clear, cancellable, callback,
              user_data);
}

/**
 * nullmail_credential_store_clear_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@CredentialStore.clear_async].
 *
 * Returns: as of [method@CredentialStore.clear]
 *
 * Since: 1.0
 */
gboolean
nullmail_credential_store_clear_finish (NullmailCredentialStore  *self,
                                        GAsyncResult             *result,
                                        GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_credential_store_clear_async, error))
    return FALSE;

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
unref_item (NullmailRelayCredentials *item)
{
  g_clear_pointer (&item, nullmail_relay_credentials_unref);
}

/* A listing has no passwords. A store in another language can return only the credentials that it
 * was given, which have one, so that they are copied without it. */
static gpointer
copy_without_password (gconstpointer item,
                       gpointer      user_data G_GNUC_UNUSED)
{
  NullmailRelayCredentials *credentials = (NullmailRelayCredentials *) item;

  if (!nullmail_relay_credentials_has_password (credentials))
    return nullmail_relay_credentials_ref (credentials);

  return _nullmail_relay_credentials_new_without_password (
    nullmail_relay_credentials_get_relay_host (credentials),
    nullmail_relay_credentials_get_username (credentials));
}

/**
 * nullmail_credential_store_list:
 * @self: a store
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Lists the credentials of all relay hosts, without their passwords, which are taken out where an
 * implementation leaves them in.
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailRelayCredentials): an array
 *   that is empty where nothing is stored, or %NULL with @error set as by
 *   [method@CredentialStore.lookup]
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_credential_store_list (NullmailCredentialStore  *self,
                                GCancellable             *cancellable,
                                GError                  **error)
{
  NullmailCredentialStoreInterface *iface;
  g_autoptr(GPtrArray) list = NULL;
  GError *local_error = NULL;
  GPtrArray *copy;

  g_return_val_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  iface = NULLMAIL_CREDENTIAL_STORE_GET_IFACE (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !check_function (self, iface->load_list != NULL, "load_list", error))
    return NULL;

  list = iface->load_list (self, cancellable, &local_error);
  if (list != NULL)  /* a language binding cannot set the function that frees the elements */
    g_ptr_array_set_free_func (list, (GDestroyNotify) unref_item);
  if (local_error == NULL && list != NULL && g_ptr_array_find (list, NULL, NULL))
    g_set_error (&local_error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                 "“load_list” of the store %s returned a list with nothing in one place: leave it "
                 "out", G_OBJECT_TYPE_NAME (self));
  if (list == NULL || local_error != NULL)
    {
      fail (self, "load_list", local_error, error);
      return NULL;
    }

  copy = g_ptr_array_copy (list, copy_without_password, NULL);
  g_ptr_array_set_free_func (copy, (GDestroyNotify) nullmail_relay_credentials_unref);
  return copy;
}

static void
run_list (GTask        *task,
          gpointer      arguments G_GNUC_UNUSED,
          GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *list = nullmail_credential_store_list (g_task_get_source_object (task), cancellable,
                                                    &error);

  _nullmail_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref, error);
}

/**
 * nullmail_credential_store_list_async:
 * @self: a store
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * The asynchronous form of [method@CredentialStore.list].
 *
 * Since: 1.0
 */
void
nullmail_credential_store_list_async (NullmailCredentialStore *self,
                                      GCancellable            *cancellable,
                                      GAsyncReadyCallback      callback,
                                      gpointer                 user_data)
{
  Call *call;

  g_return_if_fail (NULLMAIL_IS_CREDENTIAL_STORE (self));

  call = g_new0 (Call, 1);
  start_call (self, call, nullmail_credential_store_list_async, run_list, cancellable, callback,
              user_data);
}

/**
 * nullmail_credential_store_list_finish:
 * @self: a store
 * @result: the result
 * @error: return location for an error, or %NULL
 *
 * Ends [method@CredentialStore.list_async].
 *
 * Returns: (transfer container) (not nullable) (element-type NullmailRelayCredentials): as of
 *   [method@CredentialStore.list]
 *
 * Since: 1.0
 */
GPtrArray *
nullmail_credential_store_list_finish (NullmailCredentialStore  *self,
                                       GAsyncResult             *result,
                                       GError                  **error)
{
  if (!_nullmail_task_take (result, self, nullmail_credential_store_list_async, error))
    return NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}
