/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/relay-host.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "base/error.h"
#include "document/host-name-private.h"
#include "document/value-list-private.h"

/* The length of a DNS name, and for text with macros one that is long enough for any of them. */
#define MAX_HOST_BYTES 255
#define MAX_MACRO_BYTES 1024
#define MAX_SERVICE_BYTES 64
#define IPV6_PREFIX "ipv6:"

#define DEFAULT_PORT 25
#define IMPLICIT_TLS_PORT 465
#define UNBALANCED_BRACES "its braces are not balanced, write a macro as ${name}"

/**
 * NullmailRelayHost:
 *
 * The host that all mail goes to, as Postfix's parameter `relayhost` names it.
 *
 * Brackets mean that the host itself is meant; without them Postfix asks DNS for the mail
 * exchangers (MX records) of the name. The text is also the key under which the password is looked
 * up, byte for byte but for the case of letters, so that `[mail.example.com]` and
 * `[mail.example.com]:25` are different relay hosts.
 *
 * This is an immutable, reference-counted value; any thread may use it. See postconf(5),
 * `relayhost`.
 *
 * Since: 1.0
 */
struct _NullmailRelayHost
{
  gatomicrefcount ref_count;

  char     *text;       /* (owned) what main.cf says */
  char     *host;       /* (owned) without brackets */
  char     *service;    /* (owned) (nullable) text after the colon */
  gboolean  mx_lookup;
  guint     port;       /* 0 for a service that this machine does not know */
};

G_DEFINE_BOXED_TYPE (NullmailRelayHost, nullmail_relay_host,
                     nullmail_relay_host_ref, nullmail_relay_host_unref)

static gboolean
refuse (GError     **error,
        const char  *text,
        const char  *reason)
{
  g_autofree char *display = _nullmail_text_display (text);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_RELAY_HOST,
               "“%s” is not a relay host: %s", display, reason);
  return FALSE;
}

/* What no part of a relay host may hold. */
static gboolean
check_characters (const char  *text,
                  GError     **error)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == ' ' || *p == '\t')
        return refuse (error, text, "it has blanks inside, which only a list has, take one");
      if (g_ascii_iscntrl (*p))
        return refuse (error, text, "it has a control character, leave it out");
      if ((guchar) *p >= 0x80)
        return refuse (error, text, "write a name beyond ASCII in its xn-- form");
      if (*p == ',' || *p == ';')
        return refuse (error, text, "only one destination is possible, leave the others out");
      if (*p == '"' || *p == '\\')
        return refuse (error, text, "it has a quote or backslash, which the key of a password "
                       "cannot have, leave it out");
      if (*p == '@')
        return refuse (error, text, "the user name belongs to the credentials, leave it out");
    }

  return TRUE;
}

/* Follows the nesting of a macro's braces, as in ${name}; what stands there is not looked into. */
static int
next_depth (int  depth,
            char c)
{
  if (c == '{' || c == '(')
    return depth + 1;
  if (c == '}' || c == ')')
    return depth - 1;
  return depth;
}

static gboolean
check_host_characters (const char  *text,
                       const char  *host,
                       GError     **error)
{
  int depth = 0;

  for (const char *p = host; *p != '\0'; p++)
    {
      depth = next_depth (depth, *p);
      if (depth < 0)
        return refuse (error, text, UNBALANCED_BRACES);

      if (depth > 0 || g_ascii_isalnum (*p) || strchr (".-_$})", *p) != NULL)
        continue;
      if (*p == '[' || *p == ']')
        return refuse (error, text, "its brackets are not balanced, write [host] or [host]:port");
      if (*p == ':')
        return refuse (error, text, "only an IPv6 address has several colons, and stands in "
                       "brackets, as in [2001:db8::1]:587");
      return refuse (error, text, "a host name has letters, digits, dots and hyphens only");
    }

  return depth == 0 || refuse (error, text, UNBALANCED_BRACES);
}

/* The host behind a prefix “ipv6:”, which Postfix takes for an address in brackets. */
static const char *
skip_prefix (const char *host,
             gboolean    mx_lookup)
{
  const gsize length = sizeof IPV6_PREFIX - 1;

  return !mx_lookup && g_ascii_strncasecmp (host, IPV6_PREFIX, length) == 0 ? host + length : host;
}

/* Whether the port stands before the closing bracket. */
static gboolean
has_port_inside (const char *host)
{
  const char *colon = strchr (host, ':');

  return colon != NULL && colon > host && strchr (colon + 1, ':') == NULL;
}

static gboolean
check_host (const char  *text,
            const char  *host,
            gboolean     mx_lookup,
            GError     **error)
{
  gboolean has_macro = strchr (host, '$') != NULL;
  const char *plain = skip_prefix (host, mx_lookup), *fault;

  if (*host == '\0')
    return refuse (error, text, "there is no host name, write [host] or [host]:port");
  if (strlen (host) > (has_macro ? MAX_MACRO_BYTES : MAX_HOST_BYTES))
    return refuse (error, text, "the host name is too long, DNS allows 255 characters");
  if (!has_macro && strpbrk (host, "{}()") != NULL)
    return refuse (error, text, "it has braces without a macro, leave them out");
  if (!mx_lookup && strpbrk (host, "[]") != NULL)  /* in a macro too: the first “]” is the end */
    return refuse (error, text, "its brackets are not balanced, write [host] or [host]:port");
  if (has_macro)
    return check_host_characters (text, host, error);

  if (plain != host && strchr (plain, ':') == NULL)
    fault = "it is no IPv6 address, write one as in [2001:db8::1]:587";
  else if (!mx_lookup && (plain != host || _nullmail_host_is_ipv6 (plain)))
    fault = _nullmail_host_address_find_fault (plain);
  else if (!mx_lookup && has_port_inside (host))
    fault = "the port stands behind the bracket, as in [host]:587";
  else if (!check_host_characters (text, host, error))
    return FALSE;
  else
    fault = _nullmail_host_address_find_fault (host) == NULL
            ? NULL : _nullmail_host_name_find_fault (host);

  return fault == NULL || refuse (error, text, fault);
}

static gboolean
check_service (const char  *text,
               const char  *service,
               GError     **error)
{
  if (*service == '\0')
    return refuse (error, text, "there is no port after the colon, write both or none");
  if (strlen (service) > MAX_SERVICE_BYTES)
    return refuse (error, text, "the name of the service is too long, write the number");

  for (const char *p = service; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && (*p != '-' || p == service))
      return refuse (error, text, "a port is a number, or a service's name of letters, digits and "
                     "hyphens");

  if (strspn (service, "0123456789") == strlen (service)
      && !g_ascii_string_to_unsigned (service, 10, 1, G_MAXUINT16, NULL, NULL))
    return refuse (error, text, "the port is not between 1 and 65535");

  return TRUE;
}

/* As Postfix finds it, in services(5), but for the names that every machine knows. */
static guint
find_port (const char *service)
{
  static const struct { const char *name; guint port; } well_known[] = {
    { "smtp", 25 },
    { "submission", 587 },
    { "submissions", 465 },
    { "smtps", 465 },
  };
  struct servent entry, *found = NULL;
  char buffer[4096];

  if (service == NULL)
    return DEFAULT_PORT;
  if (g_ascii_isdigit (*service) && strspn (service, "0123456789") == strlen (service))
    return (guint) g_ascii_strtoull (service, NULL, 10);

  for (guint i = 0; i < G_N_ELEMENTS (well_known); i++)
    if (strcmp (service, well_known[i].name) == 0)
      return well_known[i].port;

  if (getservbyname_r (service, "tcp", &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return 0;

  return ntohs ((guint16) found->s_port);
}

/* text is what the user wrote, for messages only. */
static NullmailRelayHost *
new_checked (const char  *text,
             const char  *host,
             const char  *service,
             gboolean     mx_lookup,
             GError     **error)
{
  NullmailRelayHost *self;

  if (!check_host (text, host, mx_lookup, error)
      || (service != NULL && !check_service (text, service, error)))
    return NULL;

  /* A transport: right in transport_maps, but here smtp(8) would look for a host “smtp”. */
  if (mx_lookup && g_ascii_strcasecmp (host, "smtp") == 0
      && service != NULL && !g_ascii_isdigit (*service))
    {
      refuse (error, text, "leave “smtp:” out, the relay host alone is meant");
      return NULL;
    }

  self = g_new0 (NullmailRelayHost, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->host = g_strdup (host);
  self->service = g_strdup (service);
  self->mx_lookup = !!mx_lookup;
  self->port = find_port (service);
  self->text = g_strconcat (mx_lookup ? "" : "[", host, mx_lookup ? "" : "]",
                            service != NULL ? ":" : "", service, NULL);
  return self;
}

/**
 * nullmail_relay_host_new:
 * @host: name or address without brackets
 * @service: (nullable): port number or name of a service, or %NULL for port 25
 * @mx_lookup: %TRUE to deliver to the mail exchangers (MX records) of @host, %FALSE to deliver to
 *   @host itself
 * @error: return location for an error, or %NULL
 *
 * Makes a relay host of its parts.
 *
 * Returns: (transfer full) (not nullable): a relay host, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_RELAY_HOST where [func@RelayHost.parse] would refuse the written
 *   form
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_relay_host_new (const char  *host,
                         const char  *service,
                         gboolean     mx_lookup,
                         GError     **error)
{
  g_return_val_if_fail (host != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_characters (host, error)
      || (service != NULL && !check_characters (service, error)))
    return NULL;

  return new_checked (host, host, service, mx_lookup, error);
}

/* Whether there is a “:[” outside braces: in a macro it may be the other of two relays. */
static gboolean
has_transport (const char *text)
{
  int depth = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      depth = next_depth (depth, *p);
      if (depth <= 0 && p[0] == ':' && p[1] == '[')
        return TRUE;
    }

  return FALSE;
}

/* Where the service of a destination without brackets begins: at the colon outside braces. */
static const char *
find_service (const char *text)
{
  const char *colon = NULL;
  int depth = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      depth = next_depth (depth, *p);
      if (depth > 0 || *p != ':')
        continue;
      if (colon != NULL)
        return NULL;  /* a second one: left in the host, where it is refused */
      colon = p;
    }

  return colon;
}

/**
 * nullmail_relay_host_parse:
 * @text: a value of `relayhost`: `host`, `host:service`, `[host]` or
 *   `[host]:service`; blanks around it are ignored
 * @error: return location for an error, or %NULL
 *
 * Reads a relay host as main.cf writes it.
 *
 * A macro such as `$mydomain` may stand for the host and is kept as it is. An IPv6 address needs
 * brackets. Postfix takes several destinations since version 3.5; a relay host is only one.
 *
 * Text that Postfix would not, or not always, understand is refused: none at all, blanks or control
 * characters inside, several destinations, a user name, brackets that do not match, an empty
 * service, a port out of range, a transport such as `smtp:`, quotes, backslashes, characters beyond
 * ASCII. So is a name or an address at which smtp(8) would stop: a dot at the end, an empty or
 * overlong part, numbers that are no address, an IPv6 address with a scope. See postconf(5),
 * `relayhost`.
 *
 * Returns: (transfer full) (not nullable): a relay host, or %NULL with @error set:
 *   %NULLMAIL_ERROR_INVALID_RELAY_HOST
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_relay_host_parse (const char  *text,
                           GError     **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *host = NULL;
  const char *rest;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  text += strspn (text, " \t");
  trimmed = g_strdup (text);
  for (gsize n = strlen (trimmed); n > 0 && strchr (" \t", trimmed[n - 1]) != NULL; n--)
    trimmed[n - 1] = '\0';

  if (!check_characters (trimmed, error))
    return NULL;
  if (strstr (trimmed, "://") != NULL && strchr (trimmed, '$') == NULL)
    {
      refuse (error, trimmed, "leave the scheme before “//” out, write [host]:port");
      return NULL;
    }

  if (*trimmed != '[')
    {
      if (has_transport (trimmed))
        {
          refuse (error, trimmed, "leave the transport before the first colon out");
          return NULL;
        }

      rest = find_service (trimmed);
      host = rest != NULL ? g_strndup (trimmed, rest - trimmed) : g_strdup (trimmed);
      return new_checked (trimmed, host, rest != NULL ? rest + 1 : NULL, TRUE, error);
    }

  rest = strchr (trimmed, ']');
  if (rest == NULL || (rest[1] != '\0' && rest[1] != ':'))
    {
      refuse (error, trimmed, "its brackets are not balanced, write [host] or [host]:port");
      return NULL;
    }

  host = g_strndup (trimmed + 1, rest - trimmed - 1);
  return new_checked (trimmed, host, rest[1] == ':' ? rest + 2 : NULL, FALSE, error);
}

/**
 * nullmail_relay_host_ref:
 * @self: a relay host
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full) (not nullable): @self
 *
 * Since: 1.0
 */
NullmailRelayHost *
nullmail_relay_host_ref (NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * nullmail_relay_host_unref:
 * @self: (transfer full): a relay host
 *
 * Gives a reference back, and frees the relay host with the last one; any thread may.
 *
 * Since: 1.0
 */
void
nullmail_relay_host_unref (NullmailRelayHost *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->text);
  g_free (self->host);
  g_free (self->service);
  g_free (self);
}

/**
 * nullmail_relay_host_to_string:
 * @self: a relay host
 *
 * Gets the value of `relayhost`, which is also the key in the password file. Case is kept.
 *
 * Returns: (transfer none) (not nullable): text such as `[smtp.example.com]:587`
 *
 * Since: 1.0
 */
const char *
nullmail_relay_host_to_string (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * nullmail_relay_host_get_host:
 * @self: a relay host
 *
 * Gets the host without brackets.
 *
 * Returns: (transfer none) (not nullable): a name, an address or text with a macro
 *
 * Since: 1.0
 */
const char *
nullmail_relay_host_get_host (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

/**
 * nullmail_relay_host_get_service:
 * @self: a relay host
 *
 * Gets the port as it was written, which may be the name of a service.
 *
 * Returns: (transfer none) (nullable): the text after the colon, or %NULL where there is no colon
 *
 * Since: 1.0
 */
const char *
nullmail_relay_host_get_service (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->service;
}

/**
 * nullmail_relay_host_get_mx_lookup:
 * @self: a relay host
 *
 * Tells whether Postfix looks up the mail exchangers of the host, which it does where no brackets
 * are written.
 *
 * Returns: %TRUE without brackets
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_host_get_mx_lookup (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mx_lookup;
}

/**
 * nullmail_relay_host_get_port:
 * @self: a relay host
 *
 * Gets the port that Postfix connects to.
 *
 * Returns: a number between 1 and 65535: the one given, or that of the service, or 25 where
 *   nothing is given; 0 for a service that this machine does not know. Names of services are
 *   compared with their case, as Postfix does.
 *
 * Since: 1.0
 */
guint
nullmail_relay_host_get_port (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * nullmail_relay_host_get_implicit_tls:
 * @self: a relay host
 *
 * Tells whether the relay expects TLS from the first byte, without STARTTLS, as is usual on
 * port 465.
 *
 * Returns: %TRUE on port 465
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_host_get_implicit_tls (const NullmailRelayHost *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->port == IMPLICIT_TLS_PORT;
}

/**
 * nullmail_relay_host_equal:
 * @self: a relay host
 * @other: another one
 *
 * Compares two relay hosts as a look-up of the password does: by their text, ignoring the case of
 * ASCII letters. `[a]`, `[a]:25`, `[a]:smtp` and `a` are four different ones.
 *
 * Returns: %TRUE if both have the same key
 *
 * Since: 1.0
 */
gboolean
nullmail_relay_host_equal (const NullmailRelayHost *self,
                           const NullmailRelayHost *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return self == other || g_ascii_strcasecmp (self->text, other->text) == 0;
}

/**
 * nullmail_relay_host_hash:
 * @self: a relay host
 *
 * Gets a number that is the same for equal relay hosts, for use in a [struct@GLib.HashTable].
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
nullmail_relay_host_hash (const NullmailRelayHost *self)
{
  g_autofree char *folded = NULL;

  g_return_val_if_fail (self != NULL, 0);

  folded = g_ascii_strdown (self->text, -1);
  return g_str_hash (folded);
}
