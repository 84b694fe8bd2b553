/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "relay/probe-report.h"

G_BEGIN_DECLS

/* What one step of a probe came to. */
typedef struct
{
  char                 *name;        /* (owned) */
  NullmailProbeOutcome  outcome;
  char                 *detail;      /* (owned) for people */
  guint                 elapsed_ms;
} NullmailProbeStep;

/* A report is filled in by the course of the probe, and nothing in it changes once it is handed
 * out. */
struct _NullmailProbeReport
{
  gatomicrefcount ref_count;

  NullmailProbeOutcome  outcome;
  char                 *message;          /* (owned) */
  char                 *remedy;           /* (owned) */
  NullmailRelayHost    *relay_host;       /* (owned) */
  char                **addresses;        /* (owned) */
  char                 *address;          /* (owned) (nullable) */
  char                 *banner;           /* (owned) (nullable) */
  char                **extensions;       /* (owned) */
  char                **mechanisms;       /* (owned) */
  char                 *tls_protocol;     /* (owned) (nullable) */
  char                 *tls_cipher;       /* (owned) (nullable) */
  char                 *subject;          /* (owned) (nullable) */
  char                 *issuer;           /* (owned) (nullable) */
  gint64                expires;
  GTlsCertificateFlags  errors;
  char                **names;            /* (owned) */
  char                 *fingerprint;      /* (owned) (nullable) */
  char                 *key_fingerprint;  /* (owned) (nullable) */
  char                 *mechanism;        /* (owned) (nullable) */
  gboolean              login_tried;
  char                 *reply;            /* (owned) (nullable) */
  GPtrArray            *steps;            /* (element-type NullmailProbeStep) */
};

NullmailProbeReport *_nullmail_probe_report_new      (NullmailRelayHost    *relay_host);
void                 _nullmail_probe_report_add_step (NullmailProbeReport  *self,
                                                      const char           *name,
                                                      NullmailProbeOutcome  outcome,
                                                      const char           *detail,
                                                      guint                 elapsed_ms);

G_END_DECLS
