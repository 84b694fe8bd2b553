/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/table-query-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "postfix/postconf-private.h"
#include "postfix/table-question-private.h"

#define PREFIX          "socketmap:unix:"

static void
answer_free (NullmailTableAnswer *answer)
{
  g_free (answer->table);
  g_free (answer->failure);
  g_free (answer);
}

/* What one round of questions needs to know. */
typedef struct
{
  NullmailInstallation *installation;
  NullmailEffective    *effective;
  GCancellable         *cancellable;
} Asker;

/* Whether a service runs in a chroot. The column of master.cf may leave that to a default, see
 * get_master_ent () in Postfix's master_ent.c. */
static gboolean
is_in_chroot (Asker      *self,
              const char *service)
{
  g_autofree char *postconf = _nullmail_installation_find_command (self->installation, "postconf",
                                                                   NULL);
  g_autofree char *name = g_strconcat (service, "/unix/chroot", NULL);
  g_autofree char *column = NULL;
  g_autofree char *level = _nullmail_effective_get_value (self->effective, "compatibility_level");

  if (postconf != NULL)
    column = _nullmail_postconf_query_column (
      postconf, _nullmail_installation_get_config_directory (self->installation), name,
      self->cancellable);
  if (g_strcmp0 (column, "-") == 0)
    return level != NULL && g_ascii_strtoull (level, NULL, 10) < 1;

  return g_strcmp0 (column, "y") == 0;
}

/* (nullable): the table with an absolute path, which can be opened from any folder. smtp(8) and
 * proxymap(8) work in the queue directory and may be in a chroot there, so that a path in main.cf
 * can be relative to it. */
static char *
get_absolute (Asker      *self,
              const char *table)
{
  static const char prefix[] = "unix:";
  g_auto(NullmailTableName) name = { 0 };
  g_autofree char *queue_directory = NULL;
  const char *path;

  if (!_nullmail_table_name_parse (&name, table) || !g_str_equal (name.type, "socketmap")
      || !g_str_has_prefix (name.name, prefix))
    return NULL;

  path = name.name + strlen (prefix);
  if (g_path_is_absolute (path) && !is_in_chroot (self, name.is_proxied ? "proxymap" : "smtp"))
    return g_strconcat (PREFIX, path, NULL);

  queue_directory = _nullmail_effective_get_value (self->effective, "queue_directory");
  return queue_directory != NULL
         ? g_strconcat (PREFIX, queue_directory, "/", path + strspn (path, "/"), NULL) : NULL;
}

/* (nullable): why there was no answer, if the service is the cause. Other messages are not
 * repeated, since they may quote a value of main.cf or an answer, and there may be a password in
 * either. */
static char *
get_failure (const NullmailCommandResult *result)
{
  static const char *const reasons[] = {
    "connect to ", "socketmap server temporary error: ", "socketmap server timeout error: ",
    "socketmap server permanent error: ",
  };

  /* The service may refuse any user but root, so that the failure means nothing then. */
  if (geteuid () != 0 || strstr (result->errors->data, "fatal: table socketmap:") == NULL)
    return NULL;

  for (const char *line = result->errors->data, *end; *line != '\0'; line = end + (*end != '\0'))
    {
      end = strchrnul (line, '\n');
      for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
        {
          const char *reason = g_strstr_len (line, end - line, reasons[i]);

          if (reason != NULL && g_strstr_len (line, end - line, "main.cf, line ") == NULL)
            return g_utf8_make_valid (reason, end - reason);
        }
    }

  return g_strdup ("it does not speak the protocol of socketmap_table(5)");
}

/* Whether there is no socket at all. This is looked at by itself, since an absolute path below the
 * queue directory may be too long for the name of a socket, although smtp(8) can open the relative
 * one. */
static gboolean
is_lost (NullmailTableAnswer *answer,
         const char          *table)
{
  g_autofree char *path = g_strdup (table + strlen (PREFIX));

  *strchrnul (path, ':') = '\0';
  if (geteuid () != 0 || access (path, F_OK) == 0 || errno != ENOENT)
    return FALSE;

  answer->failure = g_strdup_printf ("connect to %s: No such file or directory", path);
  return TRUE;
}

/* What it is asked: its host, and the relay as main.cf has it. */
static NullmailTableQuestion *
make_question (const NullmailRelayHost *relay,
               const char              *table)
{
  g_autofree char *keys = g_strconcat (nullmail_relay_host_get_host (relay), "\n",
                                       nullmail_relay_host_to_string (relay), "\n", NULL);

  return _nullmail_table_question_new (table,
                                       _nullmail_secure_buffer_new_from (keys, strlen (keys)));
}

static NullmailFact
get_fact (const NullmailTableQuestion *question,
          const char                  *key)
{
  if (question->state != NULLMAIL_TABLE_ANSWERED)
    return NULLMAIL_FACT_UNKNOWN;

  return _nullmail_table_question_has (question, key) ? NULLMAIL_FACT_YES : NULLMAIL_FACT_NO;
}

static void
fill (NullmailTableAnswer         *answer,
      const NullmailTableQuestion *question,
      const NullmailRelayHost     *relay)
{
  if (answer->failure != NULL)
    return;

  answer->is_silent = question->state == NULLMAIL_TABLE_SILENT;
  if (question->result != NULL && question->state != NULLMAIL_TABLE_ANSWERED)
    answer->failure = get_failure (question->result);
  answer->host = get_fact (question, nullmail_relay_host_get_host (relay));
  answer->relay = get_fact (question, nullmail_relay_host_to_string (relay));
}

/* Finds the services, and what each is to be asked. One that has no socket is not asked. */
static void
list_services (Asker                   *self,
               const NullmailRelayHost *relay,
               GPtrArray               *answers,
               GPtrArray               *questions,
               GPtrArray               *asked)
{
  g_auto(GStrv) tables = _nullmail_effective_get_list (self->effective, "smtp_sasl_password_maps");

  for (guint i = 0; tables != NULL && tables[i] != NULL; i++)
    {
      g_autofree char *absolute = get_absolute (self, tables[i]);
      NullmailTableAnswer *answer;

      if (absolute == NULL)
        continue;

      answer = g_new0 (NullmailTableAnswer, 1);
      answer->table = g_strdup (tables[i]);
      g_ptr_array_add (answers, answer);
      g_ptr_array_add (questions, make_question (relay, absolute));
      if (!is_lost (answer, absolute))
        g_ptr_array_add (asked, questions->pdata[questions->len - 1]);
    }
}

GPtrArray *
_nullmail_ask_services (NullmailInstallation *installation,
                        NullmailEffective    *effective,
                        GPtrArray            *others,
                        GCancellable         *cancellable)
{
  g_autoptr(NullmailRelayHost) relay = _nullmail_effective_get_relay_host (effective);
  g_autoptr(GPtrArray) answers = NULL, questions = NULL;
  g_autoptr(GPtrArray) asked = g_ptr_array_new ();
  Asker asker = { installation, effective, cancellable };

  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  questions = g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_table_question_free);
  if (relay != NULL && _nullmail_effective_logs_in (effective))
    list_services (&asker, relay, answers, questions, asked);

  for (guint i = 0; i < others->len; i++)
    g_ptr_array_add (asked, others->pdata[i]);
  _nullmail_table_questions_ask (asked, installation, effective, cancellable);
  for (guint i = 0; i < answers->len; i++)
    fill (answers->pdata[i], questions->pdata[i], relay);

  return answers->len > 0 ? g_steal_pointer (&answers) : NULL;
}

GPtrArray *
_nullmail_load_service_entries (NullmailInstallation    *installation,
                                NullmailEffective       *effective,
                                const NullmailRelayHost *relay,
                                GCancellable            *cancellable)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                     _nullmail_password_file_unref);
  g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  g_autoptr(GPtrArray) questions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) _nullmail_table_question_free);
  g_autoptr(GPtrArray) asked = g_ptr_array_new ();
  Asker asker = { installation, effective, cancellable };

  list_services (&asker, relay, answers, questions, asked);
  _nullmail_table_questions_ask (asked, installation, effective, cancellable);
  for (guint i = 0; i < asked->len; i++)
    {
      const NullmailTableQuestion *question = asked->pdata[i];
      NullmailPasswordFile *file = NULL;

      /* A line of the answer has the form of a line of a password file. */
      if (question->state == NULLMAIL_TABLE_ANSWERED)
        file = _nullmail_password_file_new_from_buffer (question->result->output, NULL);
      if (file != NULL)
        g_ptr_array_add (files, file);
    }

  return files;
}
