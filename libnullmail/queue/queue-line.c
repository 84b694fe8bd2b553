/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/queue-line-private.h"

#include <string.h>

#include "base/error-private.h"
#include "queue/queue-entry-private.h"
#include "queue/reply-text-private.h"

#define MAX_DEPTH 32  /* Postfix needs three, the journal two */

/* The parser calls itself for each level, takes comments and quotes that JSON does not have, and
 * leaks a value that stands before another. So what stands outside strings is looked at before,
 * which is exact only where there are no comments. */
static gboolean
is_sound (const char *text)
{
  gboolean is_inside = FALSE, is_over = FALSE;
  guint depth = 0;

  while (g_ascii_isspace (*text))
    text++;
  if (*text != '{')
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (is_inside && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        is_inside = !is_inside;
      else if (!is_inside && strchr ("/#'", *p) != NULL)
        return FALSE;
      else if (!is_inside && is_over && !g_ascii_isspace (*p))
        return FALSE;
      else if (!is_inside && (*p == '{' || *p == '[') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (!is_inside && (*p == '}' || *p == ']'))
        {
          if (depth-- == 0)
            return FALSE;
          is_over = depth == 0;
        }
    }

  return is_over;
}

static void
set_error (GError     **error,
           const char  *text,
           const char  *what)
{
  g_autofree char *shown = _nullmail_text_display (text);

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
               "“%s” %s: it is not what “postqueue -j” prints", shown, what);
}

JsonParser *
_nullmail_json_line_parse (const char  *line,
                           gsize        length,
                           GError     **error)
{
  g_autofree char *text = g_utf8_make_valid (line, (gssize) length);
  g_autoptr(JsonParser) parser = NULL;

  if (memchr (line, '\0', length) != NULL || !is_sound (text))
    {
      set_error (error, text, "is not JSON that is understood");
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, -1, NULL)
      || json_parser_get_root (parser) == NULL
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      set_error (error, text, "is not an object of JSON");
      return NULL;
    }

  return g_steal_pointer (&parser);
}

static gboolean
is_value (JsonNode *node,
          GType     type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* The parser takes half of a pair of \u escapes for a character, which it is not. */
char *
_nullmail_json_dup_text (JsonObject *object,
                         const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return is_value (node, G_TYPE_STRING) ? g_utf8_make_valid (json_node_get_string (node), -1)
                                        : NULL;
}

/* FALSE with error set where there is such a member, but of another type. */
static gboolean
check_type (JsonObject  *object,
            const char  *name,
            GType        type,
            GError     **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || is_value (node, type))
    return TRUE;

  g_set_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
               "“%s” of a message has not the type that “postqueue -j” gives it", name);
  return FALSE;
}

static char *
intern (const char *text)
{
  return g_ref_string_new_intern (text != NULL ? text : "");
}

static char *
intern_member (JsonObject *object,
               const char *name)
{
  g_autofree char *text = _nullmail_json_dup_text (object, name);

  return intern (text);
}

/* Postfix 3.11 tells the reason of a recipient whose mail will come back under a name of its
 * own. */
static char *
read_reason (JsonObject *recipient)
{
  g_autofree char *text = _nullmail_json_dup_text (recipient, "delay_reason");
  g_autofree char *shown = NULL;

  if (text == NULL)
    text = _nullmail_json_dup_text (recipient, "bounce_reason");
  if (text == NULL)
    return intern (NULL);

  shown = _nullmail_reply_text_show (text);
  return intern (shown);
}

static gboolean
read_recipients (NullmailQueueEntryParts  *parts,
                 JsonObject               *object,
                 GError                  **error)
{
  JsonNode *node = json_object_get_member (object, "recipients");
  JsonArray *array;

  parts->recipients = _nullmail_queue_texts_new ();
  parts->delay_reasons = _nullmail_queue_texts_new ();
  if (node == NULL)
    return TRUE;

  array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonObject *recipient;

      if (!JSON_NODE_HOLDS_OBJECT (element))
        {
          array = NULL;
          break;
        }
      recipient = json_node_get_object (element);
      if (!check_type (recipient, "address", G_TYPE_STRING, error)
          || !check_type (recipient, "delay_reason", G_TYPE_STRING, error))
        return FALSE;
      g_ptr_array_add (parts->recipients, intern_member (recipient, "address"));
      g_ptr_array_add (parts->delay_reasons, read_reason (recipient));
    }

  if (array == NULL)
    g_set_error_literal (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE,
                         "“recipients” of a message is not the list of objects that “postqueue -j” "
                         "makes it");
  return array != NULL;
}

/* postqueue(1) shows the null sender under the name of its postmaster. */
static char *
read_sender (JsonObject *object)
{
  g_autofree char *sender = _nullmail_json_dup_text (object, "sender");

  return intern (g_strcmp0 (sender, "MAILER-DAEMON") == 0 ? NULL : sender);
}

static gint64
read_number (JsonObject *object,
             const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL ? json_node_get_int (node) : 0;
}

NullmailQueueEntry *
_nullmail_queue_line_parse (const char  *line,
                            gsize        length,
                            GHashTable  *causes,
                            GError     **error)
{
  g_auto(NullmailQueueEntryParts) parts = { 0 };
  g_autoptr(JsonParser) parser = _nullmail_json_line_parse (line, length, error);
  JsonObject *object;
  JsonNode *expire;

  if (parser == NULL)
    return NULL;

  object = json_node_get_object (json_parser_get_root (parser));
  if (!check_type (object, "queue_id", G_TYPE_STRING, error)
      || !check_type (object, "queue_name", G_TYPE_STRING, error)
      || !check_type (object, "sender", G_TYPE_STRING, error)
      || !check_type (object, "arrival_time", G_TYPE_INT64, error)
      || !check_type (object, "message_size", G_TYPE_INT64, error)
      || !check_type (object, "forced_expire", G_TYPE_BOOLEAN, error)
      || !check_type (object, "force_expired", G_TYPE_BOOLEAN, error)
      || !read_recipients (&parts, object, error))
    return NULL;

  parts.queue_id = _nullmail_json_dup_text (object, "queue_id");
  if (parts.queue_id == NULL || *parts.queue_id == '\0')
    {
      g_autofree char *text = g_strndup (line, length);

      set_error (error, text, "names no queue id");
      return NULL;
    }

  parts.queue_name = intern_member (object, "queue_name");
  parts.sender = read_sender (object);
  parts.arrival_time = read_number (object, "arrival_time");
  parts.size = (guint64) MAX (read_number (object, "message_size"), 0);
  expire = json_object_get_member (object, "forced_expire");
  if (expire == NULL)  /* as some of Postfix's snapshots call it */
    expire = json_object_get_member (object, "force_expired");
  parts.forced_expire = expire != NULL && json_node_get_boolean (expire);
  return _nullmail_queue_entry_new_take (&parts, causes);
}
