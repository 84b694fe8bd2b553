/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "base/secure-memory-private.h"

G_BEGIN_DECLS

/* What a program said and how it ended. Either text may hold passwords: `postmap -q` answers with
 * them, and a program in trouble may quote its input. */
typedef struct
{
  NullmailSecureBuffer *output;
  NullmailSecureBuffer *errors;
  int                   exit_status;  /* as of exit (), or 128 + signal number */
} NullmailCommandResult;

typedef enum
{
  NULLMAIL_COMMAND_NONE,
  NULLMAIL_COMMAND_TIED,   /* killed as soon as this process is, for nobody else has a use for it */
  NULLMAIL_COMMAND_QUERY,  /* the same of one that only reads: it is also ended at its first fatal
                            * message, behind which Postfix's programs wait for a second */
  NULLMAIL_COMMAND_ONCE,   /* its effect is not to be had twice */
} NullmailCommandFlags;

void _nullmail_command_result_free (NullmailCommandResult *self);

/* Runs one program: no shell, a clean environment, closed descriptors, standard input from the
 * given bytes, a time limit in milliseconds, and a limit on what it may print. Ends the program on
 * timeout (TIMED_OUT), which comes earlier where the cancellable has a deadline, see
 * base/deadline-private.h, and on cancellation. A missing program is COMMAND. Any exit status is a
 * result. */
NullmailCommandResult *_nullmail_command_run (const char * const         *argv,
                                              const NullmailSecureBuffer *input,
                                              NullmailCommandFlags        flags,
                                              guint                       timeout_ms,
                                              GCancellable               *cancellable,
                                              GError                    **error);

/* Takes one line of what a program prints, without its newline; line[length] is NUL. FALSE with
 * error set ends the program. */
typedef gboolean (* NullmailLineFunc) (const char  *line,
                                       gsize        length,
                                       gpointer     user_data,
                                       GError     **error);

/* The same without input, for a program that may print more than there should be memory for: each
 * line is handed on as soon as it is there, and is not kept. The result's output stays empty. */
NullmailCommandResult *_nullmail_command_run_lines (const char * const    *argv,
                                                    NullmailCommandFlags   flags,
                                                    guint                  timeout_ms,
                                                    NullmailLineFunc       func,
                                                    gpointer               user_data,
                                                    GCancellable          *cancellable,
                                                    GError               **error);

/* An absolute path of a program: in directory, or if that is NULL in PATH's absolute folders and
 * then in the usual system folders; NULL with COMMAND. */
char *_nullmail_command_find (const char  *name,
                              const char  *directory,
                              GError     **error);

/* The first line among a command's messages that tells the failure, for use in an error. Lines
 * that may repeat a value of main.cf are left out, since that value may be a secret. */
char *_nullmail_command_result_get_reason (const NullmailCommandResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailCommandResult, _nullmail_command_result_free)

G_END_DECLS
