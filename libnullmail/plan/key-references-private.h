/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* Which keys of the password file somebody may still need: those that relayhost, a fallback, a
 * transport, a filter or a table by sender or recipient names; in doubt, whatever any parameter
 * names. */
typedef struct
{
  GPtrArray  *texts;          /* (element-type utf8) lower case: what may name one */
  const char *password_path;  /* (unowned) that file, which is not looked into */
  char       *unreadable;     /* (owned) (nullable) what cannot be read: any key may be needed */
} NullmailKeyReferences;

void     _nullmail_key_references_init   (NullmailKeyReferences *self,
                                          NullmailEffective     *effective,
                                          const char            *config_directory,
                                          const char            *password_path);
void     _nullmail_key_references_clear  (NullmailKeyReferences *self);
gboolean _nullmail_key_references_names  (NullmailKeyReferences *self,
                                          const char            *key);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailKeyReferences, _nullmail_key_references_clear)

G_END_DECLS
