/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/relay-credentials-private.h"

#include <string.h>

#include "base/error.h"
#include "config/secret-fd-private.h"

#define MAX_PASSWORD_BYTES (16 * 1024)  /* access tokens have up to 4 KiB */
#define MAX_USERNAME_BYTES 1024

/**
 * NullmailRelayCredentials:
 *
 * A user name and a password for a relay host.
 *
 * The password goes in and never comes out as a value: it is compared, written to a descriptor
 * with [method@RelayCredentials.write_password], or handed to a store or a plan. It is held in
 * memory that is left out of core dumps, is not paged out as long as the limit on locked memory
 * (`RLIMIT_MEMLOCK`) allows, and is overwritten when the last reference goes. Beyond that limit
 * everything works the same, but the system may write the page to swap space.
 *
 * User name and password must fit into Postfix's password file: see
 * [ctor@RelayCredentials.new] for what is refused.
 *
 * This is an immutable, reference-counted value; any thread may use it. See `SASL_README` of
 * Postfix.
 *
 * Since: 1.0
 */
struct _NullmailRelayCredentials
{
  gatomicrefcount ref_count;

  NullmailRelayHost    *relay_host;  /* (owned) */
  char                 *username;    /* (owned) */
  NullmailSecureBuffer *password;    /* (owned) (nullable) NULL in a listing */
};

G_DEFINE_BOXED_TYPE (NullmailRelayCredentials, nullmail_relay_credentials,
                     nullmail_relay_credentials_ref, nullmail_relay_credentials_unref)

static gboolean
refuse (GError     **error,
        const char  *reason)
{
  g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS, reason);
  return FALSE;
}

static gboolean
has_control_character (const char *text,
                       gsize       size)
{
  for (const char *p = text; p < text + size; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;

  return FALSE;
}

static gboolean
check_separator (const char  *username,
                 char         separator,
                 GError     **error)
{
  if (strchr (username, separator) == NULL)
    return TRUE;
  if (separator == ':')
    return refuse (error, "The user name has a colon, where Postfix would begin the password: ask "
                   "the relay for another");

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS,
               "The user name has a “%c”, where Postfix would begin the password: set "
               "smtp_sasl_password_result_delimiter to another character", separator);
  return FALSE;
}

static gboolean
check_username (const char  *username,
                char         separator,
                GError     **error)
{
  gsize size = strlen (username);

  if (size == 0)
    return refuse (error, "The user name is empty: give the one that the relay expects");
  if (size > MAX_USERNAME_BYTES)
    return refuse (error, "The user name is longer than 1024 bytes: see that it is one");
  if (!g_utf8_validate (username, size, NULL))
    return refuse (error, "The user name is not valid UTF-8: write it so");
  if (has_control_character (username, size))
    return refuse (error, "The user name has a newline or another control character: leave it "
                   "out");
  if (!check_separator (username, separator, error))
    return FALSE;
  if (*username == ' ')
    return refuse (error, "The user name begins with a blank, which a password file cannot hold: "
                   "leave it out");

  return TRUE;
}

static gboolean
check_password (const NullmailSecureBuffer  *password,
                GError                     **error)
{
  if (password->size == 0)
    return refuse (error, "The password is empty: give the one that the relay expects");
  if (password->size > MAX_PASSWORD_BYTES)
    return refuse (error, "The password is longer than 16384 bytes (16 KiB): see that it is one");
  if (memchr (password->data, '\0', password->size) != NULL)
    return refuse (error, "The password has a NUL byte, which no login can send: change it at "
                   "the relay");
  if (!g_utf8_validate (password->data, password->size, NULL))
    return refuse (error, "The password is not valid UTF-8: change it at the relay, or write it "
                   "so");
  if (has_control_character (password->data, password->size))
    return refuse (error, "The password has a newline or another control character: leave it "
                   "out");
  if (password->data[password->size - 1] == ' ')
    return refuse (error, "The password ends with a blank, which a password file cannot hold: "
                   "leave it out, or change it at the relay");

  return TRUE;
}

NullmailRelayCredentials *
_nullmail_relay_credentials_new_without_password (NullmailRelayHost *relay_host,
                                                  const char        *username)
{
  NullmailRelayCredentials *self = g_new0 (NullmailRelayCredentials, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->relay_host = nullmail_relay_host_ref (relay_host);
  self->username = g_strdup (username);

  return self;
}

NullmailRelayCredentials *
_nullmail_relay_credentials_new_take_buffer (NullmailRelayHost     *relay_host,
                                             const char            *username,
                                             NullmailSecureBuffer  *password,
                                             GError               **error)
{
  return _nullmail_relay_credentials_new_from_entry (relay_host, username, password, ':', error);
}

NullmailRelayCredentials *
_nullmail_relay_credentials_new_from_entry (NullmailRelayHost     *relay_host,
                                            const char            *username,
                                            NullmailSecureBuffer  *take_password,
                                            char                   separator,
                                            GError               **error)
{
  g_autoptr(NullmailSecureBuffer) taken = take_password;
  NullmailRelayCredentials *self;

  if (!check_username (username, separator, error) || !check_password (taken, error))
    return NULL;

  self = _nullmail_relay_credentials_new_without_password (relay_host, username);
  self->password = g_steal_pointer (&taken);

  return self;
}

/**
 * nullmail_relay_credentials_new:
 * @relay_host: the relay host they are for
 * @username: user name, not empty, without `:`, at most 1024 bytes of UTF-8
 * @password: password, not empty, at most 16384 bytes of UTF-8
 * @error: return location for an error, or %NULL
 *
 * Makes credentials from text.
 *
 * The caller's own copy of @password stays where it is. A string of Python or JavaScript cannot be
 * erased, so prefer [ctor@RelayCredentials.new_from_fd] there.
 *
 * What a password file cannot hold or a login cannot use is refused: an empty text, a control
 * character such as a newline in either, a colon or a leading blank in the user name, a trailing
 * blank in the password, text that is too long or not UTF-8.
 *
 * Returns: (transfer full) (not nullable): the credentials, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_CREDENTIALS
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_relay_credentials_new (NullmailRelayHost  *relay_host,
                                const char         *username,
                                const char         *password,
                                GError            **error)
{
  NullmailSecureBuffer *buffer;

  g_return_val_if_fail (relay_host != NULL, NULL);
  g_return_val_if_fail (username != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  buffer = _nullmail_secure_buffer_new_from (password, strlen (password));
  return _nullmail_relay_credentials_new_take_buffer (relay_host, username, buffer, error);
}

/**
 * nullmail_relay_credentials_new_from_fd:
 * @relay_host: the relay host they are for
 * @username: user name, not empty, without `:`, at most 1024 bytes of UTF-8
 * @fd: descriptor to read the password from, to its end; it stays open
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Makes credentials with a password that is read from a pipe, a socket or a file.
 *
 * A token for `XOAUTH2` or `OAUTHBEARER`, of a few KiB, comes the same way. Postfix has no limit of
 * its own: postmap(1), smtp(8) and each type of table take a line of any length, for
 * `line_length_limit` only says in which pieces mail is read. RFC 4954 lets a relay refuse an
 * answer of more than 12288 bytes, which a password of 9 KiB makes.
 *
 * The bytes go straight to protected memory and leave no copy behind. One newline at the end is
 * dropped; without it there may be 16384 bytes at most. The call waits for the end of the input; it
 * can be cancelled from another thread.
 *
 * Returns: (transfer full) (not nullable): the credentials, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_CREDENTIALS where the descriptor cannot be read or holds too much,
 *   and as by [ctor@RelayCredentials.new]; %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_relay_credentials_new_from_fd (NullmailRelayHost  *relay_host,
                                        const char         *username,
                                        int                 fd,
                                        GCancellable       *cancellable,
                                        GError            **error)
{
  g_autoptr(NullmailSecureBuffer) password = NULL;

  g_return_val_if_fail (relay_host != NULL, NULL);
  g_return_val_if_fail (username != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_username (username, ':', error))
    return NULL;

  password = _nullmail_secret_fd_read (fd, MAX_PASSWORD_BYTES, cancellable, error);
  if (password == NULL)
    return NULL;

  return _nullmail_relay_credentials_new_take_buffer (relay_host, username,
                                                      g_steal_pointer (&password), error);
}

/**
 * nullmail_relay_credentials_ref:
 * @self: credentials
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailRelayCredentials *
nullmail_relay_credentials_ref (NullmailRelayCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_relay_credentials_unref:
 * @self: (transfer full): credentials
 *
 * Gives a reference back; the last one overwrites the password. Any thread may.
 *
 * Since: 1.0
 */
void
nullmail_relay_credentials_unref (NullmailRelayCredentials *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->password, _nullmail_secure_buffer_unref);
  nullmail_relay_host_unref (self->relay_host);
  g_free (self->username);
  g_free (self);
}

/**
 * nullmail_relay_credentials_get_relay_host:
 * @self: credentials
 *
 * Gets the relay host that the credentials are for.
 *
 * Returns: (transfer none) (not nullable): the relay host
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_relay_credentials_get_relay_host (const NullmailRelayCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->relay_host;
}

/**
 * nullmail_relay_credentials_get_username:
 * @self: credentials
 *
 * Gets the user name.
 *
 * Returns: (transfer none) (not nullable): the user name
 *
 * Since: 1.0
 */
const char *
nullmail_relay_credentials_get_username (const NullmailRelayCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->username;
}

/**
 * nullmail_relay_credentials_has_password:
 * @self: credentials
 *
 * Tells whether there is a password, which entries of a store's listing do not have.
 *
 * Returns: %FALSE for an entry of a listing
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_credentials_has_password (const NullmailRelayCredentials *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->password != NULL;
}

gboolean
_nullmail_relay_credentials_check_separator (const NullmailRelayCredentials  *self,
                                             char                             separator,
                                             GError                         **error)
{
  return check_separator (self->username, separator, error);
}

const NullmailSecureBuffer *
_nullmail_relay_credentials_peek_password (const NullmailRelayCredentials *self)
{
  return self->password;
}

/**
 * nullmail_relay_credentials_write_password:
 * @self: credentials
 * @fd: descriptor to write to: a pipe, a socket, a memory file (memfd_create(2)) or a regular file
 *   of mode 0600; it stays open
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Writes the bytes of the password, and nothing after them, for stores and servers.
 *
 * The call waits until the other side has taken everything, raises no `SIGPIPE`, and can be
 * cancelled from another thread.
 *
 * Returns: %TRUE if everything was written, or %FALSE with @error set:
 *   %NULLMAIL_ERROR_INVALID_ARGUMENT for a descriptor that others could read,
 *   %NULLMAIL_ERROR_INVALID_CREDENTIALS where there is no password, %NULLMAIL_ERROR_WRITE or
 *   %NULLMAIL_ERROR_FAILED where writing failed, %G_IO_ERROR_CANCELLED
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_credentials_write_password (const NullmailRelayCredentials  *self,
                                           int                              fd,
                                           GCancellable                    *cancellable,
                                           GError                         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (self->password == NULL)
    return refuse (error, "These credentials are an entry of a listing and have no password, look "
                   "them up in the store");

  return _nullmail_secret_fd_write (fd, self->password, cancellable, error);
}

/**
 * nullmail_relay_credentials_equal:
 * @self: credentials
 * @other: other ones
 *
 * Compares relay host, user name and password, the password in a time that does not tell where the
 * difference is.
 *
 * Returns: %TRUE if all three are equal, or if neither has a password and the rest is equal
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_credentials_equal (const NullmailRelayCredentials *self,
                                  const NullmailRelayCredentials *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  if (!nullmail_relay_host_equal (self->relay_host, other->relay_host)
      || strcmp (self->username, other->username) != 0
      || (self->password == NULL) != (other->password == NULL))
    return FALSE;

  return self->password == NULL || _nullmail_secure_buffer_equal (self->password, other->password);
}

/**
 * nullmail_relay_credentials_to_variant:
 * @self: credentials
 *
 * Gets `relay-host` (`s`), `username` (`s`) and `has-password` (`b`), never the password.
 *
 * Returns: (transfer full) (not nullable): a variant of type `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
nullmail_relay_credentials_to_variant (const NullmailRelayCredentials *self)
{
  GVariantDict dict;

  g_return_val_if_fail (self != NULL, NULL);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "relay-host", "s",
                         nullmail_relay_host_to_string (self->relay_host));
  g_variant_dict_insert (&dict, "username", "s", self->username);
  g_variant_dict_insert (&dict, "has-password", "b", self->password != NULL);

  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
