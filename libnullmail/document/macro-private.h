/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives the unexpanded value of a parameter, to be freed, or NULL where nobody knows the name. */
typedef char *(*NullmailMacroLookup) (const char *name,
                                      gpointer    user_data);

/* What a function makes of an argument in ${function{argument}}, to be freed; NULL where that is
 * not known, or where is_refused is set to TRUE, since there is no such function and Postfix stops
 * at it. */
typedef char *(*NullmailMacroCaller) (const char *function,
                                      const char *argument,
                                      gboolean   *is_refused,
                                      gpointer    user_data);

/* Expands the macros of a value as Postfix does, see postconf(5). A name that nobody knows stays
 * as it is written, but counts as empty in a condition or comparison. Without a caller there are no
 * functions. INVALID_FILE for a syntax error, a loop, and what takes too much depth, time or
 * space. */
char    *_nullmail_macro_expand  (const char           *text,
                                  NullmailMacroLookup   lookup,
                                  NullmailMacroCaller   call,
                                  gpointer              user_data,
                                  GError              **error);

/* Whether a parameter, of whose name so many bytes are given, is for tables of passwords: its value
 * may be such a table itself. */
gboolean _nullmail_names_passwords (const char           *parameter,
                                    gsize                 length);

/* Whether a character can stand in the name of a macro, which is that of a parameter. */
gboolean _nullmail_is_name_character (char                    c);

/* (nullable): what a function of Postfix 3.11 makes of an argument; NULL where that is not
 * known. */
char    *_nullmail_macro_call    (const char           *function,
                                  const char           *argument);

/* The length of the operator at the start of a text, 0 where there is none. */
gsize    _nullmail_macro_measure_operator (const char          *text,
                                           const char          *end);

/* Evaluates "left operator right", where the operator may end in "level". */
gboolean _nullmail_macro_compare (const char           *left,
                                  const char           *operator,
                                  const char           *right,
                                  gboolean             *result);

G_END_DECLS
