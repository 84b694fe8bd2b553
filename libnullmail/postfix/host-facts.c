/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/host-facts-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ORIGIN_BYTES 1024

/* Beside these, /usr/lib has a folder for each architecture on Debian, such as
 * x86_64-linux-gnu. */
static const char *const sasl_folders[] = {
  "/usr/lib/sasl2", "/usr/lib64/sasl2", "/usr/local/lib/sasl2",
};

static const struct
{
  const char *file;
  const char *mechanism;
} sasl_plugins[] = {
  { "libcrammd5.so", "CRAM-MD5" },
  { "libdigestmd5.so", "DIGEST-MD5" },
  { "libgssapiv2.so", "GSSAPI" },
  { "liblogin.so", "LOGIN" },
  { "libntlm.so", "NTLM" },
  { "libplain.so", "PLAIN" },
  { "libscram.so", "SCRAM" },
};

typedef enum
{
  SEEN_NAMES = 1 << 0,
  SEEN_SASL = 1 << 1,
  SEEN_IPV6 = 1 << 2,
  SEEN_CA_FILE = 1 << 3,
  SEEN_DEFAULT_CAS = 1 << 4,
} Seen;

struct _NullmailHostFacts
{
  Seen          seen;
  char        **names;            /* (owned) (nullable) */
  char        **sasl_mechanisms;  /* (owned) (nullable) */
  const char   *ca_file;          /* (nullable) */
  NullmailFact  has_ipv6;
  NullmailFact  has_default_cas;
  GHashTable   *paths;            /* (owned) path to NullmailFact, as an integer */
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

/* OpenSSL finds a certificate by its hash: 8 digits, a dot and a number. */
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

/* The first line of a small file, without its end; (nullable). */
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

/* The kernel may lack IPv6 or have it switched off, as a whole or, as in many containers, for the
 * interfaces; then not even ::1 is there. */
static NullmailFact
find_ipv6 (void)
{
  g_autofree char *addresses = NULL, *disabled = NULL;
  g_autoptr(GError) error = NULL;

  if (!g_file_test ("/proc/self", G_FILE_TEST_IS_DIR))
    return NULLMAIL_FACT_UNKNOWN;
  if (!g_file_get_contents ("/proc/net/if_inet6", &addresses, NULL, &error))
    return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? NULLMAIL_FACT_NO
                                                                     : NULLMAIL_FACT_UNKNOWN;
  if (*addresses != '\0')
    return NULLMAIL_FACT_YES;

  /* No interface may be up yet. */
  if (!g_file_get_contents ("/proc/sys/net/ipv6/conf/all/disable_ipv6", &disabled, NULL, NULL))
    return NULLMAIL_FACT_UNKNOWN;

  return *disabled == '1' ? NULLMAIL_FACT_NO : NULLMAIL_FACT_YES;
}

static void
add_addresses (GPtrArray *names)
{
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return;

  for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next)
    {
      g_autoptr(GSocketAddress) socket_address = NULL;
      gsize size;

      if (entry->ifa_addr == NULL
          || (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6))
        continue;

      size = entry->ifa_addr->sa_family == AF_INET ? sizeof (struct sockaddr_in)
                                                   : sizeof (struct sockaddr_in6);
      socket_address = g_socket_address_new_from_native (entry->ifa_addr, size);
      g_ptr_array_add (names, g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address))));
    }

  freeifaddrs (list);
}

/* The full name needs no DNS where the host has it; else the checks know it as myhostname. */
static char **
list_host_names (void)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  char name[256];

  if (gethostname (name, sizeof name) == 0)
    {
      name[sizeof name - 1] = '\0';
      g_ptr_array_add (names, g_strdup (name));
    }
  add_addresses (names);

  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static gboolean
scan_sasl_folder (const char *path,
                  GHashTable *found)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    return FALSE;

  while ((name = g_dir_read_name (folder)) != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (sasl_plugins); i++)
      if (g_str_has_prefix (name, sasl_plugins[i].file))
        g_hash_table_add (found, (gpointer) sasl_plugins[i].mechanism);

  return TRUE;
}

/* (nullable): Postfix's daemons take no notice of SASL_PATH, so that only the folders that the
 * library was built for count; Debian has one for each architecture. */
static char **
list_sasl_mechanisms (void)
{
  g_autoptr(GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GDir) libraries = g_dir_open ("/usr/lib", 0, NULL);
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  gboolean has_folder = FALSE;
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (sasl_folders); i++)
    has_folder |= scan_sasl_folder (sasl_folders[i], found);

  while (libraries != NULL && (name = g_dir_read_name (libraries)) != NULL)
    {
      g_autofree char *path = NULL;

      if (strstr (name, "-linux-") == NULL)
        continue;
      path = g_build_filename ("/usr/lib", name, "sasl2", NULL);
      has_folder |= scan_sasl_folder (path, found);
    }

  if (!has_folder)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sasl_plugins); i++)
    if (g_hash_table_contains (found, sasl_plugins[i].mechanism))
      g_ptr_array_add (list, g_strdup (sasl_plugins[i].mechanism));

  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

NullmailHostFacts *
_nullmail_host_facts_new (void)
{
  NullmailHostFacts *self = g_new0 (NullmailHostFacts, 1);

  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
_nullmail_host_facts_free (NullmailHostFacts *self)
{
  g_strfreev (self->names);
  g_strfreev (self->sasl_mechanisms);
  g_hash_table_unref (self->paths);
  g_hash_table_unref (self->lines);
  g_free (self);
}

/* Whether a thing is yet to be looked at; it is marked as seen. */
static gboolean
is_first_look (NullmailHostFacts *self,
               Seen               thing)
{
  gboolean is_first = (self->seen & thing) == 0;

  self->seen |= thing;
  return is_first;
}

const char * const *
_nullmail_host_facts_get_names (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_NAMES))
    self->names = list_host_names ();

  return (const char * const *) self->names;
}

const char * const *
_nullmail_host_facts_get_sasl_mechanisms (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_SASL))
    self->sasl_mechanisms = list_sasl_mechanisms ();

  return (const char * const *) self->sasl_mechanisms;
}

NullmailFact
_nullmail_host_facts_has_ipv6 (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_IPV6))
    self->has_ipv6 = find_ipv6 ();

  return self->has_ipv6;
}

const char *
_nullmail_host_facts_get_ca_file (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_CA_FILE))
    self->ca_file = find_ca_file ();

  return self->ca_file;
}

NullmailFact
_nullmail_host_facts_has_default_cas (NullmailHostFacts *self)
{
  if (is_first_look (self, SEEN_DEFAULT_CAS))
    self->has_default_cas = find_default_cas (_nullmail_host_facts_get_ca_file (self));

  return self->has_default_cas;
}

static NullmailFact
look_at_path (NullmailHostFacts  *self,
              const char         *path,
              NullmailFact     (* look) (const char *path))
{
  gpointer known;
  NullmailFact fact;

  if (g_hash_table_lookup_extended (self->paths, path, NULL, &known))
    return GPOINTER_TO_INT (known);

  fact = look (path);
  g_hash_table_insert (self->paths, g_strdup (path), GINT_TO_POINTER (fact));
  return fact;
}

NullmailFact
_nullmail_host_facts_can_read_file (NullmailHostFacts *self,
                                    const char        *path)
{
  return look_at_path (self, path, can_read_file);
}

NullmailFact
_nullmail_host_facts_can_read_folder (NullmailHostFacts *self,
                                      const char        *path)
{
  return look_at_path (self, path, can_read_folder);
}

const char *
_nullmail_host_facts_get_first_line (NullmailHostFacts *self,
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
