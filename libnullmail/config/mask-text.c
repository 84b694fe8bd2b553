/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A whole main.cf, as a mask shows it. */

#include "config/mask-private.h"

#include <string.h>

#include "config/mask-marks-private.h"
#include "document/logical-lines-private.h"
#include "document/macro-private.h"

#define MASK "********"

typedef struct
{
  const NullmailMask *mask;
  NullmailRemarks     remarks;
  GString            *output;
  const char         *stop;    /* the end of the text */
  const char         *secret;  /* (nullable) where the password of the present setting begins */
  const char         *last;    /* (nullable) the end of the last line that belongs to it */
  gboolean            is_known;  /* the present setting may have passwords */
  gboolean            is_setting;  /* it is one, and no line without a name */
  NullmailLineOwner   owner;
  int                 depth;   /* how many braces of a table are open behind the last line */
  const char         *login;   /* where a password in front of a host begins in this line, or its
                                * end */
} Writer;

const char *
_nullmail_mask_find_mention (const NullmailMask  *mask,
                             const char          *line,
                             const char          *end,
                             char               **name)
{
  const char *word = line, *word_end;

  for (const char *equals = line; (equals = memchr (equals, '=', end - equals)) != NULL; equals++)
    {
      const char *name_end = equals, *start;

      while (name_end > line && _nullmail_is_space (name_end[-1]))
        name_end--;
      for (start = name_end; start > line && _nullmail_is_name_character (start[-1]); start--)
        ;
      *name = _nullmail_mask_know (mask, start, name_end - start);
      if (*name != NULL)
        return equals + 1;
    }

  while (word < end && (*word == '#' || _nullmail_is_space (*word)))
    word++;
  for (word_end = word; word_end < end && _nullmail_is_name_character (*word_end); word_end++)
    ;
  *name = _nullmail_mask_know (mask, word, word_end - word);
  return *name != NULL ? word_end : NULL;
}

/* Whether a line looks as postconf(1) comments out a line that continues a setting, and begins no
 * setting itself. */
static gboolean
continues_remark (const char *line,
                  const char *end)
{
  const char *word = line + 1, *p;

  if (word == end || !_nullmail_is_space (*word))
    return FALSE;

  while (word < end && _nullmail_is_space (*word))
    word++;
  for (p = word; p < end && _nullmail_is_name_character (*p); p++)
    ;
  if (p == word)
    return word < end;

  while (p < end && _nullmail_is_space (*p))
    p++;
  return p == end || *p != '=';
}

void
_nullmail_line_owner_read (NullmailLineOwner *self,
                           const char        *line,
                           const char        *end)
{
  const char *name = line, *name_end, *p;

  while (name < end && (*name == '#' || _nullmail_is_space (*name)))
    name++;
  for (name_end = name; name_end < end && _nullmail_is_name_character (*name_end); name_end++)
    ;
  for (p = name_end; p < end && _nullmail_is_space (*p); p++)
    ;

  if (name < name_end && p < end && *p == '='
      && (self->depth <= 0 || (*line != '#' && !_nullmail_is_space (*line))))
    {
      g_free (self->name);
      self->name = g_strndup (name, name_end - name);
      self->depth = 0;
    }
  else if (line < end && !_nullmail_is_space (*line)
           && (*line != '#' || !self->goes_on || !continues_remark (line, end)))
    {
      _nullmail_line_owner_clear (self);
      return;
    }

  for (p = name; p < end; p++)
    {
      self->depth += (*p == '{') - (*p == '}');
      if (!_nullmail_is_space (*p))
        self->goes_on = *p == '=' || *p == ',';
    }
  self->goes_on = self->goes_on || self->depth > 0;
}

void
_nullmail_line_owner_clear (NullmailLineOwner *self)
{
  g_free (self->name);
  *self = (NullmailLineOwner) { .name = NULL };
}

const char *
_nullmail_remarks_read (NullmailRemarks *self,
                        const char      *line,
                        const char      *end)
{
  g_autofree char *name = NULL;
  const char *text = _nullmail_mask_find_mention (self->mask, line, end, &name);

  if (text != NULL)
    {
      _nullmail_remarks_leave (self);
      self->parameter = g_steal_pointer (&name);
      return text;
    }
  if (self->parameter != NULL && *line == '#' && continues_remark (line, end))
    return line + 1;

  _nullmail_remarks_leave (self);
  return NULL;
}

void
_nullmail_remarks_leave (NullmailRemarks *self)
{
  g_clear_pointer (&self->parameter, g_free);
  self->is_open = FALSE;
}

static const char *
find_line_end (Writer     *self,
               const char *line)
{
  const char *newline = memchr (line, '\n', self->stop - line);

  return newline != NULL ? newline : self->stop;
}

/* The end of a setting, whose first line is given: where the next begins. */
static const char *
find_setting_end (Writer     *self,
                  const char *line)
{
  do
    {
      const char *end = find_line_end (self, line);

      line = end < self->stop ? end + 1 : end;
    }
  while (line < self->stop && (*line == '#' || _nullmail_is_space (*line)));

  return line;
}

static gboolean
is_blank (const char *p,
          const char *end)
{
  while (p < end && _nullmail_is_space (*p))
    p++;

  return p == end;
}

/* Whether a line begins with the name of a parameter and “=”. */
static gboolean
is_setting (Writer     *self,
            const char *line)
{
  const char *p = line;

  while (p < self->stop && (_nullmail_is_name_character (*p) || *p == '-' || *p == '.'))
    p++;
  while (p < self->stop && *p != '\n' && _nullmail_is_space (*p))
    p++;

  return p > line && p < self->stop && *p == '=';
}

/* At the first line of a setting. */
static void
begin_setting (Writer     *self,
               const char *line)
{
  const char *name_end = line, *setting_end, *value;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  gsize length, start;

  self->secret = self->last = NULL;
  self->is_known = FALSE;
  self->is_setting = self->mask == NULL || !self->mask->has_tables || is_setting (self, line);
  while (name_end < self->stop && *name_end != '=' && !_nullmail_is_space (*name_end))
    name_end++;
  name = _nullmail_mask_know (self->mask, line, name_end - line);
  if (name == NULL)
    return;

  self->is_known = TRUE;
  setting_end = find_setting_end (self, line);
  value = memchr (name_end, '=', setting_end - name_end);
  value = value != NULL ? value + 1 : name_end;

  /* What is ignored within is taken out of the copy, which keeps its length. */
  length = setting_end - value;
  text = g_strndup (value, length);
  for (const char *p = value; p < setting_end; )
    {
      const char *end = find_line_end (self, p);

      if (*p == '#' && p > value)
        memset (text + (p - value), ' ', end - p);
      else if (p == value || !is_blank (p, end))
        self->last = end;
      p = end < setting_end ? end + 1 : setting_end;
    }

  start = _nullmail_mask_find (self->mask, name, text, length);
  self->secret = start < length ? value + start : NULL;
}

static void
write_masked (Writer     *self,
              const char *line,
              const char *from,
              const char *end)
{
  from = MIN (MAX (from, line), self->login);
  while (from < end && _nullmail_is_space (*from))
    from++;

  g_string_append_len (self->output, line, from - line);
  if (from < end)
    g_string_append (self->output, MASK);
}

static void
write_plain (Writer     *self,
             const char *line,
             const char *end)
{
  if (self->login < end)
    write_masked (self, line, end, end);
  else
    g_string_append_len (self->output, line, end - line);
}

/* A line that is for no parameter that is for passwords: a table of users and passwords in it
 * speaks for itself, unless it is known what else the line is for. */
static void
write_other (Writer     *self,
             const char *line,
             const char *end)
{
  gsize length = end - line, start = length;
  gboolean goes_on = self->depth > 0 && line < end
                     && (*line == '#' ? continues_remark (line, end)
                                      : _nullmail_is_space (*line));

  if (goes_on)
    start = *line == '#';
  else if (self->owner.name == NULL
           || (_nullmail_mask_get_marks (self->mask, self->owner.name) & MASK_OTHER) == 0)
    start = _nullmail_mask_find_login (self->mask, line, length);

  self->depth = goes_on ? self->depth : 0;
  for (const char *p = line + start; p < end; p++)
    self->depth += (*p == '{') - (*p == '}');

  if (start == length)
    write_plain (self, line, end);
  else
    write_masked (self, line, line + start, end);
}

/* A line that is commented out, or that is no setting though it looks as one. */
static void
write_remark (Writer     *self,
              const char *line,
              const char *end)
{
  const char *text = _nullmail_remarks_read (&self->remarks, line, end);
  gsize length, start;

  /* A remark within or behind a setting for passwords may be a part of it that is commented out. */
  if (text == NULL && !self->is_known)
    {
      write_other (self, line, end);
      return;
    }

  text = text != NULL ? text : line;
  length = end - text;
  start = self->remarks.is_open
          ? 0 : _nullmail_mask_find_remark (self->mask, self->remarks.parameter, text, length);
  self->remarks.is_open = self->remarks.is_open || start < length;
  if (start < length)
    write_masked (self, line, text + start, end);
  else
    write_other (self, line, end);
}

static void
write_line (Writer     *self,
            const char *line,
            const char *end)
{
  gboolean is_remark = line < end && *line == '#';
  gboolean is_secret;

  if (line < end && !is_remark && !_nullmail_is_space (*line))
    {
      _nullmail_remarks_leave (&self->remarks);
      begin_setting (self, line);
    }

  self->login = end;
  if (self->mask == NULL || self->mask->has_logins)
    self->login = line + _nullmail_mask_find_line_login (line, end - line);
  if (self->mask != NULL && self->mask->has_tables)
    _nullmail_line_owner_read (&self->owner, line, end);

  is_secret = self->secret != NULL && self->secret < end && line < self->last;
  if (is_secret && is_remark)
    write_masked (self, line, line + 1, end);
  else if (is_secret)
    write_masked (self, line, self->secret, end);
  else if (is_remark || (self->last == NULL && line < end && _nullmail_is_space (*line)))
    write_remark (self, line, end);
  else if (!self->is_setting)
    write_other (self, line, end);
  else
    write_plain (self, line, end);
}

char *
_nullmail_mask_show_main_cf (const NullmailMask *self,
                             GBytes             *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  Writer writer = {
    .mask = self, .remarks = { .mask = self }, .output = g_string_sized_new (size),
    .stop = text != NULL ? text + size : NULL,
  };

  while (text < writer.stop)
    {
      const char *end = find_line_end (&writer, text);

      write_line (&writer, text, end);
      if (end < writer.stop)
        g_string_append_c (writer.output, '\n');
      text = end < writer.stop ? end + 1 : end;
    }

  _nullmail_remarks_leave (&writer.remarks);
  _nullmail_line_owner_clear (&writer.owner);
  return g_string_free (writer.output, FALSE);
}

gboolean
_nullmail_mask_hides_main_cf (const NullmailMask *self,
                              GBytes             *bytes)
{
  g_autofree char *shown = NULL;
  gsize size = g_bytes_get_size (bytes);

  if (!_nullmail_mask_has_names (self) && !self->has_tables && !self->has_logins)
    return FALSE;

  shown = _nullmail_mask_show_main_cf (self, bytes);
  return strlen (shown) != size || memcmp (shown, g_bytes_get_data (bytes, NULL), size) != 0;
}
