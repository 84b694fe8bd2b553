/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-item-private.h"

#include <string.h>

#include "base/error.h"

#define MAX_ATTEMPTS 3  /* where others remove an item between two steps */

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

typedef struct
{
  const SecretSchema *schema;
  GHashTable         *attributes;
  SecretSearchFlags   flags;
} SearchData;

static void
start_search (GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data,
              gpointer             data)
{
  SearchData *search = data;

  secret_password_searchv (search->schema, search->attributes, search->flags, cancellable,
                           callback, user_data);
}

static int
compare_age (gconstpointer a,
             gconstpointer b)
{
  guint64 x = secret_retrievable_get_modified (*(SecretRetrievable **) a);
  guint64 y = secret_retrievable_get_modified (*(SecretRetrievable **) b);

  return x < y ? 1 : x > y ? -1 : 0;
}

static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

static GPtrArray *
search_once (NullmailSecretCall  *call,
             SearchData          *search,
             GError             **foreign)
{
  GPtrArray *items;
  guint limit_ms = (search->flags & SECRET_SEARCH_UNLOCK) != 0 ? NULLMAIL_SECRET_PROMPT_MS
                                                               : call->limit_ms;
  g_autoptr(GAsyncResult) result = _nullmail_secret_call_wait (call, limit_ms, start_search,
                                                               search);
  GList *list = result != NULL ? secret_password_search_finish (result, foreign) : NULL;

  if (result == NULL || *foreign != NULL)
    return NULL;

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (items, l->data);
  g_list_free (list);
  g_ptr_array_sort (items, compare_age);

  return items;
}

static GPtrArray *
search (NullmailSecretCall  *call,
        SearchData          *data,
        GError             **error)
{
  GError *foreign = NULL;

  for (int attempt = 1;; attempt++)
    {
      GPtrArray *items = search_once (call, data, &foreign);

      if (items != NULL)
        return items;

      if (attempt == MAX_ATTEMPTS || !is_gone (foreign))
        break;
      g_clear_error (&foreign);
    }

  _nullmail_secret_call_fail (call, foreign, error);
  return NULL;
}

static gboolean
any_is_locked (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (SECRET_IS_ITEM (items->pdata[i]) && secret_item_get_locked (items->pdata[i]))
      return TRUE;

  return FALSE;
}

GPtrArray *
_nullmail_secret_items_search (NullmailSecretCall  *call,
                               const SecretSchema  *schema,
                               GHashTable          *attributes,
                               GError             **error)
{
  SearchData data = { schema, attributes, SECRET_SEARCH_ALL };
  g_autoptr(GPtrArray) items = search (call, &data, error);

  if (items == NULL || !any_is_locked (items))
    return g_steal_pointer (&items);

  /* They lie in another keyring than the store's own, and might be newer. */
  g_clear_pointer (&items, g_ptr_array_unref);
  data.flags = SECRET_SEARCH_ALL | SECRET_SEARCH_UNLOCK;
  items = search (call, &data, error);
  if (items == NULL)
    return NULL;

  g_clear_pointer (&items, g_ptr_array_unref);
  data.flags = SECRET_SEARCH_ALL;
  items = search (call, &data, error);
  if (items == NULL || !any_is_locked (items))
    return g_steal_pointer (&items);

  _nullmail_secret_call_fail_locked (call, error);
  return NULL;
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

/* From the non-pageable memory of libsecret into that of this library. A newline at the end comes
 * from a shell's pipe into secret-tool(1), and cannot be part of a password here. */
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

gboolean
_nullmail_secret_item_store (NullmailSecretCall        *call,
                             NullmailRelayCredentials  *credentials,
                             GError                   **error)
{
  g_autoptr(GHashTable) attributes = _nullmail_secret_item_attributes (credentials);
  g_autofree char *label = _nullmail_secret_item_label (credentials);
  StoreData data = { call, attributes, label, NULL };
  g_autoptr(GAsyncResult) result = NULL;
  GError *foreign = NULL;

  /* The buffer ends with a NUL and has none inside, and libsecret copies to memory of its kind. */
  data.password = _nullmail_relay_credentials_peek_password (credentials)->data;
  result = _nullmail_secret_call_wait (call, NULLMAIL_SECRET_PROMPT_MS, start_store, &data);
  if (result != NULL && secret_password_store_finish (result, &foreign))
    return TRUE;

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

static void
start_clear (GCancellable        *cancellable,
             GAsyncReadyCallback  callback,
             gpointer             user_data,
             gpointer             data)
{
  secret_password_clearv (&_nullmail_secret_schema, data, cancellable, callback, user_data);
}

gboolean
_nullmail_secret_items_clear (NullmailSecretCall  *call,
                              GHashTable          *attributes,
                              GError             **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, NULLMAIL_SECRET_PROMPT_MS, start_clear, attributes);
  GError *foreign = NULL;

  if (result != NULL)
    secret_password_clear_finish (result, &foreign);  /* which is FALSE also where nothing was */
  if ((result != NULL && foreign == NULL) || is_gone (foreign))
    {
      g_clear_error (&foreign);
      return TRUE;
    }

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

static void
start_delete (GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data,
              gpointer             data)
{
  secret_item_delete (data, cancellable, callback, user_data);
}

static gboolean
delete_item (NullmailSecretCall  *call,
             SecretItem          *item,
             GError             **error)
{
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, NULLMAIL_SECRET_PROMPT_MS, start_delete, item);
  GError *foreign = NULL;

  if (result != NULL && secret_item_delete_finish (item, result, &foreign))
    return TRUE;
  if (is_gone (foreign))
    {
      g_clear_error (&foreign);
      return TRUE;
    }

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

/* Every attribute of part is one of whole. */
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

static gboolean
prune_item (NullmailSecretCall  *call,
            SecretRetrievable   *item,
            GHashTable          *kept,
            const char          *collection_path,
            GError             **error)
{
  g_autoptr(GHashTable) attributes = secret_retrievable_get_attributes (item);
  gboolean is_same = attributes != NULL && is_subset (kept, attributes)
                     && is_subset (attributes, kept);
  g_autofree char *prefix = NULL;

  if (!SECRET_IS_ITEM (item))
    {
      /* In a file an item goes by its attributes, and with fewer of them the new one would go. */
      if (attributes == NULL || is_subset (attributes, kept))
        return TRUE;
      return _nullmail_secret_items_clear (call, attributes, error);
    }

  prefix = g_strconcat (collection_path != NULL ? collection_path : "", "/", NULL);
  if (is_same
      && g_str_has_prefix (g_dbus_proxy_get_object_path (G_DBUS_PROXY (item)), prefix))
    return TRUE;

  return delete_item (call, SECRET_ITEM (item), error);
}

gboolean
_nullmail_secret_items_prune (NullmailSecretCall  *call,
                              GPtrArray           *items,
                              GHashTable          *kept,
                              GError             **error)
{
  g_autofree char *collection_path = NULL;

  if (items->len < 2)
    return TRUE;
  if (!_nullmail_secret_call_find_collection (call, &collection_path, error))
    return FALSE;

  for (guint i = 0; i < items->len; i++)
    if (!prune_item (call, items->pdata[i], kept, collection_path, error))
      return FALSE;

  return TRUE;
}
