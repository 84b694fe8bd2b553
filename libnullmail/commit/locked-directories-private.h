/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* The directories that a transaction works in. Each is walked to once, locked, and cleared of what
 * a killed run has left there; it stays open and locked until all of them are freed. */
typedef struct _NullmailLockedDirectories NullmailLockedDirectories;

/* Where a path leads in the end, and what stands there. */
typedef struct
{
  int          directory;         /* (unowned) */
  struct stat  directory_info;
  char        *name;              /* (owned) */
  gboolean     by_link;           /* there is a link on the path */
  gboolean     exists;
  struct stat  info;              /* if it exists */
} NullmailPlace;

void                       _nullmail_place_clear (NullmailPlace *place);

NullmailLockedDirectories *_nullmail_locked_directories_new  (void);
void                       _nullmail_locked_directories_free (NullmailLockedDirectories *self);

/* Returns a descriptor that is borrowed, or -1 with error set. */
int      _nullmail_locked_directories_enter (NullmailLockedDirectories  *self,
                                             const char                 *path,
                                             GCancellable               *cancellable,
                                             GError                    **error);

/* Enters the directory of a file, which need not exist. Links on the way are followed after their
 * owners were checked. */
gboolean _nullmail_locked_directories_find  (NullmailLockedDirectories  *self,
                                             const char                 *path,
                                             NullmailPlace              *place,
                                             GCancellable               *cancellable,
                                             GError                    **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPlace, _nullmail_place_clear)

G_END_DECLS
