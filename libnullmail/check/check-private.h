/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <sys/types.h>

#include "check/finding-private.h"

G_BEGIN_DECLS

typedef struct _NullmailPasswordFile NullmailPasswordFile;

/* What is known of the world outside. Zeroed memory knows nothing. */
typedef enum
{
  NULLMAIL_FACT_UNKNOWN,
  NULLMAIL_FACT_NO,
  NULLMAIL_FACT_YES,
} NullmailFact;

typedef struct
{
  NullmailFact exists;
  mode_t       mode;  /* the last two only where it exists */
  uid_t        uid;
} NullmailFileFacts;

/* A table of smtp_sasl_password_maps that is made of a file. */
typedef struct
{
  const char           *map_type;
  const char           *source_path;
  const char           *map_path;   /* NULL for texthash, which has no compiled table */
  NullmailPasswordFile *passwords;  /* NULL where the source is missing or cannot be read */
  NullmailFileFacts     source;
  NullmailFileFacts     map;
  NullmailFact          map_is_stale;
} NullmailTableFile;

/* What a table that is no file, such as a socketmap, said when it was asked for the relay. */
typedef struct
{
  char         *table;    /* (owned) as main.cf has it, macros expanded */
  char         *failure;  /* (owned) (nullable) why there was no answer, in words */
  NullmailFact  relay;    /* whether it has a password for the relay as it is written ... */
  NullmailFact  host;     /* ... and for the bare name of its host */
} NullmailTableAnswer;

/* A configuration and what surrounds it, as it is or as it would be after a plan. The checks read
 * this and nothing else. Everything is borrowed from the caller, and everything but the document
 * may be missing: what depends on it is then left out or reported as not checked. */
typedef struct
{
  NullmailMainCf *main_cf;
  const char     *main_cf_path;
  GHashTable     *defaults;             /* utf8 to utf8: what postconf -d says */

  NullmailTableFile        file;          /* the first one, or what a plan would make it */
  const NullmailTableFile *more_files;    /* those behind it */
  guint                    n_more_files;
  const char *const       *map_types;     /* what postconf -m says */
  GPtrArray               *answers;       /* (element-type NullmailTableAnswer), NULL: none asked */
  uid_t                    user;          /* whose files are in order, beside those of root */

  /* The machine, see postfix/check-facts. */
  const char *const *host_names;        /* of this host, and its addresses */
  const char *const *sasl_mechanisms;   /* with a plug-in of Cyrus SASL, such as “PLAIN” */
  NullmailFact       kernel_has_ipv6;
  NullmailFact       can_read_ca_file;  /* smtp_tls_CAfile */
  NullmailFact       can_read_ca_path;  /* smtp_tls_CApath */
  NullmailFact       has_default_cas;   /* those of OpenSSL, for tls_append_default_CA */
  const char        *origin_line;       /* first line of the file, where myorigin names one */

  NullmailFact is_running;
  NullmailFact is_enabled;
} NullmailCheckSnapshot;

/* All findings, sorted by _nullmail_finding_compare (). (transfer full) (element-type
 * NullmailFinding), with its free function. */
GPtrArray *_nullmail_check_run                (const NullmailCheckSnapshot *snapshot);

/* Whether relay, authentication, TLS level or password maps differ between two documents. */
gboolean   _nullmail_check_is_channel_changed (NullmailMainCf              *before,
                                               NullmailMainCf              *after,
                                               GHashTable                  *defaults);

G_END_DECLS
