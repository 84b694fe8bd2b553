/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* A password has no place in main.cf, which everybody can read, but a table may be written out
 * there: static:, inline:, randmap:, regexp:{...}. A mask knows which parameters have such text:
 * the *_password_maps, and each that one of them refers to, through however many macros, whichever
 * branch of a condition they stand in, and also from a line that is commented out, that does not
 * count any more, or that stands in master.cf. A table of users and passwords that is written out
 * in a parameter that Postfix does not have, or in a comment, is one of passwords even if nothing
 * refers to it. From where a password may begin on they are shown as asterisks. The name of a table
 * that lies elsewhere is shown.
 *
 * A mask does not change once it is made, and keeps no document. In place of one NULL may be given:
 * then only the *_password_maps themselves are known. */
typedef struct _NullmailMask NullmailMask;

/* A mask for one document, or for two that are shown side by side, so that what is a password in
 * one of them is shown in neither. options: (nullable) (element-type NullmailMasterOption): what
 * master.cf has. remembered: (nullable): parameters that an earlier mask listed as hidden. It takes
 * time in proportion to the length of the documents. */
NullmailMask *_nullmail_mask_new           (NullmailEffective  *effective,
                                            NullmailEffective  *other,
                                            GPtrArray          *options,
                                            const char * const *remembered);
void          _nullmail_mask_free          (NullmailMask       *self);

/* (transfer full) (nullable): the value as it may be shown; NULL for NULL. */
char         *_nullmail_mask_show_value    (const NullmailMask *self,
                                            const char         *parameter,
                                            const char         *value);
gboolean      _nullmail_mask_hides_value   (const NullmailMask *self,
                                            const char         *parameter,
                                            const char         *value);

/* Whether a value for tables of passwords has a word that is no name of a table, nor a macro: it
 * may be the password itself. */
gboolean      _nullmail_mask_hides_word    (const char         *parameter,
                                            const char         *value);

/* (transfer full): what a program of Postfix says, which may quote main.cf. */
char         *_nullmail_mask_show_message  (const char         *text);

/* (transfer full): a text for people in which the passwords that main.cf has are asterisks, for it
 * may quote what the macros of another parameter stand for. */
char         *_nullmail_mask_scrub         (const NullmailMask *self,
                                            const char         *text);

/* Whether a value has a table in it that is written out, and is for passwords: then it is certain
 * that it has one. */
gboolean      _nullmail_mask_is_table      (const NullmailMask *self,
                                            const char         *parameter,
                                            const char         *value);

/* Whether there is a password in any parameter, so that what another one stands for may have it. */
gboolean      _nullmail_mask_has_secrets   (const NullmailMask *self);

/* The parameters that were met on the way from those for passwords, sorted by their names. */
char        **_nullmail_mask_list_names    (const NullmailMask *self);

/* Those of them other than the *_password_maps that have a password in a document: it is still one
 * when nothing refers to it any more. */
char        **_nullmail_mask_list_hidden   (const NullmailMask *self,
                                            NullmailMainCf     *main_cf);

/* (transfer full): the text of main.cf as it may be shown, line for line. */
char         *_nullmail_mask_show_main_cf  (const NullmailMask *self,
                                            GBytes             *bytes);
/* Whether there is anything in it that may not. */
gboolean      _nullmail_mask_hides_main_cf (const NullmailMask *self,
                                            GBytes             *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailMask, _nullmail_mask_free)

/* From here on for the files of the mask. */

/* Where a password may begin in a text of a parameter: a number of bytes, or the length. */
gsize         _nullmail_mask_find          (const NullmailMask *self,
                                            const char         *parameter,
                                            const char         *text,
                                            gsize               length);
gboolean      _nullmail_mask_has_names     (const NullmailMask *self);
/* Whether a name, of which so many bytes are given, is one that the mask knows; a copy of it. */
char         *_nullmail_mask_know          (const NullmailMask *self,
                                            const char         *name,
                                            gsize               length);

/* Where a table of users and passwords is written out in a text that is for no parameter; the
 * length where there is none. */
gsize         _nullmail_mask_find_login    (const NullmailMask *self,
                                            const char         *text,
                                            gsize               length);

/* The text behind the first name in front of a “=” that the mask knows, or behind the first word of
 * a line; NULL for none. */
const char   *_nullmail_mask_find_mention  (const NullmailMask *self,
                                            const char         *line,
                                            const char         *end,
                                            char              **name);

/* Whose text a line is, commented out or not. */
typedef struct
{
  char     *name;    /* (owned) (nullable) the parameter that the line begins or continues */
  int       depth;   /* how many braces are open behind it */
  gboolean  goes_on; /* it does not look finished */
} NullmailLineOwner;

/* Goes on to the next line, without its LF. */
void          _nullmail_line_owner_read    (NullmailLineOwner  *self,
                                            const char         *line,
                                            const char         *end);
void          _nullmail_line_owner_clear   (NullmailLineOwner  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailLineOwner, _nullmail_line_owner_clear)

/* A walk over the lines of a text that are not settings in force: those that are commented out, and
 * those that Postfix takes for a part of another one. */
typedef struct
{
  const NullmailMask *mask;
  char               *parameter;  /* (owned) (nullable) whose text the last line had */
  gboolean            is_open;    /* the last line had a password that may go on */
} NullmailRemarks;

/* Where a password begins in a text that is commented out; the length where there is none. In a
 * remark on no parameter (NULL) only what is a password for certain counts. */
gsize         _nullmail_mask_find_remark   (const NullmailMask *self,
                                            const char         *parameter,
                                            const char         *text,
                                            gsize               length);

/* Finds where a line, without its LF, has text of a parameter that the mask knows; NULL for
 * none. */
const char   *_nullmail_remarks_read       (NullmailRemarks    *self,
                                            const char         *line,
                                            const char         *end);
void          _nullmail_remarks_leave      (NullmailRemarks    *self);

G_END_DECLS
