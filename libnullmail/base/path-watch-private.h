/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells when files change: what is in them, their mode, their owner, or what their names lead
 * to. */
typedef struct _NullmailPathWatch NullmailPathWatch;

/* May free the watch. */
typedef void (* NullmailPathFunc) (const char *path,
                                   gpointer    user_data);

/* Tells of changes in the thread-default main context of the caller. FAILED where the kernel has no
 * watch left for this user. */
NullmailPathWatch *_nullmail_path_watch_new       (const char * const  *paths,
                                                   NullmailPathFunc     func,
                                                   gpointer             user_data,
                                                   GError             **error);
void               _nullmail_path_watch_free      (NullmailPathWatch   *self);

/* Watches these from now on. Each path is absolute; those that were watched before go on, and a new
 * one has not changed yet. */
void               _nullmail_path_watch_set_paths (NullmailPathWatch   *self,
                                                   const char * const  *paths);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPathWatch, _nullmail_path_watch_free)

G_END_DECLS
