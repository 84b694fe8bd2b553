/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The one mechanism behind every asynchronous method. The synchronous method does the work; its
 * _async form copies the arguments and starts a task, whose function calls the synchronous method
 * and returns the result through the task; its _finish form hands the result out.
 *
 * A task that has finished is reported as finished, even if it was cancelled meanwhile: what was
 * committed must never be reported as cancelled. */

/* Does the work, and returns through the task, with one of the two functions below. */
typedef void (* NullmailTaskFunc) (GTask        *task,
                                   gpointer      arguments,
                                   GCancellable *cancellable);

/* Starts a task in a worker thread. tag is the address of the _async function, by which _finish
 * knows its own results. The arguments are taken over; free_arguments may be NULL. */
void     _nullmail_task_start          (gpointer             source,
                                        gpointer             tag,
                                        NullmailTaskFunc     func,
                                        gpointer             arguments,
                                        GDestroyNotify       free_arguments,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

/* Starts a task in an idle of the caller's main context, for work that is bound to its thread, such
 * as a method that is implemented in an interpreted language. */
void     _nullmail_task_start_in_idle  (gpointer             source,
                                        gpointer             tag,
                                        NullmailTaskFunc     func,
                                        gpointer             arguments,
                                        GDestroyNotify       free_arguments,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

/* Returns TRUE, or the error, which is taken over. */
void     _nullmail_task_return_boolean (GTask               *task,
                                        gboolean             result,
                                        GError              *error);
void     _nullmail_task_return_int     (GTask               *task,
                                        gssize               result,
                                        GError              *error);
/* Returns the error if there is one, which is taken over, else the pointer, be it NULL. */
void     _nullmail_task_return_pointer (GTask               *task,
                                        gpointer             result,
                                        GDestroyNotify       free_result,
                                        GError              *error);

/* Whether a result is one of the source's method whose _async function is the tag, and nobody has
 * taken it yet; INVALID_ARGUMENT if not, for a caller in another language can pass any. */
gboolean _nullmail_task_take           (GAsyncResult        *result,
                                        gpointer             source,
                                        gpointer             tag,
                                        GError             **error);

G_END_DECLS
