/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/answers-private.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fingerprint-private.h"

/* The last answer to one question, or why there was none. */
typedef struct
{
  char           *basis;       /* (owned) */
  gpointer        value;       /* (owned) (nullable) */
  GDestroyNotify  free_value;
  GError         *error;       /* (owned) (nullable) */
} Answer;

struct _NullmailAnswers
{
  GMutex      mutex;  /* for what follows */
  GHashTable *table;  /* (owned) question to Answer */
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->basis);
  if (answer->free_value != NULL && answer->value != NULL)
    answer->free_value (answer->value);
  g_clear_error (&answer->error);
  g_free (answer);
}

NullmailAnswers *
_nullmail_answers_new (void)
{
  NullmailAnswers *self = g_new0 (NullmailAnswers, 1);

  g_mutex_init (&self->mutex);
  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  return self;
}

void
_nullmail_answers_free (NullmailAnswers *self)
{
  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->table);
  g_free (self);
}

static void
add_file (GString    *basis,
          const char *path)
{
  g_autofree char *fingerprint = NULL;
  struct stat info;

  if (stat (path, &info) == 0)
    fingerprint = _nullmail_fingerprint_of_status (&info);
  g_string_append_printf (basis, "%s\n", fingerprint != NULL ? fingerprint : "none");
}

char *
_nullmail_basis_new (const char *path,
                     ...)
{
  GString *basis = g_string_new (NULL);
  char host_name[256] = "";
  va_list paths;

  va_start (paths, path);
  for (; path != NULL; path = va_arg (paths, const char *))
    add_file (basis, path);
  va_end (paths);

  if (gethostname (host_name, sizeof host_name - 1) == 0)
    g_string_append (basis, host_name);
  return g_string_free (basis, FALSE);
}

gboolean
_nullmail_answers_recall (NullmailAnswers  *self,
                          const char       *question,
                          const char       *basis,
                          GBoxedCopyFunc    copy,
                          gpointer         *value,
                          GError          **error)
{
  const Answer *answer;
  gboolean holds;

  *value = NULL;
  g_mutex_lock (&self->mutex);
  answer = g_hash_table_lookup (self->table, question);
  holds = answer != NULL && g_str_equal (answer->basis, basis);
  if (holds && answer->value != NULL)
    *value = copy (answer->value);
  else if (holds && error != NULL)
    *error = g_error_copy (answer->error);
  g_mutex_unlock (&self->mutex);

  return holds;
}

void
_nullmail_answers_remember (NullmailAnswers *self,
                            const char      *question,
                            const char      *basis,
                            gpointer         take_value,
                            GDestroyNotify   free_value,
                            const GError    *error)
{
  Answer *answer;

  if (take_value == NULL
      && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_COMMAND)
      && !g_error_matches (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE))
    return;

  answer = g_new0 (Answer, 1);
  answer->basis = g_strdup (basis);
  answer->value = take_value;
  answer->free_value = free_value;
  if (take_value == NULL)
    answer->error = g_error_copy (error);

  g_mutex_lock (&self->mutex);
  g_hash_table_insert (self->table, g_strdup (question), answer);
  g_mutex_unlock (&self->mutex);
}
