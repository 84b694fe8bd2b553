/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/relay-certificate-private.h"

#include <string.h>
#include <time.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/i18n-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_STORE_CTX, X509_STORE_CTX_free)

/* What Postfix gives OpenSSL where the certificate counts (tls_client.c): 80 bits at least, and
 * smtp_tls_scert_verifydepth. */
#define SECURITY_LEVEL 1
#define MAX_DEPTH 10
#define DEFAULT_DIGEST "sha256"
/* From this one on such a level of security refuses what is older than TLS 1.2, whose handshake is
 * signed over SHA-1. */
#define FIRST_STRICT_OPENSSL 0x30000000UL

/* What OpenSSL finds wrong. */
typedef struct
{
  GString              *reasons;
  GTlsCertificateFlags  flags;
  gboolean              is_trusted;
  gboolean              has_name;
} Findings;

typedef STACK_OF (X509) X509Chain;

static void
free_chain (X509Chain *chain)
{
  sk_X509_pop_free (chain, X509_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509Chain, free_chain)

static X509_STORE *
load_authorities (const NullmailProbePolicy *policy)
{
  g_autoptr(X509_STORE) store = X509_STORE_new ();

  if ((policy->ca_file != NULL || policy->ca_path != NULL)
      && X509_STORE_load_locations (store, policy->ca_file, policy->ca_path) != 1)
    return NULL;
  if (policy->trusts_system && X509_STORE_set_default_paths (store) != 1)
    return NULL;

  return g_steal_pointer (&store);
}

gboolean
_nullmail_relay_certificate_allows (const NullmailProbePolicy *policy,
                                    GTlsProtocolVersion        version)
{
  if (policy->oldest == G_TLS_PROTOCOL_VERSION_UNKNOWN || version < policy->oldest)
    return FALSE;

  return version >= G_TLS_PROTOCOL_VERSION_TLS_1_2 || OpenSSL_version_num () < FIRST_STRICT_OPENSSL
         || !_nullmail_probe_policy_needs_match (policy);
}

char *
_nullmail_relay_certificate_find_ca_fault (const NullmailProbePolicy *policy)
{
  g_autoptr(X509_STORE) store = load_authorities (policy);

  if (store != NULL)
    return NULL;

  return g_strdup_printf (_("no certification authorities can be read from “%s”"),
                          policy->ca_file != NULL ? policy->ca_file : policy->ca_path);
}

static X509 *
parse_certificate (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) bytes = NULL;
  const unsigned char *data;

  g_object_get (certificate, "certificate", &bytes, NULL);
  if (bytes == NULL)
    return NULL;

  data = bytes->data;
  return d2i_X509 (NULL, &data, bytes->len);
}

/* The certificates that the relay sent beside its own. */
static X509Chain *
parse_chain (GTlsCertificate *certificate)
{
  X509Chain *chain = sk_X509_new_null ();

  for (GTlsCertificate *issuer = g_tls_certificate_get_issuer (certificate); issuer != NULL;
       issuer = g_tls_certificate_get_issuer (issuer))
    {
      X509 *parsed = parse_certificate (issuer);

      if (parsed != NULL)
        sk_X509_push (chain, parsed);
    }

  return chain;
}

static GTlsCertificateFlags
get_flag (int reason)
{
  switch (reason)
    {
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return G_TLS_CERTIFICATE_BAD_IDENTITY;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return G_TLS_CERTIFICATE_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return G_TLS_CERTIFICATE_NOT_ACTIVATED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return G_TLS_CERTIFICATE_UNKNOWN_CA;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return G_TLS_CERTIFICATE_INSECURE;
    default:
      return G_TLS_CERTIFICATE_GENERIC_ERROR;
    }
}

static void
add_reason (Findings   *self,
            const char *reason)
{
  if (strstr (self->reasons->str, reason) != NULL)
    return;

  g_string_append_printf (self->reasons, "%s%s", self->reasons->len > 0 ? "; " : "", reason);
}

/* Goes on after each error, so that all of them are found. */
static int
note_error_cb (int             ok,
               X509_STORE_CTX *context)
{
  Findings *findings = X509_STORE_CTX_get_app_data (context);
  int reason = X509_STORE_CTX_get_error (context);

  if (ok)
    return 1;

  if (reason == X509_V_ERR_HOSTNAME_MISMATCH)
    findings->has_name = FALSE;
  else
    findings->is_trusted = FALSE;
  findings->flags |= get_flag (reason);
  add_reason (findings, X509_verify_cert_error_string (reason));
  return 1;
}

/* The names that are accepted, as OpenSSL takes them: one that begins with a dot stands for all
 * below it. An address is no name, also if it stands in the certificate. */
static gboolean
add_names (X509_VERIFY_PARAM         *parameters,
           const NullmailProbePolicy *policy,
           const char                *host)
{
  const char *relay = nullmail_relay_host_get_host (policy->relay_host);
  gboolean has_some = FALSE;

  for (guint i = 0; policy->names[i] != NULL; i++)
    {
      const char *item = policy->names[i];
      g_autofree char *name = NULL;

      if (g_ascii_strcasecmp (item, "nexthop") == 0)
        name = g_strdup (relay);
      else if (g_ascii_strcasecmp (item, "dot-nexthop") == 0)
        name = g_strconcat (".", relay, NULL);
      else
        name = g_strdup (g_ascii_strcasecmp (item, "hostname") == 0 ? host : item);

      if (*name != '\0' && !g_hostname_is_ip_address (name[0] == '.' ? name + 1 : name))
        has_some |= X509_VERIFY_PARAM_add1_host (parameters, name, strlen (name)) == 1;
    }

  X509_VERIFY_PARAM_set_hostflags (parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return has_some;
}

static void
verify (Findings                  *findings,
        X509                      *certificate,
        X509Chain                 *chain,
        const NullmailProbePolicy *policy,
        const char                *host)
{
  g_autoptr(X509_STORE) store = load_authorities (policy);
  g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new ();
  X509_VERIFY_PARAM *parameters;

  if (store == NULL || X509_STORE_CTX_init (context, store, certificate, chain) != 1
      || X509_STORE_CTX_set_default (context, "ssl_server") != 1)
    {
      findings->is_trusted = FALSE;
      findings->flags |= G_TLS_CERTIFICATE_GENERIC_ERROR;
      add_reason (findings, _("it cannot be verified"));
      return;
    }

  parameters = X509_STORE_CTX_get0_param (context);
  X509_VERIFY_PARAM_set_auth_level (parameters, SECURITY_LEVEL);
  X509_VERIFY_PARAM_set_depth (parameters, MAX_DEPTH);
  if (!add_names (parameters, policy, host))
    {
      findings->has_name = FALSE;
      findings->flags |= G_TLS_CERTIFICATE_BAD_IDENTITY;
      add_reason (findings, _("the relay is an address, which no certificate can vouch for"));
    }
  X509_STORE_CTX_set_app_data (context, findings);
  X509_STORE_CTX_set_verify_cb (context, note_error_cb);
  if (X509_verify_cert (context) != 1)
    findings->is_trusted = FALSE;
}

static char *
encode_digest (const unsigned char *digest,
               unsigned int         size)
{
  GString *text = g_string_new (NULL);

  for (unsigned int i = 0; i < size; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", digest[i]);

  return g_string_free (text, FALSE);
}

static char *
compute_fingerprint (X509         *certificate,
                     const EVP_MD *algorithm)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;

  X509_digest (certificate, algorithm, digest, &size);
  return encode_digest (digest, size);
}

static char *
compute_key_fingerprint (X509         *certificate,
                         const EVP_MD *algorithm)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  unsigned char *encoded = NULL;
  int encoded_size = i2d_X509_PUBKEY (X509_get_X509_PUBKEY (certificate), &encoded);

  if (encoded_size > 0)
    EVP_Digest (encoded, (size_t) encoded_size, digest, &size, algorithm, NULL);
  OPENSSL_free (encoded);
  return encode_digest (digest, size);
}

static char *
without_colons (const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, ": ", -1);

  return g_strjoinv ("", parts);
}

static gboolean
matches_fingerprint (X509                      *certificate,
                     const NullmailProbePolicy *policy)
{
  const EVP_MD *algorithm =
    EVP_get_digestbyname (policy->digest != NULL ? policy->digest : DEFAULT_DIGEST);
  g_autofree char *of_certificate = NULL, *of_key = NULL;
  g_autofree char *plain_certificate = NULL, *plain_key = NULL;

  if (algorithm == NULL)
    return FALSE;

  of_certificate = compute_fingerprint (certificate, algorithm);
  of_key = compute_key_fingerprint (certificate, algorithm);
  plain_certificate = without_colons (of_certificate);
  plain_key = without_colons (of_key);
  for (guint i = 0; policy->fingerprints[i] != NULL; i++)
    {
      g_autofree char *known = without_colons (policy->fingerprints[i]);

      if (g_ascii_strcasecmp (known, plain_certificate) == 0
          || g_ascii_strcasecmp (known, plain_key) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
add_name (GStrvBuilder *names,
          ASN1_STRING  *name)
{
  unsigned char *text = NULL;
  int size = ASN1_STRING_to_UTF8 (&text, name);
  g_autofree char *shown = NULL;

  if (size <= 0)
    return;

  shown = g_utf8_make_valid ((char *) text, size);
  for (char *c = shown; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  g_strv_builder_add (names, shown);
  OPENSSL_free (text);
}

/* The names that can be compared with the relay's: where there is an alternative one of DNS, the
 * common name does not count. */
static char **
list_names (X509 *certificate)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  GENERAL_NAMES *alternatives = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  X509_NAME *subject = X509_get_subject_name (certificate);
  gboolean has_some = FALSE;

  for (int i = 0; i < sk_GENERAL_NAME_num (alternatives); i++)
    {
      GENERAL_NAME *name = sk_GENERAL_NAME_value (alternatives, i);

      if (name->type != GEN_DNS)
        continue;
      add_name (names, name->d.dNSName);
      has_some = TRUE;
    }
  GENERAL_NAMES_free (alternatives);

  for (int i = -1; !has_some
       && (i = X509_NAME_get_index_by_NID (subject, NID_commonName, i)) >= 0;)
    add_name (names, X509_NAME_ENTRY_get_data (X509_NAME_get_entry (subject, i)));

  return g_strv_builder_end (names);
}

static char *
show_name (X509_NAME *name)
{
  BIO *out = BIO_new (BIO_s_mem ());
  char *data = NULL;
  long size;
  char *shown;

  X509_NAME_print_ex (out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  size = BIO_get_mem_data (out, &data);
  shown = size > 0 ? g_utf8_make_valid (data, size) : g_strdup ("");
  BIO_free (out);
  return shown;
}

static gint64
get_expiry (X509 *certificate)
{
  struct tm parts;

  if (ASN1_TIME_to_tm (X509_get0_notAfter (certificate), &parts) != 1)
    return 0;

  return (gint64) timegm (&parts);
}

/* What GIO has against it, beside what Postfix says. */
static GTlsCertificateFlags
ask_gio (GTlsCertificate           *certificate,
         const NullmailProbePolicy *policy)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr(GSocketConnectable) identity =
    g_network_address_new (nullmail_relay_host_get_host (policy->relay_host), 0);
  g_autoptr(GTlsDatabase) database = NULL;

  if (policy->ca_file != NULL)
    database = g_tls_file_database_new (policy->ca_file, NULL);
  else if (policy->trusts_system)
    database = g_tls_backend_get_default_database (backend);
  if (database == NULL)
    return g_tls_certificate_verify (certificate, identity, NULL);

  return g_tls_database_verify_chain (database, certificate,
                                      G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity, NULL,
                                      G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);
}

gboolean
_nullmail_relay_certificate_examine (NullmailCertificateVerdict *self,
                                     GTlsCertificate            *certificate,
                                     const NullmailProbePolicy  *policy,
                                     const char                 *host)
{
  g_autoptr(X509) parsed = parse_certificate (certificate);
  g_autoptr(X509Chain) chain = NULL;
  g_autoptr(GString) reasons = g_string_new (NULL);
  Findings findings = { reasons, G_TLS_CERTIFICATE_NO_FLAGS, TRUE, TRUE };

  if (parsed == NULL)
    return FALSE;

  chain = parse_chain (certificate);
  verify (&findings, parsed, chain, policy, host);
  self->is_trusted = findings.is_trusted;
  self->has_name = findings.has_name;
  self->has_fingerprint = matches_fingerprint (parsed, policy);
  self->reasons = reasons->len > 0 ? g_strdup (reasons->str) : NULL;
  self->flags = findings.flags | ask_gio (certificate, policy);
  self->names = list_names (parsed);
  self->subject = show_name (X509_get_subject_name (parsed));
  self->issuer = show_name (X509_get_issuer_name (parsed));
  self->expires = get_expiry (parsed);
  self->fingerprint = compute_fingerprint (parsed, EVP_sha256 ());
  self->key_fingerprint = compute_key_fingerprint (parsed, EVP_sha256 ());
  return TRUE;
}

void
_nullmail_certificate_verdict_clear (NullmailCertificateVerdict *self)
{
  g_free (self->reasons);
  g_strfreev (self->names);
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->fingerprint);
  g_free (self->key_fingerprint);
}
