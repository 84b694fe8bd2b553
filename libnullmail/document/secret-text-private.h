/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a macro stands for: whether it begins a table with its values that the text behind the macro
 * may continue, up to the end of the word or, with a brace that is not closed, for good. */
typedef enum
{
  NULLMAIL_SECRET_OPENS_NOTHING,
  NULLMAIL_SECRET_OPENS_WORD,
  NULLMAIL_SECRET_OPENS_REST,
} NullmailSecretOpening;

/* What the text refers to, and what is to be known of that. Each function may be NULL. */
typedef struct
{
  /* Told the name of each macro, whichever branch it stands in, and whether what it stands for
   * would be part of a password. */
  void                  (*refer)  (const char *name,
                                   gboolean    is_inside,
                                   gpointer    user_data);
  NullmailSecretOpening (*opens)  (const char *name,
                                   gpointer    user_data);
  /* (transfer full) (nullable): the text with its macros expanded. */
  char                 *(*expand) (const char *text,
                                   gpointer    user_data);
  gpointer                user_data;
} NullmailSecretReader;

typedef enum
{
  NULLMAIL_SECRET_TABLES = 0,             /* type:name, several of them */
  NULLMAIL_SECRET_FRAGMENT = 1 << 0,      /* what a macro stands for, which may be a part of one */
  NULLMAIL_SECRET_INSIDE = 1 << 1,        /* all of it is part of a password */
  NULLMAIL_SECRET_CERTAIN = 1 << 2,       /* where in doubt it is none: it is for something else */
  NULLMAIL_SECRET_WHOLE = 1 << 3,         /* it is a whole value, in which all has to be a table */
  NULLMAIL_SECRET_LOGIN = 1 << 4,         /* it is for anything: only a table counts that is written
                                           * out and looks as one of users and passwords does */
} NullmailSecretFlags;

/* Finds where in a text for tables of passwords the first password may begin, and gives the number
 * of bytes in front of it, or the length where there is none. A name of a table that lies elsewhere
 * is no password. is_certain: (nullable): whether a table with its values begins there, which may
 * be the end of the text. */
gsize    _nullmail_secret_text_find     (const char                 *text,
                                         gsize                       length,
                                         NullmailSecretFlags         flags,
                                         const NullmailSecretReader *reader,
                                         gboolean                   *is_certain);

/* Whether there is anything to hide in a text from there on: more than blanks and braces. */
gboolean _nullmail_secret_text_has_more (const char                 *text,
                                         gsize                       length,
                                         gsize                       start);

/* Whether a text has more braces of one kind than of the other. */
gboolean _nullmail_secret_text_is_open  (const char                 *text);

G_END_DECLS
