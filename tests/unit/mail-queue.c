/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>
#include <sys/resource.h>

#include "nullmail.h"
#include "queue/postqueue-private.h"
#include "scratch.h"

/* As Postfix 3.7 prints it, and as 3.11 does. */
#define OLD \
  "{\"queue_name\": \"deferred\", \"queue_id\": \"4F1B72A0C5\", \"arrival_time\": 1700000100, " \
  "\"message_size\": 512, \"forced_expire\": false, \"sender\": \"root@host.example.com\", " \
  "\"recipients\": [{\"address\": \"a@example.com\"}, {\"address\": \"b@example.com\", " \
  "\"delay_reason\": \"connect to relay[192.0.2.1]:587: Connection refused\"}]}\n"
#define NEW \
  "{\"queue_name\": \"active\", \"queue_id\": \"4YX9vq0bT3z1Kq\", \"arrival_time\": 1700000000, " \
  "\"message_size\": 1024, \"forced_expire\": true, \"sender\": \"MAILER-DAEMON\", " \
  "\"to_come\": {\"deep\": [[1, 2], null]}, \"recipients\": [{\"address\": \"c@example.com\", " \
  "\"orig_address\": \"root\", \"bounce_reason\": \"host relay[192.0.2.1] said: 550 5.1.1 No " \
  "such user (in reply to RCPT TO command)\", \"also_to_come\": 7.5}]}\n"

static NullmailMailQueue *
parse (const char  *text,
       gssize       length,
       GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, length >= 0 ? (gsize) length : strlen (text));

  return nullmail_mail_queue_new_from_bytes (bytes, error);
}

static void
test_members (void)
{
  g_autoptr(NullmailMailQueue) queue = parse (OLD NEW, -1, NULL);
  g_autoptr(GPtrArray) entries = nullmail_mail_queue_get_entries (queue);
  NullmailQueueEntry *old = nullmail_mail_queue_get_entry (queue, "4F1B72A0C5");
  NullmailQueueEntry *new = nullmail_mail_queue_get_entry (queue, "4YX9vq0bT3z1Kq");

  g_assert_cmpuint (nullmail_mail_queue_get_n_entries (queue), ==, 2);
  g_assert_true (entries->pdata[0] == new);  /* the oldest first */
  g_assert_true (entries->pdata[1] == old);
  g_assert_null (nullmail_mail_queue_get_entry (queue, "4f1b72a0c5"));

  g_assert_cmpstr (nullmail_queue_entry_get_queue_name (old), ==, "deferred");
  g_assert_cmpstr (nullmail_queue_entry_get_sender (old), ==, "root@host.example.com");
  g_assert_cmpint (nullmail_queue_entry_get_arrival_time (old), ==, 1700000100);
  g_assert_cmpuint (nullmail_queue_entry_get_size (old), ==, 512);
  g_assert_false (nullmail_queue_entry_get_forced_expire (old));
  g_assert_cmpstr (nullmail_queue_entry_get_recipients (old)[1], ==, "b@example.com");
  g_assert_cmpstr (nullmail_queue_entry_get_delay_reasons (old)[0], ==, "");
  g_assert_cmpint (nullmail_queue_entry_get_cause (old), ==, NULLMAIL_DELAY_CAUSE_NETWORK);
  g_assert_null (nullmail_queue_entry_get_delay_reasons (old)[2]);

  g_assert_cmpstr (nullmail_queue_entry_get_sender (new), ==, "");
  g_assert_true (nullmail_queue_entry_get_forced_expire (new));
  g_assert_cmpint (nullmail_queue_entry_get_cause (new), ==,
                   NULLMAIL_DELAY_CAUSE_RECIPIENT_REFUSED);
  g_assert_cmpuint (nullmail_mail_queue_count_cause (queue, NULLMAIL_DELAY_CAUSE_NETWORK), ==, 1);
  g_assert_cmpuint (nullmail_mail_queue_count_cause (queue, NULLMAIL_DELAY_CAUSE_TLS), ==, 0);
}

static void
test_nothing (void)
{
  static const char * const texts[] = { "", "\n", " \n\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailMailQueue) queue = parse (texts[i], -1, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (nullmail_mail_queue_get_n_entries (queue), ==, 0);
    }
}

/* What showq(8) lists twice, since it has moved meanwhile, is one message, in its later state. */
static void
test_twice (void)
{
  g_autoptr(NullmailMailQueue) queue =
    parse ("{\"queue_name\": \"incoming\", \"queue_id\": \"A1\"}\n" NEW
           "{\"queue_name\": \"active\", \"queue_id\": \"A1\"}", -1, NULL);

  g_assert_cmpuint (nullmail_mail_queue_get_n_entries (queue), ==, 2);
  g_assert_cmpstr (nullmail_queue_entry_get_queue_name (nullmail_mail_queue_get_entry (queue,
                                                                                       "A1")),
                   ==, "active");
}

static void
test_bad_lines (void)
{
  static const char * const lines[] = {
    "x", "[]", "{}", "7", "null", "\"text\"", "{\"queue_id\": 7}", "{\"queue_id\": \"\"}",
    "{\"queue_id\": \"A1\", \"recipients\": 7}", "{\"queue_id\": \"A1\", \"recipients\": [7]}",
    "{\"queue_id\": \"A1\", \"recipients\": [{\"address\": 7}]}",
    "{\"queue_id\": \"A1\", \"arrival_time\": \"now\"}", "{\"queue_id\": \"A1\"",
    "{\"queue_id\": \"A1\", \"message_size\": 1.5}", "{\"queue_id\": \"A1\"} {\"x\": 1}",
    "/* no comment */ {\"queue_id\": \"A1\"}", "{'queue_id': 'A1'}", "Mail queue is empty",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = g_strconcat (OLD, lines[i], "\n", NULL);

      g_assert_null (parse (text, -1, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
      g_assert_nonnull (strstr (error->message, "Line 2 "));
    }
}

/* The parser would call itself for each bracket, until its stack is used up. */
static void
test_depth (void)
{
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *inside = g_strconcat ("{\"queue_id\": \"A1\", \"sender\": \"", brackets, "\"}",
                                         NULL);
  g_autofree char *outside = g_strconcat ("{\"queue_id\": \"A1\", \"x\": ", brackets, "}", NULL);
  g_autoptr(NullmailMailQueue) queue = parse (inside, -1, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (queue);  /* it is only a text */
  g_assert_null (parse (outside, -1, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

static void
test_bytes (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailMailQueue) queue =
    parse ("{\"queue_id\": \"A1\", \"sender\": \"a\xff@example.com\"}", -1, NULL);
  g_autoptr(NullmailMailQueue) queue_of_half = NULL;
  g_autoptr(GVariant) variant = NULL;

  g_assert_cmpstr (nullmail_queue_entry_get_sender (nullmail_mail_queue_get_entry (queue, "A1")),
                   ==, "a\xef\xbf\xbd@example.com");
  queue_of_half = parse ("{\"queue_id\": \"A1\", \"sender\": \"\\ud8(00\"}", -1, NULL);
  if (queue_of_half != NULL)  /* some parsers take it */
    {
      variant = nullmail_mail_queue_to_variant (queue_of_half);
      g_assert_true (g_utf8_validate (nullmail_queue_entry_get_sender (
                       nullmail_mail_queue_get_entry (queue_of_half, "A1")), -1, NULL));
    }
  g_assert_null (parse ("{\"queue_id\": \"A\0\"}", 19, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
}

/* A login that is said back as it came, in another case, or in hexadecimal. */
static void
test_secret_said_back (void)
{
  static const char * const words[] = {
    "AHVzZXIAU2VjcmV0LTc=", "AHVZZXIAU2VJCMV0LTC=", "ahvzzxiau2vjcmv0ltc=",
    "0075736572005365637265742d37",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *line =
        g_strdup_printf ("{\"queue_id\": \"A1\", \"recipients\": [{\"address\": \"a\", "
                         "\"delay_reason\": \"host a[192.0.2.1] said: 500 5.5.1 Unknown: AUTH "
                         "PLAIN %s\"}]}", words[i]);
      g_autoptr(NullmailMailQueue) queue = parse (line, -1, NULL);
      const char * const *reasons =
        nullmail_queue_entry_get_delay_reasons (nullmail_mail_queue_get_entry (queue, "A1"));

      g_assert_null (strstr (reasons[0], words[i]));
      g_assert_nonnull (strstr (reasons[0], "said: 500 5.5.1 Unknown: AUTH PLAIN ********"));
    }
}

static void
test_secret (void)
{
  g_autoptr(NullmailMailQueue) queue =
    parse ("{\"queue_id\": \"A1\", \"recipients\": [{\"address\": \"a\", \"delay_reason\": \"SASL "
           "authentication failed; server a[192.0.2.1] said: 535 5.7.8 AHVzZXIAU2VjcmV0LTc=\"}]}",
           -1, NULL);
  g_autoptr(GVariant) variant = nullmail_mail_queue_to_variant (queue);
  g_autofree char *text = g_variant_print (variant, FALSE);

  g_assert_null (strstr (text, "AHVzZXIAU2VjcmV0LTc="));
  g_assert_nonnull (strstr (text, "535 5.7.8 ********"));
  g_assert_nonnull (strstr (text, "'authentication'"));
}

static void
test_equal (void)
{
  g_autoptr(NullmailMailQueue) a = parse (OLD NEW, -1, NULL);
  g_autoptr(NullmailMailQueue) b = parse (NEW OLD, -1, NULL);
  NullmailQueueEntry *x = nullmail_mail_queue_get_entry (a, "4F1B72A0C5");
  NullmailQueueEntry *y = nullmail_mail_queue_get_entry (b, "4F1B72A0C5");
  g_autoptr(NullmailQueueEntry) kept = nullmail_queue_entry_ref (x);

  g_assert_true (nullmail_queue_entry_equal (x, y));
  g_assert_false (nullmail_queue_entry_equal (x, nullmail_mail_queue_get_entry (a,
                                                                                "4YX9vq0bT3z1Kq")));
  g_clear_object (&a);
  g_assert_true (nullmail_queue_entry_equal (kept, y));
}

/* A stand-in for postqueue(1) that prints a queue of so many messages with long reasons. */
static NullmailMailQueue *
load_queue (const char *folder,
            guint       n_messages)
{
  g_autofree char *command = g_build_filename (folder, "postqueue", NULL);
  g_autofree char *script = NULL;
  NullmailMailSystem system = { .config_directory = (char *) folder, .postqueue = command };
  g_autofree char *reason = g_strnfill (600, 'x');
  g_autoptr(GError) error = NULL;
  NullmailMailQueue *queue;

  script = g_strdup_printf (
    "#!/bin/sh\nexec awk 'BEGIN { for (i = 0; i < %u; i++) printf \"{\\\"queue_name\\\": "
    "\\\"deferred\\\", \\\"queue_id\\\": \\\"Q%%d\\\", \\\"arrival_time\\\": %%d, "
    "\\\"message_size\\\": 700, \\\"sender\\\": \\\"a@example.com\\\", \\\"recipients\\\": "
    "[{\\\"address\\\": \\\"b@example.com\\\", \\\"delay_reason\\\": \\\"lost connection %s\\\"}]}"
    "\\n\", i, i }'\n", n_messages, reason);
  scratch_write (command, script, 0755);
  queue = _nullmail_postqueue_load (&system, NULL, &error);
  g_assert_no_error (error);
  return queue;
}

static glong
peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* A memory checker has use for memory itself. */
static gboolean
is_checked (void)
{
#if defined (__SANITIZE_ADDRESS__)
  return TRUE;
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
  return TRUE;
#endif
#endif
  return g_getenv ("LD_PRELOAD") != NULL && strstr (g_getenv ("LD_PRELOAD"), "vgpreload") != NULL;
}

/* 100,000 messages, of which the listing has 80 MB: more than any command may print that is not
 * read line by line. What they repeat is kept once, so that memory does not grow with it. A memory
 * checker takes a hundred times as long, so it gets 5,000. */
static void
test_large (void)
{
  char *folder = scratch_new ();
  guint n_messages = is_checked () ? 5000 : 100000;
  g_autofree char *last = g_strdup_printf ("Q%u", n_messages - 1);
  g_autoptr(NullmailMailQueue) small = load_queue (folder, 1000);
  glong before = peak_kib ();
  g_autoptr(NullmailMailQueue) large = load_queue (folder, n_messages);
  glong grown = peak_kib () - before;

  g_assert_cmpuint (nullmail_mail_queue_get_n_entries (small), ==, 1000);
  g_assert_cmpuint (nullmail_mail_queue_get_n_entries (large), ==, n_messages);
  g_assert_cmpuint (nullmail_mail_queue_count_cause (large, NULLMAIL_DELAY_CAUSE_NETWORK), ==,
                    n_messages);
  g_assert_nonnull (nullmail_mail_queue_get_entry (large, last));
  g_test_message ("%ld KiB for a listing of %u messages", grown, n_messages);
  if (!is_checked ())
    g_assert_cmpint (grown, <, 80 * 1024);

  g_clear_object (&large);
  scratch_free (folder);
}

static void
test_postqueue_errors (void)
{
  char *folder = scratch_new ();
  g_autofree char *command = g_build_filename (folder, "postqueue", NULL);
  NullmailMailSystem system = { .config_directory = folder, .postqueue = command };
  static const struct
  {
    const char *script;
    int         code;
    const char *mention;
  } cases[] = {
    { "echo 'postqueue: fatal: Queue report unavailable - mail system is down' >&2; exit 69",
      NULLMAIL_ERROR_COMMAND, "mail system is down" },
    { "echo 'postqueue: fatal: User a(7) is not allowed to view the mail queue' >&2; exit 77",
      NULLMAIL_ERROR_PERMISSION_DENIED, "authorized_mailq_users" },
    { "echo nonsense", NULLMAIL_ERROR_INVALID_FILE, "nonsense" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *script = g_strdup_printf ("#!/bin/sh\n%s\n", cases[i].script);
      g_autoptr(GError) error = NULL;

      scratch_write (command, script, 0755);
      g_assert_null (_nullmail_postqueue_load (&system, NULL, &error));
      g_assert_error (error, NULLMAIL_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].mention));
    }

  scratch_free (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mail-queue/members", test_members);
  g_test_add_func ("/mail-queue/nothing", test_nothing);
  g_test_add_func ("/mail-queue/twice", test_twice);
  g_test_add_func ("/mail-queue/bad-lines", test_bad_lines);
  g_test_add_func ("/mail-queue/depth", test_depth);
  g_test_add_func ("/mail-queue/bytes", test_bytes);
  g_test_add_func ("/mail-queue/secret", test_secret);
  g_test_add_func ("/mail-queue/secret-said-back", test_secret_said_back);
  g_test_add_func ("/mail-queue/equal", test_equal);
  g_test_add_func ("/mail-queue/large", test_large);
  g_test_add_func ("/mail-queue/postqueue-errors", test_postqueue_errors);

  return g_test_run ();
}
