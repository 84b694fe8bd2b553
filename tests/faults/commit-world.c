/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit-world.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/regular-file-private.h"
#include "scratch.h"

void
world_set_up (World         *world,
              gconstpointer  data G_GNUC_UNUSED)
{
  world->directory = scratch_new ();
  world->fd = open (world->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  world->state = g_build_filename (world->directory, "a", "state", NULL);
  world->n_fds = scratch_count ("/proc/self/fd", "");
}

void
world_tear_down (World         *world,
                 gconstpointer  data G_GNUC_UNUSED)
{
  world_assert_fds (world);
  close (world->fd);
  scratch_free (world->directory);
  g_free (world->state);
}

char *
world_path (World      *world,
            const char *name)
{
  return g_build_filename (world->directory, name, NULL);
}

void
world_write (World      *world,
             const char *name,
             const char *text,
             guint       mode)
{
  g_autofree char *path = world_path (world, name);
  int fd;

  if (unlink (path) < 0)
    g_assert_cmpint (errno, ==, ENOENT);
  if (text == NULL)
    return;

  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (_nullmail_write_all (fd, text, strlen (text)));
  g_assert_cmpint (fchmod (fd, mode), ==, 0);
  close (fd);
}

char *
world_read (World      *world,
            const char *name)
{
  g_autofree char *path = world_path (world, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

void
world_assert_text (World      *world,
                   const char *name,
                   const char *wanted)
{
  g_autofree char *text = world_read (world, name);

  g_assert_cmpstr (text, ==, wanted);
}

NullmailTransaction *
world_begin (World *world)
{
  g_autoptr(GError) error = NULL;
  NullmailTransaction *transaction = _nullmail_transaction_new (world->directory, NULL, &error);

  g_assert_no_error (error);
  return transaction;
}

NullmailStagedFile *
world_open (World                *world,
            NullmailTransaction  *transaction,
            const char           *name,
            NullmailStagedKind    kind,
            GError              **error)
{
  g_autofree char *path = world_path (world, name);

  return _nullmail_transaction_open (transaction, path, kind, NULL, error);
}

guint
world_count (World      *world,
             const char *prefix)
{
  return scratch_count (world->directory, prefix);
}

gboolean
world_has_text (World      *world,
                const char *infix,
                const char *text)
{
  g_autoptr(GDir) dir = g_dir_open (world->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *found = strstr (name, infix) != NULL ? world_read (world, name) : NULL;

      if (g_strcmp0 (found, text) == 0)
        return TRUE;
    }

  return FALSE;
}

void
world_assert_fds (World *world)
{
  g_assert_cmpuint (scratch_count ("/proc/self/fd", ""), ==, world->n_fds);
}
