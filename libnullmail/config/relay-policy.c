/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/relay-policy-private.h"

#include <string.h>

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

static void
look_up (NullmailRelayPolicy     *self,
         NullmailEffective       *effective,
         const NullmailRelayHost *relay)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (effective, self->parameter);
  g_auto(GStrv) keys = list_keys (relay, self->parameter);

  for (guint i = 0; keys[i] != NULL; i++)
    for (guint j = 0; tables != NULL && tables[j] != NULL; j++)
      {
        g_auto(NullmailTableName) name = { 0 };

        _nullmail_table_name_parse (&name, tables[j]);
        if (g_strcmp0 (name.type, "static") == 0)
          self->text = g_strdup (name.name);
        else if (g_strcmp0 (name.type, "inline") == 0)
          self->text = _nullmail_table_name_look_up_inline (&name, keys[i]);
        else
          self->is_open = TRUE;

        if (self->text != NULL || self->is_open)
          return;
      }
}

void
_nullmail_relay_policy_find (NullmailRelayPolicy     *self,
                             NullmailEffective       *effective,
                             const NullmailRelayHost *relay)
{
  /* The older one counts only where the newer one is not used. */
  self->parameter = _nullmail_effective_has_text (effective, POLICY_MAPS) ? POLICY_MAPS : PER_SITE;
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
_nullmail_relay_policy_list (NullmailRelayPolicy *self,
                             const char          *attribute)
{
  g_autofree char *prefix = g_strconcat (attribute, "=", NULL);
  g_auto(GStrv) words = g_strsplit_set (self->text != NULL ? self->text : "", "{}, \t\r\n", -1);
  g_autoptr(GStrvBuilder) items = g_strv_builder_new ();
  /* There are colons within a fingerprint. */
  const char *separators = self->level == NULLMAIL_TLS_LEVEL_FINGERPRINT ? "|" : ":|";
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
