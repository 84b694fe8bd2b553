/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "json.h"

#include <json-glib/json-glib.h>

#include "output.h"

static void
print (GVariant *object,
       gboolean  is_pretty)
{
  g_autoptr(GVariant) owned = g_variant_ref_sink (object);
  g_autoptr(JsonNode) node = json_gvariant_serialize (owned);
  g_autofree char *text = json_to_string (node, is_pretty);

  stream_add (standard_output, text);
  stream_add (standard_output, "\n");
}

void
json_print (GVariant *object)
{
  print (object, stream_is_terminal (standard_output));
}

void
json_print_line (GVariant *object)
{
  print (object, FALSE);
}

GVariant *
json_list (GPtrArray *values,
           ToVariant  to_variant)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < values->len; i++)
    {
      g_autoptr(GVariant) value = to_variant (g_ptr_array_index (values, i));

      g_variant_builder_add_value (&builder, value);
    }

  return g_variant_builder_end (&builder);
}

GVariant *
json_flags (GType type,
            guint flags)
{
  g_autoptr(GFlagsClass) class = g_type_class_ref (type);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < class->n_values; i++)
    if (class->values[i].value != 0 && (flags & class->values[i].value) != 0)
      g_variant_builder_add (&builder, "s", class->values[i].value_nick);

  return g_variant_builder_end (&builder);
}

const char *
enum_get_nick (GType type,
               int   value)
{
  g_autoptr(GEnumClass) class = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value (class, value);

  return found != NULL ? found->value_nick : NULL;
}

gboolean
enum_find (GType       type,
           const char *nick,
           int        *value)
{
  g_autoptr(GEnumClass) class = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value_by_nick (class, nick);

  if (found != NULL)
    *value = found->value;
  return found != NULL;
}
