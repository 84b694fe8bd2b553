/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/sasl-client-private.h"

#include <string.h>
#include <sasl/sasl.h>
#include <sasl/saslutil.h>

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "config/relay-credentials-private.h"

#define N_CALLBACKS 5

struct _NullmailSaslClient
{
  sasl_conn_t     *connection;             /* (owned) */
  sasl_callback_t  callbacks[N_CALLBACKS];
  char            *username;               /* (owned) */
  sasl_secret_t   *secret;                 /* (owned) the password, wiped at the end */
  gsize            secret_size;
};

/* What the library wants all functions as, whatever they take. */
typedef int (* Callback) (void);
#define CALLBACK(function) ((Callback) G_CALLBACK (function))

static const struct { const char *word; unsigned flag; } option_flags[] = {
  { "noplaintext", SASL_SEC_NOPLAINTEXT },
  { "noactive", SASL_SEC_NOACTIVE },
  { "nodictionary", SASL_SEC_NODICTIONARY },
  { "noanonymous", SASL_SEC_NOANONYMOUS },
  { "forward_secrecy", SASL_SEC_FORWARD_SECRECY },
  { "mutual_auth", SASL_SEC_MUTUAL_AUTH },
};

/* The library is not made for threads unless the first to use it in a process says so. */
static GMutex library_mutex;

static int
be_silent_cb (void       *context G_GNUC_UNUSED,
              int         level G_GNUC_UNUSED,
              const char *message G_GNUC_UNUSED)
{
  return SASL_OK;
}

static int
give_user_cb (void        *context,
              int          id G_GNUC_UNUSED,
              const char **result,
              unsigned    *size)
{
  NullmailSaslClient *self = context;

  *result = self->username;
  if (size != NULL)
    *size = (unsigned) strlen (self->username);
  return SASL_OK;
}

static int
give_password_cb (sasl_conn_t    *connection G_GNUC_UNUSED,
                  void           *context,
                  int             id G_GNUC_UNUSED,
                  sasl_secret_t **secret)
{
  NullmailSaslClient *self = context;

  *secret = self->secret;
  return SASL_OK;
}

static gboolean
begin_library (void)
{
  static const sasl_callback_t silent[] = {
    { SASL_CB_LOG, CALLBACK (be_silent_cb), NULL },
    { SASL_CB_LIST_END, NULL, NULL },
  };
  static int result = SASL_FAIL;

  /* It is never ended: other parts of the process may have begun with it. */
  if (result != SASL_OK)
    result = sasl_client_init (silent);

  return result == SASL_OK;
}

static void
set_callbacks (NullmailSaslClient *self,
               gboolean            sends_authzid)
{
  const sasl_callback_t callbacks[N_CALLBACKS] = {
    { SASL_CB_LOG, CALLBACK (be_silent_cb), NULL },
    { SASL_CB_AUTHNAME, CALLBACK (give_user_cb), self },
    { SASL_CB_PASS, CALLBACK (give_password_cb), self },
    { sends_authzid ? SASL_CB_USER : SASL_CB_LIST_END, CALLBACK (give_user_cb), self },
    { SASL_CB_LIST_END, NULL, NULL },
  };

  memcpy (self->callbacks, callbacks, sizeof callbacks);
}

static void
keep_secret (NullmailSaslClient         *self,
             const NullmailSecureBuffer *password)
{
  self->secret_size = sizeof *self->secret + password->size;
  self->secret = g_malloc0 (self->secret_size);
  self->secret->len = password->size;
  memcpy (self->secret->data, password->data, password->size);
}

/* FALSE for a word that Postfix does not know either. */
static gboolean
parse_options (const char * const *options,
               unsigned           *flags)
{
  *flags = 0;
  for (guint i = 0; options[i] != NULL; i++)
    {
      guint j = 0;

      while (j < G_N_ELEMENTS (option_flags)
             && g_ascii_strcasecmp (option_flags[j].word, options[i]) != 0)
        j++;
      if (j == G_N_ELEMENTS (option_flags))
        return FALSE;
      *flags |= option_flags[j].flag;
    }

  return TRUE;
}

static int
open_connection (NullmailSaslClient *self,
                 const char         *host,
                 unsigned            flags)
{
  sasl_security_properties_t properties = { .security_flags = flags };
  int result = SASL_FAIL;

  g_mutex_lock (&library_mutex);
  if (begin_library ())
    result = sasl_client_new ("smtp", host, NULL, NULL, self->callbacks, 0, &self->connection);
  if (result == SASL_OK)
    result = sasl_setprop (self->connection, SASL_SEC_PROPS, &properties);
  g_mutex_unlock (&library_mutex);

  return result;
}

NullmailSaslClient *
_nullmail_sasl_client_new (const char                *host,
                           NullmailRelayCredentials  *credentials,
                           const char * const        *options,
                           gboolean                   sends_authzid,
                           GError                   **error)
{
  g_autoptr(NullmailSaslClient) self = g_new0 (NullmailSaslClient, 1);
  unsigned flags;
  int result;

  set_callbacks (self, sends_authzid);
  self->username = g_strdup (nullmail_relay_credentials_get_username (credentials));
  keep_secret (self, _nullmail_relay_credentials_peek_password (credentials));
  if (!parse_options (options, &flags))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("the list of what a login may not be has an unknown word"));
      return NULL;
    }

  result = open_connection (self, host, flags);
  if (result == SASL_OK)
    return g_steal_pointer (&self);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("Cyrus SASL does not begin: %s"),
               sasl_errstring (result, NULL, NULL));
  return NULL;
}

void
_nullmail_sasl_client_free (NullmailSaslClient *self)
{
  g_mutex_lock (&library_mutex);
  if (self->connection != NULL)
    sasl_dispose (&self->connection);
  g_mutex_unlock (&library_mutex);

  g_free (self->username);
  if (self->secret != NULL)
    _nullmail_wipe (self->secret, self->secret_size);
  g_free (self->secret);
  g_free (self);
}

static NullmailSecureBuffer *
encode (const char *data,
        unsigned    size)
{
  /* Three bytes become four, and the function wants room for a NUL. */
  gsize room = ((gsize) size + 2) / 3 * 4 + 1;
  NullmailSecureBuffer *encoded = _nullmail_secure_buffer_new (room);
  unsigned encoded_size = 0;

  _nullmail_secure_buffer_reserve (encoded, room);
  if (size > 0
      && sasl_encode64 (data, size, encoded->data, (unsigned) room, &encoded_size) == SASL_OK)
    _nullmail_secure_buffer_set_size (encoded, encoded_size);

  return encoded;
}

static gboolean
is_plain (const char *mechanism)
{
  return g_ascii_strcasecmp (mechanism, "PLAIN") == 0
         || g_ascii_strcasecmp (mechanism, "LOGIN") == 0;
}

NullmailSecureBuffer *
_nullmail_sasl_client_start (NullmailSaslClient  *self,
                             const char * const  *mechanisms,
                             char               **mechanism,
                             GError             **error)
{
  g_autofree char *list = g_strjoinv (" ", (char **) mechanisms);
  NullmailSecureBuffer *response = NULL;
  const char *output = NULL, *chosen = NULL;
  unsigned size = 0;
  int result;

  g_mutex_lock (&library_mutex);
  result = sasl_client_start (self->connection, list, NULL, &output, &size, &chosen);
  if (result == SASL_OK || result == SASL_CONTINUE)
    {
      *mechanism = g_strdup (chosen);
      response = encode (output, output != NULL ? size : 0);
      /* The plug-in gives this buffer back without wiping it. */
      if (output != NULL && is_plain (chosen))
        _nullmail_wipe ((char *) output, size);
    }
  g_mutex_unlock (&library_mutex);

  if (response == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                 sasl_errstring (result, NULL, NULL));
  return response;
}

NullmailSecureBuffer *
_nullmail_sasl_client_step (NullmailSaslClient  *self,
                            const char          *challenge,
                            GError             **error)
{
  gsize size = strlen (challenge);
  g_autofree char *decoded = g_malloc0 (size + 1);
  NullmailSecureBuffer *response = NULL;
  const char *output = NULL;
  unsigned decoded_size = 0, output_size = 0;
  int result;

  result = sasl_decode64 (challenge, (unsigned) size, decoded, (unsigned) size + 1, &decoded_size);
  if (result == SASL_OK)
    {
      g_mutex_lock (&library_mutex);
      result = sasl_client_step (self->connection, decoded, decoded_size, NULL, &output,
                                 &output_size);
      if (result == SASL_OK || result == SASL_CONTINUE)
        response = encode (output, output != NULL ? output_size : 0);
      g_mutex_unlock (&library_mutex);
    }

  if (response == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", sasl_errstring (result, NULL, NULL));
  return response;
}

gboolean
_nullmail_sasl_has_plugin (const char * const *mechanisms)
{
  gboolean has_one = FALSE;

  g_mutex_lock (&library_mutex);
  if (begin_library ())
    {
      const char **known = sasl_global_listmech ();

      for (guint i = 0; known != NULL && known[i] != NULL; i++)
        for (guint j = 0; mechanisms[j] != NULL; j++)
          has_one |= g_ascii_strcasecmp (known[i], mechanisms[j]) == 0;
    }
  g_mutex_unlock (&library_mutex);

  return has_one;
}
