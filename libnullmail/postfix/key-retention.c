/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/key-retention-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "config/value-text-private.h"
#include "postfix/password-map-private.h"

/* Parameters whose value names where mail goes, beside relayhost. */
static const char * const destinations[] = {
  "smtp_fallback_relay", "fallback_relay", "default_transport", "relay_transport",
};

/* Parameters whose tables do. */
static const char * const tables[] = {
  "transport_maps", "sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps",
};

/* Types whose source is text beside the table, with the destinations in plain words. */
static const char * const text_types[] = {
  "hash", "btree", "lmdb", "cdb", "texthash", "dbm", "sdbm", "regexp", "pcre", "cidr", NULL
};

static void
add_text (NullmailKeyReferences *self,
          const char            *text,
          gssize                 size)
{
  g_ptr_array_add (self->texts, g_ascii_strdown (text, size));
}

static gboolean
add_source (NullmailKeyReferences *self,
            const char            *path)
{
  g_autoptr(GBytes) bytes = NULL;
  struct stat info;
  int fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, NULL);

  if (fd < 0)
    return FALSE;

  bytes = _nullmail_regular_file_read (fd, path, NULL, NULL);
  close (fd);
  if (bytes == NULL)
    return FALSE;

  if (g_bytes_get_size (bytes) > 0)
    add_text (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

/* FALSE: what the item holds cannot be known here. */
static gboolean
add_item (NullmailKeyReferences *self,
          const char            *item)
{
  g_autofree char *type = NULL;
  const char *colon;

  if (g_str_has_prefix (item, "proxy:"))
    item += strlen ("proxy:");

  colon = strchr (item, ':');
  if (colon == NULL)
    return FALSE;

  type = g_strndup (item, colon - item);
  if (g_str_equal (type, "inline") || g_str_equal (type, "static"))
    {
      add_text (self, colon + 1, -1);
      return TRUE;
    }

  return g_strv_contains (text_types, type) && add_source (self, colon + 1);
}

static char *
get_expanded (NullmailMainCf *main_cf,
              const char     *parameter,
              GHashTable     *defaults)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, parameter);

  return value != NULL ? nullmail_main_cf_expand (main_cf, value, defaults, NULL) : NULL;
}

static void
add_destination (NullmailKeyReferences *self,
                 NullmailMainCf        *main_cf,
                 const char            *parameter,
                 GHashTable            *defaults)
{
  g_autofree char *value = get_expanded (main_cf, parameter, defaults);

  if (value != NULL)
    add_text (self, value, -1);
}

static void
add_tables (NullmailKeyReferences *self,
            NullmailMainCf        *main_cf,
            const char            *parameter,
            GHashTable            *defaults)
{
  g_autofree char *value = get_expanded (main_cf, parameter, defaults);
  g_auto(GStrv) items = _nullmail_text_split_list (value != NULL ? value : "");

  for (guint i = 0; items[i] != NULL; i++)
    {
      if (!add_item (self, items[i]) && self->unreadable == NULL)
        self->unreadable = g_strdup_printf ("%s = %s", parameter, items[i]);
    }
}

void
_nullmail_key_references_init (NullmailKeyReferences *self,
                               NullmailMainCf        *main_cf,
                               const char            *config_directory,
                               GHashTable            *defaults)
{
  g_autofree char *master_cf = g_build_filename (config_directory, "master.cf", NULL);

  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->unreadable = NULL;

  add_source (self, master_cf);  /* -o relayhost=... */
  if (_nullmail_main_cf_authenticates (main_cf))
    add_destination (self, main_cf, "relayhost", defaults);
  for (guint i = 0; i < G_N_ELEMENTS (destinations); i++)
    add_destination (self, main_cf, destinations[i], defaults);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    add_tables (self, main_cf, tables[i], defaults);
}

void
_nullmail_key_references_clear (NullmailKeyReferences *self)
{
  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->unreadable, g_free);
}

gboolean
_nullmail_key_references_names (NullmailKeyReferences *self,
                                const char            *key)
{
  g_autofree char *lower = g_ascii_strdown (key, -1);

  if (self->unreadable != NULL)
    return TRUE;

  for (guint i = 0; i < self->texts->len; i++)
    {
      if (strstr (g_ptr_array_index (self->texts, i), lower) != NULL)
        return TRUE;
    }

  return FALSE;
}
