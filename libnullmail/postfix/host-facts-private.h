/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* What is known of something outside this process. Memory that is zero means that nothing is. */
typedef enum
{
  NULLMAIL_FACT_UNKNOWN,
  NULLMAIL_FACT_NO,
  NULLMAIL_FACT_YES,
} NullmailFact;

/* What this host is like. Each thing is looked at when it is first asked for, and never again, so
 * that all who share the object see the same host. The facts come from local files and the kernel,
 * never from DNS. Only one thread may use an object. */
typedef struct _NullmailHostFacts NullmailHostFacts;

NullmailHostFacts  *_nullmail_host_facts_new                     (void);
void                _nullmail_host_facts_free                    (NullmailHostFacts *self);

/* (nullable): the addresses of the host's interfaces; NULL if they cannot be listed. */
const char * const *_nullmail_host_facts_observe_addresses       (NullmailHostFacts *self);

/* Whether Cyrus SASL has a plug-in for PLAIN or LOGIN, without which no password is sent to a
 * relay; UNKNOWN where no folder of plug-ins was found. */
NullmailFact        _nullmail_host_facts_observe_password_plugin (NullmailHostFacts *self);

/* Whether it has a plug-in that logs in with an access token. */
NullmailFact        _nullmail_host_facts_observe_token_plugin    (NullmailHostFacts *self);

/* Whether it has one whose file name begins like this. */
NullmailFact        _nullmail_host_facts_observe_plugin          (NullmailHostFacts *self,
                                                                  const char        *prefix);

/* Whether the kernel has IPv6, and it is not switched off. */
NullmailFact        _nullmail_host_facts_observe_ipv6            (NullmailHostFacts *self);

/* (nullable): the system's file of certification authorities; NULL if none was found. The second
 * function tells whether OpenSSL has any by default. */
const char         *_nullmail_host_facts_observe_ca_file         (NullmailHostFacts *self);
NullmailFact        _nullmail_host_facts_observe_default_cas     (NullmailHostFacts *self);

/* Whether a file has a certificate in it. */
NullmailFact        _nullmail_host_facts_observe_certificates    (NullmailHostFacts *self,
                                                                  const char        *path);

/* Whether only its owner, and root, can read a file. */
NullmailFact        _nullmail_host_facts_observe_privacy         (NullmailHostFacts *self,
                                                                  const char        *path);

/* Whether there is a file with something in it, and whether there is a folder with certificates
 * that are named by their hashes. What this user may not look at is UNKNOWN, since the programs of
 * Postfix that read it begin as root. */
NullmailFact        _nullmail_host_facts_observe_file            (NullmailHostFacts *self,
                                                                  const char        *path);
NullmailFact        _nullmail_host_facts_observe_folder          (NullmailHostFacts *self,
                                                                  const char        *path);

/* Whether there is a directory. */
NullmailFact        _nullmail_host_facts_observe_directory       (NullmailHostFacts *self,
                                                                  const char        *path);

/* (nullable): the first line of a small file, without its newline. */
const char         *_nullmail_host_facts_observe_first_line      (NullmailHostFacts *self,
                                                                  const char        *path);

/* What a failed call tells of a file: UNKNOWN if it was not allowed to look, NO for any other
 * errno. */
NullmailFact        _nullmail_fact_from_errno                (int                error_number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailHostFacts, _nullmail_host_facts_free)

G_END_DECLS
