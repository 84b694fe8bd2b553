/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/own-certificate-private.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error-private.h"
#include "base/i18n-private.h"
#include "base/regular-file-private.h"

#define BEGIN_CERTIFICATE "-----BEGIN CERTIFICATE-----"
#define BEGIN "-----BEGIN "
#define END_OF_KEY_LINE "PRIVATE KEY-----"

static gboolean
append_file (NullmailSecureBuffer  *text,
             const char            *path,
             GError               **error)
{
  g_autoptr(NullmailSecureBuffer) contents = NULL;
  struct stat info;
  int fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, error);

  if (fd < 0)
    return FALSE;

  contents = _nullmail_regular_file_read_secret (fd, &info, path, NULL, error);
  close (fd);
  if (contents == NULL)
    return FALSE;

  _nullmail_secure_buffer_append (text, contents->data, contents->size);
  _nullmail_secure_buffer_append (text, "\n", 1);
  return TRUE;
}

/* How much of the text is the first key and what belongs to it: a second key that follows the
 * certificate of the first begins another pair. */
static gsize
measure_first_pair (const NullmailSecureBuffer *text)
{
  const char *data = text->data;
  const char *end = data + text->size;
  const char *key = g_strstr_len (data, (gssize) text->size, END_OF_KEY_LINE);
  const char *certificate = g_strstr_len (data, (gssize) text->size, BEGIN_CERTIFICATE);
  const char *next, *start;

  if (key == NULL || certificate == NULL || certificate < key)
    return text->size;

  next = g_strstr_len (certificate, end - certificate, END_OF_KEY_LINE);
  start = next != NULL ? g_strrstr_len (certificate, next - certificate, BEGIN) : NULL;
  return start != NULL && start > certificate ? (gsize) (start - data) : text->size;
}

GTlsCertificate *
_nullmail_own_certificate_load (const char * const  *files,
                                GError             **error)
{
  g_autoptr(NullmailSecureBuffer) text = _nullmail_secure_buffer_new (0);

  for (guint i = 0; files[i] != NULL; i++)
    if (!append_file (text, files[i], error))
      return NULL;

  /* GIO would make do without one. */
  if (g_strstr_len (text->data, (gssize) text->size, END_OF_KEY_LINE) == NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                   _("“%s” has no private key in PEM form"), files[0]);
      return NULL;
    }

  return g_tls_certificate_new_from_pem (text->data, (gssize) measure_first_pair (text), error);
}
