/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* What is known of the world outside. Zeroed memory knows nothing. */
typedef enum
{
  NULLMAIL_FACT_UNKNOWN,
  NULLMAIL_FACT_NO,
  NULLMAIL_FACT_YES,
} NullmailFact;

/* What this host is like, as far as somebody asks: each thing is looked at when it is first asked
 * for, and never again, so that all who share the object see the same host. From local files and
 * the kernel, without DNS. For one thread. */
typedef struct _NullmailHostFacts NullmailHostFacts;

NullmailHostFacts  *_nullmail_host_facts_new                 (void);
void                _nullmail_host_facts_free                (NullmailHostFacts *self);

/* The addresses of its interfaces; (nullable) where they cannot be listed. */
const char * const *_nullmail_host_facts_get_addresses       (NullmailHostFacts *self);

/* Whether Cyrus SASL has a plug-in for PLAIN or LOGIN, without which no password is sent to a
 * relay; UNKNOWN where no folder of plug-ins was found. */
NullmailFact        _nullmail_host_facts_has_password_plugin (NullmailHostFacts *self);

/* Whether the kernel has IPv6, and it is not switched off. */
NullmailFact        _nullmail_host_facts_has_ipv6            (NullmailHostFacts *self);

/* The system's file of certification authorities, NULL where none was found, and whether OpenSSL
 * has any by default. */
const char         *_nullmail_host_facts_get_ca_file         (NullmailHostFacts *self);
NullmailFact        _nullmail_host_facts_has_default_cas     (NullmailHostFacts *self);

/* Whether there is a file with something in it, and a folder with certificates by their hashes. A
 * name that only somebody else may look at is UNKNOWN, for the programs of Postfix that read it
 * begin as root. */
NullmailFact        _nullmail_host_facts_can_read_file       (NullmailHostFacts *self,
                                                              const char        *path);
NullmailFact        _nullmail_host_facts_can_read_folder     (NullmailHostFacts *self,
                                                              const char        *path);

/* The first line of a small file, without its end; (nullable). */
const char         *_nullmail_host_facts_get_first_line      (NullmailHostFacts *self,
                                                              const char        *path);

/* UNKNOWN where the errno of a failed look says that it was not allowed, else NO. */
NullmailFact        _nullmail_fact_from_errno                (int                error_number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailHostFacts, _nullmail_host_facts_free)

G_END_DECLS
