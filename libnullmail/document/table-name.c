/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/table-name-private.h"

#include <string.h>

#include "document/logical-lines-private.h"
#include "document/value-list-private.h"

#define PROXY "proxy:"
#define RULES "regexp"  /* how what any file would hold is written into main.cf */

static const struct
{
  const char        *type;
  NullmailTableKind  kind;
  const char        *suffix;  /* of the compiled file */
  gboolean           is_built_here;
} table_types[] = {
  { "hash", NULLMAIL_TABLE_KEYED, ".db", TRUE },
  { "btree", NULLMAIL_TABLE_KEYED, ".db", TRUE },
  { "lmdb", NULLMAIL_TABLE_KEYED, ".lmdb", TRUE },
  { "cdb", NULLMAIL_TABLE_KEYED, ".cdb", TRUE },
  { "texthash", NULLMAIL_TABLE_KEYED, NULL, TRUE },
  { "dbm", NULLMAIL_TABLE_KEYED, NULL, FALSE },
  { "sdbm", NULLMAIL_TABLE_KEYED, NULL, FALSE },
  { "regexp", NULLMAIL_TABLE_PATTERN, NULL, FALSE },
  { "pcre", NULLMAIL_TABLE_PATTERN, NULL, FALSE },
  { "cidr", NULLMAIL_TABLE_PATTERN, NULL, FALSE },
  { "static", NULLMAIL_TABLE_INLINE, NULL, FALSE },
  { "inline", NULLMAIL_TABLE_INLINE, NULL, FALSE },
  { "randmap", NULLMAIL_TABLE_INLINE, NULL, FALSE },
  { "unionmap", NULLMAIL_TABLE_NESTED, NULL, FALSE },
  { "pipemap", NULLMAIL_TABLE_NESTED, NULL, FALSE },
  { "environ", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "fail", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "internal", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "ldap", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "memcache", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "mongodb", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "mysql", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "netinfo", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "nis", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "nisplus", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "pgsql", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "socketmap", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "sqlite", NULLMAIL_TABLE_DATABASE, NULL, FALSE },
  { "tcp", NULLMAIL_TABLE_OTHER, NULL, FALSE },
  { "unix", NULLMAIL_TABLE_OTHER, NULL, FALSE },
};

static int
find_type (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (table_types); i++)
    if (g_strcmp0 (table_types[i].type, type) == 0)
      return i;

  return -1;
}

gboolean
_nullmail_table_name_parse (NullmailTableName *self,
                            const char        *text)
{
  const char *colon;

  *self = (NullmailTableName) { .is_proxied = g_str_has_prefix (text, PROXY) };
  if (self->is_proxied)
    text += strlen (PROXY);

  colon = strchr (text, ':');
  if (colon == NULL || colon == text || memchr (text, '/', colon - text) != NULL)
    return FALSE;

  self->type = g_strndup (text, colon - text);
  self->name = g_strdup (colon + 1);
  return TRUE;
}

void
_nullmail_table_name_clear (NullmailTableName *self)
{
  g_free (self->type);
  g_free (self->name);
  *self = (NullmailTableName) { 0 };
}

char *
_nullmail_table_name_to_string (const NullmailTableName *self)
{
  return g_strconcat (self->is_proxied ? PROXY : "", self->type, ":", self->name, NULL);
}

NullmailTableKind
_nullmail_table_name_get_kind (const NullmailTableName *self)
{
  int index = find_type (self->type);
  NullmailTableKind kind = index >= 0 ? table_types[index].kind : NULLMAIL_TABLE_OTHER;

  return kind == NULLMAIL_TABLE_PATTERN && *self->name == '{' ? NULLMAIL_TABLE_INLINE : kind;
}

/* Whether a text begins with “user:password”, for the name of a user has no blanks. That of a relay
 * stands in brackets, also behind that of a transport. */
static gboolean
is_login (const char *text)
{
  const char *colon = strchr (text, ':'), *bracket;

  if (*text == '[' || colon == NULL || colon == text || colon[1] == '\0'
      || _nullmail_is_space (colon[1])
      || strcspn (text, " \t\r\n\v\f") < (gsize) (colon - text))
    return FALSE;

  bracket = colon[1] == '[' ? strchr (colon, ']') : NULL;
  return bracket == NULL
         || (bracket[1] != '\0' && !_nullmail_is_space (bracket[1])
             && (bracket[1] != ':' || bracket[2 + strspn (bracket + 2, "0123456789")] != '\0'));
}

/* Whether a login stands where the name of a file belongs, of which so many bytes are given. */
static gboolean
begins_login (const char *name,
              gsize       length)
{
  g_autofree char *word = NULL;
  gsize n = 0;

  while (n < length && !_nullmail_is_space (name[n]) && strchr (",{}()", name[n]) == NULL)
    n++;

  word = g_strndup (name, n);
  return *word != '/' && *word != '$' && is_login (word);
}

/* Types are compared without their case, which Postfix refuses, but people write. */
NullmailTableSecrecy
_nullmail_table_type_judge (const char *type,
                            const char *name,
                            gsize       length)
{
  g_autofree char *lower = g_ascii_strdown (type, -1);
  int index = find_type (lower);
  gsize i = 0;

  if (g_str_has_prefix (PROXY, lower) && strlen (lower) == strlen (PROXY) - 1)
    return NULLMAIL_TABLE_IS_PROXIED;
  if (index >= 0 && table_types[index].kind == NULLMAIL_TABLE_INLINE)
    return NULLMAIL_TABLE_HOLDS_VALUES;

  while (i < length && _nullmail_is_space (name[i]))
    i++;
  if (i < length && name[i] == '{')
    return index < 0 ? NULLMAIL_TABLE_MAY_HOLD_VALUES
           : table_types[index].kind == NULLMAIL_TABLE_NESTED ? NULLMAIL_TABLE_HAS_NAME
           : table_types[index].kind == NULLMAIL_TABLE_PATTERN ? NULLMAIL_TABLE_HOLDS_VALUES
                                                               : NULLMAIL_TABLE_MAY_HOLD_VALUES;

  /* Only the name of a service has a colon in it. */
  if (index >= 0 && !g_str_equal (lower, "socketmap") && !g_str_equal (lower, "tcp")
      && begins_login (name, length))
    return NULLMAIL_TABLE_MAY_HOLD_VALUES;

  if (index >= 0 && table_types[index].kind == NULLMAIL_TABLE_NESTED && length > 0 && *name != '$')
    return NULLMAIL_TABLE_MAY_HOLD_VALUES;

  /* Behind a type that is a macro, which nobody has expanded, a path is a name. Behind a word that
   * is no type it may be a password that begins with a slash. */
  return index >= 0 || i > 0 || length == 0 || *name == '$'
         || (*name == '/' && strchr (type, '$') != NULL)
         ? NULLMAIL_TABLE_HAS_NAME : NULLMAIL_TABLE_MAY_HOLD_VALUES;
}

/* The text inside of the outermost braces; NULL where there are none. */
static char *
strip_braces (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  gsize length = strlen (trimmed);

  if (length < 2 || trimmed[0] != '{' || trimmed[length - 1] != '}')
    return NULL;

  return g_strstrip (g_strndup (trimmed + 1, length - 2));
}

char **
_nullmail_table_name_list_inner (const NullmailTableName *self)
{
  g_autofree char *content = _nullmail_table_name_get_kind (self) == NULLMAIL_TABLE_NESTED
                             ? strip_braces (self->name) : NULL;

  return content != NULL ? _nullmail_table_list_split (content) : g_new0 (char *, 1);
}

char **
_nullmail_table_name_list_entries (const NullmailTableName *self)
{
  g_autofree char *content = _nullmail_table_name_get_kind (self) == NULLMAIL_TABLE_INLINE
                             ? strip_braces (self->name) : NULL;
  char **entries = content != NULL ? _nullmail_text_split_list (content) : g_new0 (char *, 1);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      char *inner = strip_braces (entries[i]);

      if (inner != NULL)
        {
          g_free (entries[i]);
          entries[i] = inner;
        }
    }

  return entries;
}

gboolean
_nullmail_table_entry_parse (const char  *entry,
                             char       **key,
                             char       **value)
{
  const char *equals = strchr (entry, '=');

  if (equals == NULL)
    return FALSE;

  *key = g_strstrip (g_strndup (entry, equals - entry));
  *value = g_strstrip (g_strdup (equals + 1));
  return TRUE;
}

/* “inline:{key=value, {key = value with blanks}}” */
char *
_nullmail_table_name_look_up_inline (const NullmailTableName *self,
                                     const char              *key)
{
  g_auto(GStrv) entries = _nullmail_table_name_list_entries (self);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autofree char *found = NULL;
      g_autofree char *value = NULL;

      if (_nullmail_table_entry_parse (entries[i], &found, &value)
          && g_ascii_strcasecmp (found, key) == 0)
        return g_steal_pointer (&value);
    }

  return NULL;
}

/* Whether an entry has a login: behind the key, or behind the pattern of a rule. */
static gboolean
entry_has_login (const char *entry,
                 gboolean    is_rule)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  if (!is_rule)
    return is_login (_nullmail_table_entry_parse (entry, &key, &value) ? value : entry);

  for (const char *p = strpbrk (entry, " \t\r\n"); p != NULL; p = strpbrk (p + 1, " \t\r\n"))
    if (is_login (p + 1))
      return TRUE;

  return FALSE;
}

/* The text without blanks in front of it and, where it begins with a brace, without what stands
 * behind the one that closes that. */
static char *
cut_at_brace (const char *text)
{
  gssize depth = 0;

  while (_nullmail_is_space (*text))
    text++;
  for (const char *p = text; *text == '{' && *p != '\0'; p++)
    {
      depth += (*p == '{') - (*p == '}');
      if (depth == 0)
        return g_strndup (text, p + 1 - text);
    }

  return g_strchomp (g_strdup (text));
}

gboolean
_nullmail_table_holds_login (const char *type,
                             const char *name)
{
  g_autofree char *lower = g_ascii_strdown (type, -1);
  g_autofree char *trimmed = cut_at_brace (name);
  g_autofree char *content = strip_braces (trimmed);
  int index = find_type (lower);
  gboolean is_inline = index >= 0 && table_types[index].kind == NULLMAIL_TABLE_INLINE;
  NullmailTableName table = { .type = is_inline ? lower : RULES, .name = trimmed };
  g_auto(GStrv) entries = NULL;

  if (index < 0 || table_types[index].kind == NULLMAIL_TABLE_NESTED
      || (!is_inline && *trimmed != '{'))
    return FALSE;
  if (content == NULL)
    return *trimmed == '{' || *trimmed == '\0' || is_login (trimmed);
  if (g_str_equal (lower, "static"))
    return is_login (content);

  entries = _nullmail_table_name_list_entries (&table);
  for (guint i = 0; entries[i] != NULL; i++)
    if (entry_has_login (entries[i], !is_inline))
      return TRUE;

  return FALSE;
}

/* Whether a type that can be written out, or a macro that may stand for one, ends there. */
static gboolean
ends_type (const char *text,
           const char *end)
{
  const char *start;

  while (end > text && _nullmail_is_space (end[-1]))
    end--;
  for (start = end; start > text && g_ascii_isalnum (start[-1]); start--)
    ;
  if (start > text && strchr ("$_})", start[-1]) != NULL)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (table_types); i++)
    if (table_types[i].kind == NULLMAIL_TABLE_INLINE
        && strlen (table_types[i].type) == (gsize) (end - start)
        && g_ascii_strncasecmp (table_types[i].type, start, end - start) == 0)
      return TRUE;

  return FALSE;
}

gboolean
_nullmail_table_is_in_text (const char *text,
                            gsize       length)
{
  const char *stop = text + length, *colon;

  for (const char *p = text; p < stop && (colon = memchr (p, ':', stop - p)) != NULL; p = colon + 1)
    {
      const char *next = colon + 1;

      while (next < stop && _nullmail_is_space (*next))
        next++;
      if ((next < stop && strchr ("{$", *next) != NULL) || ends_type (text, colon))
        return TRUE;
    }

  return FALSE;
}

/* A list in braces, such as “{ check_client_access hash:/x, reject }”, adds its own items. */
static void
add_items (GStrvBuilder *items,
           const char   *value)
{
  g_auto(GStrv) parts = _nullmail_text_split_list (value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *inner = strip_braces (parts[i]);

      if (inner != NULL)
        add_items (items, inner);
      else
        g_strv_builder_add (items, parts[i]);
    }
}

char **
_nullmail_table_list_split (const char *value)
{
  g_autoptr(GStrvBuilder) items = g_strv_builder_new ();

  add_items (items, value);
  return g_strv_builder_end (items);
}

gboolean
_nullmail_table_type_can_be_built (const char *type)
{
  int index = find_type (type);

  return index >= 0 && table_types[index].is_built_here;
}

const char *
_nullmail_table_type_get_nth (guint index)
{
  for (guint i = 0; i < G_N_ELEMENTS (table_types); i++)
    if (table_types[i].is_built_here && index-- == 0)
      return table_types[i].type;

  return NULL;
}

const char *
_nullmail_table_type_get_suffix (const char *type)
{
  int index = find_type (type);

  return index >= 0 ? table_types[index].suffix : NULL;
}

const char *
_nullmail_table_type_choose (const char              *preferred,
                             NullmailTableTypeFilter  is_supported,
                             gpointer                 user_data)
{
  static const char *const others[] = { "lmdb", "cdb", "hash" };
  int index = find_type (preferred);

  if (index >= 0 && table_types[index].is_built_here && is_supported (preferred, user_data))
    return table_types[index].type;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (is_supported (others[i], user_data))
      return others[i];

  return "texthash";
}
