/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/client-certificate-private.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/regular-file-private.h"

typedef NullmailCertificateState State;

/* A reading of the files, from one block in PEM form to the next. */
typedef struct
{
  const char *path;     /* the file that is read */
  gboolean    has_keys_only;          /* certificates in it do not count ... */
  gboolean    has_certificates_only;  /* ... or keys do not */
  EVP_PKEY   *key;      /* (owned) (nullable) waits for its certificate */
  guint       n_leaves; /* certificates with their keys */
  int         days;     /* until the first of them expires ... */
  const char *soonest;  /* ... which is in this file */
} Chain;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)

static State
add_key (Chain               *chain,
         const unsigned char *data,
         long                 size)
{
  if (chain->key != NULL)
    return NULLMAIL_CERTIFICATE_NO_CERTIFICATE;

  chain->key = d2i_AutoPrivateKey (NULL, &data, size);
  return chain->key != NULL ? NULLMAIL_CERTIFICATE_GOOD : NULLMAIL_CERTIFICATE_UNREADABLE;
}

/* The first certificate behind a key belongs to it. Those behind that one vouch for it, and are the
 * relay's business. */
static State
add_certificate (Chain               *chain,
                 const unsigned char *data,
                 long                 size)
{
  g_autoptr(X509) certificate = d2i_X509 (NULL, &data, size);
  g_autoptr(EVP_PKEY) key = NULL;
  int days = 0, seconds = 0;

  if (certificate == NULL)
    return NULLMAIL_CERTIFICATE_UNREADABLE;
  if (chain->key == NULL)
    return chain->n_leaves > 0 ? NULLMAIL_CERTIFICATE_GOOD : NULLMAIL_CERTIFICATE_NO_KEY;

  key = g_steal_pointer (&chain->key);
  if (X509_check_private_key (certificate, key) != 1)
    return NULLMAIL_CERTIFICATE_MISMATCH;
  if (X509_cmp_current_time (X509_get0_notBefore (certificate)) > 0)
    return NULLMAIL_CERTIFICATE_NOT_YET;
  if (X509_cmp_current_time (X509_get0_notAfter (certificate)) < 0)
    return NULLMAIL_CERTIFICATE_EXPIRED;
  if (ASN1_TIME_diff (&days, &seconds, NULL, X509_get0_notAfter (certificate)) != 1)
    return NULLMAIL_CERTIFICATE_UNREADABLE;

  if (chain->n_leaves == 0 || days < chain->days)
    {
      chain->days = days;
      chain->soonest = chain->path;
    }
  chain->n_leaves++;
  return NULLMAIL_CERTIFICATE_GOOD;
}

static State
add_block (Chain               *chain,
           const char          *name,
           const char          *header,
           const unsigned char *data,
           long                 size)
{
  /* A header tells of a passphrase, which nobody can give to Postfix. */
  if (*header != '\0' || g_str_equal (name, PEM_STRING_PKCS8))
    return NULLMAIL_CERTIFICATE_UNREADABLE;
  if (g_str_has_suffix (name, "PRIVATE KEY"))
    return chain->has_certificates_only || (chain->has_keys_only && chain->key != NULL)
           ? NULLMAIL_CERTIFICATE_GOOD : add_key (chain, data, size);
  if (chain->has_keys_only)
    return NULLMAIL_CERTIFICATE_GOOD;
  if (g_str_equal (name, PEM_STRING_X509) || g_str_equal (name, PEM_STRING_X509_OLD))
    return add_certificate (chain, data, size);

  return NULLMAIL_CERTIFICATE_GOOD;  /* parameters of a curve and the like */
}

static State
read_chain (Chain *chain,
            BIO   *file)
{
  State state = NULLMAIL_CERTIFICATE_GOOD;
  unsigned char *data;
  char *name, *header;
  unsigned long error;
  long size;

  ERR_clear_error ();
  while (state == NULLMAIL_CERTIFICATE_GOOD
         && PEM_read_bio_ex (file, &name, &header, &data, &size, PEM_FLAG_SECURE) == 1)
    {
      state = add_block (chain, name, header, data, size);
      OPENSSL_secure_free (name);
      OPENSSL_secure_free (header);
      OPENSSL_secure_clear_free (data, size);
    }

  /* At the end nothing begins any more. A block that has begun and does not end, as in a file that
   * was copied in part, takes the whole file away from Postfix. */
  error = ERR_peek_last_error ();
  ERR_clear_error ();
  if (state == NULLMAIL_CERTIFICATE_GOOD
      && !(ERR_GET_LIB (error) == ERR_LIB_PEM && ERR_GET_REASON (error) == PEM_R_NO_START_LINE))
    return NULLMAIL_CERTIFICATE_UNREADABLE;

  return state;
}

static State
read_file (Chain *chain)
{
  g_autoptr(NullmailSecureBuffer) contents = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(BIO) file = NULL;
  struct stat info;
  int fd;

  /* Postfix's client has another working directory. */
  if (!g_path_is_absolute (chain->path))
    return NULLMAIL_CERTIFICATE_UNKNOWN;

  fd = _nullmail_regular_file_open (AT_FDCWD, chain->path, chain->path, &info, &error);
  if (fd < 0)
    return g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_PERMISSION_DENIED)
           ? NULLMAIL_CERTIFICATE_UNKNOWN : NULLMAIL_CERTIFICATE_MISSING;

  contents = _nullmail_regular_file_read_secret (fd, &info, chain->path, NULL, NULL);
  close (fd);
  if (contents == NULL)
    return NULLMAIL_CERTIFICATE_MISSING;

  file = BIO_new_mem_buf (contents->data, (int) contents->size);
  return read_chain (chain, file);
}

static State
finish (Chain       *chain,
        State        state,
        const char **path,
        int         *days)
{
  if (state == NULLMAIL_CERTIFICATE_GOOD && chain->key != NULL)
    state = NULLMAIL_CERTIFICATE_NO_CERTIFICATE;
  else if (state == NULLMAIL_CERTIFICATE_GOOD && chain->n_leaves == 0)
    state = NULLMAIL_CERTIFICATE_UNREADABLE;

  *path = state == NULLMAIL_CERTIFICATE_GOOD ? chain->soonest : chain->path;
  *days = chain->days;
  EVP_PKEY_free (chain->key);
  return state;
}

/* See set_cert_stuff () in Postfix's tls_certkey.c. */
NullmailCertificateState
_nullmail_key_pair_examine (const char  *certificate,
                            const char  *key,
                            const char **path,
                            int         *days)
{
  Chain chain = { .path = key, .has_keys_only = TRUE };
  State state = read_file (&chain);

  if (state == NULLMAIL_CERTIFICATE_GOOD && chain.key == NULL)
    state = NULLMAIL_CERTIFICATE_NO_KEY;
  if (state == NULLMAIL_CERTIFICATE_GOOD)
    {
      chain.path = certificate;
      chain.has_keys_only = FALSE;
      chain.has_certificates_only = TRUE;
      state = read_file (&chain);
    }

  return finish (&chain, state, path, days);
}

NullmailCertificateState
_nullmail_client_certificate_examine (const char * const  *paths,
                                      const char         **path,
                                      int                 *days)
{
  Chain chain = { .key = NULL };
  State state = NULLMAIL_CERTIFICATE_GOOD;

  for (; *paths != NULL && state == NULLMAIL_CERTIFICATE_GOOD; paths++)
    {
      chain.path = *paths;
      state = read_file (&chain);
    }

  return finish (&chain, state, path, days);
}
