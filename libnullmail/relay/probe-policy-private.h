/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/effective-private.h"
#include "config/relay-credentials.h"
#include "relay/relay-addresses-private.h"

G_BEGIN_DECLS

/* What a probe takes Postfix to be told: everything that it asks main.cf for, read once and before
 * the first connection. */
typedef struct
{
  NullmailRelayHost        *relay_host;     /* (owned) */
  NullmailRelayCredentials *credentials;    /* (owned) (nullable) */
  guint                     timeout_ms;     /* for each step */
  gboolean                  is_configured;  /* read from the main.cf of a Postfix, rather than made
                                             * of the properties of a probe */

  NullmailTlsLevel          level;
  gboolean                  wraps;          /* TLS begins with the first byte */
  char                     *ca_file;        /* (owned) (nullable) */
  char                     *ca_path;        /* (owned) (nullable) */
  gboolean                  trusts_system;  /* the system's authorities as well */
  char                    **names;          /* (owned) whose certificate is accepted, as the
                                             * parameters smtp_tls_…_cert_match have it */
  char                    **fingerprints;   /* (owned) the same for level fingerprint */
  GTlsProtocolVersion       oldest;         /* version of TLS that will do; UNKNOWN: none */
  char                     *digest;         /* (owned) (nullable) of the fingerprints */
  char                     *server_name;    /* (owned) (nullable) smtp_tls_servername */
  char                    **own_files;      /* (owned) with the client's own certificate and key;
                                             * none where it has no certificate */
  char                     *helo_name;      /* (owned) */
  NullmailFamilies          families;
  GInetAddress             *own_ipv4;       /* (owned) (nullable) where connections come from */
  GInetAddress             *own_ipv6;       /* (owned) (nullable) */
  gboolean                  sends_authzid;  /* send_cyrus_sasl_authzid */
  NullmailEffective        *effective;      /* (owned) for the lists and the filter of the login */
} NullmailProbePolicy;

/* Reads all but the relay, the credentials and the timeout. */
void     _nullmail_probe_policy_read            (NullmailProbePolicy     *self,
                                                 NullmailMainCf          *main_cf);
void     _nullmail_probe_policy_clear           (NullmailProbePolicy     *self);

/* (transfer full): a document that says the same of all that a policy asks for, without macros and
 * tables: what a policy for the relay can be read from later, and anywhere. */
NullmailMainCf *_nullmail_probe_policy_extract  (NullmailEffective       *effective,
                                                 const NullmailRelayHost *relay_host);

/* Gives a parameter a value that is just these bytes: a “$” in it begins no macro. */
void     _nullmail_probe_policy_set_literal     (NullmailMainCf            *main_cf,
                                                 const char                *parameter,
                                                 const char                *value);

/* Whether mail waits unless the certificate is that of the relay. */
gboolean _nullmail_probe_policy_needs_match     (const NullmailProbePolicy *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailProbePolicy, _nullmail_probe_policy_clear)

G_END_DECLS
