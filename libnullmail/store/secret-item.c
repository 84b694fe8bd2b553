/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-item-private.h"

#include "base/error.h"
#include "store/secret-collection-private.h"
#include "store/secret-search-private.h"

/* As long as others store all the time there is one more item to remove; they do that, too. */
#define MAX_ROUNDS 50

#define ITEM_INTERFACE "org.freedesktop.Secret.Item"

/* The names are those of org.gnome.keyring.NetworkPassword, so that other programs show them. */
const SecretSchema _nullmail_secret_schema = {
  .name = "org.nullmail.RelayCredentials",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "relayhost", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "port", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
    { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "protocol", SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
};

static GHashTable *
new_attributes (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

GHashTable *
_nullmail_secret_key_attributes (const NullmailRelayHost *relay_host)
{
  GHashTable *attributes = new_attributes ();

  g_hash_table_insert (attributes, (gpointer) "relayhost",
                       g_ascii_strdown (nullmail_relay_host_to_string (relay_host), -1));
  return attributes;
}

static void
add_server (GHashTable              *attributes,
            const NullmailRelayHost *relay_host)
{
  g_hash_table_insert (attributes, (gpointer) "server",
                       g_ascii_strdown (nullmail_relay_host_get_host (relay_host), -1));
  g_hash_table_insert (attributes, (gpointer) "port",
                       g_strdup_printf ("%u", nullmail_relay_host_get_port (relay_host)));
}

GHashTable *
_nullmail_secret_network_attributes (const NullmailRelayHost *relay_host)
{
  GHashTable *attributes = new_attributes ();

  add_server (attributes, relay_host);
  return attributes;
}

GHashTable *
_nullmail_secret_item_attributes (const NullmailRelayCredentials *credentials)
{
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (credentials);
  GHashTable *attributes = _nullmail_secret_key_attributes (relay_host);

  add_server (attributes, relay_host);
  g_hash_table_insert (attributes, (gpointer) "user",
                       g_strdup (nullmail_relay_credentials_get_username (credentials)));
  g_hash_table_insert (attributes, (gpointer) "protocol", g_strdup ("smtp"));
  return attributes;
}

char *
_nullmail_secret_item_label (const NullmailRelayCredentials *credentials)
{
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (credentials);

  return g_strdup_printf ("SMTP relay %s@%s:%u",
                          nullmail_relay_credentials_get_username (credentials),
                          nullmail_relay_host_get_host (relay_host),
                          nullmail_relay_host_get_port (relay_host));
}

char *
_nullmail_secret_item_dup_attribute (SecretRetrievable *item,
                                     const char        *name)
{
  g_autoptr(GHashTable) attributes = secret_retrievable_get_attributes (item);

  return attributes != NULL ? g_strdup (g_hash_table_lookup (attributes, name)) : NULL;
}

static void
start_retrieve (GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data,
                gpointer             data)
{
  secret_retrievable_retrieve_secret (data, cancellable, callback, user_data);
}

/* Copies a password from the locked memory of libsecret into that of this library. A newline at the
 * end comes from a shell's pipe into secret-tool(1), and cannot be part of a password here. */
static NullmailSecureBuffer *
copy_value (SecretValue *value)
{
  gsize size = 0;
  const char *data = secret_value_get (value, &size);

  if (size > 0 && data[size - 1] == '\n')
    size--;
  return _nullmail_secure_buffer_new_from (data, size);
}

NullmailRelayCredentials *
_nullmail_secret_item_load (NullmailSecretCall  *call,
                            SecretRetrievable   *item,
                            NullmailRelayHost   *relay_host,
                            gboolean            *is_gone,
                            GError             **error)
{
  g_autofree char *username = _nullmail_secret_item_dup_attribute (item, "user");
  g_autoptr(GAsyncResult) result = NULL;
  NullmailRelayCredentials *credentials;
  SecretValue *value = NULL;
  GError *foreign = NULL;

  result = _nullmail_secret_call_wait (call, call->limit_ms, start_retrieve, item);
  if (result != NULL)
    value = secret_retrievable_retrieve_secret_finish (item, result, &foreign);
  *is_gone = _nullmail_secret_is_gone (foreign);
  if (value == NULL)
    {
      _nullmail_secret_call_fail (call, foreign, error);
      return NULL;
    }

  credentials = _nullmail_relay_credentials_new_take_buffer (relay_host,
                                                             username != NULL ? username : "",
                                                             copy_value (value), error);
  secret_value_unref (value);
  if (credentials == NULL)
    g_prefix_error (error, "The item for “%s” in the keyring cannot be used, store it anew: ",
                    nullmail_relay_host_to_string (relay_host));

  return credentials;
}

/* What is to be stored, and in which call. */
typedef struct
{
  NullmailSecretCall *call;
  GHashTable         *attributes;
  const char         *label;
  const char         *password;
} StoreData;

static void
start_store (GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data,
             gpointer             data)
{
  StoreData *store = data;

  secret_password_storev (&_nullmail_secret_schema, store->attributes, store->call->collection,
                          store->label, store->password, cancellable, callback, user_data);
}

/* Stores an item in the place of one that has the same attributes. If there is no default
 * collection libsecret makes it. */
static gboolean
store_item (StoreData  *data,
            GError    **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (data->call, NULLMAIL_SECRET_PROMPT_MS, start_store, data);
  GError *foreign = NULL;

  if (result != NULL && secret_password_store_finish (result, &foreign))
    return TRUE;

  _nullmail_secret_collection_fail (data->call, foreign, error);
  return FALSE;
}

static GVariant *
pack_attributes (GHashTable *attributes)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer name, value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_hash_table_iter_init (&iter, attributes);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_variant_builder_add (&builder, "{ss}", name, value);
  g_variant_builder_add (&builder, "{ss}", "xdg:schema", _nullmail_secret_schema.name);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
start_create (GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data,
              gpointer             data)
{
  StoreData *store = data;
  g_autoptr(GHashTable) properties =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_variant_unref);
  SecretValue *value = secret_value_new (store->password, -1, "text/plain");

  g_hash_table_insert (properties, (gpointer) ITEM_INTERFACE ".Label",
                       g_variant_ref_sink (g_variant_new_string (store->label)));
  g_hash_table_insert (properties, (gpointer) ITEM_INTERFACE ".Attributes",
                       pack_attributes (store->attributes));
  secret_service_create_item_dbus_path (store->call->service, store->call->path, properties, value,
                                        SECRET_ITEM_CREATE_NONE, cancellable, callback, user_data);
  secret_value_unref (value);
}

/* Makes a new item, and never replaces one that is there: another program may be about to remove
 * that one. */
static gboolean
create_item (StoreData  *data,
             char      **path,
             GError    **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (data->call, NULLMAIL_SECRET_PROMPT_MS, start_create, data);
  GError *foreign = NULL;

  if (result != NULL)
    *path = secret_service_create_item_dbus_path_finish (data->call->service, result, &foreign);
  if (*path != NULL)
    return TRUE;
  if (result != NULL && foreign == NULL)  /* the prompt was dismissed */
    g_set_error_literal (&foreign, G_IO_ERROR, G_IO_ERROR_CANCELLED, "It was dismissed");

  _nullmail_secret_collection_fail (data->call, foreign, error);
  return FALSE;
}

static void
start_delete (GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data,
              gpointer             data)
{
  NullmailSecretPath *item = data;

  secret_service_delete_item_dbus_path (item->service, item->path, cancellable, callback,
                                        user_data);
}

static gboolean
delete_item (NullmailSecretCall  *call,
             const char          *path,
             GError             **error)
{
  NullmailSecretPath data = { call->service, path };
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, NULLMAIL_SECRET_PROMPT_MS, start_delete, &data);
  GError *foreign = NULL;

  if (result != NULL
      && secret_service_delete_item_dbus_path_finish (call->service, result, &foreign))
    return TRUE;
  if (_nullmail_secret_is_gone (foreign))
    {
      g_clear_error (&foreign);
      return TRUE;
    }

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

/* Deletes all items but the one that is kept. */
static gboolean
delete_items (NullmailSecretCall  *call,
              GPtrArray           *paths,
              const char          *kept,
              GError             **error)
{
  for (guint i = 0; i < paths->len; i++)
    if (g_strcmp0 (paths->pdata[i], kept) != 0 && !delete_item (call, paths->pdata[i], error))
      return FALSE;

  return TRUE;
}

static void
start_clear (GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data,
             gpointer             data)
{
  secret_password_clearv (&_nullmail_secret_schema, data, cancellable, callback, user_data);
}

static gboolean
clear_in_file (NullmailSecretCall  *call,
               GHashTable          *attributes,
               GError             **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, NULLMAIL_SECRET_PROMPT_MS, start_clear, attributes);
  GError *foreign = NULL;

  if (result != NULL)
    secret_password_clear_finish (result, &foreign);  /* FALSE if there was no item */
  if (result != NULL && foreign == NULL)
    return TRUE;

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

gboolean
_nullmail_secret_items_clear (NullmailSecretCall  *call,
                              GHashTable          *key,
                              GError             **error)
{
  g_autoptr(GPtrArray) paths = NULL;

  if (call->service == NULL)
    return clear_in_file (call, key, error);

  paths = _nullmail_secret_search_paths (call, &_nullmail_secret_schema, key, error);
  return paths != NULL && delete_items (call, paths, NULL, error);
}

static const char *
get_path (SecretRetrievable *item)
{
  return g_dbus_proxy_get_object_path (G_DBUS_PROXY (item));
}

/* Whether every attribute of part is one of whole. */
static gboolean
is_subset (GHashTable *part,
           GHashTable *whole)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, part);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "xdg:schema")
        && g_strcmp0 (g_hash_table_lookup (whole, name), value) != 0)
      return FALSE;

  return TRUE;
}

/* Removes the older items of a key from libsecret's file. There an item can only be named by its
 * attributes, and an older one whose attributes the new one has all would take that along; it
 * stays. */
static gboolean
prune_file (NullmailSecretCall  *call,
            GHashTable          *key,
            GHashTable          *kept,
            GError             **error)
{
  g_autoptr(GPtrArray) items =
    _nullmail_secret_items_search (call, &_nullmail_secret_schema, key, error);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      g_autoptr(GHashTable) attributes = secret_retrievable_get_attributes (items->pdata[i]);

      if (attributes != NULL && !is_subset (attributes, kept)
          && !clear_in_file (call, attributes, error))
        return FALSE;
    }

  return items != NULL;
}

/* Leaves one item of the key, the one that a lookup takes, if several were made at the same time.
 * Of the calls that have made them the last one to search finds all that are left, and every call
 * decides alike, so that no lock is needed. Where a service tells no order within one second two
 * calls may each have removed what the other one kept; whoever then finds nothing makes its item
 * once more. has_deleted: this call has removed items already. */
static gboolean
keep_newest (StoreData  *data,
             GHashTable *key,
             gboolean    has_deleted,
             GError    **error)
{
  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      g_autoptr(GPtrArray) paths =
        _nullmail_secret_search_paths (data->call, &_nullmail_secret_schema, key, error);
      g_autoptr(GPtrArray) items = NULL;
      g_autofree char *path = NULL;

      if (paths == NULL)
        return FALSE;
      if (paths->len == 1 || (paths->len == 0 && !has_deleted))
        return TRUE;
      if (paths->len == 0 && !create_item (data, &path, error))
        return FALSE;
      if (paths->len == 0)
        continue;

      items = _nullmail_secret_items_search (data->call, &_nullmail_secret_schema, key, error);
      if (items == NULL
          || (items->len > 1
              && !delete_items (data->call, paths, get_path (items->pdata[0]), error)))
        return FALSE;
      has_deleted = TRUE;
    }

  return TRUE;
}

/* Stores an item and removes the older ones. They are searched before the new one is made, so that
 * two calls at the same time do not remove each other's item. What others make meanwhile is judged
 * behind that. */
static gboolean
replace_items (StoreData   *data,
               GHashTable  *key,
               GError     **error)
{
  g_autoptr(GPtrArray) older =
    _nullmail_secret_search_paths (data->call, &_nullmail_secret_schema, key, error);
  g_autofree char *path = NULL;

  if (older == NULL || !create_item (data, &path, error))
    return FALSE;

  data->call->cancellable = NULL;  /* the item is stored; what follows only cleans up */
  return delete_items (data->call, older, path, error)
         && keep_newest (data, key, older->len > 0, error);
}

static gboolean
replace_in_file (StoreData   *data,
                 GHashTable  *key,
                 GError     **error)
{
  if (!store_item (data, error))
    return FALSE;

  data->call->cancellable = NULL;
  return prune_file (data->call, key, data->attributes, error);
}

gboolean
_nullmail_secret_item_store (NullmailSecretCall        *call,
                             NullmailRelayCredentials  *credentials,
                             GError                   **error)
{
  NullmailRelayHost *relay_host = nullmail_relay_credentials_get_relay_host (credentials);
  g_autoptr(GHashTable) key = _nullmail_secret_key_attributes (relay_host);
  g_autoptr(GHashTable) attributes = _nullmail_secret_item_attributes (credentials);
  g_autofree char *label = _nullmail_secret_item_label (credentials);
  StoreData data = { call, attributes, label, NULL };

  /* The buffer can be passed as a string, for it has a NUL at its end and none before. libsecret
   * copies it to locked memory of its own. */
  data.password = _nullmail_relay_credentials_peek_password (credentials)->data;
  if (call->service == NULL)
    return replace_in_file (&data, key, error);
  if (call->path != NULL)
    return replace_items (&data, key, error);

  /* There was no collection, so that libsecret makes it together with the item. If somebody else
   * has just made both, this item takes the place of theirs. Nothing is removed now; the next call
   * removes older items, those that lie in other collections included. */
  return store_item (&data, error);
}
