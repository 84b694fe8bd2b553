/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "second-reading.h"

#include <string.h>

gboolean
second_is_space (char c)
{
  switch (c)
    {
    case ' ':
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
      return TRUE;
    default:
      return FALSE;
    }
}

void
second_trim (GString *text)
{
  gsize n_leading = 0;

  while (text->len > 0 && second_is_space (text->str[text->len - 1]))
    g_string_truncate (text, text->len - 1);
  while (n_leading < text->len && second_is_space (text->str[n_leading]))
    n_leading++;
  g_string_erase (text, 0, n_leading);
}

static void
setting_free (gpointer data)
{
  SecondSetting *self = data;

  g_string_free (self->text, TRUE);
  if (self->value != NULL)
    g_string_free (self->value, TRUE);
  g_free (self->name);
  g_free (self);
}

/* The first byte that is not white space; a newline where there is none. */
static char
get_first_sign (const char *line,
                gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!second_is_space (line[i]))
      return line[i];

  return '\n';
}

static void
split_setting (SecondSetting *self)
{
  GString *text = self->text;
  gsize i = 0;

  while (i < text->len && text->str[i] != '=' && !second_is_space (text->str[i]))
    i++;
  self->name = g_strndup (text->str, i);
  while (i < text->len && second_is_space (text->str[i]))
    i++;
  if (i == text->len || text->str[i] != '=')
    return;

  self->has_equals = TRUE;
  self->value = g_string_new_len (text->str + i + 1, text->len - i - 1);
  second_trim (self->value);
}

SecondReading *
second_reading_new (const char *text,
                    gsize       size)
{
  SecondReading *self = g_new0 (SecondReading, 1);
  SecondLine line = { .start = text };

  self->lines = g_array_new (FALSE, FALSE, sizeof (SecondLine));
  self->settings = g_ptr_array_new_with_free_func (setting_free);

  for (gsize i = 0; i < size; i++)
    {
      line.length++;
      if (text[i] != '\n' && i + 1 < size)
        continue;

      line.owner = -1;
      if (!strchr ("#\n", get_first_sign (line.start, line.length)))
        {
          gboolean is_indented = second_is_space (*line.start);
          SecondSetting *setting;

          if (!is_indented || self->settings->len == 0)
            {
              setting = g_new0 (SecondSetting, 1);
              setting->line = self->lines->len + 1;
              setting->is_indented = is_indented;
              setting->text = g_string_new (NULL);
              g_ptr_array_add (self->settings, setting);
            }

          line.owner = (int) self->settings->len - 1;
          setting = g_ptr_array_index (self->settings, line.owner);
          g_string_append_len (setting->text, line.start,
                               text[i] == '\n' ? line.length - 1 : line.length);
        }

      g_array_append_val (self->lines, line);
      line = (SecondLine) { .start = text + i + 1 };
    }

  for (guint i = 0; i < self->settings->len; i++)
    split_setting (g_ptr_array_index (self->settings, i));

  return self;
}

void
second_reading_free (SecondReading *self)
{
  g_array_unref (self->lines);
  g_ptr_array_unref (self->settings);
  g_free (self);
}

gboolean
second_setting_counts (const SecondSetting *self)
{
  return !self->is_indented && *self->name != '\0' && self->has_equals;
}

SecondSetting *
second_reading_find (SecondReading *self,
                     const char    *name)
{
  for (guint i = self->settings->len; i > 0; i--)
    {
      SecondSetting *setting = g_ptr_array_index (self->settings, i - 1);

      if (second_setting_counts (setting) && strcmp (setting->name, name) == 0)
        return setting;
    }

  return NULL;
}

/* Whether an edit by this name is about the setting: a line without "=" has a name too. */
static gboolean
is_named (const SecondSetting *self,
          const char          *name)
{
  return !self->is_indented && *name != '\0' && strcmp (self->name, name) == 0;
}

void
second_complete (GString *text)
{
  const char *lf;

  if (text->len == 0 || text->str[text->len - 1] == '\n')
    return;

  lf = strrchr (text->str, '\n');
  if (lf != NULL && lf > text->str && lf[-1] == '\r' && text->str[text->len - 1] != '\r')
    g_string_append_c (text, '\r');
  g_string_append_c (text, '\n');
}

static void
append_setting (GString    *text,
                const char *name,
                const char *value)
{
  GString *trimmed = g_string_new (value);

  second_trim (trimmed);
  g_string_append_printf (text, "%s = %s\n", name, trimmed->str);
  g_string_free (trimmed, TRUE);
}

static gboolean
is_no_change (SecondReading *reading,
              const char    *name,
              const char    *value)
{
  SecondSetting *setting = second_reading_find (reading, name);
  GString *trimmed = g_string_new (value);
  guint n_named = 0;
  gboolean is_same = setting != NULL && (second_trim (trimmed), TRUE)
                     && g_string_equal (setting->value, trimmed);

  for (guint i = 0; i < reading->settings->len; i++)
    n_named += is_named (g_ptr_array_index (reading->settings, i), name);
  g_string_free (trimmed, TRUE);

  return n_named == 1 && is_same;
}

GString *
second_edit (const GString  *text,
             SecondEditKind  kind,
             const char     *name,
             const char     *value)
{
  g_autoptr(SecondReading) reading = second_reading_new (text->str, text->len);
  SecondSetting *effective = second_reading_find (reading, name);
  GString *output;
  gboolean is_found = FALSE;

  if (kind == SECOND_EDIT_SET && is_no_change (reading, name, value))
    return g_string_new_len (text->str, text->len);

  output = g_string_new (NULL);
  for (guint i = 0; i < reading->lines->len; i++)
    {
      const SecondLine *line = &g_array_index (reading->lines, SecondLine, i);
      SecondSetting *owner =
        line->owner >= 0 ? g_ptr_array_index (reading->settings, line->owner) : NULL;
      gboolean is_own = owner != NULL && is_named (owner, name);

      is_found |= is_own;
      if (is_own && kind == SECOND_EDIT_REMOVE_DUPLICATES)
        is_own = owner != effective && second_setting_counts (owner);

      if (is_own && kind == SECOND_EDIT_SET && owner->line == i + 1)
        append_setting (output, name, value);
      else if (is_own && kind == SECOND_EDIT_COMMENT_OUT)
        g_string_append_len (g_string_append_c (output, '#'), line->start, line->length);
      else if (!is_own)
        g_string_append_len (output, line->start, line->length);
    }

  if (kind == SECOND_EDIT_SET && !is_found)
    {
      second_complete (output);
      append_setting (output, name, value);
    }

  return output;
}

static GPtrArray *
list_others (SecondReading *reading,
             const char    *name)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < reading->settings->len; i++)
    {
      SecondSetting *setting = g_ptr_array_index (reading->settings, i);

      if (!is_named (setting, name))
        {
          second_trim (setting->text);  /* a last line may have got a CR */
          g_ptr_array_add (list, setting->text);
        }
    }

  return list;
}

gboolean
second_others_same (const GString *before,
                    const GString *after,
                    const char    *name)
{
  g_autoptr(SecondReading) a = second_reading_new (before->str, before->len);
  g_autoptr(SecondReading) b = second_reading_new (after->str, after->len);
  g_autoptr(GPtrArray) others_a = list_others (a, name);
  g_autoptr(GPtrArray) others_b = list_others (b, name);

  if (others_a->len != others_b->len)
    return FALSE;
  for (guint i = 0; i < others_a->len; i++)
    if (!g_string_equal (g_ptr_array_index (others_a, i), g_ptr_array_index (others_b, i)))
      return FALSE;

  return TRUE;
}
