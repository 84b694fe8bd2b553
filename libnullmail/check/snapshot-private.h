/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <sys/types.h>

#include "config/mask-private.h"
#include "document/password-file-private.h"
#include "postfix/client-certificate-private.h"
#include "postfix/host-accounts-private.h"
#include "postfix/map-types-private.h"
#include "postfix/table-query-private.h"
#include "queue/waiting-mail-private.h"
#include "store/postmap-private.h"

G_BEGIN_DECLS

typedef struct
{
  NullmailFact exists;
  mode_t       mode;  /* the last two only where it exists */
  uid_t        uid;
  gboolean     is_fixed;  /* nobody can change the two here: it is mounted for reading only */
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
  NullmailMapAnswers    answers;    /* UNKNOWN also where the map was not asked */
} NullmailTableFile;

/* A configuration and what surrounds it, as it is or as it would be after a plan. The checks read
 * this and nothing else. Everything is borrowed from the caller, and everything but the effective
 * configuration may be missing: what depends on it is then left out or reported as not checked. */
typedef struct
{
  NullmailEffective *effective;
  const char        *main_cf_path;
  const NullmailMask *mask;             /* (nullable) how main.cf may be shown */
  GPtrArray         *master_options;    /* (nullable) (element-type NullmailMasterOption) */
  GPtrArray         *master_services;   /* (nullable) (element-type NullmailMasterService) */
  GPtrArray         *master_faults;     /* (nullable) (element-type NullmailMasterFault) */
  GPtrArray         *files_to_be;       /* (nullable) (element-type filename) a plan makes them */

  NullmailTableFile        file;          /* the first one, or what a plan would make it */
  const NullmailTableFile *more_files;    /* those behind it */
  guint                    n_more_files;
  const char *const       *map_types;     /* that this Postfix can open; NULL: ask if needed ... */
  NullmailInstallation    *installation;  /* (nullable) ... this one */
  GCancellable            *cancellable;   /* (nullable) ... with this */
  GPtrArray               *answers;       /* (element-type NullmailTableAnswer), NULL: none asked */
  gboolean                 is_idle;       /* do not ask Postfix for a mere warning */
  gboolean                 seeks_errors;  /* a finding that is no error need not be looked for */
  gboolean                 is_whole;      /* ask it also about what a plan leaves as it is */
  uid_t                    user;          /* whose files are in order, beside those of root */

  /* The host. A field that is set is taken as it is; one that is not is looked at in the host's
   * facts, if there are any, when a check asks for it. */
  NullmailHostFacts *host;              /* (nullable) */
  const char *const *addresses;         /* of this host */
  NullmailFact       is_main_cf_private;   /* only its owner, and root, can read it */
  NullmailFact       is_master_cf_private;
  NullmailFact       has_password_plugin;  /* Cyrus SASL's for PLAIN or LOGIN */
  NullmailFact       has_token_plugin;     /* ... for access tokens */
  NullmailFact       has_other_plugins;    /* ... for any other mechanism */
  NullmailFact       kernel_has_ipv6;
  NullmailFact       can_read_ca_file;  /* smtp_tls_CAfile */
  NullmailFact       can_read_ca_path;  /* smtp_tls_CApath */
  NullmailFact       has_default_cas;   /* those of OpenSSL, for tls_append_default_CA */
  const char        *origin_line;       /* first line of the file, where myorigin names one */

  /* Aliases that a plan takes the effect from; NULL where there is no plan, or no such alias. */
  const char        *lost_root_alias;
  const char        *lost_alias;        /* of another name, to another host */

  const char  *manager;             /* (nullable) the file that has SUSE write main.cf anew */
  const char  *refusal;             /* (nullable) why Postfix stops at main.cf, in its words */

  /* The Postfix that runs. */
  NullmailFact is_running;
  NullmailFact is_enabled;
  NullmailFact has_read_main_cf;             /* as it is now */
  const NullmailWaitingMail *waiting;        /* (nullable) in its queue */
  const char                *queue_problem;  /* (nullable) why that is not known */
  const char * const        *stale_copies;   /* (nullable) of system files, in the chroot */
} NullmailCheckSnapshot;

/* What this Postfix makes of a type of table. */
NullmailTypeProbe   _nullmail_snapshot_probe_type              (const NullmailCheckSnapshot *self,
                                                                const char            *map_type);
/* Whether it opens such tables as such, and not as others. */
NullmailFact        _nullmail_snapshot_query_map_type          (const NullmailCheckSnapshot *self,
                                                                const char            *map_type);

const char * const *_nullmail_snapshot_observe_addresses       (const NullmailCheckSnapshot *self);
/* Whether nobody but its owner and root can read main.cf, or master.cf. One that is not there yet
 * will be for everybody to read. */
NullmailFact        _nullmail_snapshot_observe_main_cf_privacy (const NullmailCheckSnapshot *self);
NullmailFact        _nullmail_snapshot_observe_master_cf_privacy
                                                               (const NullmailCheckSnapshot *self,
                                                                const char            *path);
NullmailFact        _nullmail_snapshot_observe_password_plugin (const NullmailCheckSnapshot *self);
NullmailFact        _nullmail_snapshot_observe_token_plugin    (const NullmailCheckSnapshot *self);
NullmailFact        _nullmail_snapshot_observe_ipv6            (const NullmailCheckSnapshot *self);
NullmailFact        _nullmail_snapshot_observe_ca_file         (const NullmailCheckSnapshot *self,
                                                                const char            *path);
/* UNKNOWN where Postfix's client in its chroot does not see the folder: some start Postfix with a
 * script that copies it there. */
NullmailFact        _nullmail_snapshot_observe_ca_path         (const NullmailCheckSnapshot *self,
                                                                const char            *path);
NullmailFact        _nullmail_snapshot_observe_default_cas     (const NullmailCheckSnapshot *self);
/* Examines the files of smtp_tls_chain_files, at least one; UNKNOWN, with the first of them, where
 * there is no host to look at. */
NullmailCertificateState
                    _nullmail_snapshot_observe_certificate     (const NullmailCheckSnapshot *self,
                                                                const char * const    *paths,
                                                                const char           **path,
                                                                int                   *days);
/* The same of a file with a certificate and one with its key. */
NullmailCertificateState
                    _nullmail_snapshot_observe_key_pair        (const NullmailCheckSnapshot *self,
                                                                const char            *certificate,
                                                                const char            *key,
                                                                const char           **path,
                                                                int                   *days);
const char         *_nullmail_snapshot_observe_origin_line     (const NullmailCheckSnapshot *self,
                                                                const char            *path);
/* Whether such a file has something in it. */
NullmailFact        _nullmail_snapshot_observe_origin_file     (const NullmailCheckSnapshot *self,
                                                                const char            *path);
/* (nullable): the system's file of certification authorities. */
const char         *_nullmail_snapshot_observe_system_cas      (const NullmailCheckSnapshot *self);
/* Whether Cyrus SASL has a plug-in whose file name begins like this. */
NullmailFact        _nullmail_snapshot_observe_plugin          (const NullmailCheckSnapshot *self,
                                                                const char            *prefix);
/* See host-accounts-private.h; UNKNOWN where there is no host to look at. */
NullmailFact        _nullmail_snapshot_observe_set_gid         (const NullmailCheckSnapshot *self,
                                                                const char            *path);
NullmailAccountFault
                    _nullmail_snapshot_observe_accounts        (const NullmailCheckSnapshot *self,
                                                                const char            *owner,
                                                                const char            *group);
NullmailFact        _nullmail_snapshot_observe_listener        (const NullmailCheckSnapshot *self,
                                                                const char            *address,
                                                                const char            *queue);
/* Whether a network device of this host has that name. */
gboolean            _nullmail_snapshot_is_device               (const NullmailCheckSnapshot *self,
                                                                const char            *name);

G_END_DECLS
