/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/main-cf.h"
#include "document/main-cf-text-private.h"

G_BEGIN_DECLS

/* A logical line that Postfix stops at, or, where it is the indented first one, drops. */
typedef struct
{
  guint    line;  /* counted from 1 */
  gboolean is_indented_first;
} NullmailBadLine;

/* The bytes that the document, or the one it was copied from, was made of; not owned, NULL for a
 * document that began empty. */
GBytes *_nullmail_main_cf_get_base       (NullmailMainCf *self);

/* The bytes of now, not owned, valid until the next edit. */
GBytes *_nullmail_main_cf_peek_bytes     (NullmailMainCf *self);

/* The document without its edits, sharing what was read; (transfer full). NULL where that is no
 * longer held apart from them. */
NullmailMainCf *_nullmail_main_cf_copy_base (NullmailMainCf *self);

/* The parameters whose value may be another in after, in the order of the file and each once; NULL
 * where that is not known, for the two were not read together, or before was edited as well. */
char  **_nullmail_main_cf_list_edited    (NullmailMainCf *before,
                                          NullmailMainCf *after);
/* The parameters that have a character in their text, in the order of the file and each once. */
char  **_nullmail_main_cf_list_with      (NullmailMainCf *self,
                                          char            c);

/* (transfer full) (nullable): the name of the next setting, from a position on that begins with 0;
 * NULL at the end. A name that occurs several times is given as often. */
char   *_nullmail_main_cf_next_name      (NullmailMainCf *self,
                                          guint32        *position);

/* The values of all occurrences of a parameter, also of those that do not count, as bytes. */
char  **_nullmail_main_cf_list_values    (NullmailMainCf *self,
                                          const char     *name);

/* (transfer full) (element-type NullmailBadLine), in the order of the file. */
GArray *_nullmail_main_cf_list_bad_lines (NullmailMainCf *self);

/* For the files of this class. */
NullmailMainCfText *_nullmail_main_cf_get_text (NullmailMainCf *self);

G_END_DECLS
