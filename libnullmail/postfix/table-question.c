/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/table-question-private.h"

#include <string.h>

#include "base/error.h"
#include "postfix/private-config-private.h"

#define ANSWER_LIMIT_MS 1500
#define MAX_THREADS     16

NullmailTableQuestion *
_nullmail_table_question_new (const char           *table,
                              NullmailSecureBuffer *take_keys)
{
  NullmailTableQuestion *self = g_new0 (NullmailTableQuestion, 1);

  self->table = g_strdup (table);
  self->keys = take_keys;
  return self;
}

void
_nullmail_table_question_free (NullmailTableQuestion *self)
{
  g_free (self->table);
  g_clear_pointer (&self->keys, _nullmail_secure_buffer_unref);
  g_clear_pointer (&self->result, _nullmail_command_result_free);
  g_free (self);
}

/* Whether postmap has stopped because of the table, and not of its own configuration. */
static gboolean
is_about_table (const NullmailTableQuestion *self)
{
  const char *fatal = strstr (self->result->errors->data, "fatal: ");
  g_auto(NullmailTableName) name = { 0 };

  return g_str_has_prefix (fatal, "fatal: table ")
         || (_nullmail_table_name_parse (&name, self->table)
             && g_strstr_len (fatal, strcspn (fatal, "\n"), name.name) != NULL);
}

static NullmailTableState
judge (const NullmailTableQuestion *self,
       const GError                *error)
{
  if (g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_TIMED_OUT))
    return NULLMAIL_TABLE_SILENT;
  if (self->result == NULL)
    return NULLMAIL_TABLE_NOT_ASKED;

  /* The exit status is that of a key that was not found, too. */
  if (strstr (self->result->errors->data, "fatal: ") == NULL)
    return self->result->exit_status <= 1 ? NULLMAIL_TABLE_ANSWERED : NULLMAIL_TABLE_NOT_ASKED;

  return is_about_table (self) ? NULLMAIL_TABLE_BROKEN : NULLMAIL_TABLE_NOT_ASKED;
}

/* What all questions of one round have in common. */
typedef struct
{
  const char   *postmap;
  const char   *directory;
  GCancellable *cancellable;
} Round;

static void
ask (gpointer data,
     gpointer user_data)
{
  NullmailTableQuestion *self = data;
  const Round *round = user_data;
  const char *argv[] = { round->postmap, "-c", round->directory, "-q", "-", self->table, NULL };
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->result, _nullmail_command_result_free);
  self->result = _nullmail_command_run (argv, self->keys, NULLMAIL_COMMAND_QUERY, ANSWER_LIMIT_MS,
                                        round->cancellable, &error);
  self->state = judge (self, error);
}

/* Each question that is not answered yet gets a thread, which its postmap dies with. */
static void
ask_round (GPtrArray *questions,
           Round     *round)
{
  GThreadPool *pool = questions->len > 1 ? g_thread_pool_new (ask, round, MAX_THREADS, TRUE, NULL)
                                         : NULL;

  for (guint i = 0; i < questions->len; i++)
    {
      NullmailTableQuestion *question = questions->pdata[i];

      if (question->state == NULLMAIL_TABLE_NOT_ASKED
          && (pool == NULL || !g_thread_pool_push (pool, question, NULL)))
        ask (question, round);
    }
  if (pool != NULL)
    g_thread_pool_free (pool, FALSE, TRUE);
}

static gboolean
is_complete (GPtrArray *questions)
{
  for (guint i = 0; i < questions->len; i++)
    {
      const NullmailTableQuestion *question = questions->pdata[i];

      if (question->state == NULLMAIL_TABLE_NOT_ASKED)
        return FALSE;
    }

  return TRUE;
}

void
_nullmail_table_questions_ask (GPtrArray            *questions,
                               NullmailInstallation *installation,
                               NullmailEffective    *effective,
                               GCancellable         *cancellable)
{
  g_autofree char *postmap = _nullmail_installation_find_command (installation, "postmap", NULL);
  const char *main_cf_path = _nullmail_installation_get_main_cf_path (installation);
  Round round = { postmap, _nullmail_installation_get_config_directory (installation),
                  cancellable };
  char *made;

  if (postmap == NULL || questions->len == 0)
    return;

  if (!_nullmail_private_config_is_wanted (main_cf_path))
    ask_round (questions, &round);
  if (is_complete (questions))
    return;

  /* It waits for a main.cf that was changed just now, and stops at one that it refuses. */
  made = _nullmail_private_config_make (effective);
  if (made == NULL)
    return;
  round.directory = made;
  ask_round (questions, &round);
  _nullmail_private_config_remove (made);
}

/* (nullable): the line for a key, which is looked for in the secure buffer, and not copied. */
static const char *
find_line (const NullmailTableQuestion *self,
           const char                  *key)
{
  gsize size = strlen (key);
  const char *line;

  if (self->state != NULLMAIL_TABLE_ANSWERED)
    return NULL;

  line = self->result->output->data;
  while (g_ascii_strncasecmp (line, key, size) != 0 || line[size] != '\t')
    {
      line = strchr (line, '\n');
      if (line == NULL)
        return NULL;
      line++;
    }

  return line;
}

gboolean
_nullmail_table_question_has (const NullmailTableQuestion *self,
                              const char                  *key)
{
  return find_line (self, key) != NULL;
}

char *
_nullmail_table_question_get_value (const NullmailTableQuestion *self,
                                    const char                  *key)
{
  const char *line = find_line (self, key);

  if (line == NULL)
    return NULL;

  line += strlen (key) + 1;
  return g_utf8_make_valid (line, strcspn (line, "\n"));
}
