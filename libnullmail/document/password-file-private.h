/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "base/secure-memory-private.h"
#include "document/password-entry-private.h"

G_BEGIN_DECLS

/* The source of a table of passwords, sasl_passwd, as a lossless document in the syntax of
 * postmap(1). Its text is in one secure buffer and never elsewhere; keys and user names may be
 * copied. Keys are compared without regard to ASCII case, and of duplicates the first counts.
 *
 * Lines that postmap skips are kept as they are: without a value, with unbalanced quotes, indented
 * with nothing before them. Entries that are not UTF-8 are skipped by it as well, by default: they
 * are not found and not listed, but edits treat them like others.
 *
 * One thread at a time, but for reference counting. */
typedef struct _NullmailPasswordFile NullmailPasswordFile;

NullmailPasswordFile *_nullmail_password_file_new             (void);

/* Takes a reference; the bytes must not be changed any more. INVALID_FILE for a NUL byte and for
 * more than 64 MiB. */
NullmailPasswordFile *_nullmail_password_file_new_from_buffer (NullmailSecureBuffer  *buffer,
                                                               GError               **error);
NullmailPasswordFile *_nullmail_password_file_ref             (NullmailPasswordFile *self);
void                  _nullmail_password_file_unref           (NullmailPasswordFile *self);
NullmailPasswordFile *_nullmail_password_file_copy            (NullmailPasswordFile *self);

/* What stands between user name and password: “:”, unless it is set. A copy has the same. All that
 * were ever set may be asked for: in front of the first of them is no password. */
void                  _nullmail_password_file_set_separator   (NullmailPasswordFile *self,
                                                               char                  separator);
char                  _nullmail_password_file_get_separator   (NullmailPasswordFile *self);
const char           *_nullmail_password_file_get_separators  (NullmailPasswordFile *self);

/* The bytes of now: not owned, not to be changed, valid until the next edit. They are put together
 * when they are first asked for after an edit. */
NullmailSecureBuffer *_nullmail_password_file_get_buffer      (NullmailPasswordFile *self);

/* (transfer full) (element-type utf8): each key once, as its first occurrence has it. */
GPtrArray            *_nullmail_password_file_list_keys       (NullmailPasswordFile *self);
gboolean              _nullmail_password_file_has_key         (NullmailPasswordFile *self,
                                                               const char           *key);
/* Counted from 1, 0 where there is none. */
guint                 _nullmail_password_file_get_line_of     (NullmailPasswordFile *self,
                                                               const char           *key);
/* Where there is no separator, the password is empty, as it is for Postfix. */
gboolean              _nullmail_password_file_lookup          (NullmailPasswordFile  *self,
                                                               const char            *key,
                                                               char                 **username,
                                                               NullmailSecureBuffer **password);

/* What a table that is made of it is to be asked, a key a line, and has to answer to
 * `postmap -q -`: “<key><tab><value><newline>” for each. Keys with quotes are left out. */
void                  _nullmail_password_file_get_answers     (NullmailPasswordFile *self,
                                                               NullmailSecureBuffer *keys,
                                                               NullmailSecureBuffer *answers);

/* Whether one of the passwords stands in a text, which then is not for people. */
gboolean              _nullmail_password_file_reveals         (NullmailPasswordFile *self,
                                                               const char           *text);

/* Whether an entry can be set: no white space or quotes in the key, a user name without the
 * separator, no blanks at the start of the user name or the end of the password, no line ends,
 * UTF-8. */
gboolean              _nullmail_password_file_can_hold        (NullmailPasswordFile *self,
                                                               const char           *key,
                                                               const char           *username,
                                                               const NullmailSecureBuffer
                                                                                    *password);

/* The edits return whether they changed anything. */

/* Puts one entry at the place of the first with this key, or at the end, and drops the others. What
 * is given must be what the file can hold. */
gboolean              _nullmail_password_file_set             (NullmailPasswordFile *self,
                                                               const char           *key,
                                                               const char           *username,
                                                               const NullmailSecureBuffer
                                                                                    *password);
gboolean              _nullmail_password_file_remove          (NullmailPasswordFile *self,
                                                               const char           *key);
gboolean              _nullmail_password_file_remove_others   (NullmailPasswordFile *self,
                                                               const char           *key);

/* How an entry may be shown: its key, and "user:********"; just asterisks for what may be a
 * password in the wrong place. Returns FALSE, and shows nothing, where there is none. */
gboolean              _nullmail_password_file_describe        (NullmailPasswordFile  *self,
                                                               const char            *key,
                                                               char                 **shown_key,
                                                               char                 **shown_value);

/* The text for people, without any password: line for line that of the buffer, UTF-8. Comments and
 * broken lines may hold an old password, so that little of them is shown. */
char                 *_nullmail_password_file_mask            (NullmailPasswordFile *self);

/* For the files of this class: the entry of a key that counts. Its text is valid until the next
 * edit and as long as the buffer is, which is made where it is needed. */
gboolean              _nullmail_password_file_find_entry      (NullmailPasswordFile   *self,
                                                               const char             *key,
                                                               NullmailPasswordEntry  *entry,
                                                               NullmailSecureBuffer  **joined);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailPasswordFile, _nullmail_password_file_unref)

G_END_DECLS
