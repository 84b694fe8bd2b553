/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/address-settings-private.h"

#include <string.h>

#include "config/address-maps-private.h"
#include "document/value-list-private.h"

#define CLASSES "sender_canonical_classes"
#define ENVELOPE "envelope_sender"
#define OBSOLETE_VIRTUAL "virtual_maps"
#define LOCAL_TRANSPORT "local_transport"
#define NO_LOCAL_MAIL "error:5.1.1 no mail is delivered on this host"

/* The items of the list that a table stands in, as they are written. */
static char **
list_items (NullmailEffective  *effective,
            NullmailAddressMap  map)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  g_autofree char *value =
    nullmail_main_cf_get_value (main_cf, _nullmail_address_map_get_parameter (map));

  /* Postfix's own default names the list by the name that it had before 2.0. */
  if (value == NULL && map == NULLMAIL_ADDRESS_MAP_ROOT
      && nullmail_main_cf_has_value (main_cf, OBSOLETE_VIRTUAL))
    value = g_strdup ("$" OBSOLETE_VIRTUAL);

  return _nullmail_text_split_list (value != NULL ? value : "");
}

/* (nullable): the address of the first item that is recognised. */
static char *
find_address (NullmailEffective  *effective,
              NullmailAddressMap  map)
{
  g_auto(GStrv) items = list_items (effective, map);
  char *address = NULL;

  for (guint i = 0; items[i] != NULL && address == NULL; i++)
    address = _nullmail_address_map_recognise (map, effective, items[i]);

  return address;
}

static gboolean
classes_have (NullmailEffective *effective,
              const char        *class)
{
  g_auto(GStrv) classes = _nullmail_effective_get_list (effective, CLASSES);

  return classes != NULL && g_strv_contains ((const char * const *) classes, class);
}

static NullmailAddressReading
read_sender (NullmailEffective  *effective,
             char              **address)
{
  g_auto(GStrv) items = list_items (effective, NULLMAIL_ADDRESS_MAP_SENDER);
  g_autofree char *header = find_address (effective, NULLMAIL_ADDRESS_MAP_HEADER);
  g_autofree char *sender = NULL;

  if (items[0] == NULL)
    return header != NULL ? NULLMAIL_ADDRESS_OTHER : NULLMAIL_ADDRESS_ABSENT;

  sender = _nullmail_address_map_recognise (NULLMAIL_ADDRESS_MAP_SENDER, effective, items[0]);
  if (sender == NULL || !classes_have (effective, ENVELOPE)
      || (header != NULL ? !g_str_equal (header, sender)
                         : !classes_have (effective, "header_sender")))
    return NULLMAIL_ADDRESS_OTHER;

  *address = g_steal_pointer (&sender);
  return NULLMAIL_ADDRESS_FOUND;
}

/* The first table in main.cf itself that has root counts, also if it has others. */
static NullmailAddressReading
read_root (NullmailEffective  *effective,
           char              **address)
{
  g_auto(GStrv) items = list_items (effective, NULLMAIL_ADDRESS_MAP_ROOT);

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { .type = NULL };
      g_autofree char *found = NULL;

      if (!_nullmail_table_name_parse (&name, items[i]) || !g_str_equal (name.type, "inline"))
        continue;

      found = _nullmail_table_name_look_up_inline (&name, "root");
      if (found == NULL)
        continue;
      if (_nullmail_address_find_fault (found) != NULL)
        return NULLMAIL_ADDRESS_OTHER;

      *address = g_steal_pointer (&found);
      return NULLMAIL_ADDRESS_FOUND;
    }

  return items[0] != NULL ? NULLMAIL_ADDRESS_OTHER : NULLMAIL_ADDRESS_ABSENT;
}

NullmailAddressReading
_nullmail_address_setting_read (NullmailEffective  *effective,
                                NullmailSettingId   id,
                                char              **address)
{
  return id == NULLMAIL_SETTING_SENDER_ADDRESS ? read_sender (effective, address)
                                               : read_root (effective, address);
}

gboolean
_nullmail_address_setting_check (NullmailEffective  *effective,
                                 NullmailSettingId   id,
                                 const char         *address,
                                 gboolean            delivers_here,
                                 GError            **error)
{
  g_autofree char *expanded = _nullmail_effective_expand (effective, address, NULL);
  const char *property = _nullmail_setting_get (id)->property;
  const char *fault = expanded != NULL ? _nullmail_address_find_fault (expanded) : NULL;

  /* What the macros stand for may be a password. */
  if (fault != NULL)
    {
      g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG,
                   "%s “%s” is no address once its macros are expanded: %s", property, address,
                   fault);
      return FALSE;
    }

  if (id == NULLMAIL_SETTING_ROOT_ADDRESS)
    fault = _nullmail_root_address_find_fault (effective, expanded != NULL ? expanded : address,
                                               delivers_here);
  if (fault != NULL)
    g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CONFIG, "%s “%s”: %s", property,
                 address, fault);

  return fault == NULL;
}

/* Whether an item that was recognised says this address; one in a file has it without macros. */
static gboolean
is_same_address (NullmailEffective *effective,
                 const char        *found,
                 const char        *address)
{
  g_autofree char *expanded = NULL;

  if (g_strcmp0 (found, address) == 0)
    return TRUE;

  expanded = _nullmail_effective_expand (effective, address, NULL);
  return found != NULL && g_strcmp0 (found, expanded) == 0;
}

static gboolean
says_only_envelope (NullmailEffective *effective)
{
  g_auto(GStrv) classes = _nullmail_effective_get_list (effective, CLASSES);

  return classes != NULL && classes[0] != NULL && classes[1] == NULL
         && g_str_equal (classes[0], ENVELOPE);
}

/* Whether From: still is changed as it was once. */
static gboolean
has_old_header (NullmailEffective *effective)
{
  g_auto(GStrv) items = list_items (effective, NULLMAIL_ADDRESS_MAP_HEADER);

  for (guint i = 0; items[i] != NULL; i++)
    if (_nullmail_address_map_is_old (NULLMAIL_ADDRESS_MAP_HEADER, effective, items[i]))
      return TRUE;

  return FALSE;
}

static gboolean
says_sender (NullmailEffective *effective,
             const char        *address)
{
  g_auto(GStrv) items = list_items (effective, NULLMAIL_ADDRESS_MAP_SENDER);
  g_autofree char *header = find_address (effective, NULLMAIL_ADDRESS_MAP_HEADER);
  g_autofree char *sender = NULL;

  if (items[0] != NULL)
    sender = _nullmail_address_map_recognise (NULLMAIL_ADDRESS_MAP_SENDER, effective, items[0]);

  return says_only_envelope (effective) && is_same_address (effective, sender, address)
         && is_same_address (effective, header, address) && !has_old_header (effective);
}

/* Whether a table has all the entries of another, in the order of that, whatever the blanks. What
 * it has beside them may be for a name of this host that is not known here. */
static gboolean
has_entries (const char *item,
             const char *other)
{
  g_auto(NullmailTableName) a = { .type = NULL }, b = { .type = NULL };
  g_auto(GStrv) a_entries = NULL, b_entries = NULL;
  guint found = 0;

  if (!_nullmail_table_name_parse (&a, item) || !_nullmail_table_name_parse (&b, other))
    return FALSE;

  a_entries = _nullmail_table_name_list_entries (&a);
  b_entries = _nullmail_table_name_list_entries (&b);
  for (guint i = 0; a_entries[i] != NULL && b_entries[found] != NULL; i++)
    {
      g_autofree char *a_key = NULL, *a_value = NULL, *b_key = NULL, *b_value = NULL;

      if (!_nullmail_table_entry_parse (a_entries[i], &a_key, &a_value)
          || !_nullmail_table_entry_parse (b_entries[found], &b_key, &b_value))
        return FALSE;
      if (g_strcmp0 (a_key, b_key) == 0 && g_strcmp0 (a_value, b_value) == 0)
        found++;
    }

  return b_entries[found] == NULL;
}

static gboolean
says_root (NullmailEffective *effective,
           const char        *address)
{
  g_auto(GStrv) items = list_items (effective, NULLMAIL_ADDRESS_MAP_ROOT);
  g_autofree char *made =
    _nullmail_address_map_make_item (NULLMAIL_ADDRESS_MAP_ROOT, effective, address);
  g_autofree char *found = items[0] != NULL
                           ? _nullmail_address_map_recognise (NULLMAIL_ADDRESS_MAP_ROOT, effective,
                                                              items[0]) : NULL;

  return g_strcmp0 (found, address) == 0 && has_entries (items[0], made);
}

/* Puts an item in front of a list, in the place of what was written here before; NULL: in the place
 * of that nothing. Returns whether there was such a thing. */
static gboolean
replace_item (NullmailEffective   *effective,
              NullmailAddressMap   map,
              const char          *item,
              gboolean            *was_there,
              GError             **error)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  const char *parameter = _nullmail_address_map_get_parameter (map);
  g_auto(GStrv) items = list_items (effective, map);
  g_autoptr(GPtrArray) left = g_ptr_array_new ();
  g_autofree char *text = NULL;

  *was_there = FALSE;
  if (item != NULL)
    g_ptr_array_add (left, (gpointer) item);
  for (guint i = 0; items[i] != NULL; i++)
    {
      if (_nullmail_address_map_is_item (map, effective, items[i]))
        *was_there = TRUE;
      else
        g_ptr_array_add (left, items[i]);
    }
  g_ptr_array_add (left, NULL);
  text = g_strjoinv (", ", (char **) left->pdata);

  if (item == NULL && !*was_there)
    return TRUE;
  if (*text != '\0' && !g_str_equal (text, "$" OBSOLETE_VIRTUAL))
    return nullmail_main_cf_set_value (main_cf, parameter, text, error);

  nullmail_main_cf_unset (main_cf, parameter);
  return TRUE;
}

static gboolean
write_map (NullmailEffective   *effective,
           NullmailAddressMap   map,
           const char          *address,
           gboolean            *was_there,
           GError             **error)
{
  g_autofree char *item = address != NULL
                          ? _nullmail_address_map_make_item (map, effective, address) : NULL;

  return replace_item (effective, map, item, was_there, error);
}

static gboolean
write_sender (NullmailEffective  *effective,
              const char         *address,
              GError            **error)
{
  NullmailMainCf *main_cf = _nullmail_effective_get_main_cf (effective);
  gboolean had_sender, had_header;

  if (address != NULL && says_sender (effective, address))
    return TRUE;
  if (!write_map (effective, NULLMAIL_ADDRESS_MAP_SENDER, address, &had_sender, error))
    return FALSE;

  if (address == NULL && had_sender && says_only_envelope (effective))
    nullmail_main_cf_unset (main_cf, CLASSES);
  if (address != NULL && !says_only_envelope (effective)
      && !nullmail_main_cf_set_value (main_cf, CLASSES, ENVELOPE, error))
    return FALSE;

  return write_map (effective, NULLMAIL_ADDRESS_MAP_HEADER, address, &had_header, error);
}

gboolean
_nullmail_address_setting_write (NullmailEffective  *effective,
                                 NullmailSettingId   id,
                                 const char         *address,
                                 GError            **error)
{
  gboolean was_there;

  if (id == NULLMAIL_SETTING_SENDER_ADDRESS)
    return write_sender (effective, address, error);

  return (address != NULL && says_root (effective, address))
         || write_map (effective, NULLMAIL_ADDRESS_MAP_ROOT, address, &was_there, error);
}

char **
_nullmail_address_setting_list_parameters (NullmailSettingId id)
{
  const char *sender[] = {
    _nullmail_address_map_get_parameter (NULLMAIL_ADDRESS_MAP_SENDER), CLASSES,
    _nullmail_address_map_get_parameter (NULLMAIL_ADDRESS_MAP_HEADER), NULL
  };
  const char *root[] = { _nullmail_address_map_get_parameter (NULLMAIL_ADDRESS_MAP_ROOT), NULL };

  return g_strdupv ((char **) (id == NULLMAIL_SETTING_SENDER_ADDRESS ? sender : root));
}

gboolean
_nullmail_local_transport_write (NullmailMainCf  *main_cf,
                                 gboolean         delivers_nothing,
                                 GError         **error)
{
  g_autofree char *value = nullmail_main_cf_get_value (main_cf, LOCAL_TRANSPORT);

  if (delivers_nothing)
    return (value != NULL && g_str_has_prefix (value, "error:"))
           || nullmail_main_cf_set_value (main_cf, LOCAL_TRANSPORT, NO_LOCAL_MAIL, error);

  if (g_strcmp0 (value, NO_LOCAL_MAIL) == 0)
    nullmail_main_cf_unset (main_cf, LOCAL_TRANSPORT);
  return TRUE;
}
