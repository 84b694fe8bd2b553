/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A relay host that is understood comes out as it went in, can be made of its parts, and can stand
 * in main.cf and in a password file as it is; what is understood is what a grammar says.
 *
 * The input is a service, a NUL, and the text; the service is for making one of parts. */

#include "fuzz.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "document/password-file-private.h"
#include "nullmail.h"

static guint
find_port (const char *service)
{
  static const char * const names[] = { "smtp", "submission", "submissions", "smtps" };
  static const guint ports[] = { 25, 587, 465, 465 };
  struct servent *entry;

  if (service == NULL)
    return 25;
  if (strspn (service, "0123456789") == strlen (service))
    return (guint) g_ascii_strtoll (service, NULL, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (service, names[i]) == 0)
      return ports[i];

  entry = getservbyname (service, "tcp");
  return entry != NULL ? ntohs ((uint16_t) entry->s_port) : 0;
}

/* Compiled once, and reachable to the end. */
static GRegex *
get_expression (const char *pattern)
{
  static GHashTable *expressions = NULL;
  GRegex *expression;

  if (expressions == NULL)
    expressions = g_hash_table_new (g_str_hash, g_str_equal);

  expression = g_hash_table_lookup (expressions, pattern);
  if (expression == NULL)
    {
      expression = g_regex_new (pattern, G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
      g_hash_table_insert (expressions, (gpointer) pattern, expression);
    }

  return expression;
}

static gboolean
matches (const char *pattern,
         const char *text)
{
  return g_regex_match (get_expression (pattern), text, 0, NULL);
}

#define OCTET "0*(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[0-9]{1,2})"
#define LABEL "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"

static gboolean
is_ipv4 (const char *text)
{
  return matches ("^" OCTET "(?:\\." OCTET "){3}$", text)
         && !matches ("^0+\\..*[1-9]", text);
}

/* Eight groups of which a last one with dots is two, and “::” another one at least. */
static gboolean
is_ipv6 (const char *host)
{
  g_autofree char *address = g_ascii_strdown (host, -1);
  const char *start = g_str_has_prefix (address, "ipv6:") ? address + 5 : address;
  const char *last = strrchr (start, ':');
  struct in6_addr binary;

  return inet_pton (AF_INET6, start, &binary) == 1
         && !matches ("(?::.*){8}|(?::.*){7}\\.", start)
         && (strchr (last, '.') == NULL || is_ipv4 (last + 1));
}

static gboolean
is_name (const char *text)
{
  return matches ("^" LABEL "(?:\\." LABEL ")*$", text) && matches ("[^0-9.]", text);
}

/* Whether a text without macros is one, as the manual has it. */
static gboolean
is_relay_host (const char *text)
{
  static const char form[] =
    "^(?:\\[([^][]*)\\]|([^][:]*))(?::([A-Za-z0-9][A-Za-z0-9-]{0,63}))?$";
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *inside = NULL, *name = NULL, *service = NULL;
  const char *host;
  gboolean is_bracketed = *text == '[';

  if (!g_regex_match (get_expression (form), text, 0, &match))
    return FALSE;

  inside = g_match_info_fetch (match, 1);
  name = g_match_info_fetch (match, 2);
  service = g_match_info_fetch (match, 3);
  host = is_bracketed ? inside : name;
  if (strlen (host) > 255 || matches ("[^\\x21-\\x7e]|[,;@]", text))
    return FALSE;
  if (!(is_bracketed && is_ipv6 (host)) && !is_ipv4 (host) && !is_name (host))
    return FALSE;
  if (!is_bracketed && g_ascii_strcasecmp (host, "smtp") == 0
      && service != NULL && matches ("^[A-Za-z-]", service))
    return FALSE;

  return service == NULL || *service == '\0' || !matches ("^[0-9]+$", service)
         || matches ("^0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}"
                     "|655[0-2][0-9]|6553[0-5])$", service);
}

static void
assert_same (NullmailRelayHost *a,
             NullmailRelayHost *b)
{
  g_assert_true (nullmail_relay_host_equal (a, b));
  g_assert_true (nullmail_relay_host_equal (b, a));
  g_assert_cmpuint (nullmail_relay_host_hash (a), ==, nullmail_relay_host_hash (b));
  g_assert_true (nullmail_relay_host_get_mx_lookup (a) == nullmail_relay_host_get_mx_lookup (b));
}

static void
assert_identical (NullmailRelayHost *a,
                  NullmailRelayHost *b)
{
  assert_same (a, b);
  g_assert_cmpuint (nullmail_relay_host_get_port (a), ==, nullmail_relay_host_get_port (b));
  g_assert_true (nullmail_relay_host_get_implicit_tls (a)
                 == nullmail_relay_host_get_implicit_tls (b));
  g_assert_cmpstr (nullmail_relay_host_to_string (a), ==, nullmail_relay_host_to_string (b));
  g_assert_cmpstr (nullmail_relay_host_get_host (a), ==, nullmail_relay_host_get_host (b));
  g_assert_cmpstr (nullmail_relay_host_get_service (a), ==, nullmail_relay_host_get_service (b));
}

/* Also where macros are in it, which the grammar does not know. */
static void
check_characters (const char *text)
{
  int depth = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      g_assert_cmpint (*p, >, ' ');
      g_assert_cmpint (*p, <, 0x7f);
      g_assert_null (strchr (",;@\"\\", *p));
      depth += (*p == '{' || *p == '(') - (*p == '}' || *p == ')');
      g_assert_cmpint (depth, >=, 0);
    }
  g_assert_cmpint (depth, ==, 0);
}

/* The text must be able to stand in main.cf, and be the key of a password. */
static void
check_use (NullmailRelayHost *self)
{
  const char *text = nullmail_relay_host_to_string (self);
  g_autoptr(NullmailMainCf) main_cf = nullmail_main_cf_new ();
  g_autoptr(NullmailPasswordFile) file = _nullmail_password_file_new ();
  g_autoptr(NullmailSecureBuffer) password = _nullmail_secure_buffer_new_from ("p", 1);
  g_autoptr(NullmailSecureBuffer) found = NULL;
  g_autofree char *value = NULL;

  g_assert_true (nullmail_main_cf_set_value (main_cf, "relayhost", text, NULL));
  value = nullmail_main_cf_get_value (main_cf, "relayhost");
  g_assert_cmpstr (value, ==, text);

  g_assert_true (_nullmail_password_file_set (file, text, "u", password));
  g_assert_true (_nullmail_password_file_lookup (file, text, NULL, &found));
  g_assert_true (_nullmail_secure_buffer_equal (found, password));
}

static void
check_relay_host (NullmailRelayHost *self)
{
  const char *text = nullmail_relay_host_to_string (self);
  const char *service = nullmail_relay_host_get_service (self);
  gboolean mx_lookup = nullmail_relay_host_get_mx_lookup (self);
  g_autofree char *upper = g_ascii_strup (text, -1);
  g_autofree char *padded = g_strconcat (" \t", text, "\t ", NULL);
  g_autoptr(NullmailRelayHost) again = nullmail_relay_host_parse (text, NULL);
  g_autoptr(NullmailRelayHost) from_padded = nullmail_relay_host_parse (padded, NULL);
  g_autoptr(NullmailRelayHost) from_upper = nullmail_relay_host_parse (upper, NULL);
  g_autoptr(NullmailRelayHost) from_parts = NULL, longer = NULL;

  g_assert_nonnull (again);
  assert_identical (self, again);
  assert_identical (self, from_padded);
  assert_same (self, from_upper);

  from_parts = nullmail_relay_host_new (nullmail_relay_host_get_host (self), service, mx_lookup,
                                        NULL);
  g_assert_nonnull (from_parts);
  assert_identical (self, from_parts);

  /* Another key, also where it is the same port. */
  longer = nullmail_relay_host_new (nullmail_relay_host_get_host (self),
                                    service == NULL ? "25" : NULL, mx_lookup, NULL);
  if (longer != NULL)
    g_assert_false (nullmail_relay_host_equal (self, longer));

  g_assert_true (mx_lookup == (*text != '['));
  g_assert_cmpuint (nullmail_relay_host_get_port (self), ==, find_port (service));
  g_assert_true (nullmail_relay_host_get_implicit_tls (self)
                 == (nullmail_relay_host_get_port (self) == 465));
  check_characters (text);
  check_use (self);
}

static void
check_parse (const char *text)
{
  GError *error = NULL;
  g_autoptr(NullmailRelayHost) self = nullmail_relay_host_parse (text, &error);
  g_autofree char *trimmed = NULL;

  text += strspn (text, " \t");
  trimmed = g_strdup (text);
  for (gsize n = strlen (trimmed); n > 0 && strchr (" \t", trimmed[n - 1]) != NULL; n--)
    trimmed[n - 1] = '\0';

  if (strchr (trimmed, '$') == NULL)
    g_assert_true (is_relay_host (trimmed) == (self != NULL));
  if (self == NULL)
    {
      g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_RELAY_HOST);
      fuzz_assert_error (error);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpstr (nullmail_relay_host_to_string (self), ==, trimmed);
  check_relay_host (self);
}

/* What can be made of parts is what the written form says. */
static void
check_new (const char *host,
           const char *service,
           gboolean    mx_lookup)
{
  GError *error = NULL;
  g_autoptr(NullmailRelayHost) self = nullmail_relay_host_new (host, service, mx_lookup, &error);
  g_autofree char *written = g_strconcat (mx_lookup ? "" : "[", host, mx_lookup ? "" : "]",
                                          service != NULL ? ":" : "", service, NULL);
  g_autoptr(NullmailRelayHost) parsed = nullmail_relay_host_parse (written, NULL);

  if (self == NULL)
    {
      g_assert_cmpint (error->code, ==, NULLMAIL_ERROR_INVALID_RELAY_HOST);
      fuzz_assert_error (error);
      /* The parts may be other ones: a host with a port in it. */
      if (parsed != NULL)
        g_assert_false (strcmp (nullmail_relay_host_get_host (parsed), host) == 0
                        && g_strcmp0 (nullmail_relay_host_get_service (parsed), service) == 0
                        && nullmail_relay_host_get_mx_lookup (parsed) == mx_lookup);
      return;
    }

  g_assert_no_error (error);
  g_assert_nonnull (parsed);
  assert_identical (self, parsed);
  check_relay_host (self);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *rest;
  gsize rest_size;
  g_autofree char *service = fuzz_split (data, size, &rest, &rest_size);
  g_autofree char *text = g_strndup (rest_size > 0 ? rest : "", rest_size);

  fuzz_make_warnings_fatal ();
  check_parse (text);
  check_new (text, *service != '\0' ? service : NULL, FALSE);
  check_new (text, *service != '\0' ? service : NULL, TRUE);

  return 0;
}
