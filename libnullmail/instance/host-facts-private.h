/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/check-private.h"

G_BEGIN_DECLS

/* What this machine is like, for the checks. Gathered from local files and without DNS; made for
 * one thread. */
typedef struct
{
  char       **host_names;       /* (owned) names and addresses */
  char       **sasl_mechanisms;  /* (owned) (nullable) where no folder of plug-ins was found */
  char        *origin_line;      /* (owned) (nullable) */
  NullmailFact has_ipv6;
  NullmailFact has_default_cas;
} NullmailCheckFacts;

NullmailCheckFacts *_nullmail_check_facts_new     (void);
void                _nullmail_check_facts_free    (NullmailCheckFacts    *self);

/* Lends the facts to a snapshot that has its document and defaults, and looks at the files that
 * these name. Valid until the next call. */
void                _nullmail_check_facts_lend    (NullmailCheckFacts    *self,
                                                   NullmailCheckSnapshot *snapshot);

/* Whether a file exists, and who may read it: for the snapshot's password file and its table. */
NullmailFileFacts   _nullmail_check_facts_stat    (const char            *path);

/* The system's file of certification authorities, NULL where none was found. */
const char         *_nullmail_system_ca_file      (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailCheckFacts, _nullmail_check_facts_free)

G_END_DECLS
