/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/policy-query-private.h"

#include <string.h>

#include "config/relay-policy-private.h"

static NullmailTableQuestion *
make_question (const char         *table,
               const char * const *keys)
{
  g_autofree char *joined = g_strjoinv ("\n", (char **) keys);
  g_autofree char *lines = g_strconcat (joined, "\n", NULL);

  return _nullmail_table_question_new (table,
                                       _nullmail_secure_buffer_new_from (lines, strlen (lines)));
}

/* (nullable): what a table that was asked has for the keys. */
static GHashTable *
collect (const NullmailTableQuestion *question,
         const char * const          *keys)
{
  GHashTable *answer;

  if (question->state != NULLMAIL_TABLE_ANSWERED)
    return NULL;

  answer = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      char *value = _nullmail_table_question_get_value (question, keys[i]);

      if (value != NULL)
        g_hash_table_insert (answer, g_strdup (keys[i]), value);
    }

  return answer;
}

/* Whether a table is made of a file. Who asks as root needs no proxymap(8) to open it. */
static gboolean
is_file (const NullmailTableName *name)
{
  NullmailTableKind kind = _nullmail_table_name_get_kind (name);

  return *name->name == '/'
         && (kind == NULLMAIL_TABLE_KEYED || kind == NULLMAIL_TABLE_PATTERN);
}

static GHashTable *
ask_file (gpointer             user_data,
          NullmailEffective   *effective,
          const char          *text,
          const char * const  *keys,
          GCancellable        *cancellable)
{
  NullmailInstallation *installation = user_data;
  NullmailAnswers *answers = _nullmail_installation_get_answers (installation);
  g_autofree char *postmap = _nullmail_installation_find_command (installation, "postmap", NULL);
  g_autoptr(GPtrArray) round = g_ptr_array_new ();
  g_autoptr(NullmailTableQuestion) question = NULL;
  g_auto(NullmailTableName) name = { 0 };
  g_autofree char *table = NULL, *map = NULL, *kept_as = NULL, *basis = NULL;
  gpointer answer = NULL;

  if (postmap == NULL || !_nullmail_table_name_parse (&name, text) || !is_file (&name))
    return NULL;

  table = g_strconcat (name.type, ":", name.name, NULL);
  map = g_strconcat (name.name, _nullmail_table_type_get_suffix (name.type), NULL);
  question = make_question (table, keys);
  kept_as = g_strconcat ("policy ", table, "\n", question->keys->data, NULL);
  basis = _nullmail_basis_new (postmap, name.name, map, NULL);
  if (_nullmail_answers_recall (answers, kept_as, basis, (GBoxedCopyFunc) g_hash_table_ref,
                                &answer, NULL))
    return answer;

  g_ptr_array_add (round, question);
  _nullmail_table_questions_ask (round, installation, effective, cancellable);
  answer = collect (question, keys);
  if (answer != NULL)
    _nullmail_answers_remember (answers, kept_as, basis, g_hash_table_ref (answer),
                                (GDestroyNotify) g_hash_table_unref, NULL);
  return answer;
}

void
_nullmail_policy_query_attach (NullmailInstallation *installation,
                               NullmailEffective    *effective)
{
  _nullmail_effective_set_asker (effective, ask_file, installation);
}

GPtrArray *
_nullmail_policy_query_prepare (NullmailEffective *effective,
                                GPtrArray         *round)
{
  g_autoptr(NullmailRelayHost) relay = _nullmail_effective_get_relay_host (effective);
  GPtrArray *questions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_table_question_free);
  g_auto(GStrv) tables = NULL, keys = NULL;

  if (relay == NULL)
    return questions;

  _nullmail_relay_policy_list (effective, relay, &tables, &keys);
  for (guint i = 0; tables[i] != NULL; i++)
    {
      g_auto(NullmailTableName) name = { 0 };

      if (!_nullmail_table_name_parse (&name, tables[i]) || is_file (&name)
          || _nullmail_table_name_get_kind (&name) == NULLMAIL_TABLE_INLINE)
        continue;

      g_ptr_array_add (questions, make_question (tables[i], (const char * const *) keys));
      g_ptr_array_add (round, questions->pdata[questions->len - 1]);
    }

  return questions;
}

void
_nullmail_policy_query_finish (NullmailEffective *effective,
                               GPtrArray         *take_questions)
{
  g_autoptr(GPtrArray) questions = take_questions;

  for (guint i = 0; i < questions->len; i++)
    {
      const NullmailTableQuestion *question = questions->pdata[i];
      g_autofree char *text = g_strchomp (g_strdup (question->keys->data));
      g_auto(GStrv) keys = g_strsplit (text, "\n", -1);

      _nullmail_effective_note_answer (effective, question->table, (const char * const *) keys,
                                       collect (question, (const char * const *) keys));
    }
}
