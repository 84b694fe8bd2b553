/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Fails the calls that the undo record makes: it is the old or the new one, or an error says so. */

#include "commit-world.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error-private.h"
#include "commit-calls.h"
#include "plan/undo-record-private.h"

#define CONFIG "/etc/a postfix"

static char *
get_digest (const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return _nullmail_undo_record_digest (bytes);
}

/* The record of an apply that has made a main.cf with the text. */
static NullmailUndoRecord *
make_record (const char *after)
{
  static const char * const keys[] = { "[a]:587", "[b]:587", NULL };
  NullmailUndoRecord *record = _nullmail_undo_record_new ();

  if (after == NULL)
    return record;

  record->before = g_strdup ("before");
  record->after = get_digest (after);
  record->first = g_strdup ("first");
  record->table = g_strdup ("hash:/etc/new");
  record->is_unbroken = TRUE;
  g_strfreev (record->own_keys);
  record->own_keys = g_strdupv ((char **) keys);
  g_ptr_array_add (record->changes, _nullmail_named_change_new ("relayhost", NULL, "[a]:587"));
  g_ptr_array_add (record->written, _nullmail_named_change_new ("mynetworks", "1", NULL));
  g_ptr_array_add (record->left, _nullmail_own_keys_new ("hash:/etc/old", keys + 1));
  return record;
}

/* The record as it is while main.cf holds a text. */
static NullmailUndoRecord *
load (World       *world,
      const char  *main_cf,
      GError     **error)
{
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (world->state, CONFIG);
  g_autoptr(GBytes) now = g_bytes_new (main_cf, strlen (main_cf));

  return _nullmail_undo_record_load (folder, now, error);
}

static GBytes *
load_file (World      *world,
           const char *name,
           const char *digest)
{
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (world->state, CONFIG);

  return _nullmail_undo_record_load_file (folder, name, digest);
}

/* Writes a record as an apply does; whether it could be prepared. */
static gboolean
save (World       *world,
      const char  *after,
      gboolean     committed,
      GError     **error)
{
  g_autoptr(NullmailUndoRecord) record = make_record (after);
  g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (world->state, CONFIG);
  gboolean ok = _nullmail_undo_record_prepare (record, folder, error);

  if (ok)
    _nullmail_undo_record_finish (folder, committed);
  return ok;
}

static void
assert_record (World      *world,
               const char *after)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(NullmailUndoRecord) record = load (world, "another", &error);
  g_autofree char *digest = after != NULL ? get_digest (after) : NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (record->after, ==, digest);
}

static void
test_round (World         *world,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailUndoRecord) record = NULL, copy = NULL;
  NullmailNamedChange *change;

  assert_record (world, NULL);
  g_assert_true (save (world, "after", TRUE, NULL));
  record = load (world, "after", NULL);
  copy = _nullmail_undo_record_copy (record);
  g_assert_cmpstr (copy->before, ==, "before");
  g_assert_cmpstr (copy->first, ==, "first");
  g_assert_true (copy->is_unbroken);
  g_assert_cmpuint (copy->changes->len, ==, 1);
  change = g_ptr_array_index (copy->changes, 0);
  g_assert_cmpstr (change->name, ==, "relayhost");
  g_assert_cmpstr (change->old_value, ==, NULL);
  g_assert_cmpstr (change->new_value, ==, "[a]:587");
  change = g_ptr_array_index (copy->written, 0);
  g_assert_cmpstr (change->old_value, ==, "1");
  g_assert_cmpuint (g_strv_length (copy->replaced), ==, 0);

  g_assert_cmpstr (_nullmail_undo_record_get_own_keys (copy, "/etc/new")[0], ==, "[a]:587");
  g_assert_cmpstr (_nullmail_undo_record_get_own_keys (copy, "/etc/old")[0], ==, "[b]:587");
  g_assert_null (_nullmail_undo_record_get_own_keys (copy, "/etc/other")[0]);
  g_assert_false (_nullmail_own_keys_is_at (NULL, "/etc/new"));
  g_assert_false (_nullmail_own_keys_is_at ("no table", "/etc/new"));

  g_assert_true (save (world, "abandoned", FALSE, NULL));
  assert_record (world, "after");
  g_assert_true (save (world, NULL, TRUE, NULL));
  assert_record (world, NULL);
}

/* Prepared, and killed before or behind a commit that leaves main.cf as it is: no key is lost. */
static void
test_killed (World         *world,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *next_path = g_build_filename (world->state, "%2Fetc%2Fa%20postfix",
                                                 "record.next", NULL);
  g_autofree char *digest = get_digest ("after");
  g_autofree char *text = g_strdup_printf ("{'after': <'%s'>, 'table': <'hash:/etc/new'>, "
                                           "'own-keys': <['[b]:587', '[c]:587']>}", digest);
  g_autoptr(NullmailUndoRecord) record = NULL;

  g_assert_true (save (world, "after", TRUE, NULL));
  g_assert_true (g_file_set_contents (next_path, text, -1, NULL));
  record = load (world, "after", NULL);
  g_assert_cmpuint (g_strv_length (record->own_keys), ==, 3);
  g_assert_cmpstr (record->own_keys[0], ==, "[b]:587");
  g_assert_cmpstr (record->own_keys[1], ==, "[c]:587");
  g_assert_cmpstr (record->own_keys[2], ==, "[a]:587");
}

/* What is in the files of the state's folder may be anything. */
static void
test_contents (World         *world,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_build_filename (world->state, "%2Fetc%2Fa%20postfix", NULL);
  g_autofree char *record_path = g_build_filename (folder, "record", NULL);
  g_autofree char *next_path = g_build_filename (folder, "record.next", NULL);
  g_autofree char *first_path = g_build_filename (folder, NULLMAIL_UNDO_FIRST, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("old", 3);
  g_autofree char *digest = get_digest ("old");
  g_autofree char *old_digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "old", 3);
  g_autofree char *killed = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "killed", -1);
  g_autofree char *next_text = g_strdup_printf ("{'after': <'%s'>}", killed);
  g_autoptr(NullmailUndoRecord) next = NULL;
  g_autoptr(GBytes) found = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (save (world, "after", TRUE, NULL));
  g_assert_true (g_file_set_contents (next_path, next_text, -1, NULL));
  next = load (world, "killed", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (next->after, ==, killed);
  g_assert_cmpuint (next->changes->len + next->left->len, ==, 0);
  assert_record (world, "after");

  g_assert_true (g_file_set_contents (record_path, "no record", -1, NULL));
  g_assert_null (load (world, "other", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_true (g_file_set_contents (record_path, "{}", -1, NULL));
  assert_record (world, NULL);

  g_assert_null (load_file (world, "first", digest));
  g_assert_true (g_file_set_contents (first_path, "new", -1, NULL));
  g_assert_null (load_file (world, "first", digest));
  g_assert_true (g_file_set_contents (first_path, "old", -1, NULL));
  found = load_file (world, "first", digest);
  g_assert_true (g_bytes_equal (found, bytes));
  g_clear_pointer (&found, g_bytes_unref);
  found = load_file (world, "first", old_digest);
  g_assert_true (g_bytes_equal (found, bytes));
  g_assert_null (load_file (world, "first", killed));
  g_assert_null (load_file (world, "first", NULL));
}

static void
remove_state (World *world)
{
  g_autofree char *folder = g_build_filename (world->state, "%2Fetc%2Fa%20postfix", NULL);
  g_autofree char *above = g_path_get_dirname (world->state);
  static const char * const names[] = { "record", "record.next" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      unlink (path);
    }
  rmdir (folder);
  rmdir (world->state);
  rmdir (above);
}

/* Everything once: from no folder at all, and over a record that is there. */
static void
test_faults (World         *world,
             gconstpointer  data)
{
  static const int errors[] = { EIO, ENOENT, EEXIST, EACCES, EPERM, EINTR };
  gboolean is_there = data != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      CommitFault fault = { .failed = "" };

      for (guint at = 1; fault.failed != NULL; at++)
        {
          g_autoptr(NullmailUndoRecord) found = NULL;
          g_autoptr(GError) error = NULL, load_error = NULL;
          gboolean ok;

          remove_state (world);
          if (is_there)
            g_assert_true (save (world, "older", TRUE, NULL));
          fault = (CommitFault) { .at = at, .end = at + 1, .error = errors[i] };
          commit_calls_start (commit_fault_hook, &fault);
          ok = save (world, "newer", TRUE, &error);
          found = load (world, "newer", &load_error);
          commit_calls_stop ();

          g_assert_true (ok == (error == NULL));
          g_assert_true ((found != NULL) == (load_error == NULL));
          if (ok && g_strcmp0 (fault.failed, "renameat") != 0)
            assert_record (world, "newer");
          else if (!ok)
            assert_record (world, is_there ? "older" : NULL);
          world_assert_fds (world);
        }
    }
}

/* The way to the state directory is not ours to make. */
static void
test_way (World         *world,
          gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr(NullmailStateFolder) folder = NULL;
  CommitFault fault = { .name = "fstatat", .at = 1, .end = G_MAXUINT, .error = ENOENT };

  world_write (world, "a", "a file", 0644);
  g_assert_false (save (world, "after", TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  /* There is not even where we are. */
  folder = _nullmail_state_folder_new ("state", CONFIG);
  commit_calls_start (commit_fault_hook, &fault);
  g_assert_false (_nullmail_state_folder_prepare (folder, "record", nothing, &error));
  commit_calls_stop ();
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_NOT_FOUND);
}

typedef struct
{
  const char *path;
  mode_t      mode;
} Rival;

/* Another program makes the whole way just before we begin with it. */
static int
make_way (const char *name,
          guint       number G_GNUC_UNUSED,
          gpointer    data)
{
  const Rival *rival = data;

  if (g_str_equal (name, "mkdirat") && !g_file_test (rival->path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_mkdir_with_parents (rival->path, 0700), ==, 0);
      g_assert_cmpint (chmod (rival->path, rival->mode), ==, 0);
    }
  return 0;
}

/* What was made meanwhile is used if it could have been ours, and no mode of it is changed. */
static void
test_meanwhile (World         *world,
                gconstpointer  data)
{
  gboolean is_open = data != NULL;
  g_autofree char *folder = g_build_filename (world->state, "%2Fetc%2Fa%20postfix", NULL);
  g_autoptr(GError) error = NULL;
  Rival rival = { folder, is_open ? 0777 : 0755 };
  struct stat info;

  commit_calls_start (make_way, &rival);
  g_assert_cmpint (save (world, "after", TRUE, &error), ==, !is_open);
  commit_calls_stop ();
  if (is_open)
    g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
  else
    assert_record (world, "after");

  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, rival.mode);
  world_assert_fds (world);
}

/* A record that was killed before its end needs the one before, and neither is new because it
 * cannot be read just now. */
static void
test_unreadable (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  gboolean was_refused[2] = { FALSE, FALSE };
  CommitFault fault = { .failed = "" };

  g_assert_true (save (world, "older", TRUE, NULL));
  for (guint at = 1; fault.failed != NULL; at++)
    {
      g_autoptr(NullmailUndoRecord) record = make_record ("newer");
      g_autoptr(NullmailUndoRecord) found = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(NullmailStateFolder) folder = _nullmail_state_folder_new (world->state, CONFIG);

      g_assert_true (_nullmail_undo_record_prepare (record, folder, NULL));
      fault = (CommitFault) { .name = "openat", .at = at, .end = at + 1, .error = EIO };
      commit_calls_start (commit_fault_hook, &fault);
      found = load (world, "newer", &error);
      commit_calls_stop ();
      if (found == NULL)
        {
          g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_WRITE);
          g_assert_false (_nullmail_undo_record_is_lost (error));
          was_refused[strstr (error->message, "record.next") != NULL] = TRUE;
        }
      else
        g_assert_cmpstr (found->after, ==, record->after);
    }

  g_assert_true (was_refused[0] && was_refused[1]);
}

/* What others may have written is nobody's word, and what is no record says nothing. */
static void
test_lost (World         *world,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (world->state, "%2Fetc%2Fa%20postfix", "record", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (save (world, "after", TRUE, NULL));
  g_assert_cmpint (chmod (world->state, 0777), ==, 0);
  g_assert_null (load (world, "after", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INSECURE_PATH);
  g_assert_true (_nullmail_undo_record_is_lost (error));
  g_assert_cmpint (chmod (world->state, 0700), ==, 0);

  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "{", -1, NULL));
  g_assert_null (load (world, "after", &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_true (_nullmail_undo_record_is_lost (error));
}

void
add_undo_tests (void)
{
  WORLD_ADD ("undo/round", NULL, test_round);
  WORLD_ADD ("undo/killed", NULL, test_killed);
  WORLD_ADD ("undo/contents", NULL, test_contents);
  WORLD_ADD ("undo/fault", NULL, test_faults);
  WORLD_ADD ("undo/fault-over", GINT_TO_POINTER (TRUE), test_faults);
  WORLD_ADD ("undo/way", NULL, test_way);
  WORLD_ADD ("undo/meanwhile", NULL, test_meanwhile);
  WORLD_ADD ("undo/meanwhile-open", GINT_TO_POINTER (TRUE), test_meanwhile);
  WORLD_ADD ("undo/unreadable", NULL, test_unreadable);
  WORLD_ADD ("undo/lost", NULL, test_lost);
}
