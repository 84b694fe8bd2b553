/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What programs of Postfix have said when they were asked. An answer holds as long as its basis is
 * the same, which is a text that tells which files it depends on and in what state they are. So
 * does a failure. Any thread may use an object. */
typedef struct _NullmailAnswers NullmailAnswers;

NullmailAnswers *_nullmail_answers_new      (void);
void             _nullmail_answers_free     (NullmailAnswers  *self);

/* A basis: the state of each file, and the host's name. The paths end with NULL. */
char            *_nullmail_basis_new        (const char       *path,
                                             ...) G_GNUC_NULL_TERMINATED;

/* Gets the last answer to a question, or the error that stood in its place. FALSE means that it
 * does not hold any more, and Postfix has to be asked. */
gboolean         _nullmail_answers_recall   (NullmailAnswers  *self,
                                             const char       *question,
                                             const char       *basis,
                                             GBoxedCopyFunc    copy,
                                             gpointer         *value,
                                             GError          **error);

/* Keeps an answer, or the error in its place. If asking was cancelled or took too long nothing is
 * kept, so that Postfix is asked again. */
void             _nullmail_answers_remember (NullmailAnswers  *self,
                                             const char       *question,
                                             const char       *basis,
                                             gpointer          take_value,
                                             GDestroyNotify    free_value,
                                             const GError     *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailAnswers, _nullmail_answers_free)

G_END_DECLS
