/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "commit/write-guard-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The guard is a read lease, see F_SETLEASE in fcntl (2). It can be had only while nobody has the
 * file open for writing, and as long as it is held who opens it so has to wait. The kernel tells
 * the holder by a signal, which would end the program: it is sent to this thread, and held back.
 *
 * Not every file system has leases, and of another user's file only CAP_LEASE gives one. Then there
 * is no guard, and an edit of such a program can be lost. */

#define TRIES    20
#define RETRY_US (10 * 1000)

static gboolean
set_lease (int fd)
{
  struct f_owner_ex owner = { F_OWNER_TID, gettid () };

  return fcntl (fd, F_SETOWN_EX, &owner) == 0 && fcntl (fd, F_SETLEASE, F_RDLCK) == 0;
}

gboolean
_nullmail_write_guard_take (NullmailWriteGuard *self,
                            int                 fd)
{
  guint i = 0;

  self->fd = fd;
  _nullmail_signal_hold (&self->signal, SIGIO);
  while (!(self->has_lease = set_lease (fd)) && errno == EAGAIN && ++i < TRIES)
    g_usleep (RETRY_US);
  if (self->has_lease)
    return TRUE;

  _nullmail_signal_release (&self->signal, TRUE);
  return i < TRIES;
}

gboolean
_nullmail_write_guard_is_awaited (NullmailWriteGuard *self)
{
  return self->has_lease && fcntl (self->fd, F_GETLEASE) != F_RDLCK;
}

void
_nullmail_write_guard_release (NullmailWriteGuard *self)
{
  if (!self->has_lease)
    return;

  fcntl (self->fd, F_SETLEASE, F_UNLCK);
  self->has_lease = FALSE;
  _nullmail_signal_release (&self->signal, TRUE);
}
