/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef enum
{
  NULLMAIL_STAGED_PUBLIC,  /* keeps owner, mode, ACL and extended attributes of what it replaces */
  NULLMAIL_STAGED_SECRET,  /* 0600 or stricter, the effective user's, no ACL */
} NullmailStagedKind;

/* One file that is to be replaced as a whole: the new one is made under a private name in the same
 * directory, then exchanged with the old one, which stays under the private name until the whole
 * transaction has succeeded. Each step leaves the directory with the old or the new file, and each
 * but the last can be reverted. */
typedef struct _NullmailStagedFile NullmailStagedFile;

/* What its making (staged-file.c) and its exchange (staged-exchange.c) share, and nobody else looks
 * into. */

/* Which file is under the private name. */
typedef enum
{
  NULLMAIL_PRIVATE_NONE,
  NULLMAIL_PRIVATE_NEW,
  NULLMAIL_PRIVATE_OLD,   /* the two have been exchanged; where there was no old file: nothing */
} NullmailPrivateState;

struct _NullmailStagedFile
{
  int                   directory;      /* (unowned) */
  char                 *name;           /* (owned) */
  char                 *path;           /* (owned) for messages */
  NullmailStagedKind    kind;

  gboolean              existed;
  struct stat           original;       /* the file that may be displaced, if there is one */
  int                   original_fd;    /* (owned) the same file, held open; -1: not opened yet */
  const void           *expected;       /* (unowned) (nullable) what it must hold */
  gsize                 expected_size;

  char                 *private_name;   /* (owned) */
  char                 *label_name;     /* (owned) (nullable) whose label a file that is new gets */
  gboolean              wants_old_time;
  gboolean              removes;
  struct stat           staged;         /* the new file */
  gboolean              is_noted;       /* staged is the new file as it was behind the exchange */
  NullmailPrivateState  state;
  char                 *kept_name;      /* (owned) (nullable) of what could not be put back */
};

/* Each sets the error and returns FALSE: another writer was here, and a call that failed. */
gboolean _nullmail_staged_conflict       (NullmailStagedFile  *self,
                                          GError             **error);
gboolean _nullmail_staged_failure        (NullmailStagedFile  *self,
                                          int                  saved_errno,
                                          GError             **error);

/* Whether the original holds the expected bytes; FALSE with errno set if that cannot be told. */
gboolean _nullmail_staged_holds_expected (NullmailStagedFile  *self);

gboolean _nullmail_staged_is_same_inode  (const struct stat   *a,
                                          const struct stat   *b);

G_END_DECLS
