/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include "errors.h"
#include "json.h"
#include "output.h"

static gboolean expands;

static const GOptionEntry own_options[] = {
  { "expand", 'x', 0, G_OPTION_ARG_NONE, &expands, "expand macros", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL }
};
static const GOptionEntry * const options[] = { own_options, NULL };

static void
print_json (char       **names,
            GHashTable  *values)
{
  GVariantDict dict, whole;

  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (g_hash_table_lookup (values, names[i]), -1);

      g_variant_dict_insert (&dict, names[i], "s", valid);
    }
  g_variant_dict_init (&whole, NULL);
  g_variant_dict_insert_value (&whole, "parameters", g_variant_dict_end (&dict));
  json_print (g_variant_dict_end (&whole));
}

static Status
run_get (Tool    *tool,
         char   **names,
         GError **error)
{
  const char * const *asked = (const char * const *) names;
  g_autoptr(GHashTable) values = NULL;

  if (names[0] == NULL)
    return usage_error_set (error, "Name the parameters, such as “nullmail get relayhost”");
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_utf8_validate (names[i], -1, NULL))
      return usage_error_set (error, "Argument %u is not UTF-8: correct it", i + 1);

  values = expands
           ? nullmail_postfix_instance_expand_parameters (tool->postfix, asked, NULL, error)
           : nullmail_postfix_instance_lookup_parameters (tool->postfix, asked, NULL, error);
  if (values == NULL)
    return STATUS_FAILED;

  if (tool->is_json)
    print_json (names, values);
  else
    for (guint i = 0; names[i] != NULL; i++)
      stream_add_line (standard_output, "%s = %s", names[i],
                       (const char *) g_hash_table_lookup (values, names[i]));

  return STATUS_DONE;
}

const Command get_command = {
  "get", "PARAMETER …", "values of parameters, as Postfix reads them", options, FALSE, run_get,
};
