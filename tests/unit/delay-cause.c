/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Reasons from real logs and from Postfix's source, each with what it comes down to, stand in
 * tests/data/delay-reasons.txt. */

#include <string.h>

#include "nullmail.h"
#include "queue/delay-reason-private.h"

#define MIN_REASONS 150

typedef struct
{
  NullmailDelayCause  cause;
  const char         *origin;
  const char         *text;
} Reason;

static void
each_reason (void   (*func) (const Reason *reason,
                             gpointer      user_data),
             gpointer user_data)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GEnumClass) causes = g_type_class_ref (NULLMAIL_TYPE_DELAY_CAUSE);

  g_assert_true (g_file_get_contents (TEST_DATA "/delay-reasons.txt", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) fields = g_strsplit (lines[i], "\t", 3);
      GEnumValue *value;

      if (*lines[i] == '#' || *lines[i] == '\0')
        continue;

      g_assert_cmpuint (g_strv_length (fields), ==, 3);
      g_assert_cmpuint (strlen (fields[1]), >, 3);  /* where it is from */
      value = g_enum_get_value_by_nick (causes, fields[0]);
      g_assert_nonnull (value);
      func (&(Reason) { value->value, fields[1], fields[2] }, user_data);
    }
}

typedef struct
{
  guint n_reasons;
  guint n_right;
  guint n_confused;
} Count;

/* A user who is told of the wrong one of these looks for the fault in the wrong place. */
static gboolean
is_one_of_three (NullmailDelayCause cause)
{
  return cause == NULLMAIL_DELAY_CAUSE_AUTHENTICATION
         || cause == NULLMAIL_DELAY_CAUSE_SENDER_REFUSED
         || cause == NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED;
}

static void
count_reason (const Reason *reason,
              gpointer      user_data)
{
  Count *count = user_data;
  NullmailDelayCause cause = nullmail_delay_cause_from_reason (reason->text);

  count->n_reasons++;
  count->n_right += cause == reason->cause;
  if (cause != reason->cause)
    {
      g_test_message ("%d instead of %d: %s", cause, reason->cause, reason->text);
      count->n_confused += is_one_of_three (cause) && is_one_of_three (reason->cause);
    }
}

static void
test_reasons (void)
{
  Count count = { 0 };

  each_reason (count_reason, &count);
  g_assert_cmpuint (count.n_reasons, >=, MIN_REASONS);
  g_assert_cmpuint (count.n_right * 100, >=, count.n_reasons * 95);
  g_assert_cmpuint (count.n_confused, ==, 0);
}

/* qmgr(8) and mailq(1) put something around a reason, and that changes nothing. */
static void
wrap_reason (const Reason *reason,
             gpointer      user_data)
{
  guint *n_wrapped = user_data;
  NullmailDelayCause cause = nullmail_delay_cause_from_reason (reason->text);
  g_autofree char *suspended = g_strconcat ("delivery temporarily suspended: ", reason->text, NULL);
  g_autofree char *listed = g_strdup_printf ("(%s)", suspended);
  g_autofree char *padded = g_strdup_printf ("  %s ", reason->text);

  if (*reason->text == '\0')
    return;

  g_assert_cmpint (nullmail_delay_cause_from_reason (suspended), ==, cause);
  g_assert_cmpint (nullmail_delay_cause_from_reason (listed), ==, cause);
  g_assert_cmpint (nullmail_delay_cause_from_reason (padded), ==, cause);
  (*n_wrapped)++;
}

static void
test_wrappers (void)
{
  guint n_wrapped = 0;

  each_reason (wrap_reason, &n_wrapped);
  g_assert_cmpuint (n_wrapped, >=, MIN_REASONS);
}

/* The address of a person decides nothing, nor does the name of a relay. */
static void
test_names (void)
{
  static const char * const names[] = { "spamhaus", "greylist", "authentication", "dmarc" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *reason = g_strdup_printf (
        "host %s.example.com[192.0.2.1] said: 550 5.1.1 <%s@example.com>: Recipient address "
        "rejected: User unknown (in reply to RCPT TO command)", names[i], names[i]);

      g_assert_cmpint (nullmail_delay_cause_from_reason (reason), ==,
                       NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED);
    }
}

/* Any reply to AUTH is about the login, whatever is in it. */
static void
test_phase_before_words (void)
{
  static const struct
  {
    const char         *phase;
    NullmailDelayCause  cause;
  } cases[] = {
    { "MAIL FROM", NULLMAIL_DELAY_CAUSE_SENDER_REFUSED },
    { "RCPT TO", NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED },
    { "end of DATA", NULLMAIL_DELAY_CAUSE_MESSAGE_REFUSED },
    { "STARTTLS", NULLMAIL_DELAY_CAUSE_TLS },
    { "EHLO", NULLMAIL_DELAY_CAUSE_BLOCKED },
  };

  g_assert_cmpint (nullmail_delay_cause_from_reason (
    "SASL authentication failed; server a[192.0.2.1] said: 550 5.1.1 User unknown, try again"), ==,
    NULLMAIL_DELAY_CAUSE_AUTHENTICATION);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = g_strdup_printf (
        "host a[192.0.2.1] said: 550 5.0.0 No (in reply to %s command)", cases[i].phase);

      g_assert_cmpint (nullmail_delay_cause_from_reason (reason), ==, cases[i].cause);
    }
}

static void
test_parts (void)
{
  g_auto(NullmailDelayReason) parts = { .words = NULL };

  _nullmail_delay_reason_init (&parts, "host a[192.0.2.1] said: 550-5.7.26 This mail has "
                               "550-5.7.26 been Blocked <a@b.c> 550 5.7.26 5.1.1 see 192.0.2.1 "
                               "(in reply to end of DATA command)");
  g_assert_true (parts.is_reply);
  g_assert_cmpint (parts.phase, ==, NULLMAIL_REPLY_PHASE_DATA);
  g_assert_cmpuint (parts.code, ==, 550);
  g_assert_cmpuint (parts.status[0], ==, 5);
  g_assert_cmpuint (parts.status[1], ==, 7);
  g_assert_cmpuint (parts.status[2], ==, 26);
  g_assert_cmpstr (parts.words, ==, "this mail has been blocked see 192.0.2.1");
}

static void
test_odd_texts (void)
{
  static const char * const texts[] = {
    "(", ")", " said: ", "x said: ", "x said: 5", "x said: 55", "x said: 550", "550", "550-",
    "550 5", "550 5.", "550 5.7.", "550 5.7.1", "550 99999999999.1.1 x", "(in reply to ",
    "(in reply to RCPT TO command)", "a said: 550 (in reply to X command)", "\xff\xfe", "550 \xff",
    "refused to talk to me: ", "delivery temporarily suspended: ",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *remedy = NULL;
      NullmailDelayCause cause = nullmail_delay_cause_from_reason (texts[i]);

      g_assert_cmpint (cause, <=, NULLMAIL_DELAY_CAUSE_BLOCKED);
      remedy = nullmail_delay_cause_get_remedy (cause, texts[i]);
    }

  g_assert_cmpint (nullmail_delay_cause_from_reason (""), ==, NULLMAIL_DELAY_CAUSE_NO_REASON);
  g_assert_cmpint (nullmail_delay_cause_from_reason (" \t"), ==, NULLMAIL_DELAY_CAUSE_NO_REASON);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/delay-cause/reasons", test_reasons);
  g_test_add_func ("/delay-cause/wrappers", test_wrappers);
  g_test_add_func ("/delay-cause/names", test_names);
  g_test_add_func ("/delay-cause/phase-before-words", test_phase_before_words);
  g_test_add_func ("/delay-cause/parts", test_parts);
  g_test_add_func ("/delay-cause/odd-texts", test_odd_texts);

  return g_test_run ();
}
