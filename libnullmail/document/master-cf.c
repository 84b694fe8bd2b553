/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "document/master-cf-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "document/logical-lines-private.h"

#define N_FIELDS 7  /* in front of the command, see master(5) */

static void
option_free (gpointer data)
{
  NullmailMasterOption *self = data;

  g_free (self->service);
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

/* The next word, which ends at a blank outside of braces, as mystrtokq () of Postfix has it. */
static char *
take_word (const char **position,
           const char  *end)
{
  const char *p = *position, *word;
  int depth = 0;

  while (p < end && _nullmail_is_space (*p))
    p++;
  for (word = p; p < end && (depth > 0 || !_nullmail_is_space (*p)); p++)
    depth += (*p == '{') - (*p == '}' && depth > 0);

  *position = p;
  return p > word ? g_strndup (word, p - word) : NULL;
}

/* “name=value” or “{ name = value }” */
static void
add_option (GPtrArray  *options,
            const char *service,
            char       *text,
            guint       line)
{
  NullmailMasterOption *option;
  gsize length = strlen (text);
  char *equals;

  if (*text == '{' && text[length - 1] != '}')
    return;
  if (*text == '{')
    {
      text[length - 1] = '\0';
      text++;
    }
  equals = strchr (text, '=');
  if (equals == NULL)
    return;

  *equals = '\0';
  option = g_new0 (NullmailMasterOption, 1);
  option->service = g_strdup (service);
  option->name = g_strstrip (g_strdup (text));
  option->value = g_strstrip (g_strdup (equals + 1));
  option->line = line;
  g_ptr_array_add (options, option);
}

static guint
count_lines (const char *text,
             const char *end)
{
  guint count = 0;

  for (; (text = memchr (text, '\n', end - text)) != NULL; text++)
    count++;

  return count;
}

/* Adds the options of one service, whose text may go over several lines. */
static void
add_service (GPtrArray  *options,
             const char *text,
             const char *end,
             guint       line)
{
  const char *p = text, *start = text;
  g_autofree char *name = take_word (&p, end);
  g_autofree char *type = take_word (&p, end);
  g_autofree char *service = g_strconcat (name, "/", type, NULL);

  for (guint i = 2; ; i++)
    {
      g_autofree char *word = take_word (&p, end);
      g_autofree char *next = NULL;

      if (word == NULL)
        break;

      line += count_lines (start, p - strlen (word));
      start = p - strlen (word);
      if (i <= N_FIELDS || !g_str_has_prefix (word, "-o"))
        continue;
      if (word[2] == '\0')
        next = take_word (&p, end);
      if (word[2] != '\0' || next != NULL)
        add_option (options, service, next != NULL ? next : word + 2, line);
    }
}

GPtrArray *
_nullmail_master_cf_list_options (const char *text)
{
  GPtrArray *options = g_ptr_array_new_with_free_func (option_free);
  const char *position = text, *end = text + strlen (text), *seen = text;
  g_autoptr(GString) service = g_string_new (NULL);
  guint number = 1, first = 1, last = 1;
  NullmailLine line;

  while (_nullmail_line_next (&position, end, &line))
    {
      number += count_lines (seen, line.start);
      seen = line.start;
      if (!_nullmail_line_is_continuation (&line))
        {
          add_service (options, service->str, service->str + service->len, first);
          g_string_truncate (service, 0);
          first = last = number;
        }

      for (; last < number; last++)  /* a line that is left out in between still counts */
        g_string_append_c (service, '\n');
      g_string_append_len (service, line.start,
                           _nullmail_line_get_content_end (&line) - line.start);
    }
  add_service (options, service->str, service->str + service->len, first);

  return options;
}

GPtrArray *
_nullmail_master_cf_load_options (const char   *path,
                                  GCancellable *cancellable)
{
  struct stat info;
  int fd = _nullmail_regular_file_open (AT_FDCWD, path, path, &info, NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  if (fd < 0)
    return NULL;

  bytes = _nullmail_regular_file_read (fd, &info, path, cancellable, NULL);
  close (fd);
  if (bytes == NULL)
    return NULL;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return _nullmail_master_cf_list_options (text);
}
