/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "queue/delay-reason-private.h"

#include <stdlib.h>
#include <string.h>

/* What Postfix puts around the reason of another message, or of an earlier attempt: qmgr(8), and
 * smtp(8) before 2.3. mailq(1) has brackets around it. */
static const char * const wrappers[] = {
  "delivery temporarily suspended: ",
  "authentication failed: sasl",
  "protocol error: ",
  "(",
};

/* Where a relay's own words begin: smtp_proto.c and smtp_sasl_glue.c of Postfix. */
static const char * const openings[] = {
  " said: ",
  " refused to talk to me: ",
};
#define GREETING_OPENING 1

static const struct
{
  const char         *command;
  NullmailReplyPhase  phase;
} phases[] = {
  { "mail from", NULLMAIL_REPLY_PHASE_MAIL },
  { "rcpt to", NULLMAIL_REPLY_PHASE_RCPT },
  { "data", NULLMAIL_REPLY_PHASE_DATA },
  { "end of data", NULLMAIL_REPLY_PHASE_DATA },
  { "bdat", NULLMAIL_REPLY_PHASE_DATA },
  { "starttls", NULLMAIL_REPLY_PHASE_STARTTLS },
  { "auth", NULLMAIL_REPLY_PHASE_AUTH },
  { "ehlo", NULLMAIL_REPLY_PHASE_GREETING },
  { "helo", NULLMAIL_REPLY_PHASE_GREETING },
  { "lhlo", NULLMAIL_REPLY_PHASE_GREETING },
};

static const char *
skip_wrappers (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrappers);)
    {
      gsize length = strlen (wrappers[i]);

      if (!g_str_has_prefix (text, wrappers[i]))
        {
          i++;
          continue;
        }
      /* What begins with SASL says so itself. */
      text += g_str_has_suffix (wrappers[i], "sasl") ? length - strlen ("sasl") : length;
      i = 0;
    }

  return text;
}

static NullmailReplyPhase
parse_phase (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      gsize length = strlen (phases[i].command);

      if (g_str_has_prefix (command, phases[i].command)
          && g_str_has_prefix (command + length, " command"))
        return phases[i].phase;
    }

  return NULLMAIL_REPLY_PHASE_UNKNOWN;
}

/* Takes off what smtp(8) appends: “(in reply to RCPT TO command)”. */
static NullmailReplyPhase
take_phase (char *text)
{
  char *last = g_strrstr (text, "(in reply to ");
  NullmailReplyPhase phase;

  if (last == NULL)
    return NULLMAIL_REPLY_PHASE_UNKNOWN;

  phase = parse_phase (last + strlen ("(in reply to "));
  if (phase != NULLMAIL_REPLY_PHASE_UNKNOWN)
    *last = '\0';
  return phase;
}

static guint
parse_code (const char *text)
{
  if (strchr ("2345", text[0]) == NULL || text[0] == '\0'
      || !g_ascii_isdigit (text[1]) || !g_ascii_isdigit (text[2])
      || (text[3] != ' ' && text[3] != '-' && text[3] != '\0'))
    return 0;

  return (guint) atoi (text);
}

/* A class, a subject and a detail: RFC 3463. Some have a “#” in front. */
static gboolean
parse_status (const char *text,
              guint       status[3])
{
  guint numbers[3];

  text += *text == '(';
  text += *text == '#';
  for (guint i = 0; i < 3; i++)
    {
      char *end;

      if (!g_ascii_isdigit (*text))
        return FALSE;
      numbers[i] = (guint) strtoul (text, &end, 10);
      if (end - text > 3 || (i < 2 && *end != '.')
          || (i == 2 && *end != '\0' && strchr (",:;)", *end) == NULL))
        return FALSE;
      text = end + 1;
    }
  if (numbers[0] != 2 && numbers[0] != 4 && numbers[0] != 5)
    return FALSE;

  memcpy (status, numbers, sizeof numbers);
  return TRUE;
}

/* An address may be called anything. */
static gboolean
is_address (const char *word)
{
  return *word == '<' && strchr (word, '@') != NULL && strchr (word, '>') != NULL;
}

/* Each line of a reply repeats the codes, and Postfix makes one line of them, in which they would
 * stand between the words of a sentence. */
static void
take_codes (NullmailDelayReason *self,
            const char          *text)
{
  g_auto(GStrv) words = g_strsplit_set (text, " \t", -1);
  g_autofree char *code = g_strdup_printf ("%u", self->code);
  GString *rest = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];
      guint status[3];

      if (self->code != 0 && g_str_has_prefix (word, code)
          && (word[3] == '-' || word[3] == '\0'))
        word += word[3] == '-' ? 4 : 3;
      if (parse_status (word, status) && status[0] != 2)
        {
          if (self->status[0] == 0)
            memcpy (self->status, status, sizeof status);
          continue;
        }
      if (*word != '\0' && !is_address (word))
        g_string_append_printf (rest, "%s%s", rest->len > 0 ? " " : "", word);
    }

  self->words = g_string_free (rest, FALSE);
}

/* (nullable): the relay's own words; is_greeting: whether it said them instead of a greeting. */
static const char *
find_reply (const char *text,
            gboolean   *is_greeting)
{
  const char *first = NULL;

  *is_greeting = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      const char *found = strstr (text, openings[i]);

      if (found != NULL && (first == NULL || found < first))
        {
          first = found + strlen (openings[i]);
          *is_greeting = i == GREETING_OPENING;
        }
    }

  return first != NULL ? first : parse_code (text) != 0 ? text : NULL;
}

void
_nullmail_delay_reason_init (NullmailDelayReason *self,
                             const char          *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_ascii_strdown (valid, -1);
  const char *start, *reply;
  gboolean is_greeting;

  *self = (NullmailDelayReason) { 0 };
  start = skip_wrappers (g_strstrip (lower));
  self->phase = take_phase (lower);
  reply = find_reply (start, &is_greeting);
  if (reply == NULL)
    {
      self->phase = NULLMAIL_REPLY_PHASE_UNKNOWN;
      self->words = g_strdup (start);
      return;
    }

  self->is_reply = TRUE;
  if (g_str_has_prefix (start, "sasl authentication failed"))
    self->phase = NULLMAIL_REPLY_PHASE_AUTH;
  else if (self->phase == NULLMAIL_REPLY_PHASE_UNKNOWN && is_greeting)
    self->phase = NULLMAIL_REPLY_PHASE_GREETING;

  self->code = parse_code (reply);
  take_codes (self, reply);
}

void
_nullmail_delay_reason_clear (NullmailDelayReason *self)
{
  g_clear_pointer (&self->words, g_free);
}

gboolean
_nullmail_delay_reason_has (const NullmailDelayReason *self,
                            const char                *text)
{
  return strstr (self->words, text) != NULL;
}
