/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A log that somebody else writes and now and then rotates: it is read to its end under its old
 * name first, and then from the beginning of the new one. */
typedef struct _NullmailLogFile NullmailLogFile;

/* Takes one line without its newline. */
typedef void (* NullmailLogFunc) (const char *line,
                                  gpointer    user_data);

NullmailLogFile *_nullmail_log_file_new      (const char      *path);
void             _nullmail_log_file_free     (NullmailLogFile *self);

/* Leaves out what is in it now. */
void             _nullmail_log_file_skip     (NullmailLogFile *self);
/* The same, but for so many bytes at its end. */
void             _nullmail_log_file_skip_to_tail (NullmailLogFile *self,
                                                  gsize            size);
/* Begins with the one before, if it was rotated and is not compressed. */
void             _nullmail_log_file_rewind   (NullmailLogFile *self);

/* Hands on the lines that have come since. A last one without its newline waits for the rest. FALSE
 * where there is no such file for this user to read. */
gboolean         _nullmail_log_file_read     (NullmailLogFile *self,
                                              NullmailLogFunc  func,
                                              gpointer         user_data,
                                              GCancellable    *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailLogFile, _nullmail_log_file_free)

G_END_DECLS
