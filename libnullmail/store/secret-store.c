/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-store.h"

#include "base/error.h"
#include "store/credential-store-private.h"
#include "store/secret-collection-private.h"
#include "store/secret-item-private.h"
#include "store/secret-search-private.h"

#define MAX_ATTEMPTS 50  /* if others remove an item between two steps */

/**
 * NullmailSecretStore:
 *
 * The keyring of the user, through the Secret Service and libsecret.
 *
 * This is where the administrator's session keeps a password. Postfix cannot read a keyring: look
 * the credentials up, and pass them to [method@PostfixInstance.plan], which writes `sasl_passwd`.
 *
 * An item has the schema `org.nullmail.RelayCredentials` and the attributes `relayhost` (the key:
 * [method@RelayHost.to_string] in lower case), `server`, `port`, `user` and `protocol` (`smtp`), so
 * that other programs can show and make it, for example
 * `secret-tool store --label=Relay xdg:schema org.nullmail.RelayCredentials relayhost
 * '[smtp.example.com]:587' user alice`. Where there is none, an item of the schema
 * `org.gnome.keyring.NetworkPassword` with the same `server` and `port` is used, but never changed
 * or removed. Of two items for one relay host the most recently modified counts.
 *
 * [method@CredentialStore.store] makes a new item, and then removes those that were there before
 * it. Where several calls store for one relay host at the same time, also from several programs,
 * one item is left when all of them have returned: the most recent one.
 *
 * A server often has no session bus, no service, or a keyring that nobody unlocked. Each of them is
 * %NULLMAIL_ERROR_SECRET_SERVICE with a message that says which and what to do; none is taken for
 * an empty keyring, and the password is never looked for or put elsewhere. A locked keyring makes
 * the service show its prompt, for which a call waits two minutes; a service that does not answer
 * is given ten seconds. Both end with %NULLMAIL_ERROR_TIMED_OUT, and every call can be cancelled.
 *
 * No call runs the caller's main context. A password is held in memory that is not paged out, here
 * as in libsecret, and is encrypted on the bus if the service can. (The file that libsecret keeps
 * instead of the service in a sandbox is written from ordinary memory.)
 *
 * Since: 1.0
 */
struct _NullmailSecretStore
{
  GObject parent_instance;

  char *collection;  /* (owned) */
};

static void credential_store_init (NullmailCredentialStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NullmailSecretStore, nullmail_secret_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (NULLMAIL_TYPE_CREDENTIAL_STORE,
                                                      credential_store_init))

typedef enum
{
  PROP_COLLECTION = 1,
} NullmailSecretStoreProperty;

static GParamSpec *props[PROP_COLLECTION + 1];

/**
 * nullmail_secret_store_new:
 *
 * Makes a store for the user's default keyring. This does no I/O; a service that is missing is
 * reported by the call that needs it.
 *
 * Returns: (transfer full) (not nullable): a new store
 *
 * Since: 1.0
 */
NullmailSecretStore *
nullmail_secret_store_new (void)
{
  return g_object_new (NULLMAIL_TYPE_SECRET_STORE, NULL);
}

static void
nullmail_secret_store_init (NullmailSecretStore *self G_GNUC_UNUSED)
{
}

static void
nullmail_secret_store_finalize (GObject *object)
{
  NullmailSecretStore *self = NULLMAIL_SECRET_STORE (object);

  g_free (self->collection);

  G_OBJECT_CLASS (nullmail_secret_store_parent_class)->finalize (object);
}

static void
nullmail_secret_store_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  NullmailSecretStore *self = NULLMAIL_SECRET_STORE (object);

  switch ((NullmailSecretStoreProperty) prop_id)
    {
    case PROP_COLLECTION:
      g_value_set_string (value, self->collection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
nullmail_secret_store_set_property (GObject      *object,
                                    guint         prop_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  NullmailSecretStore *self = NULLMAIL_SECRET_STORE (object);
  const char *collection;

  switch ((NullmailSecretStoreProperty) prop_id)
    {
    case PROP_COLLECTION:
      collection = g_value_get_string (value);
      self->collection = g_strdup (collection != NULL ? collection : SECRET_COLLECTION_DEFAULT);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
nullmail_secret_store_class_init (NullmailSecretStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nullmail_secret_store_finalize;
  object_class->get_property = nullmail_secret_store_get_property;
  object_class->set_property = nullmail_secret_store_set_property;

  /**
   * NullmailSecretStore:collection: (getter get_collection)
   *
   * The keyring that [method@CredentialStore.store] puts items into: an alias such as `default` or
   * `session`, or a D-Bus object path. Items are found in all keyrings.
   *
   * A text that can be neither is %NULLMAIL_ERROR_INVALID_ARGUMENT in every call; a keyring that
   * is not there is %NULLMAIL_ERROR_SECRET_SERVICE, but for `default`, which a store makes.
   *
   * Since: 1.0
   */
  props[PROP_COLLECTION] =
    g_param_spec_string ("collection", NULL, NULL, SECRET_COLLECTION_DEFAULT,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  _nullmail_credential_store_set_threaded (G_OBJECT_CLASS_TYPE (klass));
}

/**
 * nullmail_secret_store_get_collection: (get-property collection)
 * @self: a store
 *
 * Returns the keyring that items are put into.
 *
 * Returns: (transfer none) (not nullable): an alias, or a D-Bus object path
 *
 * Since: 1.0
 */
const char *
nullmail_secret_store_get_collection (NullmailSecretStore *self)
{
  g_return_val_if_fail (NULLMAIL_IS_SECRET_STORE (self), NULL);

  return self->collection;
}

/* Begins a call, and unlocks the collection, since a search finds nothing in a locked one. */
static gboolean
begin (NullmailSecretCall       *call,
       NullmailCredentialStore  *store,
       gboolean                  may_be_missing,
       GCancellable             *cancellable,
       GError                  **error)
{
  call->collection = NULLMAIL_SECRET_STORE (store)->collection;
  call->cancellable = cancellable;
  call->limit_ms = NULLMAIL_SECRET_ANSWER_MS;

  return _nullmail_secret_collection_check_name (call->collection, error)
         && _nullmail_secret_call_begin (call, error)
         && _nullmail_secret_collection_unlock (call, may_be_missing, error);
}

static gboolean
is_smtp (SecretRetrievable *item)
{
  g_autofree char *protocol = _nullmail_secret_item_dup_attribute (item, "protocol");

  return protocol == NULL || g_str_has_prefix (protocol, "smtp")
         || g_str_has_prefix (protocol, "submission");
}

/* Whether another program made the item. libsecret's file knows no schemas, so that a search there
 * finds items of this library as well. */
static gboolean
is_network_password (SecretRetrievable *item)
{
  g_autofree char *relayhost = _nullmail_secret_item_dup_attribute (item, "relayhost");
  g_autofree char *user = _nullmail_secret_item_dup_attribute (item, "user");

  return relayhost == NULL && user != NULL && is_smtp (item);
}

static NullmailRelayCredentials *
lookup_network_password (NullmailSecretCall  *call,
                         NullmailRelayHost   *relay_host,
                         gboolean            *is_gone,
                         GError             **error)
{
  g_autoptr(GHashTable) attributes = _nullmail_secret_network_attributes (relay_host);
  g_autoptr(GPtrArray) items =
    _nullmail_secret_items_search (call, SECRET_SCHEMA_COMPAT_NETWORK, attributes, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    if (is_network_password (items->pdata[i]))
      return _nullmail_secret_item_load (call, items->pdata[i], relay_host, is_gone, error);

  return NULL;
}

/* Looks the credentials up once. If is_gone is set the item that was found was removed before it
 * could be read, perhaps for a newer one. */
static NullmailRelayCredentials *
lookup_once (NullmailSecretCall  *call,
             NullmailRelayHost   *relay_host,
             gboolean            *is_gone,
             GError             **error)
{
  g_autoptr(GHashTable) attributes = _nullmail_secret_key_attributes (relay_host);
  g_autoptr(GPtrArray) items =
    _nullmail_secret_items_search (call, &_nullmail_secret_schema, attributes, error);

  *is_gone = FALSE;
  if (items == NULL)
    return NULL;
  if (items->len == 0)
    return lookup_network_password (call, relay_host, is_gone, error);

  return _nullmail_secret_item_load (call, items->pdata[0], relay_host, is_gone, error);
}

static NullmailRelayCredentials *
nullmail_secret_store_lookup (NullmailCredentialStore  *store,
                              NullmailRelayHost        *relay_host,
                              GCancellable             *cancellable,
                              GError                  **error)
{
  g_auto(NullmailSecretCall) call = { 0 };

  if (!begin (&call, store, FALSE, cancellable, error))
    return NULL;

  for (int attempt = 1;; attempt++)
    {
      NullmailRelayCredentials *found;
      gboolean is_gone;

      found = lookup_once (&call, relay_host, &is_gone, error);
      if (!is_gone || attempt == MAX_ATTEMPTS)
        return found;
      g_clear_error (error);
    }
}

static gboolean
nullmail_secret_store_store (NullmailCredentialStore   *store,
                             NullmailRelayCredentials  *credentials,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_auto(NullmailSecretCall) call = { 0 };
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (credentials);

  if (!nullmail_relay_credentials_has_password (credentials))
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                   "The credentials for “%s” come from a list and have no password: look them up "
                   "in the store",
                   nullmail_relay_host_to_string (relay_host));
      return FALSE;
    }

  return begin (&call, store, TRUE, cancellable, error)
         && _nullmail_secret_item_store (&call, credentials, error);
}

static gboolean
nullmail_secret_store_clear (NullmailCredentialStore  *store,
                             NullmailRelayHost        *relay_host,
                             GCancellable             *cancellable,
                             GError                  **error)
{
  g_auto(NullmailSecretCall) call = { 0 };
  g_autoptr(GHashTable) key = _nullmail_secret_key_attributes (relay_host);

  return begin (&call, store, FALSE, cancellable, error)
         && _nullmail_secret_items_clear (&call, key, error);
}

/* Makes a list with one entry for each relay host. The items come with the most recent one first,
 * so that the first one of a relay host counts. */
static GPtrArray *
list_of_items (GPtrArray *items)
{
  GPtrArray *list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_relay_credentials_unref);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      char *key = _nullmail_secret_item_dup_attribute (items->pdata[i], "relayhost");
      g_autofree char *user = _nullmail_secret_item_dup_attribute (items->pdata[i], "user");
      g_autoptr(NullmailRelayHost) relay_host =
        key != NULL ? nullmail_relay_host_parse (key, NULL) : NULL;

      if (key != NULL && g_hash_table_add (seen, key) && relay_host != NULL && user != NULL)
        g_ptr_array_add (list, _nullmail_relay_credentials_new_without_password (relay_host, user));
    }

  return list;
}

static GPtrArray *
nullmail_secret_store_load_list (NullmailCredentialStore  *store,
                                 GCancellable             *cancellable,
                                 GError                  **error)
{
  g_auto(NullmailSecretCall) call = { 0 };
  g_autoptr(GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) items = NULL;

  if (!begin (&call, store, FALSE, cancellable, error))
    return NULL;

  items = _nullmail_secret_items_search (&call, &_nullmail_secret_schema, all, error);
  return items != NULL ? list_of_items (items) : NULL;
}

static void
credential_store_init (NullmailCredentialStoreInterface *iface)
{
  iface->lookup = nullmail_secret_store_lookup;
  iface->store = nullmail_secret_store_store;
  iface->clear = nullmail_secret_store_clear;
  iface->load_list = nullmail_secret_store_load_list;
}
