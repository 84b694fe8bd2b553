/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/relay-addresses-private.h"

#include <string.h>

#include "base/error-private.h"
#include "base/i18n-private.h"

/* More than that is not tried, whatever DNS says: the default of smtp_mx_address_limit. */
#define MAX_ADDRESSES 5

typedef struct
{
  guint  preference;
  char  *name;  /* (owned) */
} Server;

static void
server_free (gpointer data)
{
  Server *self = data;

  g_free (self->name);
  g_free (self);
}

static void
relay_address_free (gpointer data)
{
  NullmailRelayAddress *self = data;

  g_free (self->host);
  g_object_unref (self->address);
  g_free (self);
}

static gboolean
is_wanted (GInetAddress     *address,
           NullmailFamilies  families)
{
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
         ? (families & NULLMAIL_FAMILY_IPV6) != 0 : (families & NULLMAIL_FAMILY_IPV4) != 0;
}

static void
add_address (GPtrArray        *addresses,
             const char       *host,
             GInetAddress     *address,
             NullmailFamilies  families)
{
  NullmailRelayAddress *added;

  if (!is_wanted (address, families) || addresses->len >= MAX_ADDRESSES)
    return;

  added = g_new0 (NullmailRelayAddress, 1);
  added->host = g_strdup (host);
  added->address = g_object_ref (address);
  g_ptr_array_add (addresses, added);
}

static gboolean
look_up_name (GPtrArray         *addresses,
              const char        *host,
              NullmailFamilies   families,
              GCancellable      *cancellable,
              GError           **error)
{
  g_autoptr(GResolver) resolver = g_resolver_get_default ();
  GList *found = g_resolver_lookup_by_name (resolver, host, cancellable, error);

  if (found == NULL)
    return FALSE;

  for (GList *i = found; i != NULL; i = i->next)
    add_address (addresses, host, i->data, families);
  g_resolver_free_addresses (found);
  return TRUE;
}

static int
compare_servers (gconstpointer a,
                 gconstpointer b)
{
  const Server *left = *(const Server *const *) a;
  const Server *right = *(const Server *const *) b;

  return (left->preference > right->preference) - (left->preference < right->preference);
}

/* The servers that the MX records name; empty where there are none. */
static GPtrArray *
look_up_servers (const char    *domain,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(GResolver) resolver = g_resolver_get_default ();
  g_autoptr(GPtrArray) servers = g_ptr_array_new_with_free_func (server_free);
  g_autoptr(GError) local_error = NULL;
  GList *records = g_resolver_lookup_records (resolver, domain, G_RESOLVER_RECORD_MX, cancellable,
                                              &local_error);

  if (records == NULL && !g_error_matches (local_error, G_RESOLVER_ERROR,
                                           G_RESOLVER_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  for (GList *i = records; i != NULL; i = i->next)
    {
      Server *server = g_new0 (Server, 1);
      guint16 preference;

      g_variant_get (i->data, "(qs)", &preference, &server->name);
      server->preference = preference;
      g_ptr_array_add (servers, server);
    }
  g_list_free_full (records, (GDestroyNotify) g_variant_unref);

  g_ptr_array_sort (servers, compare_servers);
  return g_steal_pointer (&servers);
}

static gboolean
look_up_mail_servers (GPtrArray         *addresses,
                      const char        *domain,
                      NullmailFamilies   families,
                      GCancellable      *cancellable,
                      GError           **error)
{
  g_autoptr(GPtrArray) servers = look_up_servers (domain, cancellable, error);
  g_autoptr(GError) local_error = NULL;

  if (servers == NULL)
    return FALSE;
  if (servers->len == 0)
    return look_up_name (addresses, domain, families, cancellable, error);

  for (guint i = 0; i < servers->len && addresses->len < MAX_ADDRESSES; i++)
    {
      const char *name = ((Server *) g_ptr_array_index (servers, i))->name;

      /* A single “.” says that the domain takes no mail (RFC 7505). */
      if (*name == '\0' || g_str_equal (name, "."))
        {
          g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
                       _("DNS says that “%s” takes no mail"), domain);
          return FALSE;
        }
      g_clear_error (&local_error);
      look_up_name (addresses, name, families, cancellable, &local_error);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }

  if (addresses->len > 0 || local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

GPtrArray *
_nullmail_relay_addresses_find (const NullmailRelayHost  *relay_host,
                                NullmailFamilies          families,
                                GCancellable             *cancellable,
                                GError                  **error)
{
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func (relay_address_free);
  const char *host = nullmail_relay_host_get_host (relay_host);
  const char *literal = g_ascii_strncasecmp (host, "IPv6:", 5) == 0 ? host + 5 : host;
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (literal);
  gboolean done = TRUE;

  if (address != NULL)
    add_address (addresses, literal, address, families);
  else if (nullmail_relay_host_get_mx_lookup (relay_host))
    done = look_up_mail_servers (addresses, host, families, cancellable, error);
  else
    done = look_up_name (addresses, host, families, cancellable, error);

  if (!done)
    return NULL;
  if (addresses->len > 0)
    return g_steal_pointer (&addresses);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_FAILED,
               _("“%s” has no address of the kind that inet_protocols allows"), host);
  return NULL;
}
