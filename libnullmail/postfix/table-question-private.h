/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/command-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

typedef enum
{
  NULLMAIL_TABLE_NOT_ASKED,  /* there is no postmap, or it stops for a reason that lies elsewhere */
  NULLMAIL_TABLE_ANSWERED,   /* what it has for the keys is known */
  NULLMAIL_TABLE_BROKEN,     /* Postfix cannot open or read it */
  NULLMAIL_TABLE_SILENT,     /* nothing came in time */
} NullmailTableState;

/* What a table is asked, and what it has answered, which may hold passwords. */
typedef struct
{
  char                  *table;    /* (owned) as Postfix is to open it */
  NullmailSecureBuffer  *keys;     /* (owned) a line each */
  NullmailTableState     state;
  NullmailCommandResult *result;   /* (owned) (nullable) what postmap said */
} NullmailTableQuestion;

/* Takes the keys over. */
NullmailTableQuestion *_nullmail_table_question_new       (const char            *table,
                                                           NullmailSecureBuffer  *take_keys);
void                   _nullmail_table_question_free      (NullmailTableQuestion *self);

/* Asks all tables at once, in the way in which Postfix does, so that those that hang cost the time
 * of one: they are given up after 1.5 seconds. */
void                   _nullmail_table_questions_ask      (GPtrArray             *questions,
                                                           NullmailInstallation  *installation,
                                                           NullmailEffective     *effective,
                                                           GCancellable          *cancellable);

/* (nullable): the value in the answer to a key, without its case; for a table without secrets. */
char                  *_nullmail_table_question_get_value (const NullmailTableQuestion *self,
                                                           const char            *key);
/* Whether there is an answer to a key; no value is copied. */
gboolean               _nullmail_table_question_has       (const NullmailTableQuestion *self,
                                                           const char            *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailTableQuestion, _nullmail_table_question_free)

G_END_DECLS
