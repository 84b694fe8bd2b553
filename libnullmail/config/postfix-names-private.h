/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The names of parameters that a Postfix knows, by what it says of their defaults. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _NullmailPostfixNames NullmailPostfixNames;

/* Of the defaults by their names, which have to outlive this. */
NullmailPostfixNames *_nullmail_postfix_names_new       (GHashTable           *values);
void                  _nullmail_postfix_names_free      (NullmailPostfixNames *self);
guint                 _nullmail_postfix_names_count     (NullmailPostfixNames *self);

/* Whether it is an old name that Postfix still takes: “postconf -d” does not have it, but the
 * default of what has come in its place does, such as “$virtual_maps” in that of
 * virtual_alias_maps. */
gboolean              _nullmail_postfix_names_mention   (NullmailPostfixNames *self,
                                                         const char           *name);

/* (nullable): the one name that is nearer than all others to one that is not known, and near. */
const char           *_nullmail_postfix_names_find_near (NullmailPostfixNames *self,
                                                         const char           *name);

G_END_DECLS
