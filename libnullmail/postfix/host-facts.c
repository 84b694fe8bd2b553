/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-facts-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ORIGIN_BYTES 1024
#define MAX_PEM_BYTES 131072

typedef enum
{
  SEEN_ADDRESSES = 1 << 0,
  SEEN_PASSWORD_PLUGIN = 1 << 1,
  SEEN_IPV6 = 1 << 2,
  SEEN_CA_FILE = 1 << 3,
  SEEN_DEFAULT_CAS = 1 << 4,
  SEEN_TOKEN_PLUGIN = 1 << 5,
} Seen;

struct _NullmailHostFacts
{
  Seen          seen;
  char        **addresses;        /* (owned) (nullable) */
  const char   *ca_file;          /* (nullable) */
  NullmailFact  has_password_plugin;
  NullmailFact  has_token_plugin;
  NullmailFact  has_ipv6;
  NullmailFact  has_default_cas;
  GHashTable   *looks;            /* (owned) “way:text” to NullmailFact, as an integer */
  GHashTable   *lines;            /* (owned) path to first line, NULL for none */
};

static const char *
find_ca_file (void)
{
  static const char *const candidates[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
  };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      struct stat info;

      if (access (candidates[i], R_OK) == 0 && stat (candidates[i], &info) == 0
          && S_ISREG (info.st_mode) && info.st_size > 0)
        return candidates[i];
    }

  return NULL;
}

NullmailFact
_nullmail_fact_from_errno (int error_number)
{
  return error_number == EACCES || error_number == EPERM ? NULLMAIL_FACT_UNKNOWN
                                                         : NULLMAIL_FACT_NO;
}

static NullmailFact
can_read_file (const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0 || access (path, R_OK) != 0)
    return _nullmail_fact_from_errno (errno);

  return S_ISREG (info.st_mode) && info.st_size > 0 ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

/* No certificate has a passphrase, and nobody is to be asked for one. */
static int
refuse_passphrase (char *buffer G_GNUC_UNUSED,
                   int   size G_GNUC_UNUSED,
                   int   is_writing G_GNUC_UNUSED,
                   void *data G_GNUC_UNUSED)
{
  return -1;
}

/* Whether a file has a certificate in PEM form, as OpenSSL reads it. It is read up to the first.
 * One of the size that a system's authorities have is taken for what it seems. */
static NullmailFact
can_read_certificates (const char *path)
{
  NullmailFact fact = can_read_file (path);
  struct stat info;
  X509 *certificate;
  FILE *file;

  if (fact != NULLMAIL_FACT_YES || (stat (path, &info) == 0 && info.st_size > MAX_PEM_BYTES))
    return fact;
  file = fopen (path, "re");
  if (file == NULL)
    return _nullmail_fact_from_errno (errno);

  ERR_set_mark ();
  certificate = PEM_read_X509_AUX (file, NULL, refuse_passphrase, NULL);
  ERR_pop_to_mark ();
  fact = certificate != NULL ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
  X509_free (certificate);
  fclose (file);

  return fact;
}

/* Whether a folder has a certificate that OpenSSL can find, by its hash: the name is 8 digits, a
 * dot and a number. */
static NullmailFact
can_read_folder (const char *path)
{
  g_autoptr(GDir) folder = NULL;
  g_autoptr(GError) error = NULL;
  const char *name;

  folder = g_dir_open (path, 0, &error);
  if (folder == NULL)
    return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ACCES) ? NULLMAIL_FACT_UNKNOWN
                                                                      : NULLMAIL_FACT_NO;

  while ((name = g_dir_read_name (folder)) != NULL)
    if (strspn (name, "0123456789abcdef") == 8 && name[8] == '.' && g_ascii_isdigit (name[9]))
      return NULLMAIL_FACT_YES;

  return NULLMAIL_FACT_NO;
}

static NullmailFact
find_default_cas (const char *ca_file)
{
  static const char *const folders[] = {
    "/usr/lib/ssl/certs", "/etc/ssl/certs", "/etc/pki/tls/certs",
  };

  if (ca_file != NULL)
    return NULLMAIL_FACT_YES;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (can_read_folder (folders[i]) == NULLMAIL_FACT_YES)
      return NULLMAIL_FACT_YES;

  return NULLMAIL_FACT_NO;
}

/* (nullable): the first line of a small file, without its newline. */
static char *
read_line (const char *path)
{
  char buffer[MAX_ORIGIN_BYTES + 1];
  struct stat info;
  gsize length;
  FILE *file;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return NULL;
  file = fopen (path, "re");
  if (file == NULL)
    return NULL;

  length = fread (buffer, 1, MAX_ORIGIN_BYTES, file);
  fclose (file);
  buffer[length] = '\0';
  buffer[strcspn (buffer, "\r\n")] = '\0';

  return g_utf8_make_valid (buffer, -1);
}

/* Gets the first character of a file of proc(5), NUL if the file is empty. FALSE with errno set
 * means that it cannot be read. */
static gboolean
read_first (const char *path,
            char       *first)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  int saved_errno;
  gssize n_read;

  if (fd < 0)
    return FALSE;

  *first = '\0';
  n_read = read (fd, first, 1);
  saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return n_read >= 0;
}

/* The kernel may lack IPv6 or have it switched off, as a whole or, as in many containers, for the
 * interfaces; then not even ::1 is there. */
static NullmailFact
find_ipv6 (void)
{
  char first;

  if (!read_first ("/proc/net/if_inet6", &first))
    return errno == ENOENT && g_file_test ("/proc/self", G_FILE_TEST_IS_DIR)
           ? NULLMAIL_FACT_NO : NULLMAIL_FACT_UNKNOWN;
  if (first != '\0')
    return NULLMAIL_FACT_YES;

  /* That there is no address may only mean that no interface is up yet. */
  if (!read_first ("/proc/sys/net/ipv6/conf/all/disable_ipv6", &first))
    return NULLMAIL_FACT_UNKNOWN;

  return first == '1' ? NULLMAIL_FACT_NO : NULLMAIL_FACT_YES;
}

static char *
address_to_string (const struct sockaddr *address)
{
  gsize size = address->sa_family == AF_INET ? sizeof (struct sockaddr_in)
                                             : sizeof (struct sockaddr_in6);
  g_autoptr(GSocketAddress) socket_address =
    g_socket_address_new_from_native ((gpointer) address, size);

  return g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address)));
}

/* (nullable) */
static char **
list_addresses (void)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return NULL;

  for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next)
    {
      g_autofree char *text = NULL;

      if (entry->ifa_addr == NULL
          || (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6))
        continue;

      text = address_to_string (entry->ifa_addr);
      g_strv_builder_add (builder, text);
    }

  freeifaddrs (list);
  return g_strv_builder_end (builder);
}

typedef gboolean (* PluginTest) (const char *name,
                                 const char *prefix);

static gboolean
is_for_passwords (const char *name,
                  const char *prefix G_GNUC_UNUSED)
{
  return g_str_has_prefix (name, "libplain.so") || g_str_has_prefix (name, "liblogin.so");
}

static gboolean
is_for_tokens (const char *name,
               const char *prefix G_GNUC_UNUSED)
{
  return strstr (name, "oauth") != NULL && strstr (name, ".so") != NULL;
}

static gboolean
is_of_prefix (const char *name,
              const char *prefix)
{
  return g_str_has_prefix (name, prefix) && strstr (name, ".so") != NULL;
}

/* Whether a folder has such a plug-in; UNKNOWN if there is no such folder. */
static NullmailFact
has_plugin (const char *path,
            PluginTest  is_wanted,
            const char *prefix)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    return NULLMAIL_FACT_UNKNOWN;

  while ((name = g_dir_read_name (folder)) != NULL)
    if (is_wanted (name, prefix))
      return NULLMAIL_FACT_YES;

  return NULLMAIL_FACT_NO;
}

/* Debian has a folder for each architecture, such as x86_64-linux-gnu. */
static NullmailFact
has_plugin_of_architecture (PluginTest  is_wanted,
                            const char *prefix)
{
  g_autoptr(GDir) libraries = g_dir_open ("/usr/lib", 0, NULL);
  NullmailFact found = NULLMAIL_FACT_UNKNOWN;
  const char *name;

  while (libraries != NULL && found != NULLMAIL_FACT_YES
         && (name = g_dir_read_name (libraries)) != NULL)
    {
      g_autofree char *path = NULL;

      if (strstr (name, "-linux-") == NULL)
        continue;
      path = g_build_filename ("/usr/lib", name, "sasl2", NULL);
      found = MAX (found, has_plugin (path, is_wanted, prefix));
    }

  return found;
}

/* Postfix's daemons take no notice of SASL_PATH, so that only the folders count that the library
 * was built for. */
static NullmailFact
find_plugin (PluginTest  is_wanted,
             const char *prefix)
{
  static const char *const folders[] = {
    "/usr/lib64/sasl2", "/usr/lib/sasl2", "/usr/local/lib/sasl2",
  };
  NullmailFact found = has_plugin_of_architecture (is_wanted, prefix);

  for (guint i = 0; found != NULLMAIL_FACT_YES && i < G_N_ELEMENTS (folders); i++)
    found = MAX (found, has_plugin (folders[i], is_wanted, prefix));

  return found;
}

static NullmailFact
find_plugin_of_prefix (const char *prefix)
{
  return find_plugin (is_of_prefix, prefix);
}

/* Most hosts have it in one of two places, and need not be searched. */
static NullmailFact
find_password_plugin (void)
{
  static const char *const usual[] = {
    "/usr/lib/" NULLMAIL_ARCHITECTURE "/sasl2/libplain.so", "/usr/lib64/sasl2/libplain.so",
  };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (access (usual[i], F_OK) == 0)
      return NULLMAIL_FACT_YES;

  return find_plugin (is_for_passwords, NULL);
}

NullmailHostFacts *
_nullmail_host_facts_new (void)
{
  NullmailHostFacts *self = g_new0 (NullmailHostFacts, 1);

  self->looks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
_nullmail_host_facts_free (NullmailHostFacts *self)
{
  g_strfreev (self->addresses);
  g_hash_table_unref (self->looks);
  g_hash_table_unref (self->lines);
  g_free (self);
}

/* Whether a thing has not been looked at yet. From this call on it counts as looked at. */
static gboolean
is_first_look (NullmailHostFacts *self,
               Seen               thing)
{
  gboolean is_first = (self->seen & thing) == 0;

  self->seen |= thing;
  return is_first;
}

const char * const *
_nullmail_host_facts_observe_addresses (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_ADDRESSES))
    self->addresses = list_addresses ();

  return (const char * const *) self->addresses;
}

NullmailFact
_nullmail_host_facts_observe_password_plugin (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_PASSWORD_PLUGIN))
    self->has_password_plugin = find_password_plugin ();

  return self->has_password_plugin;
}

NullmailFact
_nullmail_host_facts_observe_token_plugin (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_TOKEN_PLUGIN))
    self->has_token_plugin = find_plugin (is_for_tokens, NULL);

  return self->has_token_plugin;
}

NullmailFact
_nullmail_host_facts_observe_ipv6 (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_IPV6))
    self->has_ipv6 = find_ipv6 ();

  return self->has_ipv6;
}

const char *
_nullmail_host_facts_observe_ca_file (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_CA_FILE))
    self->ca_file = find_ca_file ();

  return self->ca_file;
}

NullmailFact
_nullmail_host_facts_observe_default_cas (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_DEFAULT_CAS))
    self->has_default_cas = find_default_cas (_nullmail_host_facts_observe_ca_file (self));

  return self->has_default_cas;
}

/* Looks at a path, or at what else the text names; several may look at the same in their ways. */
static NullmailFact
look_once (NullmailHostFacts  *self,
           const char         *way,
           const char         *text,
           NullmailFact     (* look) (const char *text))
{
  g_autofree char *key = g_strconcat (way, ":", text, NULL);
  gpointer known;
  NullmailFact fact;

  if (g_hash_table_lookup_extended (self->looks, key, NULL, &known))
    return GPOINTER_TO_INT (known);

  fact = look (text);
  g_hash_table_insert (self->looks, g_steal_pointer (&key), GINT_TO_POINTER (fact));
  return fact;
}

NullmailFact
_nullmail_host_facts_observe_file (NullmailHostFacts *self,
                                   const char        *path)
{
  return look_once (self, "file", path, can_read_file);
}

static NullmailFact
is_directory (const char *path)
{
  struct stat info;

  /* What failed for another reason tells nothing of the directory. */
  if (stat (path, &info) != 0)
    return errno == ENOENT || errno == ENOTDIR ? NULLMAIL_FACT_NO : NULLMAIL_FACT_UNKNOWN;

  return S_ISDIR (info.st_mode) ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

NullmailFact
_nullmail_host_facts_observe_directory (NullmailHostFacts *self,
                                        const char        *path)
{
  return look_once (self, "directory", path, is_directory);
}

/* The group that Postfix or anybody else belongs to counts as others, but root's own does not. */
static NullmailFact
is_private (const char *path)
{
  struct stat info;

  if (stat (path, &info) < 0)
    return NULLMAIL_FACT_NO;

  return (info.st_mode & S_IROTH) == 0 && ((info.st_mode & S_IRGRP) == 0 || info.st_gid == 0)
         ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

NullmailFact
_nullmail_host_facts_observe_privacy (NullmailHostFacts *self,
                                      const char        *path)
{
  return look_once (self, "privacy", path, is_private);
}

NullmailFact
_nullmail_host_facts_observe_certificates (NullmailHostFacts *self,
                                           const char        *path)
{
  return look_once (self, "certificates", path, can_read_certificates);
}

NullmailFact
_nullmail_host_facts_observe_plugin (NullmailHostFacts *self,
                                     const char        *prefix)
{
  return look_once (self, "plugin", prefix, find_plugin_of_prefix);
}

NullmailFact
_nullmail_host_facts_observe_folder (NullmailHostFacts *self,
                                     const char        *path)
{
  return look_once (self, "folder", path, can_read_folder);
}

const char *
_nullmail_host_facts_observe_first_line (NullmailHostFacts *self,
                                         const char        *path)
{
  gpointer line;

  if (!g_hash_table_lookup_extended (self->lines, path, NULL, &line))
    {
      line = read_line (path);
      g_hash_table_insert (self->lines, g_strdup (path), line);
    }

  return line;
}
