/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "store/secret-collection-private.h"

#include "base/error-private.h"

static void
fail_missing (NullmailSecretCall  *self,
              GError             **error)
{
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
               "The Secret Service has no keyring “%s”, because it was never unlocked or never "
               "made: log in to the desktop, or unlock it, and try again", self->collection);
}

void
_nullmail_secret_collection_fail (NullmailSecretCall  *self,
                                  GError              *foreign,
                                  GError             **error)
{
  if (!_nullmail_secret_is_gone (foreign))
    {
      _nullmail_secret_call_fail (self, foreign, error);
      return;
    }

  g_error_free (foreign);
  fail_missing (self, error);
}

gboolean
_nullmail_secret_collection_check_name (const char  *collection,
                                        GError     **error)
{
  g_autofree char *shown = NULL;

  if (*collection == '/' ? g_variant_is_object_path (collection)
                         : *collection != '\0' && g_utf8_validate (collection, -1, NULL))
    return TRUE;

  shown = _nullmail_text_display (collection);
  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "“%s” names no keyring: give an alias, such as “default”, or a D-Bus object path",
               shown);
  return FALSE;
}

static gboolean
find_collection (NullmailSecretCall  *self,
                 GError             **error)
{
  g_autoptr(GVariant) reply = NULL;
  GError *foreign = NULL;
  const char *found;

  if (*self->collection == '/')
    {
      self->path = g_strdup (self->collection);
      return TRUE;
    }

  reply = g_dbus_proxy_call_sync (G_DBUS_PROXY (self->service), "ReadAlias",
                                  g_variant_new ("(s)", self->collection), G_DBUS_CALL_FLAGS_NONE,
                                  (int) self->limit_ms, self->cancellable, &foreign);
  if (reply == NULL)
    {
      _nullmail_secret_call_fail (self, foreign, error);
      return FALSE;
    }

  g_variant_get (reply, "(&o)", &found);
  if (!g_str_equal (found, "/"))
    self->path = g_strdup (found);
  return TRUE;
}

static gboolean
query_locked (NullmailSecretCall  *self,
              gboolean            *is_locked,
              GError             **error)
{
  GDBusProxy *proxy = G_DBUS_PROXY (self->service);
  g_autofree char *owner = g_dbus_proxy_get_name_owner (proxy);
  g_autoptr(GVariant) reply = NULL;
  g_autoptr(GVariant) value = NULL;
  GError *foreign = NULL;

  reply = g_dbus_connection_call_sync (g_dbus_proxy_get_connection (proxy),
                                       owner != NULL ? owner : NULLMAIL_SECRET_SERVICE_NAME,
                                       self->path,
                                       "org.freedesktop.DBus.Properties", "Get",
                                       g_variant_new ("(ss)", "org.freedesktop.Secret.Collection",
                                                      "Locked"),
                                       G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE,
                                       (int) self->limit_ms, self->cancellable, &foreign);
  if (reply == NULL)
    {
      _nullmail_secret_collection_fail (self, foreign, error);
      return FALSE;
    }

  g_variant_get (reply, "(v)", &value);
  *is_locked = !g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN)
               || g_variant_get_boolean (value);
  return TRUE;
}

typedef struct
{
  SecretService  *service;
  const char    **paths;
} UnlockData;

static void
start_unlock (GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data,
              gpointer             data)
{
  UnlockData *unlock = data;

  secret_service_unlock_dbus_paths (unlock->service, unlock->paths, cancellable, callback,
                                    user_data);
}

gboolean
_nullmail_secret_call_ask_to_unlock (NullmailSecretCall  *self,
                                     const char         **paths,
                                     GError             **error)
{
  UnlockData data = { self->service, paths };
  g_autoptr(GAsyncResult) result =
    _nullmail_secret_call_wait (self, NULLMAIL_SECRET_PROMPT_MS, start_unlock, &data);
  GError *foreign = NULL;
  int n_unlocked = -1;

  if (result != NULL)
    n_unlocked = secret_service_unlock_dbus_paths_finish (self->service, result, NULL, &foreign);

  if (n_unlocked >= 0 && !self->has_expired && !self->has_vanished
      && !g_cancellable_is_cancelled (self->cancellable))
    return TRUE;

  _nullmail_secret_call_fail (self, foreign, error);
  return FALSE;
}

gboolean
_nullmail_secret_collection_unlock (NullmailSecretCall  *self,
                                    gboolean             may_be_missing,
                                    GError             **error)
{
  const char *paths[2] = { NULL };
  gboolean is_locked = FALSE;

  if (self->service == NULL)
    return TRUE;
  if (!find_collection (self, error))
    return FALSE;
  /* libsecret makes the default collection when an item is stored. For any other one that is
   * missing it would wait until the time is over. */
  if (self->path == NULL && may_be_missing
      && g_str_equal (self->collection, SECRET_COLLECTION_DEFAULT))
    return TRUE;
  if (self->path == NULL)
    {
      fail_missing (self, error);
      return FALSE;
    }

  if (!query_locked (self, &is_locked, error))
    return FALSE;
  if (!is_locked)
    return TRUE;

  paths[0] = self->path;
  if (!_nullmail_secret_call_ask_to_unlock (self, paths, error)
      || !query_locked (self, &is_locked, error))
    return FALSE;
  if (!is_locked)
    return TRUE;

  _nullmail_secret_call_fail_locked (self, error);
  return FALSE;
}
