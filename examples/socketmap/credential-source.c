/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "credential-source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Postfix waits 100 seconds for an answer. */
#define KEYRING_LIMIT_S 60

struct _CredentialSource
{
  GPtrArray *logins;        /* (owned) (element-type NullmailRelayCredentials) */
  gboolean   uses_keyring;
};

CredentialSource *
credential_source_new (void)
{
  CredentialSource *self = g_new0 (CredentialSource, 1);

  self->logins =
    g_ptr_array_new_with_free_func ((GDestroyNotify) nullmail_relay_credentials_unref);
  return self;
}

void
credential_source_free (CredentialSource *self)
{
  g_ptr_array_unref (self->logins);
  g_free (self);
}

static NullmailRelayCredentials *
find (CredentialSource  *self,
      NullmailRelayHost *relay)
{
  for (guint i = 0; i < self->logins->len; i++)
    if (nullmail_relay_host_equal (
          nullmail_relay_credentials_get_relay_host (self->logins->pdata[i]), relay))
      return self->logins->pdata[i];

  return NULL;
}

static char *
resolve (const char  *path,
         GError     **error)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");

  if (g_path_is_absolute (path))
    return g_strdup (path);
  if (directory != NULL)
    return g_build_filename (directory, path, NULL);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
               "“%s” is to lie in $CREDENTIALS_DIRECTORY, which is not set: name the password "
               "file with its whole path, or have LoadCredential= hand it over", path);
  return NULL;
}

/* A descriptor, or -1. The service manager guards its folder by means of its own. */
static int
open_password (const char  *path,
               gboolean     is_handed_over,
               GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat info;

  if (fd < 0 || fstat (fd, &info) < 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND,
                   "Could not read the password file “%s”: %s", path, g_strerror (errno));
    }
  else if (!is_handed_over && S_ISREG (info.st_mode) && (info.st_mode & 077) != 0)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED,
                   "The mode %04o of the password file “%s” gives others than its owner access: "
                   "set it to 0600, and change the password if they may have read it",
                   (guint) info.st_mode & 07777, path);
    }
  else
    return fd;

  if (fd >= 0)
    close (fd);
  return -1;
}

static NullmailRelayCredentials *
read_password (NullmailRelayHost  *relay,
               const char         *username,
               const char         *path,
               GError            **error)
{
  NullmailRelayCredentials *login;
  g_autofree char *resolved = NULL;
  int fd;

  if (g_str_equal (path, "-"))
    return nullmail_relay_credentials_new_from_fd (relay, username, STDIN_FILENO, NULL, error);

  resolved = resolve (path, error);
  fd = resolved != NULL ? open_password (resolved, !g_path_is_absolute (path), error) : -1;
  if (fd < 0)
    return NULL;

  login = nullmail_relay_credentials_new_from_fd (relay, username, fd, NULL, error);
  close (fd);
  if (login == NULL)
    g_prefix_error (error, "Password file “%s”: ", resolved);
  return login;
}

gboolean
credential_source_add_file (CredentialSource  *self,
                            const char        *relay,
                            const char        *username,
                            const char        *path,
                            GError           **error)
{
  g_autoptr(NullmailRelayHost) relay_host = nullmail_relay_host_parse (relay, error);
  NullmailRelayCredentials *login;

  if (relay_host == NULL)
    return FALSE;
  if (find (self, relay_host) != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_ARGUMENT,
                   "The relay “%s” is given twice: leave one of them out", relay);
      return FALSE;
    }

  login = read_password (relay_host, username, path, error);
  if (login == NULL)
    return FALSE;

  g_ptr_array_add (self->logins, login);
  return TRUE;
}

gboolean
credential_source_is_empty (CredentialSource *self)
{
  return self->logins->len == 0 && !self->uses_keyring;
}

#if NULLMAIL_HAS_SECRET_STORE

gboolean
credential_source_add_keyring (CredentialSource  *self,
                               GError           **error G_GNUC_UNUSED)
{
  self->uses_keyring = TRUE;
  return TRUE;
}

static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_CONTINUE;  /* removed by who waits */
}

/* A store belongs to one thread, and costs nothing. */
static NullmailRelayCredentials *
look_into_keyring (NullmailRelayHost  *relay,
                   GError            **error)
{
  g_autoptr(NullmailSecretStore) store = nullmail_secret_store_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  guint limit = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, KEYRING_LIMIT_S, cancel_cb,
                                            g_object_ref (cancellable), g_object_unref);
  NullmailRelayCredentials *login =
    nullmail_credential_store_lookup (NULLMAIL_CREDENTIAL_STORE (store), relay, cancellable, error);

  g_source_remove (limit);
  return login;
}

#else

gboolean
credential_source_add_keyring (CredentialSource  *self G_GNUC_UNUSED,
                               GError           **error)
{
  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_SECRET_SERVICE,
                       "This libnullmail was built without libsecret and knows no keyring: use "
                       "--password-file");
  return FALSE;
}

static NullmailRelayCredentials *
look_into_keyring (NullmailRelayHost  *relay G_GNUC_UNUSED,
                   GError            **error G_GNUC_UNUSED)
{
  return NULL;
}

#endif

/* The bare name of a host, which Postfix asks for before the relay as main.cf has it. A keyring may
 * have a login for that host's port 25, or none at all of mail: it is not the one that is meant. */
static gboolean
is_bare_name (NullmailRelayHost *relay)
{
  return nullmail_relay_host_get_mx_lookup (relay)
         && nullmail_relay_host_get_service (relay) == NULL;
}

NullmailRelayCredentials *
credential_source_lookup (CredentialSource  *self,
                          const char        *key,
                          GError           **error)
{
  /* What is no relay host, such as the address of a sender, has no login. */
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (key, NULL);
  NullmailRelayCredentials *login = relay != NULL ? find (self, relay) : NULL;

  if (login != NULL)
    return nullmail_relay_credentials_ref (login);
  if (relay == NULL || !self->uses_keyring || is_bare_name (relay))
    return NULL;

  return look_into_keyring (relay, error);
}
