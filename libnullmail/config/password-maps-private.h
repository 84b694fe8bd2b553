/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/main-cf.h"

G_BEGIN_DECLS

/* An item of smtp_sasl_password_maps that is made of a file. */
typedef struct
{
  char *item;      /* (owned) (nullable) as written, such as hash:$config_directory/sasl_passwd */
  char *map_type;  /* (owned) */
  char *path;      /* (owned) of the source */
} NullmailPasswordMap;

/* The first; FALSE: no such item. defaults are for the macros in the value. */
gboolean _nullmail_password_map_find    (NullmailPasswordMap *self,
                                         NullmailMainCf      *main_cf,
                                         GHashTable          *defaults);
/* Any of them, counted from 0. */
gboolean _nullmail_password_map_find_nth (NullmailPasswordMap *self,
                                          NullmailMainCf      *main_cf,
                                          guint                n,
                                          GHashTable          *defaults);
void     _nullmail_password_map_clear   (NullmailPasswordMap *self);

/* Writes another type into the item, and leaves the rest of the list as it is. */
gboolean _nullmail_password_map_retype  (NullmailPasswordMap *self,
                                         NullmailMainCf      *main_cf,
                                         const char          *map_type,
                                         GError             **error);

/* Whether the client logs in: smtp_sasl_auth_enable is yes. */
gboolean _nullmail_main_cf_authenticates (NullmailMainCf *main_cf);

/* The text that smtp(8) looks credentials up with:
 * relayhost with its macros expanded; NULL: none. */
char    *_nullmail_main_cf_get_relay_key (NullmailMainCf *main_cf,
                                          GHashTable     *defaults);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailPasswordMap, _nullmail_password_map_clear)

G_END_DECLS
