/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a probe makes of everything that a relay may say before TLS begins. */

#include <gio/gio.h>
#include <string.h>

#include "nullmail.h"

#define SHORT_MS 200
#define LONG_MS  60000

/* A relay that says the greeting, and to each line what the table has for its first four
 * letters. */
typedef struct
{
  const char *greeting;    /* (nullable) nothing is ever said */
  const char *answers[8];  /* pairs of a verb and the answer; an answer of NULL ends the session */
} Script;

typedef struct
{
  const Script    *script;
  GSocketListener *listener;
  guint16          port;
  GThread         *thread;
  GCancellable    *end;
  GString         *heard;   /* the verbs that came, with blanks between */
} Relay;

static gboolean
say (GIOStream  *stream,
     const char *text)
{
  return text != NULL
         && g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text),
                                       NULL, NULL, NULL);
}

static const char *
find_answer (const Script *script,
             const char   *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (script->answers) && script->answers[i] != NULL; i += 2)
    if (g_str_has_prefix (line, script->answers[i]))
      return script->answers[i + 1];

  return "502 5.5.2 Not known here\r\n";
}

static void
talk (Relay             *self,
      GSocketConnection *connection)
{
  GIOStream *stream = G_IO_STREAM (connection);
  g_autoptr(GDataInputStream) input =
    g_data_input_stream_new (g_io_stream_get_input_stream (stream));

  if (self->script->greeting != NULL && !say (stream, self->script->greeting))
    return;

  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (input, NULL, self->end, NULL);

      if (line == NULL || g_str_has_prefix (line, "QUIT"))
        return;
      g_string_append_printf (self->heard, "%.4s ", line);
      if (!say (stream, find_answer (self->script, line)))
        return;
    }
}

static gpointer
serve (gpointer data)
{
  Relay *self = data;
  g_autoptr(GSocketConnection) connection =
    g_socket_listener_accept (self->listener, NULL, self->end, NULL);

  if (connection != NULL)
    talk (self, connection);
  return NULL;
}

static void
relay_start (Relay        *self,
             const Script *script)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) effective = NULL;

  self->script = script;
  self->listener = g_socket_listener_new ();
  self->end = g_cancellable_new ();
  self->heard = g_string_new (NULL);
  g_assert_true (g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &effective, NULL));
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->thread = g_thread_new ("relay", serve, self);
}

/* (transfer full): the verbs that came. */
static char *
relay_end (Relay *self)
{
  g_cancellable_cancel (self->end);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->end);
  return g_strchomp (g_string_free (self->heard, FALSE));
}

static NullmailRelayProbe *
make_probe (Relay            *relay,
            NullmailTlsLevel  level,
            guint             timeout_ms)
{
  g_autofree char *text = g_strdup_printf ("[127.0.0.1]:%u", relay->port);
  g_autoptr(NullmailRelayHost) host = nullmail_relay_host_parse (text, NULL);
  NullmailRelayProbe *probe = nullmail_relay_probe_new (host);

  nullmail_relay_probe_set_tls_level (probe, level);
  nullmail_relay_probe_set_timeout (probe, timeout_ms);
  return probe;
}

#define HI     "220 fake.example.com ESMTP\r\n"
#define CAN    "250-fake\r\n250 SIZE 1000\r\n"
#define OFFERS "250-fake\r\n250 STARTTLS\r\n"
#define MAY    NULLMAIL_TLS_LEVEL_MAY
#define NONE   NULLMAIL_TLS_LEVEL_NONE
#define SECURE NULLMAIL_TLS_LEVEL_SECURE

static const struct
{
  const char           *name;
  NullmailTlsLevel      level;
  Script                script;
  NullmailProbeOutcome  outcome;
  const char           *heard;
} cases[] = {
  { "clear", NONE, { HI, { "EHLO", CAN } }, NULLMAIL_PROBE_OUTCOME_OK, "EHLO" },
  { "several-lines", NONE, { "220-a\r\n220 b\r\n", { "EHLO", CAN } }, NULLMAIL_PROBE_OUTCOME_OK,
    "EHLO" },
  { "bare-line-ends", NONE, { "220 a\n", { "EHLO", "250 b\n" } }, NULLMAIL_PROBE_OUTCOME_OK,
    "EHLO" },
  { "old", NONE, { HI, { "EHLO", "500 what\r\n", "HELO", "250 hi\r\n" } },
    NULLMAIL_PROBE_OUTCOME_OK, "EHLO HELO" },
  { "refuses-both", NONE, { HI, { "EHLO", "500 what\r\n", "HELO", "550 no\r\n" } },
    NULLMAIL_PROBE_OUTCOME_GREETING_FAILED, "EHLO HELO" },
  { "busy", NONE, { HI, { "EHLO", "421 later\r\n" } }, NULLMAIL_PROBE_OUTCOME_GREETING_FAILED,
    "EHLO" },
  { "hangs-up", NONE, { HI, { "EHLO", NULL } }, NULLMAIL_PROBE_OUTCOME_GREETING_FAILED, "EHLO" },
  { "turns-away", NONE, { "554 no\r\n", { NULL } }, NULLMAIL_PROBE_OUTCOME_GREETING_FAILED, "" },
  { "is-another-service", NONE, { "SSH-2.0-x\r\n", { NULL } },
    NULLMAIL_PROBE_OUTCOME_GREETING_FAILED, "" },
  { "begins-with-tls", NONE, { "\x15\x03\x01\n", { NULL } },
    NULLMAIL_PROBE_OUTCOME_GREETING_FAILED, "" },
  { "offers-no-tls", MAY, { HI, { "EHLO", CAN } }, NULLMAIL_PROBE_OUTCOME_OK, "EHLO" },
  { "offers-no-tls-where-it-is-needed", SECURE, { HI, { "EHLO", CAN } },
    NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE, "EHLO" },
  { "refuses-tls", SECURE, { HI, { "EHLO", OFFERS, "STAR", "454 not now\r\n" } },
    NULLMAIL_PROBE_OUTCOME_TLS_UNAVAILABLE, "EHLO STAR" },
  { "refuses-tls-where-it-may", MAY, { HI, { "EHLO", OFFERS, "STAR", "454 not now\r\n" } },
    NULLMAIL_PROBE_OUTCOME_OK, "EHLO STAR" },
  { "smuggles", SECURE, { HI, { "EHLO", OFFERS, "STAR", "220 go\r\n250 AUTH PLAIN\r\n" } },
    NULLMAIL_PROBE_OUTCOME_TLS_FAILED, "EHLO STAR" },
  { "breaks-off", SECURE, { HI, { "EHLO", OFFERS, "STAR", NULL } },
    NULLMAIL_PROBE_OUTCOME_TLS_FAILED, "EHLO STAR" },
  { "is-silent", NONE, { NULL, { NULL } }, NULLMAIL_PROBE_OUTCOME_TIMED_OUT, "" },
  { "is-silent-later", NONE, { HI, { "EHLO", "" } }, NULLMAIL_PROBE_OUTCOME_TIMED_OUT, "EHLO" },
  { "never-ends", NONE, { HI, { "EHLO", "250-a\r\n" } }, NULLMAIL_PROBE_OUTCOME_TIMED_OUT,
    "EHLO" },
};

static void
test_outcome (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gboolean is_late = cases[i].outcome == NULLMAIL_PROBE_OUTCOME_TIMED_OUT;
  Relay relay = { .script = NULL };
  g_autoptr(NullmailRelayProbe) probe = NULL;
  g_autoptr(NullmailProbeReport) report = NULL;
  g_autofree char *heard = NULL;
  GError *error = NULL;

  relay_start (&relay, &cases[i].script);
  probe = make_probe (&relay, cases[i].level, is_late ? SHORT_MS : LONG_MS);
  report = nullmail_relay_probe_run (probe, NULL, &error);
  heard = relay_end (&relay);

  g_assert_no_error (error);
  g_assert_cmpint (nullmail_probe_report_get_outcome (report), ==, cases[i].outcome);
  g_assert_cmpstr (heard, ==, cases[i].heard);
  g_assert_true ((*nullmail_probe_report_get_remedy (report) == '\0')
                 == nullmail_probe_report_is_ok (report));
  g_assert_false (nullmail_probe_report_get_login_tried (report));
}

static void
cancel_cb (NullmailRelayProbe   *probe G_GNUC_UNUSED,
           const char           *name,
           NullmailProbeOutcome  outcome G_GNUC_UNUSED,
           const char           *detail G_GNUC_UNUSED,
           GCancellable         *cancellable)
{
  if (g_str_equal (name, "greeting"))
    g_cancellable_cancel (cancellable);
}

/* A relay that says nothing more is left at once, whatever the time limit. */
static void
test_cancelled (void)
{
  static const Script script = { HI, { "EHLO", "" } };
  Relay relay = { .script = NULL };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(NullmailRelayProbe) probe = NULL;
  g_autofree char *heard = NULL;
  g_autoptr(GError) error = NULL;

  relay_start (&relay, &script);
  probe = make_probe (&relay, NONE, 600000);
  g_signal_connect (probe, "step", G_CALLBACK (cancel_cb), cancellable);
  g_assert_null (nullmail_relay_probe_run (probe, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  heard = relay_end (&relay);
  g_assert_cmpstr (heard, ==, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/probe-outcomes/", cases[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_outcome);
    }
  g_test_add_func ("/probe-outcomes/cancelled", test_cancelled);

  return g_test_run ();
}
