/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "nullmail.h"
#include "queue/log-file-private.h"
#include "queue/message-trace-private.h"
#include "scratch.h"

#define ID "4F1B72A0C5"
#define AT "Nov 30 07:55:41 host postfix/"
#define SMTP AT "smtp[77]: "
#define QMGR AT "qmgr[5]: "
#define BEGIN AT "pickup[4]: " ID ": uid=0 from=<root>\n" \
  AT "cleanup[6]: " ID ": message-id=<first@host>\n" \
  QMGR ID ": from=<root@host>, size=300, nrcpt=1 (queue active)\n"
#define RELAY "relay=a.example.com[192.0.2.1]:587"
#define SENT SMTP ID ": to=<a@example.com>, " RELAY ", delay=0.25, delays=0.1/0/0.1/0.05, " \
  "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4YX)\n"
#define DEFERRED SMTP ID ": to=<a@example.com>, " RELAY ", delay=61, delays=0.1/0/60/0, " \
  "dsn=4.7.5, status=deferred (Server certificate not verified)\n"
#define REMOVED QMGR ID ": removed\n"

static void
add_text (NullmailMessageTrace *trace,
          const char           *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(NullmailLogLine) line = { 0 };

      if (_nullmail_log_line_parse (&line, lines[i]))
        _nullmail_message_trace_add (trace, &line);
    }
}

static NullmailMessageTrace *
trace_text (const char *text)
{
  NullmailMessageTrace *trace = _nullmail_message_trace_new (ID, NULL);

  add_text (trace, text);
  return trace;
}

/* Whatever stands in front, and whatever the program is called. */
static void
test_forms (void)
{
  static const char * const lines[] = {
    "Nov 30 07:55:41 host postfix/smtp[77]: A1: to=<a@b>, status=sent (ok)",
    "2026-11-30T07:55:41.123456+00:00 host postfix/smtp[77]: A1: to=<a@b>, status=sent (ok)",
    "Nov 30 07:55:41 host postfix-out/relay/smtp[77]: A1: to=<a@b>, status=sent (ok)",
    "Nov 30 07:55:41 host[1] x postfix/smtp[77]: A1: to=<a@b>, status=sent (ok)",
    "Nov 30 07:55:41 host postfix/smtp[77]: [ID 197553 mail.info] A1: to=<a@b>, status=sent (ok)",
    "<22>Nov 30 07:55:41 host mail.info postfix/smtp[77]: A1: to=<a@b>, status=sent (ok)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto(NullmailLogLine) line = { 0 };

      g_assert_true (_nullmail_log_line_parse (&line, lines[i]));
      g_assert_cmpstr (line.service, ==, "smtp");
      g_assert_cmpuint (line.pid, ==, 77);
      g_assert_cmpstr (line.queue_id, ==, "A1");
      g_assert_true (g_str_has_prefix (line.text, "to=<a@b>"));
    }
}

static void
test_no_lines (void)
{
  static const char * const lines[] = {
    "", "x", "[", "[1]: ", "a[b]: c", "Nov 30 07:55:41 host postfix/smtp: no pid", "a[1]:",
    "a[]: b",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto(NullmailLogLine) line = { 0 };

      g_assert_false (_nullmail_log_line_parse (&line, lines[i]));
    }
}

static void
assert_attribute (const char *text,
                  const char *name,
                  const char *expected)
{
  g_autofree char *whole = g_strconcat (SMTP, text, NULL);
  g_auto(NullmailLogLine) line = { 0 };
  g_autofree char *value = NULL;

  g_assert_true (_nullmail_log_line_parse (&line, whole));
  value = _nullmail_log_line_get (&line, name);
  g_assert_cmpstr (value, ==, expected);
}

/* By name: newer versions of Postfix log more of them, in other places. */
static void
test_attributes (void)
{
#define NEWER "A1: to=<\"a, b>=c\"@d>, orig_to=<root>, tls=secure:TLSv1.3, relay=none, " \
              "to_come=x/y, delay=1.5, dsn=4.4.1, status=deferred (delay=9, dsn=9.9.9)"
  assert_attribute (NEWER, "to", "\"a, b>=c\"@d");
  assert_attribute (NEWER, "orig_to", "root");
  assert_attribute (NEWER, "tls", "secure:TLSv1.3");
  assert_attribute (NEWER, "relay", "none");
  assert_attribute (NEWER, "delay", "1.5");
  assert_attribute (NEWER, "dsn", "4.4.1");
  assert_attribute (NEWER, "delays", NULL);
  assert_attribute ("A1: from=<>, size=3, nrcpt=2 (queue active)", "from", "");
  assert_attribute ("A1: from=<>, size=3, nrcpt=2 (queue active)", "nrcpt", "2 (queue active)");
  assert_attribute ("A1: message-id=<a=b, c@d>", "message-id", "a=b, c@d");
  assert_attribute ("A1: to=<a", "to", "<a");
}

static void
assert_outcome (const char            *text,
                NullmailDeliveryState  state,
                const char            *relay,
                const char            *dsn,
                const char            *reply,
                gboolean               is_complete)
{
  g_autoptr(NullmailMessageTrace) trace = trace_text (text);
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpint (facts.state, ==, state);
  g_assert_cmpstr (facts.relay, ==, relay);
  g_assert_cmpstr (facts.dsn, ==, dsn);
  g_assert_cmpstr (facts.reply, ==, reply);
  g_assert_true (_nullmail_message_trace_is_complete (trace) == is_complete);
}

static void
test_outcomes (void)
{
  assert_outcome (BEGIN SENT REMOVED, NULLMAIL_DELIVERY_STATE_SENT,
                  "a.example.com[192.0.2.1]:587", "2.0.0", "250 2.0.0 Ok: queued as 4YX", TRUE);
  assert_outcome (BEGIN DEFERRED, NULLMAIL_DELIVERY_STATE_DEFERRED,
                  "a.example.com[192.0.2.1]:587", "4.7.5", "Server certificate not verified",
                  FALSE);
  assert_outcome (BEGIN DEFERRED QMGR ID ": from=<root@host>, status=expired, returned to sender\n",
                  NULLMAIL_DELIVERY_STATE_EXPIRED, "a.example.com[192.0.2.1]:587", "4.7.5",
                  "Server certificate not verified", FALSE);
  assert_outcome (BEGIN SMTP ID ": to=<a@example.com>, relay=none, delay=0, dsn=4.3.0, "
                  "status=SOFTBOUNCE (no)\n", NULLMAIL_DELIVERY_STATE_DEFERRED, NULL, "4.3.0", "no",
                  FALSE);
  /* A later attempt counts. */
  assert_outcome (BEGIN DEFERRED SENT REMOVED, NULLMAIL_DELIVERY_STATE_SENT,
                  "a.example.com[192.0.2.1]:587", "2.0.0", "250 2.0.0 Ok: queued as 4YX", TRUE);
}

static void
test_bounce (void)
{
  g_autoptr(NullmailMessageTrace) trace =
    trace_text (BEGIN SMTP ID ": to=<a@example.com>, " RELAY ", delay=0.3, dsn=5.1.1, "
                "status=bounced (host a said: 550 5.1.1 (no) (in reply to RCPT TO command))\n");
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  g_assert_false (_nullmail_message_trace_is_complete (trace));
  add_text (trace, AT "bounce[9]: " ID ": sender non-delivery notification: 5A0B1\n");
  g_assert_true (_nullmail_message_trace_is_complete (trace));
  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpint (facts.state, ==, NULLMAIL_DELIVERY_STATE_BOUNCED);
  g_assert_cmpstr (facts.bounce_id, ==, "5A0B1");
  g_assert_cmpstr (facts.reply, ==,
                   "host a said: 550 5.1.1 (no) (in reply to RCPT TO command)");
  g_assert_cmpuint (facts.delay_ms, ==, 300);
}

/* It is sent when all have it, and the one that fared worst is told of. */
static void
test_several_recipients (void)
{
#define TWO AT "cleanup[6]: " ID ": message-id=<x@host>\n" \
            QMGR ID ": from=<root@host>, size=300, nrcpt=2 (queue active)\n"
#define OTHER(status) SMTP ID ": to=<b@example.com>, relay=none, delay=1, dsn=4.4.1, status=" status
  assert_outcome (TWO SENT, NULLMAIL_DELIVERY_STATE_QUEUED, "a.example.com[192.0.2.1]:587",
                  "2.0.0", "250 2.0.0 Ok: queued as 4YX", FALSE);
  assert_outcome (TWO SENT OTHER ("deferred (late)\n"), NULLMAIL_DELIVERY_STATE_DEFERRED, NULL,
                  "4.4.1", "late", FALSE);
  assert_outcome (TWO OTHER ("deferred (late)\n") SENT, NULLMAIL_DELIVERY_STATE_DEFERRED, NULL,
                  "4.4.1", "late", FALSE);
  assert_outcome (TWO SENT OTHER ("sent (fine)\n"), NULLMAIL_DELIVERY_STATE_SENT,
                  "a.example.com[192.0.2.1]:587", "2.0.0", "250 2.0.0 Ok: queued as 4YX", TRUE);
}

/* A short queue id is an inode's number, and comes again. */
static void
test_reused_id (void)
{
  g_autoptr(NullmailMessageTrace) trace = trace_text (BEGIN SENT REMOVED);
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  add_text (trace, BEGIN);
  g_assert_false (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_false (_nullmail_message_trace_is_complete (trace));
  add_text (trace, DEFERRED);
  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpint (facts.state, ==, NULLMAIL_DELIVERY_STATE_DEFERRED);

  /* One that is longer, or in which another one stands, is another one. */
  add_text (trace, AT "smtp[77]: " ID "X: to=<a@example.com>, dsn=2.0.0, status=sent (ok)\n");
  _nullmail_delivery_facts_clear (&facts);
  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpint (facts.state, ==, NULLMAIL_DELIVERY_STATE_DEFERRED);
}

static void
test_message_id (void)
{
  g_autoptr(NullmailMessageTrace) trace = _nullmail_message_trace_new (NULL, "second@host");

  add_text (trace, BEGIN SENT);
  g_assert_null (_nullmail_message_trace_get_queue_id (trace));
  add_text (trace, AT "cleanup[6]: 4YX9vq0bT3z1Kq: message-id=<second@host>\n");
  g_assert_cmpstr (_nullmail_message_trace_get_queue_id (trace), ==, "4YX9vq0bT3z1Kq");
}

static void
assert_detail (const char *lines,
               const char *reason,
               const char *detail)
{
  g_autofree char *text = g_strconcat (BEGIN, lines, SMTP ID ": to=<a@example.com>, " RELAY
                                       ", delay=1, delays=0/0/1/0, dsn=4.7.5, status=deferred (",
                                       reason, ")\n", NULL);
  g_autoptr(NullmailMessageTrace) trace = trace_text (text);
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpstr (facts.detail, ==, detail);
}

/* What stands behind a reply that says little: the same process has logged it before. */
static void
test_detail (void)
{
#define FAILED "certificate verification failed for a.example.com[192.0.2.1]:587: untrusted issuer"
#define OPEN "open database /etc/postfix/sasl_passwd.db: No such file or directory"
  assert_detail (SMTP FAILED "\n", "Server certificate not verified", FAILED);
  assert_detail (AT "smtp[78]: " FAILED "\n", "Server certificate not verified", NULL);
  assert_detail (AT "tlsproxy[9]: " FAILED "\n", "Server certificate not verified", FAILED);
  assert_detail (SMTP "warning: table changed\n" SMTP "error: " OPEN "\n" SMTP
                 "warning: hash:/etc/postfix/sasl_passwd lookup error for \"a\"\n",
                 "local data error while talking to a.example.com[192.0.2.1]", "error: " OPEN);
  assert_detail (SMTP "warning: SASL authentication failure: No worthy mechs found\n",
                 "SASL authentication failed; cannot authenticate to server a.example.com"
                 "[192.0.2.1]: no mechanism available",
                 "warning: SASL authentication failure: No worthy mechs found");
  /* That of another message does not explain this one, but for what a daemon says at its start. */
  assert_detail (SMTP "warning: SASL authentication failure: x\n" SMTP
                 "Z9: to=<a>, status=sent (ok)\n" SMTP FAILED "\n",
                 "Server certificate not verified", FAILED);
  assert_detail (SMTP "cannot load Certification Authority data, CAfile=\"/x\"\n" SMTP
                 "Z9: to=<a>, status=sent (ok)\n",
                 "TLS is required, but our TLS engine is unavailable",
                 "cannot load Certification Authority data, CAfile=\"/x\"");
  assert_detail (SMTP FAILED "\n", "connect to a.example.com[192.0.2.1]:587: Connection refused",
                 NULL);
}

/* A table of passwords in main.cf is called by all that is in it. */
static void
test_secret (void)
{
  g_autoptr(NullmailMessageTrace) trace =
    trace_text (BEGIN SMTP "warning: static:user:Marker-Secret-7 lookup error for \"a\"\n" SMTP ID
                ": to=<a@example.com>, relay=none, delay=1, dsn=4.3.0, status=deferred (local data "
                "error while talking to a)\n");
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_nonnull (facts.detail);
  g_assert_null (strstr (facts.detail, "Marker-Secret-7"));
  g_assert_null (strstr (facts.detail, "user"));
}

static void
assert_tls (const char *lines,
            const char *tls)
{
  g_autoptr(NullmailMessageTrace) trace = trace_text (lines);
  g_auto(NullmailDeliveryFacts) facts = { 0 };

  g_assert_true (_nullmail_message_trace_get_facts (trace, &facts));
  g_assert_cmpstr (facts.tls, ==, tls);
}

/* The channel of this very connection, and not of an earlier one to the same relay. */
static void
test_tls (void)
{
#define ESTABLISHED(pid, relay) AT "smtp[" pid "]: Verified TLS connection established to " relay \
  ": TLSv1.3 with cipher X (256/256 bits)\n"
#define HERE "a.example.com[192.0.2.1]:587"
#define CHANNEL "Verified: TLSv1.3 with cipher X (256/256 bits)"
#define EARLIER SMTP "Z9: to=<z>, " RELAY ", delays=0/0/0.1/0, status=sent (ok)\n"
#define AGAIN(use) SMTP ID ": to=<a@example.com>, " RELAY use ", delays=0.1/0/0/0.05, " \
  "status=sent (ok)\n"
  assert_tls (BEGIN ESTABLISHED ("77", HERE) SENT, CHANNEL);
  assert_tls (BEGIN SENT, NULL);
  assert_tls (BEGIN ESTABLISHED ("78", HERE) SENT, NULL);
  assert_tls (BEGIN ESTABLISHED ("77", "b.example.com[192.0.2.2]:587") SENT, NULL);
  assert_tls (BEGIN ESTABLISHED ("77", HERE) EARLIER SENT, NULL);
  assert_tls (BEGIN ESTABLISHED ("77", HERE) EARLIER AGAIN (", conn_use=2"), CHANNEL);
  /* A new connection that was quick. */
  assert_tls (BEGIN ESTABLISHED ("77", HERE) EARLIER AGAIN (""), NULL);
  assert_tls (BEGIN SMTP ID ": to=<a>, " RELAY ", tls=secure:x, status=sent (ok)\n", "secure:x");
}

static void
test_journal (void)
{
  static const char text[] =
    "{\"SYSLOG_IDENTIFIER\":\"postfix/smtp\",\"_PID\":\"1\",\"SYSLOG_PID\":\"77\",\"X\":[[1]],"
    "\"MESSAGE\":\"A1: to=<a@b>, status=sent (ok)\"}";
  /* A text that is no UTF-8 comes as numbers. */
  static const char bytes[] =
    "{\"SYSLOG_IDENTIFIER\":\"postfix/smtp\",\"_PID\":\"77\",\"MESSAGE\":[65,49,58,32,255]}";
  static const char none[] = "{\"SYSLOG_IDENTIFIER\":\"postfix/smtp\",\"MESSAGE\":null}";
  g_auto(NullmailLogLine) line = { 0 };
  g_auto(NullmailLogLine) other = { 0 };
  g_auto(NullmailLogLine) nothing = { 0 };

  g_assert_true (_nullmail_log_line_parse_journal (&line, text, strlen (text)));
  g_assert_cmpstr (line.service, ==, "smtp");
  g_assert_cmpuint (line.pid, ==, 77);
  g_assert_cmpstr (line.queue_id, ==, "A1");
  g_assert_true (_nullmail_log_line_parse_journal (&other, bytes, strlen (bytes)));
  g_assert_cmpstr (other.queue_id, ==, "A1");
  g_assert_cmpstr (other.text, ==, "\xef\xbf\xbd");
  g_assert_false (_nullmail_log_line_parse_journal (&nothing, none, strlen (none)));
  g_assert_false (_nullmail_log_line_parse_journal (&nothing, "x", 1));
}

static void
append (const char *path,
        const char *text)
{
  FILE *file = fopen (path, "a");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
collect (const char *line,
         gpointer    user_data)
{
  g_string_append_printf (user_data, "%s;", line);
}

static void
assert_read (NullmailLogFile *log,
             const char      *expected)
{
  g_autoptr(GString) lines = g_string_new (NULL);

  g_assert_true (_nullmail_log_file_read (log, collect, lines, NULL));
  g_assert_cmpstr (lines->str, ==, expected);
}

static void
test_rotation (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "mail.log", NULL);
  g_autofree char *old = g_build_filename (folder, "mail.log.1", NULL);
  g_autoptr(NullmailLogFile) log = _nullmail_log_file_new (path);
  g_autoptr(GString) none = g_string_new (NULL);

  g_assert_false (_nullmail_log_file_read (log, collect, none, NULL));
  append (path, "a\n");
  _nullmail_log_file_skip (log);
  assert_read (log, "");
  append (path, "b\nc");
  assert_read (log, "b;");
  append (path, "d\n");
  assert_read (log, "cd;");

  /* It is moved away; who has it open goes on writing into it for a while. */
  append (path, "e\n");
  g_assert_cmpint (g_rename (path, old), ==, 0);
  append (old, "f\n");
  assert_read (log, "e;f;");
  append (path, "g\n");
  append (old, "h\n");
  assert_read (log, "h;g;");
  append (old, "i\n");
  assert_read (log, "i;");

  /* It is copied away, and cut to nothing. */
  scratch_write (path, "", 0600);
  g_assert_cmpint (g_rename (path, path), ==, 0);
  append (path, "j\n");
  assert_read (log, "j;");

  scratch_free (folder);
}

static void
test_backlog (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "maillog", NULL);
  g_autofree char *older = g_build_filename (folder, "maillog-20261123", NULL);
  g_autofree char *packed = g_build_filename (folder, "maillog-20261130.gz", NULL);
  g_autofree char *foreign = g_build_filename (folder, "maillogs", NULL);
  g_autoptr(NullmailLogFile) log = _nullmail_log_file_new (path);

  append (older, "a\n");
  append (packed, "x\n");
  append (foreign, "y\n");
  append (path, "b\n");
  _nullmail_log_file_rewind (log);
  assert_read (log, "a;b;");
  append (path, "c\n");
  assert_read (log, "c;");

  scratch_free (folder);
}

/* A power cut may leave NULs in a log, and a line may have no end. */
static void
test_odd_bytes (void)
{
  char *folder = scratch_new ();
  g_autofree char *path = g_build_filename (folder, "mail.log", NULL);
  g_autoptr(NullmailLogFile) log = _nullmail_log_file_new (path);
  g_autofree char *endless = g_strnfill (1024 * 1024, 'x');

  g_assert_true (g_file_set_contents (path, "a\0b\n\0\0\0\n", 8, NULL));
  assert_read (log, "a b;   ;");
  append (path, endless);
  assert_read (log, "");
  append (path, "\nc\n");
  assert_read (log, "c;");

  scratch_free (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mail-log/forms", test_forms);
  g_test_add_func ("/mail-log/no-lines", test_no_lines);
  g_test_add_func ("/mail-log/attributes", test_attributes);
  g_test_add_func ("/mail-log/outcomes", test_outcomes);
  g_test_add_func ("/mail-log/bounce", test_bounce);
  g_test_add_func ("/mail-log/several-recipients", test_several_recipients);
  g_test_add_func ("/mail-log/reused-id", test_reused_id);
  g_test_add_func ("/mail-log/message-id", test_message_id);
  g_test_add_func ("/mail-log/detail", test_detail);
  g_test_add_func ("/mail-log/secret", test_secret);
  g_test_add_func ("/mail-log/tls", test_tls);
  g_test_add_func ("/mail-log/journal", test_journal);
  g_test_add_func ("/mail-log/rotation", test_rotation);
  g_test_add_func ("/mail-log/backlog", test_backlog);
  g_test_add_func ("/mail-log/odd-bytes", test_odd_bytes);

  return g_test_run ();
}
