/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/relay-credentials-private.h"
#include "nullmail.h"
#include "scratch.h"

static NullmailRelayHost *
relay_host (void)
{
  return nullmail_relay_host_parse ("[smtp.example.com]:587", NULL);
}

static NullmailRelayCredentials *
credentials (const char *username,
             const char *password)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autoptr(GError) error = NULL;
  NullmailRelayCredentials *self = nullmail_relay_credentials_new (relay, username, password,
                                                                   &error);

  g_assert_no_error (error);
  return self;
}

/* A pipe that holds so many bytes and then ends. */
static int
pipe_with (const char *data,
           gsize       size)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], data, size), ==, size);
  close (fds[1]);

  return fds[0];
}

static void
assert_password (NullmailRelayCredentials *self,
                 const char               *password,
                 gsize                     size)
{
  const NullmailSecureBuffer *buffer = _nullmail_relay_credentials_peek_password (self);

  g_assert_cmpmem (buffer->data, buffer->size, password, size);
}

static void
test_good (void)
{
  static const char * const usernames[] = {
    "host7", "a@b.example", "with blank", "trailing ", "#x", "\"q\"", "$x", "p\303\244ul", "a\\b",
  };
  static const char * const passwords[] = {
    "x", " leading", "in ner", "a:b", ":", "#", "$x", "%", "\"", "'", "\\", "a\\", "p\303\244ss",
    "\xf0\x9f\x94\x91", "a\302\240", "=", ",",
  };

  for (guint i = 0; i < G_N_ELEMENTS (usernames); i++)
    for (guint j = 0; j < G_N_ELEMENTS (passwords); j++)
      {
        g_autoptr(NullmailRelayCredentials) self = credentials (usernames[i], passwords[j]);

        g_assert_cmpstr (nullmail_relay_credentials_get_username (self), ==, usernames[i]);
        g_assert_true (nullmail_relay_credentials_has_password (self));
        g_assert_cmpstr (nullmail_relay_host_to_string (
                           nullmail_relay_credentials_get_relay_host (self)), ==,
                         "[smtp.example.com]:587");
        assert_password (self, passwords[j], strlen (passwords[j]));
      }
}

static void
test_bad (void)
{
  static const struct { const char *username; const char *password; } cases[] = {
    { "", "x" }, { "u", "" }, { "a:b", "x" }, { ":", "x" }, { " u", "x" },
    { "u\n", "x" }, { "u\r", "x" }, { "\tu", "x" }, { "u\x01", "x" }, { "u\x7f", "x" },
    { "u\302\205", "x" }, { "u\377", "x" }, { "u", "x\n" }, { "u", "\nx" }, { "u", "x\r" },
    { "u", "x\ty" }, { "u", "x " }, { "u", " " }, { "u", "x\x1b" }, { "u", "x\x7f" },
    { "u", "x\302\205" }, { "u", "x\377" }, { "u", "\303" },
  };
  g_autoptr(NullmailRelayHost) relay = relay_host ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      int fd;

      g_assert_null (nullmail_relay_credentials_new (relay, cases[i].username, cases[i].password,
                                                     &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
      g_clear_error (&error);

      if (g_str_has_suffix (cases[i].password, "\n"))
        continue;  /* the one newline that a descriptor may end with */
      fd = pipe_with (cases[i].password, strlen (cases[i].password));
      g_assert_null (nullmail_relay_credentials_new_from_fd (relay, cases[i].username, fd, NULL,
                                                             &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
      close (fd);
    }
}

static void
test_limits (void)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autofree char *text = g_strnfill (16386, 'x');
  static const struct { gsize size; gboolean newline; gsize password; } cases[] = {
    { 1, FALSE, 1 }, { 1, TRUE, 1 }, { 1025, TRUE, 1025 }, { 16384, FALSE, 16384 },
    { 16384, TRUE, 16384 }, { 16385, FALSE, 0 }, { 16385, TRUE, 0 }, { 16386, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailRelayCredentials) self = NULL;
      g_autofree char *input = g_strdup_printf ("%.*s%s", (int) cases[i].size, text,
                                                cases[i].newline ? "\n" : "");
      int fd = pipe_with (input, strlen (input));

      self = nullmail_relay_credentials_new_from_fd (relay, "u", fd, NULL, &error);
      close (fd);

      if (cases[i].password > 0)
        {
          g_assert_no_error (error);
          assert_password (self, text, cases[i].password);
        }
      else
        {
          g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
          g_assert_nonnull (strstr (error->message, "16384"));
        }
    }

  g_assert_null (nullmail_relay_credentials_new (relay, "u", text, NULL));
  g_assert_null (nullmail_relay_credentials_new (relay, text, "x", NULL));
}

static void
test_from_fd_input (void)
{
  static const struct { const char *input; gsize size; const char *password; } cases[] = {
    { "secret", 6, "secret" }, { "secret\n", 7, "secret" }, { " s:e c", 6, " s:e c" },
    { "secret\n\n", 8, NULL }, { "secret\r\n", 8, NULL }, { "\n", 1, NULL }, { "", 0, NULL },
    { "sec\0ret", 7, NULL }, { "secret\0", 7, NULL }, { "a\nb\n", 4, NULL },
  };
  g_autoptr(NullmailRelayHost) relay = relay_host ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailRelayCredentials) self = NULL;
      int fd = pipe_with (cases[i].input, cases[i].size);

      self = nullmail_relay_credentials_new_from_fd (relay, "u", fd, NULL, &error);
      g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);  /* not closed */
      close (fd);

      if (cases[i].password != NULL)
        {
          g_assert_no_error (error);
          assert_password (self, cases[i].password, strlen (cases[i].password));
        }
      else
        {
          g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
          g_assert_null (strstr (error->message, "sec"));
        }
    }
}

static void
test_from_fd_unreadable (void)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  int directory = open (".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int null = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  int fds[] = { -1, 987654, directory, null };

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (nullmail_relay_credentials_new_from_fd (relay, "u", fds[i], NULL, &error));
      g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
    }

  close (directory);
  close (null);
}

static gpointer
write_slowly (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  for (const char *p = "secret\n"; *p != '\0'; p++)
    {
      g_assert_cmpint (write (fd, p, 1), ==, 1);
      g_usleep (2000);
    }

  close (fd);
  return NULL;
}

/* A descriptor that does not block, and bytes that come one by one. */
static void
test_from_fd_slow (void)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autoptr(NullmailRelayCredentials) self = NULL;
  g_autoptr(GError) error = NULL;
  GThread *writer;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, NULL));
  writer = g_thread_new (NULL, write_slowly, GINT_TO_POINTER (fds[1]));

  self = nullmail_relay_credentials_new_from_fd (relay, "u", fds[0], NULL, &error);
  g_assert_no_error (error);
  assert_password (self, "secret", 6);

  g_thread_join (writer);
  close (fds[0]);
}

/* Long enough for the other thread to wait, and no more than a delay if it does not yet. */
static gpointer
cancel_soon (gpointer data)
{
  g_usleep (20000);
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel_reading (void)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));

  for (guint i = 0; i < 2; i++)  /* while waiting, and before */
    {
      g_autoptr(GError) error = NULL;
      GThread *thread = i == 0 ? g_thread_new (NULL, cancel_soon, cancellable) : NULL;

      g_assert_null (nullmail_relay_credentials_new_from_fd (relay, "u", fds[0], cancellable,
                                                             &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_pointer (&thread, g_thread_join);
    }

  close (fds[0]);
  close (fds[1]);
}

static void
test_cancel_writing (void)
{
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "secret");
  char filler[4096] = { 0 };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      GThread *thread;
      int fds[2];

      if (i < 2)
        g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
      else
        g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);

      g_assert_true (g_unix_set_fd_nonblocking (fds[1], TRUE, NULL));
      while (write (fds[1], filler, sizeof filler) > 0)
        ;
      g_assert_true (g_unix_set_fd_nonblocking (fds[1], i % 2 == 0, NULL));

      thread = g_thread_new (NULL, cancel_soon, cancellable);
      g_assert_false (nullmail_relay_credentials_write_password (self, fds[1], cancellable,
                                                                 &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
      close (fds[0]);
      close (fds[1]);
    }
}

static void
assert_written (NullmailRelayCredentials *self,
                int                       write_fd,
                int                       read_fd)
{
  g_autoptr(GError) error = NULL;
  char back[64];

  g_assert_true (nullmail_relay_credentials_write_password (self, write_fd, NULL, &error));
  g_assert_no_error (error);

  if (read_fd == write_fd)
    g_assert_cmpint (lseek (read_fd, 0, SEEK_SET), ==, 0);
  g_assert_cmpmem (back, read (read_fd, back, sizeof back), "s e:cret", 8);

  close (write_fd);
  if (read_fd != write_fd)
    close (read_fd);
}

static void
test_write (void)
{
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "s e:cret");
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  assert_written (self, fds[1], fds[0]);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  assert_written (self, fds[1], fds[0]);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  assert_written (self, fds[1], fds[0]);

  fds[0] = memfd_create ("password", MFD_CLOEXEC);
  assert_written (self, fds[0], fds[0]);

  fds[0] = open ("private", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  assert_written (self, fds[0], fds[0]);
  g_assert_cmpint (g_unlink ("private"), ==, 0);
}

static void
assert_not_written (NullmailRelayCredentials *self,
                    int                       fd,
                    NullmailError             code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (nullmail_relay_credentials_write_password (self, fd, NULL, &error));
  g_assert_error (error, NULLMAIL_ERROR, (gint) code);
}

static void
test_write_refused (void)
{
  static const mode_t modes[] = { 0644, 0640, 0660, 0606, 0601, 0610, 04600 };
  static const char * const folders[] = { ".", "/dev/shm" };  /* tmpfs knows seals, as memfd does */
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "secret");
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autoptr(NullmailRelayCredentials) entry =
    _nullmail_relay_credentials_new_without_password (relay, "u");
  int fds[2];

  assert_not_written (self, -1, NULLMAIL_ERROR_INVALID_ARGUMENT);
  assert_not_written (self, 987654, NULLMAIL_ERROR_INVALID_ARGUMENT);

  for (guint i = 0; i < G_N_ELEMENTS (modes) * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/nullmail-test-XXXXXX", folders[i % 2]);
      int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

      if (fd < 0)
        continue;
      g_assert_cmpint (fchmod (fd, modes[i / 2]), ==, 0);
      if (i % 4 < 2)
        g_assert_cmpint (g_unlink (path), ==, 0);
      assert_not_written (self, fd, NULLMAIL_ERROR_INVALID_ARGUMENT);
      g_assert_cmpint (lseek (fd, 0, SEEK_END), ==, 0);
      close (fd);
      g_unlink (path);
    }

  fds[0] = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  assert_not_written (self, fds[0], NULLMAIL_ERROR_INVALID_ARGUMENT);
  close (fds[0]);
  fds[0] = open (".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  assert_not_written (self, fds[0], NULLMAIL_ERROR_INVALID_ARGUMENT);
  close (fds[0]);

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  assert_not_written (self, fds[0], NULLMAIL_ERROR_INVALID_ARGUMENT);
  assert_not_written (entry, fds[1], NULLMAIL_ERROR_INVALID_CREDENTIALS);
  close (fds[0]);
  close (fds[1]);
}

static guint n_pipe_signals;

static void
count_pipe_signal (int number G_GNUC_UNUSED)
{
  n_pipe_signals++;
}

static void
test_write_nobody_reads (void)
{
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "secret");
  struct sigaction action = { .sa_handler = count_pipe_signal }, previous;
  sigset_t set;
  int fds[2];

  sigaction (SIGPIPE, &action, &previous);

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  close (fds[0]);
  assert_not_written (self, fds[1], NULLMAIL_ERROR_FAILED);
  close (fds[1]);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  close (fds[0]);
  assert_not_written (self, fds[1], NULLMAIL_ERROR_FAILED);
  close (fds[1]);

  sigpending (&set);
  g_assert_false (sigismember (&set, SIGPIPE));
  pthread_sigmask (SIG_SETMASK, NULL, &set);
  g_assert_false (sigismember (&set, SIGPIPE));
  g_assert_cmpuint (n_pipe_signals, ==, 0);

  sigaction (SIGPIPE, &previous, NULL);
}

static void
test_equal (void)
{
  g_autoptr(NullmailRelayHost) upper = nullmail_relay_host_parse ("[SMTP.example.com]:587", NULL);
  g_autoptr(NullmailRelayHost) other = nullmail_relay_host_parse ("[smtp.example.com]", NULL);
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "secret");
  g_autoptr(NullmailRelayCredentials) same = nullmail_relay_credentials_new (upper, "u", "secret",
                                                                             NULL);
  g_autoptr(NullmailRelayCredentials) entry =
    _nullmail_relay_credentials_new_without_password (upper, "u");
  NullmailRelayCredentials *differ[] = {
    credentials ("U", "secret"), credentials ("u", "Secret"), credentials ("u", "secre"),
    credentials ("u", "secret2"), nullmail_relay_credentials_new (other, "u", "secret", NULL),
    nullmail_relay_credentials_ref (entry),
  };

  g_assert_true (nullmail_relay_credentials_equal (self, self));
  g_assert_true (nullmail_relay_credentials_equal (self, same));
  g_assert_true (nullmail_relay_credentials_equal (entry, entry));
  for (guint i = 0; i < G_N_ELEMENTS (differ); i++)
    {
      g_assert_false (nullmail_relay_credentials_equal (self, differ[i]));
      g_assert_false (nullmail_relay_credentials_equal (differ[i], self));
      nullmail_relay_credentials_unref (differ[i]);
    }
}

static void
test_variant (void)
{
  g_autoptr(NullmailRelayCredentials) self = credentials ("u", "secret");
  g_autoptr(GVariant) variant = nullmail_relay_credentials_to_variant (self);
  g_autofree char *text = g_variant_print (variant, FALSE);

  g_assert_cmpstr (g_variant_get_type_string (variant), ==, "a{sv}");
  g_assert_cmpuint (g_variant_n_children (variant), ==, 3);
  g_assert_nonnull (strstr (text, "'relay-host': <'[smtp.example.com]:587'>"));
  g_assert_nonnull (strstr (text, "'username': <'u'>"));
  g_assert_nonnull (strstr (text, "'has-password': <true>"));
  g_assert_null (strstr (text, "secret"));
}

static void
test_take_buffer (void)
{
  g_autoptr(NullmailRelayHost) relay = relay_host ();
  g_autoptr(NullmailRelayCredentials) self = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *token = g_strnfill (16385, 't');
  int fds[2];
  char back[20000];

  self = _nullmail_relay_credentials_new_take_buffer (
           relay, "u", _nullmail_secure_buffer_new_from (token, 16384), &error);
  g_assert_no_error (error);

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (nullmail_relay_credentials_write_password (self, fds[1], NULL, NULL));
  g_assert_cmpmem (back, read (fds[0], back, sizeof back), token, 16384);
  close (fds[0]);
  close (fds[1]);

  g_assert_null (_nullmail_relay_credentials_new_take_buffer (
                   relay, "u", _nullmail_secure_buffer_new_from (token, 16385), &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
  g_clear_error (&error);
  g_assert_null (_nullmail_relay_credentials_new_take_buffer (
                   relay, "u", _nullmail_secure_buffer_new_from ("a\nb", 3), &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_CREDENTIALS);
}

/* Memory that cannot be locked is no reason to fail. */
static void
test_without_locked_memory (void)
{
  struct rlimit none = { 0 };

  if (g_test_subprocess ())
    {
      g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &none), ==, 0);
      test_from_fd_input ();
      test_write ();
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int    argc,
      char **argv)
{
  char *folder;
  int status;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  folder = scratch_new ();
  g_assert_cmpint (g_chdir (folder), ==, 0);

  g_test_add_func ("/relay-credentials/good", test_good);
  g_test_add_func ("/relay-credentials/bad", test_bad);
  g_test_add_func ("/relay-credentials/limits", test_limits);
  g_test_add_func ("/relay-credentials/from-fd/input", test_from_fd_input);
  g_test_add_func ("/relay-credentials/from-fd/unreadable", test_from_fd_unreadable);
  g_test_add_func ("/relay-credentials/from-fd/slow", test_from_fd_slow);
  g_test_add_func ("/relay-credentials/cancel/reading", test_cancel_reading);
  g_test_add_func ("/relay-credentials/cancel/writing", test_cancel_writing);
  g_test_add_func ("/relay-credentials/write/targets", test_write);
  g_test_add_func ("/relay-credentials/write/refused", test_write_refused);
  g_test_add_func ("/relay-credentials/write/nobody-reads", test_write_nobody_reads);
  g_test_add_func ("/relay-credentials/equal", test_equal);
  g_test_add_func ("/relay-credentials/variant", test_variant);
  g_test_add_func ("/relay-credentials/take-buffer", test_take_buffer);
  g_test_add_func ("/relay-credentials/without-locked-memory", test_without_locked_memory);

  status = g_test_run ();
  scratch_free (folder);
  return status;
}
