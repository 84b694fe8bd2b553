/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"
#include "plan/premises-private.h"

G_BEGIN_DECLS

/* Tells which keys of a password file may still be needed, so that their entries have to stay:
 * those of relays to which relayhost, a fallback, a transport, a filter or a table by sender or
 * recipient may send mail. In doubt a key is needed if any parameter names it. */
typedef struct
{
  GPtrArray           *texts;          /* (element-type utf8) in lower case: they may name keys */
  NullmailPremises    *premises;       /* (unowned) the files that were read for that */
  NullmailObservation *observation;    /* (unowned) it reads them */
  const char          *password_path;  /* (unowned) the password file, whose keys do not count */
  char                *unreadable;     /* (owned) (nullable) what cannot be read may name any key */
} NullmailKeyReferences;

void     _nullmail_key_references_init   (NullmailKeyReferences *self,
                                          NullmailEffective     *effective,
                                          const char            *config_directory,
                                          const char            *password_path,
                                          NullmailPremises      *premises,
                                          NullmailObservation   *observation);
void     _nullmail_key_references_clear  (NullmailKeyReferences *self);
/* Whether a key is needed, in doubt it is, and whether what can be read has a text by itself. */
gboolean _nullmail_key_references_names    (NullmailKeyReferences *self,
                                            const char            *key);
gboolean _nullmail_key_references_mentions (NullmailKeyReferences *self,
                                            const char            *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailKeyReferences, _nullmail_key_references_clear)

G_END_DECLS
