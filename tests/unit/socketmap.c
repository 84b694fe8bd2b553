/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The protocol of examples/socketmap, with the program's own parser and connections. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "../../examples/socketmap/connection.h"
#include "../../examples/socketmap/netstring.h"

#define KEY      "[smtp.example.com]:587"
#define ASK      "27:sasl " KEY ","
#define LOGIN    "17:OK host7:geheim:1,"
#define NONE     "9:NOTFOUND ,"
#define BAD      "64:PERM this is no netstring, or one that is too long for a request,"
#define UNKNOWN  "57:PERM a request is the name of a map, one blank, and a key,"
#define NO_MAP   "44:PERM there is no map of this name, see --map,"
#define LONG_MS  60000
#define SHORT_MS 50

static char *password_path;

typedef struct
{
  const char *name;
  const char *input;
  const char *output;
} Dialogue;

/* What a client sends before it closes its side, and all that it is sent. */
static const Dialogue dialogues[] = {
  { "found", ASK, LOGIN },
  { "upper-case", "27:sasl [SMTP.Example.COM]:587,", LOGIN },
  { "bare-host", "21:sasl smtp.example.com,", NONE },
  { "no-port", "23:sasl [smtp.example.com],", NONE },
  { "service-name", "34:sasl [smtp.example.com]:submission,", NONE },
  { "other-port", "27:sasl [smtp.example.com]:588,", NONE },
  { "sender", "24:sasl someone@example.org,", NONE },
  { "as-postfix-asks", "24:sasl someone@example.org,21:sasl smtp.example.com," ASK,
    NONE NONE LOGIN },
  { "several", ASK ASK ASK, LOGIN LOGIN LOGIN },
  { "blanks-in-key", "10:sasl a b c,", NONE },
  { "blank-behind", "28:sasl " KEY " ,", LOGIN },
  { "not-ascii", "7:sasl \303\244,", NONE },

  { "other-map", "26:mail " KEY ",", BAD },
  { "no-such-map", "27:mail " KEY ",", NO_MAP },
  { "map-in-capitals", "27:SASL " KEY ",", NO_MAP },
  { "no-map", "23: " KEY ",", UNKNOWN },
  { "no-key", "5:sasl ,", UNKNOWN },
  { "no-blank", "4:sasl,", UNKNOWN },
  { "empty", "0:,", UNKNOWN },
  { "newline", "8:sasl a\nb,", UNKNOWN },
  { "not-utf-8", "7:sasl \377x,", UNKNOWN },
  { "bad-then-good", "4:sasl," ASK, UNKNOWN LOGIN },

  { "nothing", "", "" },
  { "unfinished", "27:sasl " KEY, "" },
  { "unfinished-size", "2", "" },
  { "good-then-unfinished", ASK "27:sa", LOGIN },
  { "no-digits", ":sasl x,", BAD },
  { "words", "get x\n", BAD },
  { "negative", "-1:x,", BAD },
  { "blank-in-front", " " ASK, BAD },
  { "leading-zero", "027:sasl " KEY ",", BAD },
  { "too-short", "26:sasl " KEY ",", BAD },
  { "too-long", "28:sasl " KEY ",,", NONE },
  { "no-comma", "27:sasl " KEY ";", BAD },
  { "newline-between", ASK "\n" ASK, LOGIN BAD },
  { "huge", "4097:", BAD },
  { "wraps-around", "18446744073709551617:x,", BAD },
  { "digits-for-ever", "99999999999999999999999999999999999999999999999999", BAD },
};

static CredentialSource *
new_source (void)
{
  g_autoptr(GError) error = NULL;
  CredentialSource *source = credential_source_new ();

  credential_source_add_file (source, KEY, "host7", password_path, &error);
  g_assert_no_error (error);
  return source;
}

/* The server's side of a connection, in a thread of its own. */
typedef struct
{
  CredentialSource *source;
  GThread          *thread;
  int               server_fd;
  int               fd;
  guint             limit_ms;
} Peer;

static gpointer
serve_cb (gpointer data)
{
  Peer *peer = data;
  g_autoptr(GSocket) socket = g_socket_new_from_fd (peer->server_fd, NULL);

  g_assert_nonnull (socket);
  connection_serve (socket, peer->source, "sasl", peer->limit_ms);
  return NULL;
}

static void
peer_start (Peer  *self,
            guint  limit_ms)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->source = new_source ();
  self->limit_ms = limit_ms;
  self->fd = fds[0];
  self->server_fd = fds[1];
  self->thread = g_thread_new ("server", serve_cb, self);
}

/* Returns when the server has ended the connection: a test that hangs here has found a bug. */
static void
peer_join (Peer *self)
{
  g_thread_join (self->thread);
  close (self->fd);
  credential_source_free (self->source);
}

static void
send_bytes (Peer       *self,
            const char *bytes,
            gsize       size)
{
  /* The server may have hung up already. */
  while (size > 0)
    {
      gssize n_sent = send (self->fd, bytes, size, MSG_NOSIGNAL);

      if (n_sent < 0)
        return;
      bytes += n_sent;
      size -= (gsize) n_sent;
    }
}

static char *
receive_all (Peer *self)
{
  GString *text = g_string_new (NULL);
  char buffer[512];
  gssize n_read;

  while ((n_read = recv (self->fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (text, buffer, n_read);

  return g_string_free (text, FALSE);
}

static void
run_dialogue (const Dialogue *dialogue,
              gsize           step)
{
  gsize size = strlen (dialogue->input);
  g_autofree char *output = NULL;
  Peer peer;

  peer_start (&peer, LONG_MS);
  for (gsize done = 0; done < size; done += step)
    send_bytes (&peer, dialogue->input + done, MIN (step, size - done));
  shutdown (peer.fd, SHUT_WR);
  output = receive_all (&peer);
  peer_join (&peer);

  g_assert_cmpstr (output, ==, dialogue->output);
}

static void
test_dialogue (gconstpointer user_data)
{
  run_dialogue (user_data, G_MAXSSIZE);
  run_dialogue (user_data, 1);
  run_dialogue (user_data, 7);
}

static void
test_nul (void)
{
  static const char input[] = "27:sasl [smtp\0example.com]:587,";
  g_autofree char *output = NULL;
  Peer peer;

  peer_start (&peer, LONG_MS);
  send_bytes (&peer, input, sizeof input - 1);
  shutdown (peer.fd, SHUT_WR);
  output = receive_all (&peer);
  peer_join (&peer);
  g_assert_cmpstr (output, ==, UNKNOWN);
}

static void
test_longest (void)
{
  g_autofree char *key = g_strnfill (NETSTRING_MAX_PAYLOAD - strlen ("sasl "), 'x');
  g_autofree char *input = g_strdup_printf ("%d:sasl %s," ASK, NETSTRING_MAX_PAYLOAD, key);
  Dialogue dialogue = { "longest", input, NONE LOGIN };

  run_dialogue (&dialogue, G_MAXSSIZE);
}

/* The limit is for the whole request, however many bytes keep coming. */
static void
test_slow (void)
{
  Peer peer;

  peer_start (&peer, SHORT_MS);
  send_bytes (&peer, "27:", 3);
  peer_join (&peer);

  peer_start (&peer, SHORT_MS);
  send_bytes (&peer, "4096:", 5);
  while (send (peer.fd, "x", 1, MSG_NOSIGNAL) == 1)
    g_usleep (SHORT_MS * 1000 / 5);
  peer_join (&peer);
}

/* It asks and asks, and takes no answer: the server gives up when its buffer is full. */
static void
test_reads_nothing (void)
{
  Peer peer;

  peer_start (&peer, SHORT_MS);
  while (send (peer.fd, ASK, strlen (ASK), MSG_NOSIGNAL) == (gssize) strlen (ASK))
    ;
  peer_join (&peer);
}

static void
test_hangs_up (void)
{
  Peer peer;

  peer_start (&peer, LONG_MS);
  send_bytes (&peer, ASK ASK, 2 * strlen (ASK));
  close (peer.fd);
  peer.fd = -1;
  peer_join (&peer);
}

static void
test_random (void)
{
  static const char alphabet[] = "0123456789::,, sasl[]x\n\xff";
  g_autoptr(GRand) rand = g_rand_new_with_seed (7);

  for (guint n = 0; n < 20000; n++)
    {
      char bytes[64];
      const char *payload;
      gsize size = (gsize) g_rand_int_range (rand, 0, sizeof bytes), payload_size, consumed;
      g_autofree char *copy = NULL;  /* so that a sanitizer knows where it ends */
      NetstringState state;

      for (gsize i = 0; i < size; i++)
        bytes[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      copy = g_memdup2 (bytes, size);
      state = netstring_parse (copy, size, &payload, &payload_size, &consumed);
      if (state == NETSTRING_COMPLETE)
        {
          g_autofree char *name = NULL, *key = NULL;

          g_assert_cmpuint (consumed, <=, size);
          g_assert_true (payload > copy && payload + payload_size + 1 == copy + consumed);
          request_parse (payload, payload_size, &name, &key);
        }
      else if (state == NETSTRING_INCOMPLETE)
        g_assert_cmpuint (size, <, NETSTRING_MAX_SIZE);
    }
}

static void
assert_refused (CredentialSource *source,
                const char       *relay,
                const char       *username,
                const char       *path,
                int               code,
                const char       *mentions)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (credential_source_add_file (source, relay, username, path, &error));
  g_assert_error (error, NULLMAIL_ERROR, code);
  g_assert_nonnull (strstr (error->message, mentions));
  g_assert_null (strstr (error->message, "geheim"));
}

static void
test_source (void)
{
  g_autoptr(CredentialSource) source = new_source ();
  g_autoptr(CredentialSource) empty = credential_source_new ();
  g_autofree char *directory = g_path_get_dirname (password_path);
  g_autofree char *name = g_path_get_basename (password_path);
  g_autofree char *nowhere = g_strconcat (password_path, "-not", NULL);

  g_assert_true (credential_source_is_empty (empty));
  assert_refused (source, "[a", "u", password_path, NULLMAIL_ERROR_INVALID_RELAY_HOST, "“[a”");
  assert_refused (source, "[SMTP.example.com]:587", "u", password_path,
                  NULLMAIL_ERROR_INVALID_ARGUMENT, "given twice");
  assert_refused (source, "[a]", "u:v", password_path, NULLMAIL_ERROR_INVALID_CREDENTIALS,
                  password_path);
  assert_refused (source, "[a]", "u", nowhere, NULLMAIL_ERROR_NOT_FOUND, nowhere);
  assert_refused (source, "[a]", "u", name, NULLMAIL_ERROR_INVALID_ARGUMENT,
                  "CREDENTIALS_DIRECTORY");

  g_assert_cmpint (g_chmod (password_path, 0640), ==, 0);
  assert_refused (source, "[a]", "u", password_path, NULLMAIL_ERROR_PERMISSION_DENIED, "0640");
  g_setenv ("CREDENTIALS_DIRECTORY", directory, TRUE);
  g_assert_true (credential_source_add_file (empty, "[a]", "u", name, NULL));
  g_assert_false (credential_source_is_empty (empty));
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_assert_cmpint (g_chmod (password_path, 0600), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  int status, fd;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  fd = g_file_open_tmp ("password-XXXXXX", &password_path, NULL);
  g_assert_cmpint (write (fd, "geheim:1\n", 9), ==, 9);
  close (fd);

  for (guint i = 0; i < G_N_ELEMENTS (dialogues); i++)
    {
      g_autofree char *path = g_strconcat ("/socketmap/dialogue/", dialogues[i].name, NULL);

      g_test_add_data_func (path, &dialogues[i], test_dialogue);
    }
  g_test_add_func ("/socketmap/nul", test_nul);
  g_test_add_func ("/socketmap/longest", test_longest);
  g_test_add_func ("/socketmap/slow", test_slow);
  g_test_add_func ("/socketmap/reads-nothing", test_reads_nothing);
  g_test_add_func ("/socketmap/hangs-up", test_hangs_up);
  g_test_add_func ("/socketmap/random", test_random);
  g_test_add_func ("/socketmap/source", test_source);

  status = g_test_run ();
  g_unlink (password_path);
  g_free (password_path);
  return status;
}
