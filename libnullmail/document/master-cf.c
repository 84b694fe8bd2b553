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

/* The words of a logical line, and the lines that they stand on. */
typedef struct
{
  GPtrArray *words;  /* (element-type utf8) */
  GArray    *lines;  /* (element-type guint) */
} Words;

static void
option_free (gpointer data)
{
  NullmailMasterOption *self = data;

  g_free (self->service);
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static void
service_free (gpointer data)
{
  NullmailMasterService *self = data;

  g_free (self->name);
  g_free (self->type);
  g_free (self->private_flag);
  g_free (self->chroot);
  g_free (self->limit);
  g_free (self->command);
  g_free (self->argument);
  g_ptr_array_unref (self->options);
  g_free (self);
}

static void
words_clear (Words *self)
{
  g_ptr_array_unref (self->words);
  g_array_unref (self->lines);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

/* A word ends at a blank outside of braces, as mystrtokq () of Postfix has it. */
static void
words_init (Words      *self,
            const char *text,
            guint       line)
{
  const char *p = text;

  self->words = g_ptr_array_new_with_free_func (g_free);
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  while (TRUE)
    {
      const char *word;
      guint line_of_word;
      int depth = 0;

      for (; _nullmail_is_space (*p); p++)
        line += *p == '\n';
      if (*p == '\0')
        break;

      line_of_word = line;
      for (word = p; *p != '\0' && (depth > 0 || !_nullmail_is_space (*p)); p++)
        {
          depth += (*p == '{') - (*p == '}' && depth > 0);
          line += *p == '\n';
        }
      g_ptr_array_add (self->words, g_strndup (word, p - word));
      g_array_append_val (self->lines, line_of_word);
    }
}

/* Takes “name=value” apart, or “{ name = value }”. */
static void
add_option (NullmailMasterService *service,
            const char            *setting,
            guint                  line)
{
  g_autofree char *text = g_strdup (setting);
  char *plain = text, *equals;
  NullmailMasterOption *option;

  if (*plain == '{' && !g_str_has_suffix (plain, "}"))
    return;
  if (*plain == '{')
    {
      plain[strlen (plain) - 1] = '\0';
      plain++;
    }

  equals = strchr (plain, '=');
  if (equals == NULL)
    return;

  *equals = '\0';
  option = g_new0 (NullmailMasterOption, 1);
  option->service = g_strconcat (service->name, "/", service->type, NULL);
  option->name = g_strdup (g_strstrip (plain));
  option->value = g_strdup (g_strstrip (equals + 1));
  option->line = line;
  g_ptr_array_add (service->options, option);
}

/* Behind the options there are arguments of the program itself, as pipe(8) has them. */
static void
add_options (NullmailMasterService *service,
             const Words           *words)
{
  for (guint i = N_FIELDS; i < words->words->len; i++)
    {
      const char *word = g_ptr_array_index (words->words, i);
      guint line = g_array_index (words->lines, guint, i);

      if (*word != '-')
        {
          service->argument = g_strdup (word);
          break;
        }
      if (!g_str_has_prefix (word, "-o"))
        {
          if (strchr (word, 'v') != NULL)
            service->verbose_line = line;
          continue;
        }
      if (word[2] != '\0')
        add_option (service, word + 2, line);
      else if (++i < words->words->len)
        add_option (service, g_ptr_array_index (words->words, i), line);
    }
}

static void
fault_free (gpointer data)
{
  NullmailMasterFault *self = data;

  g_free (self->service);
  g_free (self);
}

/* A digit, behind which Postfix looks no further, or “-” for the default. */
static gboolean
is_number (const char *field)
{
  return g_str_equal (field, "-") || g_ascii_isdigit (*field);
}

/* What is wrong with the fields that every service has; 0 for nothing. */
static NullmailMasterFaultKind
judge_fields (char **fields)
{
  static const char *const types[] = { "inet", "unix", "unix-dgram", "fifo", "pass", NULL };
  static const char *const flags[] = { "y", "n", "-", NULL };

  if (!g_strv_contains (types, fields[FIELD_TYPE]))
    return NULLMAIL_MASTER_FAULT_TYPE;
  for (guint i = FIELD_PRIVATE; i <= FIELD_CHROOT; i++)
    if (!g_strv_contains (flags, fields[i]))
      return NULLMAIL_MASTER_FAULT_FLAG;

  return is_number (fields[FIELD_WAKEUP]) && is_number (fields[FIELD_PROCESSES])
         ? 0 : NULLMAIL_MASTER_FAULT_NUMBER;
}

static void
add_fault (GPtrArray               *faults,
           const Words             *words,
           guint                    index,
           NullmailMasterFaultKind  kind)
{
  NullmailMasterFault *fault = g_new0 (NullmailMasterFault, 1);

  fault->kind = kind;
  fault->service = g_strdup (g_ptr_array_index (words->words, 0));
  fault->line = g_array_index (words->lines, guint, index);
  g_ptr_array_add (faults, fault);
}

/* Behind “-o” a program of Postfix stops at a word that has no “=”. */
static void
judge_options (GPtrArray   *faults,
               const Words *words)
{
  for (guint i = N_FIELDS; i < words->words->len; i++)
    {
      const char *word = g_ptr_array_index (words->words, i);

      if (*word != '-')
        break;
      if (g_str_has_prefix (word, "-o") && word[2] == '\0' && i + 1 < words->words->len)
        word = g_ptr_array_index (words->words, ++i);
      else if (!g_str_has_prefix (word, "-o"))
        continue;
      if (strchr (word, '=') == NULL)
        add_fault (faults, words, i, NULLMAIL_MASTER_FAULT_OPTION);
    }
}

static void
judge_entry (GPtrArray  *faults,
             const char *text,
             guint       line)
{
  g_auto(Words) words = { .words = NULL };
  NullmailMasterFaultKind kind = NULLMAIL_MASTER_FAULT_FIELDS;

  words_init (&words, text, line);
  if (words.words->len == 0)
    return;

  if (words.words->len >= N_FIELDS)
    kind = judge_fields ((char **) words.words->pdata);
  if (kind != 0)
    add_fault (faults, &words, 0, kind);
  else
    judge_options (faults, &words);
}

static void
add_service (GPtrArray  *services,
             const char *text,
             guint       line)
{
  g_auto(Words) words = { .words = NULL };
  NullmailMasterService *service;
  char **fields;

  words_init (&words, text, line);
  if (words.words->len < N_FIELDS)
    return;

  fields = (char **) words.words->pdata;
  service = g_new0 (NullmailMasterService, 1);
  service->name = g_strdup (fields[FIELD_NAME]);
  service->type = g_strdup (fields[FIELD_TYPE]);
  service->private_flag = g_strdup (fields[FIELD_PRIVATE]);
  service->chroot = g_strdup (fields[FIELD_CHROOT]);
  service->limit = g_strdup (fields[FIELD_PROCESSES]);
  service->line = g_array_index (words.lines, guint, 0);
  service->command = g_strdup (fields[FIELD_COMMAND]);
  service->options = g_ptr_array_new_with_free_func (option_free);
  add_options (service, &words);
  g_ptr_array_add (services, service);
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

typedef void (* EntryFunc) (GPtrArray  *results,
                            const char *entry,
                            guint       line);

static void
for_each_entry (const char *text,
                EntryFunc   function,
                GPtrArray  *results)
{
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
          function (results, service->str, first);
          g_string_truncate (service, 0);
          first = last = number;
        }

      for (; last < number; last++)  /* a line that is left out in between still counts */
        g_string_append_c (service, '\n');
      g_string_append_len (service, line.start,
                           _nullmail_line_get_content_end (&line) - line.start);
    }
  function (results, service->str, first);
}

GPtrArray *
_nullmail_master_cf_parse (const char *text)
{
  GPtrArray *services = g_ptr_array_new_with_free_func (service_free);

  for_each_entry (text, add_service, services);
  return services;
}

GPtrArray *
_nullmail_master_cf_list_faults (const char *text)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func (fault_free);

  for_each_entry (text, judge_entry, faults);
  return faults;
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

GPtrArray *
_nullmail_master_cf_list_options (GPtrArray *services)
{
  GPtrArray *options = g_ptr_array_new ();

  for (guint i = 0; i < services->len; i++)
    {
      NullmailMasterService *service = g_ptr_array_index (services, i);

      g_ptr_array_extend (options, service->options, NULL, NULL);
    }

  return options;
}
