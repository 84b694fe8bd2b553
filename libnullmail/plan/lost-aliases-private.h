/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* Aliases that had an effect and have none any more, since local(8) alone reads them. */
typedef struct
{
  char *root;   /* (owned) (nullable) the file with that of root, and the name; or his .forward */
  char *other;  /* (owned) (nullable) the same of the first other that leads to another host */
} NullmailLostAliases;

/* Looks for such aliases if mail was delivered on this host before, and no longer is after. What
 * cannot be read is left out. */
void _nullmail_lost_aliases_find  (NullmailLostAliases *self,
                                   NullmailEffective   *before,
                                   NullmailEffective   *after);
void _nullmail_lost_aliases_clear (NullmailLostAliases *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailLostAliases, _nullmail_lost_aliases_clear)

G_END_DECLS
