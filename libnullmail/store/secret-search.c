/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-search-private.h"

#include <string.h>

#include "store/secret-collection-private.h"

/* A search is tried again if an item goes while it is read. Each time that means that somebody else
 * has ended a store or a clear, so that few attempts are enough. */
#define MAX_ATTEMPTS 50

/* What is searched, and in which call. */
typedef struct
{
  NullmailSecretCall *call;
  const SecretSchema *schema;
  GHashTable         *attributes;
} SearchData;

static void
start_path_search (GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data,
                   gpointer             data)
{
  SearchData *search = data;

  secret_service_search_for_dbus_paths (search->call->service, search->schema, search->attributes,
                                        cancellable, callback, user_data);
}

/* Searches once. Both lists end with NULL. */
static gboolean
search_paths_once (SearchData   *search,
                   char       ***unlocked,
                   char       ***locked,
                   GError      **error)
{
  NullmailSecretCall *call = search->call;
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, call->limit_ms, start_path_search, search);
  GError *foreign = NULL;

  if (result != NULL
      && secret_service_search_for_dbus_paths_finish (call->service, result, unlocked, locked,
                                                      &foreign))
    return TRUE;

  _nullmail_secret_call_fail (call, foreign, error);
  return FALSE;
}

GPtrArray *
_nullmail_secret_search_paths (NullmailSecretCall  *call,
                               const SecretSchema  *schema,
                               GHashTable          *attributes,
                               GError             **error)
{
  SearchData search = { call, schema, attributes };
  GPtrArray *paths;

  for (int attempt = 0; attempt < 2; attempt++)
    {
      g_auto(GStrv) unlocked = NULL, locked = NULL;

      if (!search_paths_once (&search, &unlocked, &locked, error))
        return NULL;

      if (*locked == NULL)
        {
          paths = g_ptr_array_new_with_free_func (g_free);
          for (char **path = unlocked; *path != NULL; path++)
            g_ptr_array_add (paths, g_strdup (*path));
          return paths;
        }

      /* The locked items lie in another keyring than that of the store, and may be newer. */
      if (attempt == 0
          && !_nullmail_secret_call_ask_to_unlock (call, (const char **) locked, error))
        return NULL;
    }

  _nullmail_secret_call_fail_locked (call, error);
  return NULL;
}

static void
start_load (GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data,
            gpointer             data)
{
  NullmailSecretPath *item = data;

  secret_item_new_for_dbus_path (item->service, item->path, SECRET_ITEM_NONE, cancellable, callback,
                                 user_data);
}

/* (nullable): the item at a path. Items are loaded one by one, since libsecret 0.20.5 aborts the
 * program if it loads several at once and more than one of them is gone. */
static SecretItem *
load_item (NullmailSecretCall  *call,
           const char          *path,
           GError             **foreign)
{
  NullmailSecretPath data = { call->service, path };
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, call->limit_ms, start_load, &data);

  return result != NULL ? secret_item_new_for_dbus_path_finish (result, foreign) : NULL;
}

/* Loads the items at these paths. If is_gone is set one of them was removed meanwhile, and another
 * may have come in its place. */
static GPtrArray *
load_items (NullmailSecretCall  *call,
            GPtrArray           *paths,
            gboolean            *is_gone,
            GError             **error)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  *is_gone = FALSE;
  for (guint i = 0; i < paths->len; i++)
    {
      GError *foreign = NULL;
      SecretItem *item = load_item (call, paths->pdata[i], &foreign);

      if (item != NULL)
        {
          g_ptr_array_add (items, item);
          continue;
        }

      *is_gone = _nullmail_secret_is_gone (foreign);
      _nullmail_secret_call_fail (call, foreign, error);
      return NULL;
    }

  return g_steal_pointer (&items);
}

static GPtrArray *
search_service (NullmailSecretCall  *call,
                const SecretSchema  *schema,
                GHashTable          *attributes,
                GError             **error)
{
  for (int attempt = 1;; attempt++)
    {
      g_autoptr(GPtrArray) paths = _nullmail_secret_search_paths (call, schema, attributes, error);
      GPtrArray *items;
      gboolean is_gone;

      if (paths == NULL)
        return NULL;

      items = load_items (call, paths, &is_gone, error);
      if (items != NULL || !is_gone || attempt == MAX_ATTEMPTS)
        return items;
      g_clear_error (error);
    }
}

static void
start_file_search (GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data,
                   gpointer             data)
{
  SearchData *search = data;

  secret_password_searchv (search->schema, search->attributes, SECRET_SEARCH_ALL, cancellable,
                           callback, user_data);
}

static GPtrArray *
search_file (NullmailSecretCall  *call,
             const SecretSchema  *schema,
             GHashTable          *attributes,
             GError             **error)
{
  SearchData data = { call, schema, attributes };
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (call, call->limit_ms, start_file_search, &data);
  GError *foreign = NULL;
  GList *list = result != NULL ? secret_password_search_finish (result, &foreign) : NULL;
  GPtrArray *items;

  if (result == NULL || foreign != NULL)
    {
      _nullmail_secret_call_fail (call, foreign, error);
      return NULL;
    }

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (items, l->data);
  g_list_free (list);
  return items;
}

static int
compare_age (gconstpointer a,
             gconstpointer b)
{
  SecretRetrievable *x = *(SecretRetrievable **) a, *y = *(SecretRetrievable **) b;
  guint64 x_time = secret_retrievable_get_modified (x);
  guint64 y_time = secret_retrievable_get_modified (y);
  const char *x_path, *y_path;

  if (x_time != y_time)
    return x_time < y_time ? 1 : -1;
  if (!SECRET_IS_ITEM (x) || !SECRET_IS_ITEM (y))
    return 0;

  /* The times are in seconds. Among items of one second the number in the path tells which is
   * newer. */
  x_path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (x));
  y_path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (y));
  if (strlen (x_path) != strlen (y_path))
    return strlen (x_path) < strlen (y_path) ? 1 : -1;
  return strcmp (y_path, x_path);
}

GPtrArray *
_nullmail_secret_items_search (NullmailSecretCall  *call,
                               const SecretSchema  *schema,
                               GHashTable          *attributes,
                               GError             **error)
{
  GPtrArray *items = call->service != NULL ? search_service (call, schema, attributes, error)
                                           : search_file (call, schema, attributes, error);

  if (items != NULL)
    g_ptr_array_sort (items, compare_age);
  return items;
}
