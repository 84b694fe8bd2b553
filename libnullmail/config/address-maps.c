/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The texts of the tables that give all senders, or root's mail, one address.
 *
 * The pattern for senders wants an “@”, which every sender has but the empty one: cleanup(8) looks
 * that one up as “""”, and a bounce must not get an address to be bounced to. Header patterns are
 * matched against the whole header, folded lines included, since “.” matches a newline there.
 *
 * From: has one valid address behind the change, whatever was there. Beside it stands the name of
 * the first author, from what is in front of “<” or from a comment: as it is where it is made of
 * words, quoted strings and comments, in quotes where it has other signs, and not at all where it
 * cannot be told where it ends.
 *
 * The virtual aliases need every form of a name. Postfix looks up the bare name for $myorigin and
 * for address literals of this host; localhost and the host's own names it does not take for its
 * own where mydestination is empty. A name without a dot is looked up as it is, or with $mydomain
 * behind it, which depends on append_dot_mydomain. */

#include "config/address-maps-private.h"

#include <string.h>

#include "document/host-name-private.h"
#include "document/logical-lines-private.h"
#include "document/value-list-private.h"

#define ADDRESS "ADDRESS"
#define MAX_RULES 5
#define COMMENTED "/^From:[^()<>,:;\"]*\\("
#define ANY_FROM "/^From:/ REPLACE From: "
#define END_OF_COMMENT "\\)[[:space:]]*$/"

static const struct
{
  const char *parameter;
  const char *file_name;         /* NULL: never in a file */
  const char *rules[MAX_RULES];  /* as a file has them */
} maps[NULLMAIL_N_ADDRESS_MAPS] = {
  [NULLMAIL_ADDRESS_MAP_SENDER] =
    { "sender_canonical_maps", "nullmail-sender_canonical", { "/@/ " ADDRESS } },
  [NULLMAIL_ADDRESS_MAP_HEADER] =
    { "smtp_header_checks", "nullmail-smtp_header_checks",
      { "/^From:(([^][\"<>(),:;@\\\\]|\"([^\"\\\\]|\\\\.)*\"|\\([^()<>\"\\\\]*\\))*)<[^<>]*>/ "
        "REPLACE From:$1<" ADDRESS ">",
        "/^From:[[:space:]]*([^\"<>(),:;@\\\\=]*[^\"<>(),:;@\\\\=[:space:]])[[:space:]]*<[^<>]*>/ "
        "REPLACE From: \"$1\" <" ADDRESS ">",
        COMMENTED "(([^][()<>,:;@\"\\\\]|\\([^()<>\"\\\\]*\\))*)" END_OF_COMMENT
        " REPLACE From: $1 <" ADDRESS ">",
        COMMENTED "([^\"\\\\()=]*)" END_OF_COMMENT " REPLACE From: \"$1\" <" ADDRESS ">",
        ANY_FROM ADDRESS } },
  [NULLMAIL_ADDRESS_MAP_ROOT] = { "virtual_alias_maps", NULL, { NULL } },
};

/* What was written before for From:, which is brought up to date. */
static const char *const old_header_rules[MAX_RULES] = {
  "/^From:(.*)<[^<>]*>/ REPLACE From:$1<" ADDRESS ">",
  "/^From:[^()]*\\((.*)\\)/ REPLACE From: $1 <" ADDRESS ">",
  ANY_FROM ADDRESS,
};

static const char *const root_names[] = { "root", "postmaster" };
static const char *const root_domains[] = {
  "", "@localhost", "@$myhostname", "@localhost.$mydomain", "@localhost.localdomain",
};

/* Patterns that match whatever has an “@”. */
static const char *const sender_patterns[] = {
  "/@/", "/.@/", "/.*@.*/", "/.+@.+/", "/^.*@.*$/", "/^.+@.+$/", "/^(.*)@(.*)$/", "/(.*)@(.*)/",
};

const char *
_nullmail_address_map_get_parameter (NullmailAddressMap map)
{
  return maps[map].parameter;
}

const char *
_nullmail_address_map_get_file_name (NullmailAddressMap map)
{
  return maps[map].file_name;
}

static gboolean
has_other_dollars (const char *text)
{
  for (; (text = strchr (text, '$')) != NULL; text++)
    if (!g_ascii_isalpha (text[1]) && text[1] != '_')
      return TRUE;

  return FALSE;
}

static gboolean
has_bad_dot (const char *address,
             const char *at)
{
  return *address == '.' || at[-1] == '.' || at[1] == '.' || g_str_has_suffix (at, ".")
         || strstr (address, "..") != NULL;
}

/* What a macro stands for is looked at once it is expanded. A domain beyond ASCII is looked at as
 * DNS has it, see valid_utf8_hostname () in Postfix. */
static const char *
find_domain_fault (const char *domain)
{
  g_autofree char *ascii = NULL;

  if (strchr (domain, '$') != NULL)
    return NULL;

  if (g_utf8_validate (domain, -1, NULL))
    ascii = g_hostname_to_ascii (domain);
  return ascii != NULL ? _nullmail_host_name_find_fault (ascii)
                       : "the domain is no name that DNS could have, write one such as example.com";
}

const char *
_nullmail_address_find_fault (const char *address)
{
  const char *at = strchr (address, '@');

  if (strpbrk (address, " ,;:\"`\\()<>[]{}") != NULL || _nullmail_text_has_control (address))
    return "the bare address is needed, without a name, blanks, quotes or brackets";
  if (at == NULL || at == address || at[1] == '\0' || strchr (at + 1, '@') != NULL)
    return "an address is a name, one “@” and a domain, such as host7@example.com";
  if (has_other_dollars (address))
    return "“$” can only stand before the name of a parameter, such as $mydomain";
  if (*address == '-')
    return "Postfix takes no address that begins with “-”, name another";
  if (has_bad_dot (address, at))
    return "a dot stands between two words, leave others out";

  return find_domain_fault (at + 1);
}

static gboolean
is_root_name (const char *name,
              gsize       length)
{
  for (guint i = 0; i < G_N_ELEMENTS (root_names); i++)
    if (strlen (root_names[i]) == length && g_ascii_strncasecmp (name, root_names[i], length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_localhost (const char *domain)
{
  return g_ascii_strncasecmp (domain, "localhost", strlen ("localhost")) == 0
         && (domain[strlen ("localhost")] == '\0' || domain[strlen ("localhost")] == '.');
}

/* Whether Postfix may put $mydomain behind a name. */
static gboolean
may_get_domain (const char *name)
{
  return name != NULL && *name != '\0' && strpbrk (name, "./ ") == NULL && !is_localhost (name);
}

/* The forms of this host's own names that no macro alone stands for. */
static void
add_own_domains (NullmailEffective *effective,
                 GStrvBuilder      *domains)
{
  g_autofree char *hostname = _nullmail_effective_get_value (effective, "myhostname");
  g_autofree char *origin = _nullmail_effective_get_value (effective, "myorigin");
  gsize length = hostname != NULL ? strcspn (hostname, ".") : 0;

  if (length > 0 && hostname[length] == '.')
    {
      g_autofree char *label = g_strndup (hostname, length);
      g_autofree char *domain = g_strconcat ("@", label, NULL);

      if (may_get_domain (label) && _nullmail_host_name_find_fault (label) == NULL)
        g_strv_builder_add (domains, domain);
    }

  if (may_get_domain (hostname))
    g_strv_builder_add (domains, "@$myhostname.$mydomain");
  if (may_get_domain (origin) && g_strcmp0 (origin, hostname) != 0)
    g_strv_builder_add (domains, "@$myorigin.$mydomain");
}

/* (transfer full): what stands behind root's name in the keys of its entries. effective:
 * (nullable): without it only those are known that are the same everywhere. */
static char **
list_root_domains (NullmailEffective *effective)
{
  g_autoptr(GStrvBuilder) domains = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (root_domains); i++)
    g_strv_builder_add (domains, root_domains[i]);
  if (effective != NULL)
    add_own_domains (effective, domains);

  return g_strv_builder_end (domains);
}

/* Whether a domain is one that root's mail is taken from, as it is written or with its macros
 * expanded. */
static gboolean
is_own_domain (NullmailEffective *effective,
               const char        *domain)
{
  g_auto(GStrv) domains = list_root_domains (effective);

  for (guint i = 1; domains[i] != NULL; i++)
    {
      const char *own = domains[i] + strlen ("@");
      g_autofree char *expanded = effective != NULL
                                  ? _nullmail_effective_expand (effective, own, NULL) : NULL;

      if (g_ascii_strcasecmp (domain, own) == 0
          || (expanded != NULL && g_ascii_strcasecmp (domain, expanded) == 0))
        return TRUE;
    }

  return FALSE;
}

gboolean
_nullmail_root_address_is_for (NullmailEffective *effective,
                               const char        *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL ? is_root_name (address, at - address) && is_own_domain (effective, at + 1)
                    : is_root_name (address, strlen (address));
}

const char *
_nullmail_root_address_find_fault (NullmailEffective *effective,
                                   const char        *address,
                                   gboolean           delivers_here)
{
  const char *at = strchr (address, '@');

  if (at == NULL)
    return NULL;
  if (_nullmail_root_address_is_for (effective, address))
    return "this is root's own address, so that its mail would come back to it: name the address "
           "of whoever reads it, such as admin@example.com";
  if (!delivers_here && is_localhost (at + 1))
    return "this host itself delivers nothing: name an address elsewhere, such as "
           "admin@example.com";

  return NULL;
}

static char *
fill_in (const char *rule,
         const char *address,
         gboolean    is_in_main_cf)
{
  GString *text = g_string_new (rule);

  if (is_in_main_cf)
    g_string_replace (text, "$", "$$", 0);
  g_string_replace (text, ADDRESS, address, 0);
  return g_string_free (text, FALSE);
}

static char *
make_root_item (NullmailEffective *effective,
                const char        *address)
{
  g_auto(GStrv) domains = list_root_domains (effective);
  GString *text = g_string_new ("inline:{ ");

  for (guint i = 0; domains[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (root_names); j++)
      g_string_append_printf (text, "%s{%s%s = %s}", i + j > 0 ? ", " : "", root_names[j],
                              domains[i], address);

  g_string_append (text, " }");
  return g_string_free (text, FALSE);
}

char *
_nullmail_address_map_make_item (NullmailAddressMap  map,
                                 NullmailEffective  *effective,
                                 const char         *address)
{
  GString *text;

  if (map == NULLMAIL_ADDRESS_MAP_ROOT)
    return make_root_item (effective, address);

  text = g_string_new ("regexp:{ ");
  for (guint i = 0; i < MAX_RULES && maps[map].rules[i] != NULL; i++)
    {
      g_autofree char *rule = fill_in (maps[map].rules[i], address, TRUE);

      g_string_append_printf (text, "%s{%s}", i > 0 ? ", " : "", rule);
    }

  g_string_append (text, " }");
  return g_string_free (text, FALSE);
}

char *
_nullmail_address_map_make_text (NullmailAddressMap  map,
                                 const char         *address)
{
  GString *text = g_string_new ("# Made by libnullmail: what is changed here is written over.\n");

  for (guint i = 0; i < MAX_RULES && maps[map].rules[i] != NULL; i++)
    {
      g_autofree char *rule = fill_in (maps[map].rules[i], address, FALSE);

      g_string_append_printf (text, "%s\n", rule);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_pattern_type (const char *type)
{
  return g_str_equal (type, "regexp") || g_str_equal (type, "pcre");
}

/* (nullable): the file of a table of patterns, macros expanded. */
static char *
get_pattern_path (NullmailEffective       *effective,
                  const NullmailTableName *name)
{
  g_autofree char *path = NULL;

  if (!is_pattern_type (name->type)
      || _nullmail_table_name_get_kind (name) != NULLMAIL_TABLE_PATTERN)
    return NULL;

  path = _nullmail_effective_expand (effective, name->name, NULL);
  return path != NULL && *path == '/' ? g_steal_pointer (&path) : NULL;
}

char **
_nullmail_pattern_table_list_rules (NullmailEffective *effective,
                                    const char        *item)
{
  g_auto(NullmailTableName) name = { .type = NULL };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (!_nullmail_table_name_parse (&name, item) || !is_pattern_type (name.type))
    return NULL;
  if (_nullmail_table_name_get_kind (&name) == NULLMAIL_TABLE_INLINE)
    return _nullmail_table_name_list_entries (&name);

  path = get_pattern_path (effective, &name);
  if (path != NULL)
    text = _nullmail_effective_load_file (effective, path);
  return text != NULL ? _nullmail_lines_join (text) : NULL;
}

char *
_nullmail_address_map_get_path (NullmailAddressMap  map,
                                NullmailEffective  *effective,
                                const char         *item)
{
  g_auto(NullmailTableName) name = { .type = NULL };
  g_autofree char *path = NULL;
  g_autofree char *base = NULL;

  if (maps[map].file_name == NULL || !_nullmail_table_name_parse (&name, item))
    return NULL;

  path = get_pattern_path (effective, &name);
  base = path != NULL ? g_path_get_basename (path) : NULL;
  return g_strcmp0 (base, maps[map].file_name) == 0 ? g_steal_pointer (&path) : NULL;
}

/* The rule as a file has it, with one blank in the place of several. */
static char *
normalise (const char *rule)
{
  g_autofree char **words = g_strsplit_set (rule, " \t\n\v\f\r", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0')
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words[i]);
      g_free (words[i]);
    }

  g_string_replace (text, "$$", "$", 0);
  return g_string_free (text, FALSE);
}

static char *
recognise_sender (const char *rule)
{
  g_autofree char *text = normalise (rule);
  char *blank = strchr (text, ' ');

  if (blank == NULL)
    return NULL;

  *blank = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (sender_patterns); i++)
    if (g_str_equal (text, sender_patterns[i]))
      return g_strdup (blank + 1);

  return NULL;
}

/* (nullable): the address that rules for From: give it, if they are those of a list. */
static char *
find_header_address (char              **rules,
                     const char *const  *made)
{
  guint length = g_strv_length (rules);
  g_autofree char *last = length > 0 ? normalise (rules[length - 1]) : g_strdup ("");
  const char *address = last + strlen (ANY_FROM);

  if (!g_str_has_prefix (last, ANY_FROM))
    return NULL;

  for (guint i = 0; i < MAX_RULES && (i < length || made[i] != NULL); i++)
    {
      g_autofree char *expected = made[i] != NULL ? fill_in (made[i], address, FALSE) : NULL;
      g_autofree char *found = i < length ? normalise (rules[i]) : NULL;

      if (g_strcmp0 (found, expected) != 0)
        return NULL;
    }

  return length <= MAX_RULES ? g_strdup (address) : NULL;
}

static char *
recognise_header (char **rules)
{
  char *address = find_header_address (rules, maps[NULLMAIL_ADDRESS_MAP_HEADER].rules);

  return address != NULL ? address : find_header_address (rules, old_header_rules);
}

/* Where nothing but root and postmaster is in the table, and both go to one address. */
static char *
recognise_root (const NullmailTableName *name)
{
  g_auto(GStrv) entries = NULL;
  g_autofree char *address = NULL;

  if (!g_str_equal (name->type, "inline"))
    return NULL;

  address = _nullmail_table_name_look_up_inline (name, "root");
  entries = _nullmail_table_name_list_entries (name);
  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (!_nullmail_table_entry_parse (entries[i], &key, &value)
          || !is_root_name (key, strcspn (key, "@"))
          || g_strcmp0 (value, address) != 0)
        return NULL;
    }

  return g_steal_pointer (&address);
}

static gboolean
is_in_file (const NullmailTableName *name)
{
  return _nullmail_table_name_get_kind (name) == NULLMAIL_TABLE_PATTERN;
}

char *
_nullmail_address_map_recognise (NullmailAddressMap  map,
                                 NullmailEffective  *effective,
                                 const char         *item)
{
  g_auto(NullmailTableName) name = { .type = NULL };
  g_auto(GStrv) rules = NULL;
  g_autofree char *address = NULL;

  if (!_nullmail_table_name_parse (&name, item))
    return NULL;

  if (map == NULLMAIL_ADDRESS_MAP_ROOT)
    address = recognise_root (&name);
  else
    {
      rules = _nullmail_pattern_table_list_rules (effective, item);
      if (rules == NULL || rules[0] == NULL)
        return NULL;
      if (map == NULLMAIL_ADDRESS_MAP_HEADER)
        address = recognise_header (rules);
      else if (rules[1] == NULL)
        address = recognise_sender (rules[0]);
    }

  /* In a file “$” is no macro, but a part of what the pattern has matched. */
  if (address == NULL || _nullmail_address_find_fault (address) != NULL
      || (is_in_file (&name) && strchr (address, '$') != NULL))
    return NULL;

  return g_steal_pointer (&address);
}

gboolean
_nullmail_address_map_is_item (NullmailAddressMap  map,
                               NullmailEffective  *effective,
                               const char         *item)
{
  g_autofree char *path = _nullmail_address_map_get_path (map, effective, item);
  g_autofree char *address = NULL;

  if (path != NULL)
    return TRUE;

  address = _nullmail_address_map_recognise (map, effective, item);
  return address != NULL;
}

gboolean
_nullmail_address_map_is_old (NullmailAddressMap  map,
                              NullmailEffective  *effective,
                              const char         *item)
{
  g_auto(GStrv) rules = NULL;
  g_autofree char *address = NULL;

  if (map == NULLMAIL_ADDRESS_MAP_HEADER)
    rules = _nullmail_pattern_table_list_rules (effective, item);
  if (rules != NULL)
    address = find_header_address (rules, old_header_rules);

  return address != NULL;
}
