/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/host-facts-private.h"

G_BEGIN_DECLS

/* What keeps Postfix from running under a user and a group. */
typedef enum
{
  NULLMAIL_ACCOUNT_UNKNOWN,
  NULLMAIL_ACCOUNT_GOOD,
  NULLMAIL_ACCOUNT_NO_USER,
  NULLMAIL_ACCOUNT_PRIVILEGED,
  NULLMAIL_ACCOUNT_NO_GROUP,
  NULLMAIL_ACCOUNT_SAME_GROUP,
} NullmailAccountFault;

/* Judges mail_owner and setgid_group. NULL stands for the account that the package has made, which
 * is there. */
NullmailAccountFault _nullmail_accounts_examine (const char *owner,
                                                 const char *group);

/* Finds the user of mail_owner, NULL for the package's; FALSE where that is not known. */
gboolean             _nullmail_accounts_find_owner (const char *owner,
                                                    uid_t      *uid);

/* Whether a program runs with the rights of its group; UNKNOWN where it cannot be looked at. */
NullmailFact         _nullmail_program_is_set_gid (const char *path);

/* Whether somebody listens at a milter's address: unix:path, where a path may be one in the queue
 * directory, or inet:port@host and inet:host:port of this host. UNKNOWN for other hosts, and where
 * that cannot be found out. */
NullmailFact         _nullmail_listener_is_there  (const char *address,
                                                   const char *queue_directory);

G_END_DECLS
