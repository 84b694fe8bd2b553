/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "check/finding.h"

G_BEGIN_DECLS

/* What fix () does to a document. */
typedef enum
{
  NULLMAIL_FIX_NONE,          /* nothing: by hand, or by any plan */
  NULLMAIL_FIX_SET,           /* writes the suggestion */
  NULLMAIL_FIX_SET_FOR_LOGIN, /* the same, as long as that gives no password away */
  NULLMAIL_FIX_SET_SASL_LIST, /* the same, as long as this list is the one that the level needs */
  NULLMAIL_FIX_UNSET,         /* removes the parameter */
  NULLMAIL_FIX_DEDUPLICATE,   /* keeps its last occurrence */
  NULLMAIL_FIX_RENAME,        /* moves the subject's value to the parameter, which has none */
  NULLMAIL_FIX_MODERNISE_TLS, /* puts smtp_tls_security_level in its place */
} NullmailFix;

/* What a finding is about. Everything but the code and the severity may be left out, and the texts
 * are copied. */
typedef struct
{
  NullmailFindingCode code;
  NullmailSeverity    severity;
  NullmailFix         fix;
  const char         *parameter;
  const char         *suggestion;
  const char         *subject;
  const char         *path;
  guint               line;
} NullmailFindingFacts;

/* Takes the sentences, which are translated already and hold no secret. */
NullmailFinding *_nullmail_finding_new             (const NullmailFindingFacts *facts,
                                                    char                       *take_message,
                                                    char                       *take_remedy);

/* (transfer full): the same finding with nothing to suggest and no fix. */
NullmailFinding *_nullmail_finding_without_fix     (const NullmailFinding      *self);

/* The order of a list: the most severe first, then by code, parameter, path and subject; for an
 * array of pointers to findings. */
int              _nullmail_finding_compare         (gconstpointer               a,
                                                    gconstpointer               b);

/* Whether one of the findings has the same code, parameter, path and subject as another. */
gboolean         _nullmail_finding_list_has_matter (GPtrArray                  *list,
                                                    const NullmailFinding      *finding);

/* (transfer full): what a plan brings in: the findings behind it of which there was none with the
 * same code, parameter, path and subject before. If the channel of the password gets weaker, each
 * error that endangers it counts as new. */
GPtrArray       *_nullmail_finding_list_new        (GPtrArray                  *before,
                                                    GPtrArray                  *after,
                                                    gboolean                    is_weaker);
/* (transfer full): those of severity ERROR, which make a plan unsafe where they are new. */
GPtrArray       *_nullmail_finding_list_errors     (GPtrArray                  *findings);
GPtrArray       *_nullmail_finding_list_new_errors (GPtrArray                  *before,
                                                    GPtrArray                  *after,
                                                    gboolean                    is_weaker);

/* Whether the document was changed. What keeps the password and the messages on the promised
 * channel is never made weaker: where that cannot be said of a fix nothing is changed. */
gboolean         _nullmail_fix_apply               (NullmailFix                 fix,
                                                    const char                 *parameter,
                                                    const char                 *suggestion,
                                                    const char                 *subject,
                                                    NullmailMainCf             *main_cf);

G_END_DECLS
