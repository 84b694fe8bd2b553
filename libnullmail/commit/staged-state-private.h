/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "commit/staged-file-private.h"

G_BEGIN_DECLS

/* What the making of a staged file (staged-file.c) and its exchange (staged-exchange.c) share. */
/* Which file is under the private name. */
typedef enum
{
  NULLMAIL_PRIVATE_NONE,
  NULLMAIL_PRIVATE_NEW,
  NULLMAIL_PRIVATE_OLD,   /* if there was one: the two have been exchanged */
} NullmailPrivateState;

struct _NullmailStagedFile
{
  int                   directory;      /* (unowned) */
  char                 *name;           /* (owned) */
  char                 *path;           /* (owned) for messages */
  NullmailStagedKind    kind;

  gboolean              existed;
  struct stat           original;       /* what may be displaced */
  const void           *expected;       /* (unowned) (nullable) what it must hold */
  gsize                 expected_size;

  char                 *private_name;   /* (owned) */
  gboolean              removes;
  struct stat           staged;         /* the new file */
  gboolean              is_noted;       /* ... as it was behind the exchange */
  NullmailPrivateState  state;
  char                 *kept_name;      /* (owned) (nullable) of what could not be put back */
};

/* Each sets the error and returns FALSE: another writer was here, and a call that failed. */
gboolean _nullmail_staged_conflict       (NullmailStagedFile  *self,
                                          GError             **error);
gboolean _nullmail_staged_failure        (NullmailStagedFile  *self,
                                          int                  saved_errno,
                                          GError             **error);

/* Whether a file of the directory holds the expected bytes; FALSE with errno set if unreadable. */
gboolean _nullmail_staged_holds_expected (NullmailStagedFile  *self,
                                          const char          *name);

G_END_DECLS
