/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error-private.h"
#include "base/fingerprint-private.h"
#include "plan/undo-record-private.h"
#include "scratch.h"

/* What the folder of one directory holds, read and written as the library does, and as anybody. */
typedef struct
{
  char                *state;
  char                *path;    /* of the record */
  NullmailStateFolder *folder;
  GBytes              *main_cf;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->state = scratch_new ();
  fixture->folder = _nullmail_state_folder_new (fixture->state, "/etc/postfix");
  fixture->path = g_build_filename (_nullmail_state_folder_get_path (fixture->folder), "record",
                                    NULL);
  fixture->main_cf = g_bytes_new_static ("relayhost = a\n", 14);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  scratch_free (fixture->state);
  _nullmail_state_folder_free (fixture->folder);
  g_bytes_unref (fixture->main_cf);
  g_free (fixture->path);
}

static NullmailUndoRecord *
make_record (Fixture *fixture)
{
  static const char * const keys[] = { "[a]:587", "[b]:587", NULL };
  NullmailUndoRecord *record = _nullmail_undo_record_new ();

  record->before = g_strdup ("before");
  record->after = _nullmail_undo_record_digest (fixture->main_cf);
  record->first = g_strdup ("first");
  record->is_unbroken = TRUE;
  record->table = g_strdup ("hash:/etc/new");
  g_strfreev (record->own_keys);
  record->own_keys = g_strdupv ((char **) keys);
  g_strfreev (record->replaced);
  record->replaced = g_strdupv ((char **) keys + 1);
  g_strfreev (record->withheld);
  record->withheld = g_strdupv ((char **) keys + 1);
  g_strfreev (record->left_out);
  record->left_out = g_strdupv ((char **) keys);
  g_strfreev (record->hidden);
  record->hidden = g_strdupv ((char **) keys);
  g_ptr_array_add (record->changes, _nullmail_named_change_new ("relayhost", NULL, "ä“x”"));
  g_ptr_array_add (record->written, _nullmail_named_change_new ("mynetworks", "1", NULL));
  g_ptr_array_add (record->left, _nullmail_own_keys_new ("hash:/etc/old", keys + 1));
  return record;
}

static void
save (Fixture *fixture)
{
  g_autoptr(NullmailUndoRecord) record = make_record (fixture);

  g_assert_true (_nullmail_undo_record_prepare (record, fixture->folder, NULL));
  _nullmail_undo_record_finish (fixture->folder, TRUE);
}

static void
assert_change (GPtrArray  *changes,
               const char *name,
               const char *old_value,
               const char *new_value)
{
  NullmailNamedChange *change = g_ptr_array_index (changes, 0);

  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpstr (change->name, ==, name);
  g_assert_cmpstr (change->old_value, ==, old_value);
  g_assert_cmpstr (change->new_value, ==, new_value);
}

static void
test_round (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr(NullmailUndoRecord) record = NULL;
  g_autoptr(GError) error = NULL;

  save (fixture);
  record = _nullmail_undo_record_load (fixture->folder, fixture->main_cf, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->before, ==, "before");
  g_assert_true (_nullmail_undo_record_digest_is_of (record->after, fixture->main_cf));
  g_assert_cmpstr (record->first, ==, "first");
  g_assert_true (record->is_unbroken);
  g_assert_cmpstr (record->table, ==, "hash:/etc/new");
  g_assert_cmpuint (g_strv_length (record->own_keys), ==, 2);
  g_assert_cmpuint (g_strv_length (record->replaced), ==, 1);
  g_assert_cmpuint (g_strv_length (record->withheld), ==, 1);
  g_assert_cmpuint (g_strv_length (record->left_out), ==, 2);
  g_assert_cmpuint (g_strv_length (record->hidden), ==, 2);
  assert_change (record->changes, "relayhost", NULL, "ä“x”");
  assert_change (record->written, "mynetworks", "1", NULL);
  g_assert_cmpstr (_nullmail_undo_record_get_own_keys (record, "/etc/old")[0], ==, "[b]:587");
}

/* Records of before there was the binary form, with digests of that time. */
static void
test_text_form (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, fixture->main_cf);
  g_autofree char *text =
    g_strdup_printf ("{'before': <'before'>, 'after': <'%s'>, 'is-unbroken': <true>, "
                     "'changes': <[('relayhost', @ms nothing, just 'a')]>, "
                     "'own-keys': <['[a]:587']>, 'table': <'hash:/etc/new'>}", digest);
  g_autoptr(NullmailUndoRecord) record = NULL;
  g_autoptr(GBytes) other = g_bytes_new_static ("relayhost = b\n", 14);

  save (fixture);
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  record = _nullmail_undo_record_load (fixture->folder, fixture->main_cf, NULL);
  assert_change (record->changes, "relayhost", NULL, "a");
  g_assert_cmpstr (record->own_keys[0], ==, "[a]:587");
  g_assert_true (_nullmail_undo_record_digest_is_of (record->after, fixture->main_cf));
  g_assert_false (_nullmail_undo_record_digest_is_of (record->after, other));
}

static void
assert_damaged (Fixture    *fixture,
                const char *data,
                gsize       size)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, data, size, NULL));
  g_assert_null (_nullmail_undo_record_load (fixture->folder, fixture->main_cf, &error));
  g_assert_error (error, NULLMAIL_ERROR, NULLMAIL_ERROR_INVALID_FILE);
  g_assert_true (_nullmail_undo_record_is_lost (error));
}

/* Half a record, one with another byte, and what is none at all. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  static const char nonsense[] = "\xff\xff\xff\xff";
  g_autoptr(GBytes) payload = g_bytes_new_static (nonsense, 4);
  g_autofree char *fingerprint = _nullmail_fingerprint (payload);
  g_autofree char *no_variant = g_strconcat ("nullmail-undo-1 ", fingerprint, "\n", nonsense, NULL);
  g_autofree char *text = NULL;
  gsize size;

  save (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &text, &size, NULL));
  for (gsize i = 0; i < size; i++)
    {
      assert_damaged (fixture, text, i);
      text[i] ^= 1;
      assert_damaged (fixture, text, size);
      text[i] ^= 1;
    }
  assert_damaged (fixture, no_variant, strlen (no_variant));
  memset (text, '\0', size);
  assert_damaged (fixture, text, size);
}

#define ADD(name, function) \
  g_test_add ("/undo-record/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("round", test_round);
  ADD ("text-form", test_text_form);
  ADD ("damaged", test_damaged);

  return g_test_run ();
}
