/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"

G_BEGIN_DECLS

/* A parameter that Postfix has given up for another. */
typedef struct
{
  const char *name;
  const char *warned_since;  /* the version from which on its programs warn of it */
  const char *replacement;
  gboolean    is_tls;        /* it has a say about TLS of the client, see OBSOLETE_TLS_PARAMETER */
  gboolean    keeps_value;   /* the replacement takes the same value */
} NullmailObsoleteName;

/* (nullable): the obsolete parameters one by one; NULL behind the last. */
const NullmailObsoleteName *_nullmail_obsolete_name_get   (guint                       index);
/* (nullable): the one of that name. */
const NullmailObsoleteName *_nullmail_obsolete_name_find  (const char                 *name);

/* Whether this Postfix is known to warn of it. */
gboolean                    _nullmail_obsolete_name_warns (const NullmailObsoleteName *self,
                                                           NullmailEffective          *effective);

G_END_DECLS
