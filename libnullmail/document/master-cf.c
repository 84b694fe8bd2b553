/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/master-cf-private.h"

#include <string.h>

#include "document/logical-lines-private.h"

/* The fields of a service, in their order; the arguments follow. */
enum
{
  FIELD_NAME,
  FIELD_TYPE,
  FIELD_PRIVATE,
  FIELD_UNPRIVILEGED,
  FIELD_CHROOT,
  FIELD_WAKEUP,
  FIELD_PROCESSES,
  FIELD_COMMAND,
  N_FIELDS,
};

static void
service_free (gpointer data)
{
  NullmailMasterService *self = data;

  g_free (self->name);
  g_free (self->type);
  g_free (self->chroot);
  g_free (self->command);
  g_strfreev (self->arguments);
  g_free (self);
}

/* Behind a word, or behind the brace that closes the one at which the word begins. */
static const char *
find_word_end (const char *text)
{
  int depth = 0;

  if (*text != '{')
    {
      while (*text != '\0' && !_nullmail_is_space (*text))
        text++;
      return text;
    }

  for (; *text != '\0'; text++)
    {
      depth += (*text == '{') - (*text == '}');
      if (depth == 0)
        return text + 1;
    }

  return text;
}

static char **
split_words (const char *text)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();

  while (TRUE)
    {
      const char *end;
      g_autofree char *word = NULL;

      while (_nullmail_is_space (*text))
        text++;
      if (*text == '\0')
        break;

      end = find_word_end (text);
      word = g_strndup (text, end - text);
      g_strv_builder_add (words, word);
      text = end;
    }

  return g_strv_builder_end (words);
}

static void
add_service (GPtrArray  *services,
             const char *line)
{
  g_auto(GStrv) words = split_words (line);
  NullmailMasterService *service;

  if (g_strv_length (words) < N_FIELDS)
    return;

  service = g_new0 (NullmailMasterService, 1);
  service->name = g_strdup (words[FIELD_NAME]);
  service->type = g_strdup (words[FIELD_TYPE]);
  service->chroot = g_strdup (words[FIELD_CHROOT]);
  service->command = g_strdup (words[FIELD_COMMAND]);
  service->arguments = g_strdupv (words + N_FIELDS);
  g_ptr_array_add (services, service);
}

GPtrArray *
_nullmail_master_cf_parse (const char *text)
{
  GPtrArray *services = g_ptr_array_new_with_free_func (service_free);
  const char *end = text + strlen (text);
  g_autoptr(GString) logical = g_string_new (NULL);
  NullmailLine line;

  while (_nullmail_line_next (&text, end, &line))
    {
      if (!_nullmail_line_is_continuation (&line))
        {
          add_service (services, logical->str);
          g_string_truncate (logical, 0);
        }
      g_string_append_len (logical, line.start, line.end - line.start);
    }
  add_service (services, logical->str);

  return services;
}

NullmailMasterService *
_nullmail_master_cf_find (GPtrArray  *services,
                          const char *name,
                          const char *type)
{
  for (guint i = services->len; i > 0; i--)
    {
      NullmailMasterService *service = g_ptr_array_index (services, i - 1);

      if (g_str_equal (service->name, name) && g_str_equal (service->type, type))
        return service;
    }

  return NULL;
}

/* Takes “name=value” apart, or “{ name = value }”. */
static gboolean
split_setting (const char  *setting,
               char       **name,
               char       **value)
{
  g_autofree char *text = g_strdup (setting);
  char *plain = text, *equals;

  if (*plain == '{' && g_str_has_suffix (plain, "}"))
    {
      plain[strlen (plain) - 1] = '\0';
      plain++;
    }

  equals = strchr (plain, '=');
  if (equals == NULL)
    return FALSE;

  *equals = '\0';
  *name = g_strdup (g_strstrip (plain));
  *value = g_strdup (g_strstrip (equals + 1));
  return TRUE;
}

gboolean
_nullmail_master_service_next_option (const NullmailMasterService *self,
                                      guint                       *index,
                                      char                       **name,
                                      char                       **value)
{
  /* Behind the options there are arguments of the program itself, as pipe(8) has them. */
  while (self->arguments[*index] != NULL && self->arguments[*index][0] == '-')
    {
      const char *argument = self->arguments[(*index)++];

      if (!g_str_has_prefix (argument, "-o"))
        continue;
      if (argument[2] != '\0')
        argument += 2;
      else if (self->arguments[*index] != NULL)
        argument = self->arguments[(*index)++];
      else
        break;

      if (split_setting (argument, name, value))
        return TRUE;
    }

  return FALSE;
}
