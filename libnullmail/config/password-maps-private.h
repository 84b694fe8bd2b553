/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"
#include "document/password-file-private.h"

G_BEGIN_DECLS

/* An item of smtp_sasl_password_maps that is made of a text file of keys and values. */
typedef struct
{
  char *item;      /* (owned) (nullable) as written, such as hash:$config_directory/sasl_passwd;
                    * NULL where a macro stands for several */
  char *map_type;  /* (owned) */
  char *path;      /* (owned) of the source */
  gboolean is_proxied;  /* proxymap(8) opens it, as the user of mail_owner */
} NullmailPasswordMap;

/* Finds the first such item. FALSE means that there is none. */
gboolean _nullmail_password_map_find     (NullmailPasswordMap *self,
                                          NullmailEffective   *effective);
/* Finds any of these items, counted from 0. */
gboolean _nullmail_password_map_find_nth (NullmailPasswordMap *self,
                                          NullmailEffective   *effective,
                                          guint                n);
void     _nullmail_password_map_clear    (NullmailPasswordMap *self);

/* Parses a text such as “hash:/path”, which is how records keep an item. */
gboolean _nullmail_password_map_parse    (NullmailPasswordMap *self,
                                          const char          *text);

/* Writes another type into the item, and leaves the rest of the list as it is. INVALID_ARGUMENT
 * where it is not written as an item. */
gboolean _nullmail_password_map_retype   (NullmailPasswordMap *self,
                                          NullmailMainCf      *main_cf,
                                          const char          *map_type,
                                          GError             **error);

/* The same without “proxy:”. */
gboolean _nullmail_password_map_open_directly
                                         (NullmailPasswordMap  *self,
                                          NullmailMainCf       *main_cf,
                                          GError              **error);

/* What stands between user name and password in what the tables answer: “:”, or the character that
 * main.cf names, where Postfix knows that parameter. If Postfix cannot be asked, main.cf counts. */
char     _nullmail_password_map_get_separator (NullmailEffective    *effective);
/* Whether the parameter counts, where main.cf has it. */
gboolean _nullmail_password_map_knows_separator (NullmailEffective *effective);
/* Reads a password file by it. What main.cf names begins no password that is shown, even where this
 * Postfix does not know the parameter. */
void     _nullmail_password_map_set_separator (NullmailEffective    *effective,
                                               NullmailPasswordFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPasswordMap, _nullmail_password_map_clear)

G_END_DECLS
