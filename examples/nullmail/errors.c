/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "errors.h"

#include "json.h"
#include "output.h"

G_DEFINE_QUARK (nullmail-usage-error, usage_error)

gboolean
usage_error_set (GError     **error,
                 const char  *format,
                 ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, USAGE_ERROR, 0, message);
  return FALSE;
}

void
usage_error_adopt (GError **error)
{
  if (error == NULL || *error == NULL)
    return;

  (*error)->domain = USAGE_ERROR;
  (*error)->code = 0;
}

static const char *
get_code (const GError *error)
{
  g_autoptr(GEnumClass) codes = g_type_class_ref (NULLMAIL_TYPE_ERROR);
  GEnumValue *code = g_enum_get_value (codes, error->code);

  if (error->domain == USAGE_ERROR)
    return "usage";
  if (error->domain != NULLMAIL_ERROR || code == NULL)
    return "failed";

  return code->value_nick;
}

Status
error_report (const Tool   *tool,
              const GError *error)
{
  Status status = error->domain == USAGE_ERROR ? STATUS_USAGE : STATUS_FAILED;
  GVariantDict dict, whole;

  if (!tool->is_json)
    {
      stream_add (standard_error, "nullmail: ");
      stream_add_text (standard_error, error->message);
      stream_add (standard_error, "\n");
      stream_flush (standard_error, NULL);
      return status;
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "domain", "s", g_quark_to_string (NULLMAIL_ERROR));
  g_variant_dict_insert (&dict, "code", "s", get_code (error));
  g_variant_dict_insert (&dict, "message", "s", error->message);
  g_variant_dict_init (&whole, NULL);
  g_variant_dict_insert_value (&whole, "error", g_variant_dict_end (&dict));
  stream_forget (standard_output);
  json_print (g_variant_dict_end (&whole));
  return status;
}
