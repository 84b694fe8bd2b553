/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/process-notes-private.h"

#include <string.h>

#include "document/secret-text-private.h"
#include "queue/reply-text-private.h"

#define MAX_PROCESSES 4096  /* then those of long ago are forgotten, with all others */
#define MAX_WARNINGS  16    /* of one attempt */
#define ESTABLISHED   " TLS connection established to "

typedef struct
{
  char  *shown;   /* (owned) without secrets */
  guint  causes;  /* bits, by their numbers, of what it may explain */
} Warning;

typedef struct
{
  GPtrArray *warnings;  /* (owned) of Warning, since the last delivery */
  Warning   *first;     /* (owned) (nullable) the first one of all: a daemon that starts without
                         * its certificates says so once */
  char      *tls;       /* (owned) (nullable) the channel */
  char      *tls_relay; /* (owned) (nullable) and to whom */
  gboolean   is_new;    /* established since the last delivery */
} Notes;

struct _NullmailProcessNotes
{
  GHashTable *processes;  /* (owned) process id to Notes */
  Warning    *tlsproxy;   /* (owned) (nullable) what tlsproxy (8) warned of last, for others */
};

static void
warning_free (gpointer data)
{
  Warning *warning = data;

  g_free (warning->shown);
  g_free (warning);
}

static void
notes_free (gpointer data)
{
  Notes *notes = data;

  g_ptr_array_unref (notes->warnings);
  g_clear_pointer (&notes->first, warning_free);
  g_free (notes->tls);
  g_free (notes->tls_relay);
  g_free (notes);
}

NullmailProcessNotes *
_nullmail_process_notes_new (void)
{
  NullmailProcessNotes *self = g_new0 (NullmailProcessNotes, 1);

  self->processes = g_hash_table_new_full (NULL, NULL, NULL, notes_free);
  return self;
}

void
_nullmail_process_notes_free (NullmailProcessNotes *self)
{
  g_hash_table_unref (self->processes);
  g_clear_pointer (&self->tlsproxy, warning_free);
  g_free (self);
}

static Notes *
find_notes (NullmailProcessNotes *self,
            guint                 pid)
{
  return g_hash_table_lookup (self->processes, GUINT_TO_POINTER (pid));
}

static Notes *
ensure_notes (NullmailProcessNotes *self,
              guint                 pid)
{
  Notes *notes = find_notes (self, pid);

  if (notes != NULL)
    return notes;

  if (g_hash_table_size (self->processes) >= MAX_PROCESSES)
    g_hash_table_remove_all (self->processes);
  notes = g_new0 (Notes, 1);
  notes->warnings = g_ptr_array_new_with_free_func (warning_free);
  g_hash_table_insert (self->processes, GUINT_TO_POINTER (pid), notes);
  return notes;
}

/* For which causes a line may be the explanation. */
static guint
find_causes (const char *line)
{
  static const struct
  {
    NullmailDelayCause  cause;
    const char         *words[8];
  } table[] = {
    { NULLMAIL_DELAY_CAUSE_TLS, { "certificate", "Certification", "TLS", "SSL", "CAfile" } },
    { NULLMAIL_DELAY_CAUSE_AUTHENTICATION, { "SASL" } },
    { NULLMAIL_DELAY_CAUSE_LOCAL,
      { "open ", "lookup", "SASL", "unavailable", "No such file", "Permission denied", "fatal" } },
  };
  guint causes = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      for (gsize j = 0; table[i].words[j] != NULL; j++)
        {
          if (strstr (line, table[i].words[j]) != NULL)
            causes |= 1u << table[i].cause;
        }
    }

  return causes;
}

static gboolean
is_warning (const NullmailLogLine *line)
{
  static const char * const words[] = { "warning", "error", "fatal", "panic" };

  if (strstr (line->text, "certificate verification failed") != NULL
      || g_str_has_prefix (line->text, "cannot load ")
      || g_str_has_prefix (line->text, "SSL_connect error"))
    return TRUE;

  /* “warning: …” has a word where a queue id would be. */
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (line->queue_id, words[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

/* A table of passwords that stands in main.cf itself is named with all that is in it. */
static char *
mask_table (const char *whole)
{
  gsize length = strlen (whole);
  gsize start = _nullmail_secret_text_find (whole, length, NULLMAIL_SECRET_CERTAIN, NULL, NULL);

  return start < length ? g_strdup_printf ("%.*s********", (int) start, whole)
                        : _nullmail_reply_text_show (whole);
}

static Warning *
warning_new (const NullmailLogLine *line)
{
  g_autofree char *whole = line->queue_id != NULL
                           ? g_strdup_printf ("%s: %s", line->queue_id, line->text)
                           : g_strdup (line->text);
  Warning *warning = g_new (Warning, 1);

  warning->shown = mask_table (whole);
  warning->causes = find_causes (whole);
  return warning;
}

static void
add_warning (NullmailProcessNotes  *self,
             const NullmailLogLine *line)
{
  Notes *notes = ensure_notes (self, line->pid);

  if (notes->first == NULL)
    notes->first = warning_new (line);
  if (notes->warnings->len < MAX_WARNINGS)
    g_ptr_array_add (notes->warnings, warning_new (line));
  if (g_str_equal (line->service, "tlsproxy"))
    {
      g_clear_pointer (&self->tlsproxy, warning_free);
      self->tlsproxy = warning_new (line);
    }
}

/* “Verified TLS connection established to relay[192.0.2.1]:587: TLSv1.3 with cipher …” */
static void
add_channel (NullmailProcessNotes  *self,
             const NullmailLogLine *line,
             const char            *established)
{
  Notes *notes = ensure_notes (self, line->pid);
  const char *relay = established + strlen (ESTABLISHED);
  const char *channel = strstr (relay, ": ");

  if (channel == NULL)
    return;

  g_free (notes->tls);
  g_free (notes->tls_relay);
  notes->tls = g_strdup_printf ("%.*s%s", (int) (established - line->text), line->text, channel);
  notes->tls_relay = g_strndup (relay, channel - relay);
  notes->is_new = TRUE;
}

void
_nullmail_process_notes_add (NullmailProcessNotes  *self,
                             const NullmailLogLine *line)
{
  const char *established = strstr (line->text, ESTABLISHED);
  Notes *notes;

  if (established != NULL && line->queue_id == NULL)
    add_channel (self, line, established);
  else if (is_warning (line))
    add_warning (self, line);
  else if (strstr (line->text, ", status=") != NULL
           && (notes = find_notes (self, line->pid)) != NULL)
    {
      g_ptr_array_set_size (notes->warnings, 0);
      notes->is_new = FALSE;
    }
}

/* smtp (8) counts the messages of one connection from the second on. */
static gboolean
is_same_connection (const NullmailLogLine *line)
{
  g_autofree char *n_uses = _nullmail_log_line_get (line, "conn_use");

  return n_uses != NULL;
}

char *
_nullmail_process_notes_get_tls (NullmailProcessNotes  *self,
                                 const NullmailLogLine *line,
                                 const char            *relay)
{
  Notes *notes = find_notes (self, line->pid);

  if (notes == NULL || relay == NULL || g_strcmp0 (notes->tls_relay, relay) != 0
      || (!notes->is_new && !is_same_connection (line)))
    return NULL;

  return g_strdup (notes->tls);
}

/* (nullable) */
static char *
explain (const Warning      *warning,
         NullmailDelayCause  cause)
{
  return warning != NULL && (warning->causes & 1u << cause) != 0 ? g_strdup (warning->shown)
                                                                  : NULL;
}

char *
_nullmail_process_notes_get_detail (NullmailProcessNotes  *self,
                                    const NullmailLogLine *line,
                                    NullmailDelayCause     cause)
{
  Notes *notes = find_notes (self, line->pid);
  char *detail = NULL;

  for (guint i = 0; detail == NULL && notes != NULL && i < notes->warnings->len; i++)
    detail = explain (notes->warnings->pdata[i], cause);
  if (detail == NULL && notes != NULL)
    detail = explain (notes->first, cause);
  if (detail == NULL && cause == NULLMAIL_DELAY_CAUSE_TLS)
    detail = explain (self->tlsproxy, cause);

  return detail;
}
