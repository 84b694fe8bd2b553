/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "plan/lost-aliases-private.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "document/logical-lines-private.h"
#include "document/value-list-private.h"

#define DEFAULT_FILE "/etc/aliases"  /* that of every Postfix; the type of its table differs */

static gboolean
delivers_here (NullmailEffective *effective)
{
  g_auto(GStrv) destinations = _nullmail_effective_get_list (effective, "mydestination");

  return destinations == NULL || destinations[0] != NULL;
}

/* Only the name is told of: what it stands for may be anything, where the file is another one than
 * an administrator believes. */
static void
take_alias (NullmailLostAliases *self,
            const char          *path,
            const char          *alias)
{
  const char *colon = strchr (alias, ':');
  g_autofree char *name = colon != NULL ? g_strndup (alias, colon - alias) : NULL;
  g_autofree char *value = colon != NULL ? g_strstrip (g_strdup (colon + 1)) : NULL;

  if (colon == NULL || *value == '\0')
    return;

  g_strstrip (name);
  if (g_ascii_strcasecmp (name, "root") == 0)
    {
      if (self->root == NULL && g_ascii_strcasecmp (value, "root") != 0)
        self->root = g_strconcat (path, ": ", name, NULL);
    }
  else if (self->other == NULL && strchr (value, '@') != NULL)
    self->other = g_strconcat (path, ": ", name, NULL);
}

/* The source of a table of aliases, see aliases(5). */
static void
read_file (NullmailLostAliases *self,
           NullmailEffective   *effective,
           const char          *path)
{
  g_autofree char *text = _nullmail_effective_load_file (effective, path);
  g_auto(GStrv) aliases = NULL;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return;

  aliases = _nullmail_lines_join (text);
  for (guint i = 0; aliases[i] != NULL; i++)
    take_alias (self, path, aliases[i]);
}

static void
read_tables (NullmailLostAliases *self,
             NullmailEffective   *effective)
{
  g_auto(GStrv) items = NULL;

  if (!nullmail_main_cf_has_value (_nullmail_effective_get_main_cf (effective), "alias_maps"))
    {
      read_file (self, effective, DEFAULT_FILE);
      return;
    }

  items = _nullmail_effective_get_list (effective, "alias_maps");
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };

      if (_nullmail_table_name_parse (&name, items[i]) && *name.name == '/'
          && _nullmail_table_name_get_kind (&name) == NULLMAIL_TABLE_KEYED)
        read_file (self, effective, name.name);
    }
}

/* The file counts where root has no alias, see local(8). */
static void
read_forward (NullmailLostAliases *self,
              NullmailEffective   *effective)
{
  char buffer[4096];
  struct passwd entry, *found = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (self->root != NULL || getpwuid_r (0, &entry, buffer, sizeof buffer, &found) != 0
      || found == NULL)
    return;

  path = g_build_filename (found->pw_dir, ".forward", NULL);
  text = _nullmail_effective_load_file (effective, path);
  if (text != NULL && *g_strstrip (text) != '\0')
    self->root = g_steal_pointer (&path);
}

void
_nullmail_lost_aliases_find (NullmailLostAliases *self,
                             NullmailEffective   *before,
                             NullmailEffective   *after)
{
  *self = (NullmailLostAliases) { NULL, NULL };
  if (!delivers_here (before) || delivers_here (after))
    return;

  read_tables (self, before);
  read_forward (self, before);
}

void
_nullmail_lost_aliases_clear (NullmailLostAliases *self)
{
  g_clear_pointer (&self->root, g_free);
  g_clear_pointer (&self->other, g_free);
}
