/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config/sasl-lists-private.h"

#include "document/logical-lines-private.h"
#include "document/macro-private.h"
#include "document/value-list-private.h"

/* By channel. */
static const char * const parameters[] = {
  [NULLMAIL_CHANNEL_PLAIN] = "smtp_sasl_security_options",
  [NULLMAIL_CHANNEL_ENCRYPTED] = "smtp_sasl_tls_security_options",
  [NULLMAIL_CHANNEL_VERIFIED] = "smtp_sasl_tls_verified_security_options",
};

/* No password may go over a channel weaker than the promised one, in whatever form. “noplaintext”
 * refuses PLAIN and LOGIN. “nodictionary” refuses the mechanisms that answer a challenge, such as
 * CRAM-MD5 and SCRAM: whoever takes the relay's place chooses the challenge, and a dictionary turns
 * the answer into the password. Plug-ins for access tokens call themselves neither, and “noactive”
 * refuses them. */
#define NOTHING "noplaintext, noactive, nodictionary, noanonymous"

/* What the lists are for a level that guarantees a channel; NULL: the parameter is removed. */
static const char * const canonical_lists[][G_N_ELEMENTS (parameters)] = {
  [NULLMAIL_CHANNEL_PLAIN] = { "noanonymous", NULL, NULL },
  [NULLMAIL_CHANNEL_ENCRYPTED] = { NOTHING, "noanonymous", "$smtp_sasl_tls_security_options" },
  [NULLMAIL_CHANNEL_VERIFIED] = { NOTHING, "$smtp_sasl_security_options", "noanonymous" },
};

/* The same as earlier versions of the library wrote them. */
static const char * const outdated_lists[][G_N_ELEMENTS (parameters)] = {
  [NULLMAIL_CHANNEL_PLAIN] = { NULL, NULL, NULL },
  [NULLMAIL_CHANNEL_ENCRYPTED] =
    { "noplaintext, noanonymous", "noanonymous", "$smtp_sasl_tls_security_options" },
  [NULLMAIL_CHANNEL_VERIFIED] =
    { "noplaintext, noanonymous", "$smtp_sasl_security_options", "noanonymous" },
};

const char *
_nullmail_sasl_list_get_parameter (NullmailChannel channel)
{
  return parameters[channel];
}

gboolean
_nullmail_sasl_lists_are_set (NullmailMainCf  *main_cf,
                              NullmailChannel  channel)
{
  for (int i = channel; i >= 0; i--)
    if (nullmail_main_cf_has_value (main_cf, parameters[i]))
      return TRUE;

  return FALSE;
}

/* (nullable): the name in “${name}” or “$(name)”, where blanks may stand around it, with its end
 * behind the brace; NULL where the text does not begin with such a macro. */
static char *
parse_braced_macro (const char  *text,
                    const char **end)
{
  const char *name = text + 2, *behind;

  if (text[0] != '$' || (text[1] != '{' && text[1] != '('))
    return NULL;

  while (_nullmail_is_space (*name))
    name++;
  for (behind = name; _nullmail_is_name_character (*behind); behind++)
    ;
  for (*end = behind; _nullmail_is_space (**end); (*end)++)
    ;
  if (behind == name || **end != (text[1] == '{' ? '}' : ')'))
    return NULL;

  (*end)++;
  return g_strndup (name, behind - name);
}

/* The text with its plain macros as “$name”, which is how the library writes them. */
static char *
simplify_macros (const char *text)
{
  GString *simple = g_string_new (NULL);

  while (*text != '\0')
    {
      const char *end;
      g_autofree char *name = parse_braced_macro (text, &end);

      if (name != NULL)
        {
          g_string_append_printf (simple, "$%s", name);
          text = end;
          if (_nullmail_is_name_character (*text))
            g_string_append_c (simple, '{');  /* what follows belongs to no name */
        }
      else
        g_string_append_c (simple, *text++);
    }

  return g_string_free (simple, FALSE);
}

/* The order of these words means nothing. */
static gboolean
lists_are_equal (const char *a,
                 const char *b)
{
  g_autofree char *a_text = simplify_macros (a);
  g_autofree char *b_text = simplify_macros (b);
  g_auto(GStrv) a_items = _nullmail_text_split_list (a_text);
  g_auto(GStrv) b_items = _nullmail_text_split_list (b_text);

  for (guint i = 0; a_items[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) b_items, a_items[i]))
      return FALSE;
  for (guint i = 0; b_items[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) a_items, b_items[i]))
      return FALSE;

  return TRUE;
}

/* The list of the channel itself may be somebody's own, by sasl-security-options. */
static gboolean
are_outdated (NullmailMainCf  *main_cf,
              NullmailChannel  channel)
{
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *text = nullmail_main_cf_get_value (main_cf, parameters[i]);

      if (text == NULL || outdated_lists[channel][i] == NULL
          || (i != channel && !lists_are_equal (text, outdated_lists[channel][i])))
        return FALSE;
    }

  return TRUE;
}

gboolean
_nullmail_sasl_lists_update (NullmailMainCf  *main_cf,
                             GError         **error)
{
  for (guint channel = 0; channel < G_N_ELEMENTS (outdated_lists); channel++)
    if (are_outdated (main_cf, channel))
      {
        g_autofree char *text = nullmail_main_cf_get_value (main_cf, parameters[channel]);
        const char *own[] = { text, NULL };

        return _nullmail_sasl_lists_write (main_cf, channel, own, error);
      }

  return TRUE;
}

gboolean
_nullmail_sasl_lists_write (NullmailMainCf      *main_cf,
                            NullmailChannel      channel,
                            const char * const  *custom,
                            GError             **error)
{
  g_autofree char *custom_text = custom != NULL ? g_strjoinv (" ", (char **) custom) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      g_autofree char *old = nullmail_main_cf_get_value (main_cf, parameters[i]);
      const char *text = canonical_lists[channel][i];

      if (i == channel && custom_text != NULL)
        text = custom_text;

      if (text == NULL)
        nullmail_main_cf_unset (main_cf, parameters[i]);
      else if ((old == NULL || !lists_are_equal (old, text))
               && !nullmail_main_cf_set_value (main_cf, parameters[i], text, error))
        return FALSE;
    }

  return TRUE;
}

void
_nullmail_sasl_lists_unset (NullmailMainCf *main_cf)
{
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    nullmail_main_cf_unset (main_cf, parameters[i]);
}
