/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "relay/smtp-reply-private.h"

#include <string.h>

struct _NullmailSmtpReader
{
  GByteArray *bytes;      /* (owned) what came and was not taken yet */
  gsize       n_lines;    /* bytes of it that are whole lines of the reply that is being read */
  gboolean    is_broken;  /* what came is no reply, and nothing behind it can be one */
};

/* What a line of a reply is. */
typedef enum { LINE_LAST, LINE_CONTINUES, LINE_GARBAGE } LineKind;

/* How much of what is no reply is shown to people. */
#define SHOWN_BYTES 60

NullmailSmtpReader *
_nullmail_smtp_reader_new (void)
{
  NullmailSmtpReader *self = g_new0 (NullmailSmtpReader, 1);

  self->bytes = g_byte_array_new ();
  return self;
}

void
_nullmail_smtp_reader_free (NullmailSmtpReader *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self);
}

void
_nullmail_smtp_reader_add (NullmailSmtpReader *self,
                           const void         *data,
                           gsize               size)
{
  /* One byte more than the limit is enough to see that it is passed. */
  gsize room = NULLMAIL_SMTP_REPLY_LIMIT + 1 - self->bytes->len;

  g_byte_array_append (self->bytes, data, (guint) MIN (size, room));
}

/* A line without its end. */
static LineKind
classify (const char *line,
          gsize       size)
{
  if (memchr (line, '\0', size) != NULL || size < 3 || line[0] < '1' || line[0] > '5'
      || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]))
    return LINE_GARBAGE;
  if (size == 3 || line[3] == ' ')
    return LINE_LAST;

  return line[3] == '-' ? LINE_CONTINUES : LINE_GARBAGE;
}

static char *
make_showable (const char *text,
               gsize       size)
{
  char *shown = g_utf8_make_valid (text, (gssize) size);

  for (char *c = shown; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';

  return shown;
}

/* Makes a reply of whole lines, each of which has a code. */
static NullmailSmtpReply *
make_reply (const char *lines,
            gsize       size)
{
  NullmailSmtpReply *reply = g_new0 (NullmailSmtpReply, 1);
  g_autoptr(GStrvBuilder) texts = g_strv_builder_new ();

  while (size > 0)
    {
      const char *end = memchr (lines, '\n', size);
      gsize line_size = end - lines;
      gsize text_size = line_size > 0 && end[-1] == '\r' ? line_size - 1 : line_size;
      g_autofree char *text = NULL;

      reply->code = (guint) (lines[0] - '0') * 100 + (guint) (lines[1] - '0') * 10
                    + (guint) (lines[2] - '0');
      text = text_size > 4 ? make_showable (lines + 4, text_size - 4) : g_strdup ("");
      g_strv_builder_add (texts, text);
      lines = end + 1;
      size -= line_size + 1;
    }

  reply->lines = g_strv_builder_end (texts);
  return reply;
}

NullmailSmtpRead
_nullmail_smtp_reader_take (NullmailSmtpReader  *self,
                            NullmailSmtpReply  **reply)
{
  const char *data = (const char *) self->bytes->data;
  const char *end;

  while (!self->is_broken && self->bytes->len > self->n_lines
         && (end = memchr (data + self->n_lines, '\n', self->bytes->len - self->n_lines)) != NULL)
    {
      const char *line = data + self->n_lines;
      gsize size = end > line && end[-1] == '\r' ? end - line - 1 : end - line;
      LineKind kind = classify (line, size);

      if (kind == LINE_GARBAGE || (gsize) (end + 1 - data) > NULLMAIL_SMTP_REPLY_LIMIT)
        break;
      self->n_lines = end + 1 - data;
      if (kind == LINE_CONTINUES)
        continue;

      *reply = make_reply (data, self->n_lines);
      g_byte_array_remove_range (self->bytes, 0, (guint) self->n_lines);
      self->n_lines = 0;
      return NULLMAIL_SMTP_READ_REPLY;
    }

  self->is_broken = self->is_broken || self->bytes->len > NULLMAIL_SMTP_REPLY_LIMIT
                    || (self->bytes->len > self->n_lines
                        && memchr (data + self->n_lines, '\n',
                                   self->bytes->len - self->n_lines) != NULL);
  if (!self->is_broken)
    return NULLMAIL_SMTP_READ_MORE;

  return self->bytes->len > NULLMAIL_SMTP_REPLY_LIMIT ? NULLMAIL_SMTP_READ_TOO_LONG
                                                      : NULLMAIL_SMTP_READ_GARBAGE;
}

gboolean
_nullmail_smtp_reader_has_rest (NullmailSmtpReader *self)
{
  return self->bytes->len > 0;
}

char *
_nullmail_smtp_reader_show_rest (NullmailSmtpReader *self)
{
  gsize size = self->bytes->len - self->n_lines;

  return make_showable ((const char *) self->bytes->data + self->n_lines, MIN (size, SHOWN_BYTES));
}

void
_nullmail_smtp_reply_free (NullmailSmtpReply *self)
{
  g_strfreev (self->lines);
  g_free (self);
}

char *
_nullmail_smtp_reply_to_string (const NullmailSmtpReply *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; self->lines[i] != NULL; i++)
    g_string_append_printf (text, "%s%u%s%s", i > 0 ? "\n" : "", self->code,
                            self->lines[i + 1] != NULL ? "-" : " ", self->lines[i]);

  return g_string_free (text, FALSE);
}

char **
_nullmail_smtp_reply_list_extensions (const NullmailSmtpReply *self)
{
  g_autoptr(GStrvBuilder) extensions = g_strv_builder_new ();

  for (guint i = 1; self->lines[i] != NULL; i++)
    {
      g_autofree char *extension = g_strstrip (g_strdup (self->lines[i]));

      if (*extension != '\0')
        g_strv_builder_add (extensions, extension);
    }

  return g_strv_builder_end (extensions);
}

/* What stands behind the name of an extension; NULL if it is another one. Postfix takes “AUTH=X” of
 * old servers for “AUTH X”. */
static const char *
find_parameters (const char *extension,
                 const char *name)
{
  gsize size = strlen (name);

  if (g_ascii_strncasecmp (extension, name, size) != 0
      || (extension[size] != '\0' && strchr (" =", extension[size]) == NULL))
    return NULL;

  return extension + size;
}

gboolean
_nullmail_smtp_extensions_have (const char * const *extensions,
                                const char         *name)
{
  for (guint i = 0; extensions[i] != NULL; i++)
    if (find_parameters (extensions[i], name) != NULL)
      return TRUE;

  return FALSE;
}

char **
_nullmail_smtp_extensions_list_mechanisms (const char * const *extensions)
{
  const char *found = NULL;
  g_auto(GStrv) words = NULL;
  g_autoptr(GStrvBuilder) mechanisms = g_strv_builder_new ();

  for (guint i = 0; extensions[i] != NULL; i++)
    {
      const char *parameters = find_parameters (extensions[i], "AUTH");

      found = parameters != NULL ? parameters : found;
    }
  if (found == NULL)
    return NULL;

  words = g_strsplit_set (found, " =", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (mechanisms, words[i]);

  return g_strv_builder_end (mechanisms);
}
