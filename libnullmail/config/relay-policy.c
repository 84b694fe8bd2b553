/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/relay-policy-private.h"

#include <string.h>

#include "document/logical-lines-private.h"
#include "document/table-name-private.h"

#define POLICY_MAPS "smtp_tls_policy_maps"
#define PER_SITE "smtp_tls_per_site"

static NullmailTlsLevel
parse_level (const char *parameter,
             const char *policy)
{
  g_autofree char *word = NULL;

  policy += strspn (policy, "{ ");  /* static:{level attribute=value} */
  word = g_strndup (policy, strcspn (policy, "}, \t\r\n"));
  if (g_str_equal (parameter, POLICY_MAPS))
    return _nullmail_tls_level_parse (word);

  if (g_ascii_strcasecmp (word, "MUST") == 0)
    return NULLMAIL_TLS_LEVEL_VERIFY;
  if (g_ascii_strcasecmp (word, "MUST_NOPEERMATCH") == 0)
    return NULLMAIL_TLS_LEVEL_ENCRYPT;

  return _nullmail_tls_level_parse (word);
}

/* The keys under which a table is asked, see smtp_tls_policy_maps in postconf(5); the parent
 * domains only for a name without brackets and port. */
static char **
list_keys (const NullmailRelayHost *relay,
           const char              *parameter)
{
  g_autoptr(GStrvBuilder) keys = g_strv_builder_new ();
  const char *host = nullmail_relay_host_get_host (relay);

  g_strv_builder_add (keys, nullmail_relay_host_to_string (relay));
  if (g_str_equal (parameter, PER_SITE))
    g_strv_builder_add (keys, host);
  else if (g_str_equal (host, nullmail_relay_host_to_string (relay)))
    for (const char *dot = strchr (host, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
      g_strv_builder_add (keys, dot);

  return g_strv_builder_end (keys);
}

/* (nullable): the value of a key in the text of a table, as postmap(1) reads it: without the case
 * of the key, and of several the first. */
static char *
look_up_in_text (const char *text,
                 const char *key)
{
  g_auto(GStrv) lines = _nullmail_lines_join (text);
  gsize length = strlen (key);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], key, length) == 0 && _nullmail_is_space (lines[i][length]))
      return g_strstrip (g_strdup (lines[i] + length));

  return NULL;
}

/* (nullable): what one table has for a key, of all those that it may be asked for; is_open is set
 * where it cannot be asked. Of a table that is compiled the source is read where Postfix is not
 * asked, since it is made from that. */
static char *
look_up_in_table (NullmailEffective   *effective,
                  const char          *table,
                  char               **keys,
                  const char          *key,
                  gboolean            *is_open)
{
  g_auto(NullmailTableName) name = { 0 };
  g_autofree char *text = NULL;
  GHashTable *answer;

  if (!_nullmail_table_name_parse (&name, table))
    {
      *is_open = TRUE;
      return NULL;
    }

  if (g_str_equal (name.type, "static"))
    return g_strdup (name.name);
  if (g_str_equal (name.type, "inline"))
    return _nullmail_table_name_look_up_inline (&name, key);

  answer = _nullmail_effective_ask_table (effective, table, (const char * const *) keys);
  if (answer != NULL)
    return g_strdup (g_hash_table_lookup (answer, key));

  if (_nullmail_table_name_get_kind (&name) == NULLMAIL_TABLE_KEYED)
    text = _nullmail_effective_load_file (effective, name.name);
  *is_open = text == NULL;
  return text != NULL ? look_up_in_text (text, key) : NULL;
}

static void
look_up (NullmailRelayPolicy     *self,
         NullmailEffective       *effective,
         const NullmailRelayHost *relay)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (effective, self->parameter);
  g_auto(GStrv) keys = list_keys (relay, self->parameter);

  self->is_open = tables == NULL;
  for (guint i = 0; keys[i] != NULL; i++)
    for (guint j = 0; tables != NULL && tables[j] != NULL; j++)
      {
        self->text = look_up_in_table (effective, tables[j], keys, keys[i], &self->is_open);
        if (self->text != NULL || self->is_open)
          return;
      }
}

/* The older one counts only where the newer one is not used. */
static const char *
get_parameter (NullmailEffective *effective)
{
  return _nullmail_effective_has_text (effective, POLICY_MAPS) ? POLICY_MAPS : PER_SITE;
}

void
_nullmail_relay_policy_list (NullmailEffective         *effective,
                             const NullmailRelayHost   *relay,
                             char                    ***tables,
                             char                    ***keys)
{
  const char *parameter = get_parameter (effective);

  *keys = list_keys (relay, parameter);
  *tables = _nullmail_effective_get_list (effective, parameter);
  if (*tables == NULL)
    *tables = g_new0 (char *, 1);
}

void
_nullmail_relay_policy_find (NullmailRelayPolicy     *self,
                             NullmailEffective       *effective,
                             const NullmailRelayHost *relay)
{
  self->parameter = get_parameter (effective);
  self->level = NULLMAIL_TLS_LEVEL_AUTO;

  if (relay != NULL)
    look_up (self, effective, relay);
  if (self->text != NULL)
    self->level = parse_level (self->parameter, self->text);
}

void
_nullmail_relay_policy_clear (NullmailRelayPolicy *self)
{
  g_clear_pointer (&self->text, g_free);
}

char **
_nullmail_relay_policy_list_items (NullmailRelayPolicy *self,
                                   const char          *attribute)
{
  g_autofree char *prefix = g_strconcat (attribute, "=", NULL);
  g_auto(GStrv) words = g_strsplit_set (self->text != NULL ? self->text : "", "{}, \t\r\n", -1);
  g_autoptr(GStrvBuilder) items = g_strv_builder_new ();
  /* There are colons within a fingerprint. */
  const char *separators = self->level == NULLMAIL_TLS_LEVEL_FINGERPRINT
                           && g_str_equal (attribute, "match") ? "|" : ":|";
  gboolean has_some = FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_has_prefix (words[i], prefix))
      {
        g_auto(GStrv) parts = g_strsplit_set (words[i] + strlen (prefix), separators, -1);

        g_strv_builder_addv (items, (const char **) parts);
        has_some = TRUE;
      }

  return has_some ? g_strv_builder_end (items) : NULL;
}
