/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "document/main-cf.h"
#include "relay/probe-policy-private.h"
#include "relay/relay-probe.h"

G_BEGIN_DECLS

#define NULLMAIL_PROBE_MAX_TIMEOUT_MS 600000
/* What is refused of logins until something else is assigned. */
#define NULLMAIL_PROBE_OPTIONS "noanonymous"

/* The properties that are derived until they are assigned. */
typedef enum
{
  NULLMAIL_PROBE_SAYS_LEVEL = 1 << 0,
  NULLMAIL_PROBE_SAYS_WRAPPER = 1 << 1,
  NULLMAIL_PROBE_SAYS_CA_FILE = 1 << 2,
  NULLMAIL_PROBE_SAYS_MECHANISMS = 1 << 3,
  NULLMAIL_PROBE_SAYS_OPTIONS = 1 << 4,
} NullmailProbeSays;

struct _NullmailRelayProbe
{
  GObject parent_instance;

  NullmailRelayHost        *relay_host;     /* (owned) (nullable) */
  NullmailRelayCredentials *credentials;    /* (owned) (nullable) */
  guint                     timeout_ms;

  guint                     says;           /* of the following, what has a value of its own, and */
  guint                     assigned;       /* what of that is to be in place of the document's */
  NullmailTlsLevel          tls_level;
  gboolean                  tls_wrapper;
  char                     *tls_ca_file;    /* (owned) (nullable) */
  char                    **mechanisms;     /* (owned) */
  char                    **options;        /* (owned) */

  NullmailMainCf           *document;       /* (owned) (nullable) what else is known of a main.cf */
  gboolean                  is_configured;  /* and that is all that Postfix is told */
};

/* A probe with what a main.cf says, of which document is the extract (probe-policy.c). The
 * credentials may be NULL. */
NullmailRelayProbe *_nullmail_relay_probe_new_for_document (NullmailRelayHost        *relay_host,
                                                            NullmailMainCf           *document,
                                                            NullmailRelayCredentials *credentials);
/* (transfer full): another one with the same properties, which nobody else sees. */
NullmailRelayProbe *_nullmail_relay_probe_copy             (NullmailRelayProbe       *self);
/* What the properties tell Postfix. INVALID_ARGUMENT without a relay or
 * for a text that no main.cf can hold, INVALID_CREDENTIALS for a
 * login without a password. */
gboolean            _nullmail_relay_probe_make_policy      (NullmailRelayProbe       *self,
                                                            NullmailProbePolicy      *policy,
                                                            GError                  **error);

/* The functions from here on are for the files of this class. */

/* Keeps in mind that a property has a value of its own, or is derived again. */
void                _nullmail_relay_probe_set_says         (NullmailRelayProbe       *self,
                                                            guint                     which,
                                                            gboolean                  says);
/* What follows from other properties may have another value now. */
void                _nullmail_relay_probe_notify_derived   (NullmailRelayProbe       *self);

G_END_DECLS
