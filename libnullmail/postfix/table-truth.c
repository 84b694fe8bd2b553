/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/table-truth-private.h"

#include <string.h>

#include "base/error-private.h"

#define RIGHT "right"

struct _NullmailTableTruth
{
  NullmailAnswers       *answers;       /* (unowned) of the installation */
  NullmailPasswordFile  *contents;      /* (owned) of the source */
  char                  *question_name; /* (owned) under which the verdict is kept */
  char                  *basis;         /* (owned) what it depends on */
  NullmailTableQuestion *question;      /* (owned) (nullable) */
  NullmailSecureBuffer  *expected;      /* (owned) (nullable) the answers as they should be */
  char                  *verdict;       /* (owned) (nullable) RIGHT, or the reason why it is not */
};

NullmailTableTruth *
_nullmail_table_truth_new (NullmailInstallation *installation,
                           const char           *map_type,
                           const char           *source_path,
                           const char           *map_path,
                           NullmailPasswordFile *contents)
{
  NullmailTableTruth *self = g_new0 (NullmailTableTruth, 1);
  g_autofree char *postmap = _nullmail_installation_find_command (installation, "postmap", NULL);
  g_autofree char *table = g_strconcat (map_type, ":", source_path, NULL);
  NullmailSecureBuffer *keys;

  self->answers = _nullmail_installation_get_answers (installation);
  self->contents = _nullmail_password_file_ref (contents);
  self->question_name = g_strconcat ("truth ", table, NULL);
  self->basis = _nullmail_basis_new (postmap != NULL ? postmap : "", source_path, map_path, NULL);
  if (postmap == NULL
      || _nullmail_answers_recall (self->answers, self->question_name, self->basis,
                                   (GBoxedCopyFunc) g_strdup, (gpointer *) &self->verdict, NULL))
    return self;

  keys = _nullmail_secure_buffer_new (0);
  self->expected = _nullmail_secure_buffer_new (0);
  _nullmail_password_file_get_answers (contents, keys, self->expected);
  self->question = _nullmail_table_question_new (table, keys);
  return self;
}

void
_nullmail_table_truth_free (NullmailTableTruth *self)
{
  _nullmail_password_file_unref (self->contents);
  g_free (self->question_name);
  g_free (self->basis);
  g_clear_pointer (&self->question, _nullmail_table_question_free);
  g_clear_pointer (&self->expected, _nullmail_secure_buffer_unref);
  g_free (self->verdict);
  g_free (self);
}

NullmailTableQuestion *
_nullmail_table_truth_get_question (NullmailTableTruth *self)
{
  return self->question;
}

/* Why Postfix cannot open the map. A message that may quote a password is not repeated. */
static char *
describe_failure (NullmailTableTruth *self)
{
  NullmailCommandResult *result = self->question->result;

  if (_nullmail_password_file_reveals (self->contents, result->errors->data))
    return g_strdup ("Postfix cannot read it");

  return _nullmail_command_result_get_reason (result);
}

/* The first key whose answer is another than the source's. Its text comes from the source, and is
 * shown only as that may be. */
static char *
describe_difference (NullmailTableTruth *self)
{
  const NullmailSecureBuffer *output = self->question->result->output;
  const char *line = self->expected->data;
  gsize offset = 0;
  g_autofree char *key = NULL;
  g_autofree char *shown_key = NULL;
  g_autofree char *shown_value = NULL;

  while (offset < self->expected->size)
    {
      gsize length;

      line = self->expected->data + offset;
      length = strcspn (line, "\n") + 1;
      if (offset + length > output->size || memcmp (output->data + offset, line, length) != 0)
        break;
      offset += length;
    }

  key = g_strndup (line, strcspn (line, "\t"));
  if (!_nullmail_password_file_describe (self->contents, key, &shown_key, &shown_value))
    return g_strdup ("the answer to a key is another");

  return g_strdup_printf ("the answer to “%s” is another", shown_key);
}

static char *
judge (NullmailTableTruth *self)
{
  if (self->question->state == NULLMAIL_TABLE_BROKEN)
    return describe_failure (self);
  if (self->question->state != NULLMAIL_TABLE_ANSWERED)
    return NULL;
  if (_nullmail_secure_buffer_equal (self->question->result->output, self->expected))
    return g_strdup (RIGHT);

  return describe_difference (self);
}

NullmailFact
_nullmail_table_truth_settle (NullmailTableTruth  *self,
                              const char         **reason)
{
  if (self->question != NULL && self->verdict == NULL)
    {
      self->verdict = judge (self);
      if (self->verdict != NULL)
        _nullmail_answers_remember (self->answers, self->question_name, self->basis,
                                    g_strdup (self->verdict), g_free, NULL);
    }

  *reason = NULL;
  if (self->verdict == NULL)
    return NULLMAIL_FACT_UNKNOWN;
  if (g_str_equal (self->verdict, RIGHT))
    return NULLMAIL_FACT_YES;

  *reason = self->verdict;
  return NULLMAIL_FACT_NO;
}
