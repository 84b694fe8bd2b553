/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/secret-text-private.h"

G_BEGIN_DECLS

/* What a mask knows: mask-builder.c finds it out, and mask.c answers from it. */

/* What is known of a parameter. */
enum
{
  MASK_REACHED = 1 << 0,         /* it is for passwords, or one that is refers to it */
  MASK_INSIDE = 1 << 1,          /* what it stands for is part of a password */
  MASK_OPENS = 1 << 2,           /* what it stands for has a password in it, or begins one ... */
  MASK_OPENS_REST = 1 << 3,      /* ... in a brace that may be closed by what is behind */
  MASK_VISITED = 1 << 4,         /* its text was looked at ... */
  MASK_VISITED_INSIDE = 1 << 5,  /* ... as part of a password */
  MASK_NAMED = 1 << 6,           /* a parameter for passwords says so, and not its own text alone */
  MASK_OTHER = 1 << 7,           /* its text looks as a login does, but Postfix needs it for
                                  * something else */
  MASK_RELAY = 1 << 8,           /* it names relays, and one of them with user and password */
};

typedef struct _NullmailMask NullmailMask;

struct _NullmailMask
{
  GHashTable *names;       /* name: what is known of it */
  GHashTable *expansions;  /* text: what its macros stand for; of types and names of tables */
  guint64     lengths;     /* a bit for each length that a name has */
  GHashTable *secrets;     /* the passwords themselves, as they are written and expanded */
  gboolean    has_tables;  /* a table may be written out somewhere */
  gboolean    has_logins;  /* a user and a password may stand in front of a host somewhere */
};

/* What is known of a parameter; one for tables of passwords is reached in any case. */
guint    _nullmail_mask_get_marks          (const NullmailMask *self,
                                            const char         *name);

/* Whether a parameter is of the null client and has another purpose, such as relayhost, which a
 * table of passwords may refer to as its key. */
gboolean _nullmail_mask_has_other_purpose (const char         *name);

/* Whether a parameter of the null client has no use for what a table of users and passwords gives,
 * so that one that stands there got there by mistake. */
gboolean _nullmail_mask_has_no_lookups     (const char         *name);

/* Whether a parameter has variables of the environment; and where the first value of one begins in
 * its text that may be a password, or the length. */
gboolean _nullmail_mask_is_environment     (const char         *name);
gsize    _nullmail_mask_find_in_environment (const char        *text,
                                            gsize               length);

/* (transfer full) (nullable): the next name in a text that may say that its parameter has
 * passwords; the text is then what stands behind it. Most texts have none, so that their bytes are
 * searched instead of their names. */
char    *_nullmail_mask_next_name          (const char        **text,
                                            const char         *stop);

/* (nullable): what stands behind the next “relayhost” that is a name or begins one. */
const char *_nullmail_mask_next_relayhost  (const char         *text,
                                            const char         *stop);

/* Where a password begins that stands with a user in front of a host, or the length. */
gsize    _nullmail_mask_find_host_login    (const char         *text,
                                            gsize               length);

/* The same in a whole line, which may also be an entry of a password file that somebody put into
 * main.cf, or commented out there. */
gsize    _nullmail_mask_find_line_login    (const char         *line,
                                            gsize               length);

/* Whether a line of a main.cf may have such a password. */
gboolean _nullmail_mask_may_have_logins    (GBytes             *bytes);

/* The bit of the lengths for names of a length. */
guint64  _nullmail_mask_get_length_bit     (gsize               length);

/* What a macro begins, for the reader of secret texts; user_data is the mask. */
NullmailSecretOpening
         _nullmail_mask_get_opening        (const char         *name,
                                            gpointer            user_data);

G_END_DECLS
