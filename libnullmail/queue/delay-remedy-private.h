/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "queue/delay-cause.h"

G_BEGIN_DECLS

/* The way out of one well-known reply. */
typedef struct
{
  const char         *name;
  NullmailDelayCause  cause;
  const char         *words[3];  /* in lower case, up to a NULL */
  const char         *remedy;    /* to be translated */
} NullmailProviderRemedy;

const NullmailProviderRemedy *_nullmail_delay_remedy_list (gsize *n_remedies);

G_END_DECLS
