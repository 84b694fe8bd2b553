/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of a lookup table as main.cf writes it, such as “hash:/etc/postfix/x”, and behind
 * “proxy:” where proxymap(8) opens it. Macros are not expanded here. See DATABASE_README. */
typedef struct
{
  gboolean  is_proxied;
  char     *type;  /* (owned) */
  char     *name;  /* (owned) what follows the colon behind the type */
} NullmailTableName;

/* Where the contents of a table come from. */
typedef enum
{
  NULLMAIL_TABLE_OTHER,   /* a service, or a type that is not known here */
  NULLMAIL_TABLE_KEYED,   /* a text file of keys and values, compiled or not: hash, texthash ... */
  NULLMAIL_TABLE_PATTERN, /* a text file of patterns: regexp, pcre, cidr */
  NULLMAIL_TABLE_INLINE,  /* the name itself: static, inline, randmap, and regexp:{...} */
  NULLMAIL_TABLE_NESTED,  /* other tables, whose names stand in braces: unionmap, pipemap */
  NULLMAIL_TABLE_DATABASE, /* ldap, mysql ...: a file has the settings, or main.cf, where the name
                            * of each begins with that of the table */
} NullmailTableKind;

/* Whether what follows the colon behind a type holds the table's values, such as passwords. */
typedef enum
{
  NULLMAIL_TABLE_HAS_NAME,         /* the values are elsewhere: “hash:/etc/postfix/x” */
  NULLMAIL_TABLE_IS_PROXIED,       /* another type and its name follow: “proxy:” */
  NULLMAIL_TABLE_MAY_HOLD_VALUES,  /* no type that is known here, and no path */
  NULLMAIL_TABLE_HOLDS_VALUES,     /* static, inline, randmap, and regexp:{...} */
} NullmailTableSecrecy;

/* FALSE where the text has no type. */
gboolean           _nullmail_table_name_parse          (NullmailTableName       *self,
                                                        const char              *text);
void               _nullmail_table_name_clear          (NullmailTableName       *self);
char              *_nullmail_table_name_to_string      (const NullmailTableName *self);

NullmailTableKind  _nullmail_table_name_get_kind       (const NullmailTableName *self);

/* The names of the tables that a nested one is made of; empty for any other. Never NULL. */
char             **_nullmail_table_name_list_inner     (const NullmailTableName *self);

/* What stands in a table whose contents are its name, without the braces around each: the pairs of
 * “inline:{...}”, the rules of “regexp:{...}”. Empty for any other. Never NULL. */
char             **_nullmail_table_name_list_entries   (const NullmailTableName *self);

/* Splits such a pair; FALSE where it is none. */
gboolean           _nullmail_table_entry_parse         (const char              *entry,
                                                        char                   **key,
                                                        char                   **value);

/* Looks a key up in “inline:{...}”, ignoring case. (nullable) */
char              *_nullmail_table_name_look_up_inline (const NullmailTableName *self,
                                                        const char              *key);

/* Judges a type by what follows its colon, of which so many bytes are given. */
NullmailTableSecrecy _nullmail_table_type_judge        (const char              *type,
                                                        const char              *name,
                                                        gsize                    length);

/* Whether a table that is written out, given by its type and what follows the colon, has
 * “user:password” among its values, as far as that can be told from the text alone: a destination
 * such as “smtp:[host]:25” is none. TRUE too where that cannot be told, since a brace is not closed
 * or nothing follows. */
gboolean           _nullmail_table_holds_login         (const char              *type,
                                                        const char              *name);

/* Whether a text may have such a table, which takes no longer than to look at each colon. */
gboolean           _nullmail_table_is_in_text          (const char              *text,
                                                        gsize                    length);

/* The tables of a parameter's value, and those in braces that stand among them. */
char             **_nullmail_table_list_split          (const char              *value);

/* Whether this library can build tables of a type: hash, btree, lmdb, cdb and texthash. */
gboolean           _nullmail_table_type_can_be_built   (const char              *type);
/* Those types one by one; NULL behind the last. */
const char        *_nullmail_table_type_get_nth        (guint                    index);
/* What a compiled table's file has behind the name of its source; NULL where the source itself is
 * what Postfix reads, and for types that cannot be built here. */
const char        *_nullmail_table_type_get_suffix     (const char              *type);

/* The one choice of a type for a new table: the preferred one if there is one that can be built and
 * is supported, else lmdb, cdb or hash, else texthash, which every Postfix reads. */
typedef gboolean (* NullmailTableTypeFilter)           (const char              *type,
                                                        gpointer                 user_data);
const char        *_nullmail_table_type_choose         (const char              *preferred,
                                                        NullmailTableTypeFilter  is_supported,
                                                        gpointer                 user_data);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailTableName, _nullmail_table_name_clear)

G_END_DECLS
