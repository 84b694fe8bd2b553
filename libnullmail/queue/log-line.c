/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/log-line-private.h"

#include <stdlib.h>
#include <string.h>

#include "queue/queue-line-private.h"

/* Takes a message apart: “4YX…z: to=<…>” has a word where others have a sentence. */
static void
take_message (NullmailLogLine *self,
              const char      *message)
{
  gsize length = 0;

  while (g_ascii_isalnum (message[length]))
    length++;
  if (length > 0 && g_str_has_prefix (message + length, ": "))
    {
      self->queue_id = g_strndup (message, length);
      message += length + strlen (": ");
    }
  self->text = g_utf8_make_valid (message, -1);
}

static void
take_service (NullmailLogLine *self,
              const char      *tag,
              gsize            length)
{
  const char *name = tag + length;

  while (name > tag && name[-1] != '/')
    name--;
  self->service = g_strndup (name, tag + length - name);
}

/* Finds “program[pid]: ”, behind the time and the host. The end is that of the bracket. */
static const char *
find_tag (const char  *line,
          const char **start,
          gsize       *length)
{
  for (const char *p = strchr (line, '['); p != NULL; p = strchr (p + 1, '['))
    {
      const char *end = p + 1;

      while (g_ascii_isdigit (*end))
        end++;
      if (end == p + 1 || !g_str_has_prefix (end, "]: "))
        continue;

      *start = p;
      while (*start > line && (*start)[-1] != ' ')
        (*start)--;
      *length = p - *start;
      return *length > 0 ? p : NULL;
    }

  return NULL;
}

gboolean
_nullmail_log_line_parse (NullmailLogLine *self,
                          const char      *line)
{
  const char *tag, *bracket, *message;
  gsize length;

  *self = (NullmailLogLine) { 0 };
  bracket = find_tag (line, &tag, &length);
  if (bracket == NULL)
    return FALSE;

  take_service (self, tag, length);
  self->pid = (guint) strtoul (bracket + 1, NULL, 10);
  message = strstr (bracket, "]: ") + strlen ("]: ");
  if (g_str_has_prefix (message, "[ID "))  /* as syslogd (8) of Solaris and illumos has it */
    message = strstr (message, "] ") != NULL ? strstr (message, "] ") + strlen ("] ") : message;
  take_message (self, message);
  return TRUE;
}

/* The journal makes a list of numbers of a text that is no UTF-8 or has control characters. */
static char *
get_journal_text (JsonObject *object,
                  const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array;
  GString *text;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return _nullmail_json_dup_text (object, name);

  array = json_node_get_array (node);
  text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 byte = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_int (element) : 0;

      if (byte > 0 && byte < 256)
        g_string_append_c (text, (char) byte);
    }

  return g_string_free (text, FALSE);
}

gboolean
_nullmail_log_line_parse_journal (NullmailLogLine *self,
                                  const char      *line,
                                  gsize            length)
{
  g_autoptr(JsonParser) parser = _nullmail_json_line_parse (line, length, NULL);
  g_autofree char *tag = NULL;
  g_autofree char *pid = NULL;
  g_autofree char *message = NULL;
  JsonObject *object;

  *self = (NullmailLogLine) { 0 };
  if (parser == NULL)
    return FALSE;

  object = json_node_get_object (json_parser_get_root (parser));
  tag = get_journal_text (object, "SYSLOG_IDENTIFIER");
  message = get_journal_text (object, "MESSAGE");
  pid = get_journal_text (object, "SYSLOG_PID");
  if (pid == NULL)
    pid = get_journal_text (object, "_PID");
  if (tag == NULL || message == NULL)
    return FALSE;

  take_service (self, tag, strlen (tag));
  self->pid = pid != NULL ? (guint) strtoul (pid, NULL, 10) : 0;
  take_message (self, message);
  return TRUE;
}

void
_nullmail_log_line_clear (NullmailLogLine *self)
{
  g_clear_pointer (&self->service, g_free);
  g_clear_pointer (&self->queue_id, g_free);
  g_clear_pointer (&self->text, g_free);
}

/* Where the value of an attribute ends: an address at its bracket, whatever its quotes have in
 * them, and anything else at the next comma. */
static const char *
find_value_end (const char *value)
{
  gboolean is_quoted = FALSE;

  if (*value != '<')
    {
      const char *comma = strstr (value, ", ");

      return comma != NULL ? comma : value + strlen (value);
    }

  for (; *value != '\0'; value++)
    {
      if (*value == '\\' && value[1] != '\0')
        value++;
      else if (*value == '"')
        is_quoted = !is_quoted;
      else if (*value == '>' && !is_quoted)
        return value + 1;
    }

  return value;
}

/* The beginning of the value, or of the text where “status=” stands. */
static const char *
find_value (const char *text,
            const char *name)
{
  gsize length = strlen (name);

  while (*text != '\0')
    {
      const char *equals = text;

      while (g_ascii_isalnum (*equals) || *equals == '_' || *equals == '-')
        equals++;
      if (*equals != '=')
        return NULL;
      if ((gsize) (equals - text) == length && strncmp (text, name, length) == 0)
        return equals + 1;
      if (g_str_has_prefix (text, "status="))
        return NULL;

      text = find_value_end (equals + 1);
      /* “(queue active)” and the like stand behind the last one. */
      if (!g_str_has_prefix (text, ", "))
        return NULL;
      text += strlen (", ");
    }

  return NULL;
}

char *
_nullmail_log_line_get (const NullmailLogLine *self,
                        const char            *name)
{
  const char *value = find_value (self->text, name);
  const char *end;

  if (value == NULL)
    return NULL;

  end = find_value_end (value);
  if (*value == '<' && end > value + 1 && end[-1] == '>')
    return g_strndup (value + 1, end - value - 2);

  return g_strndup (value, end - value);
}

char *
_nullmail_log_line_get_status (const NullmailLogLine  *self,
                               char                  **reason)
{
  const char *value = find_value (self->text, "status");
  gsize length = 0;
  const char *last;

  *reason = NULL;
  if (value == NULL)
    return NULL;

  while (value[length] != '\0' && value[length] != ' ' && value[length] != ',')
    length++;
  last = strrchr (value, ')');
  if (g_str_has_prefix (value + length, " (") && last != NULL)
    *reason = g_strndup (value + length + 2, MAX (last - (value + length + 2), 0));

  return g_ascii_strdown (value, (gssize) length);
}
