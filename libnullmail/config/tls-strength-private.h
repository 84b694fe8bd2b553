/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "config/relay-policy-private.h"

G_BEGIN_DECLS

/* The grades of ciphers, the weakest first. NULL is TLS without encryption. */
typedef enum
{
  NULLMAIL_CIPHERS_INVALID,  /* Postfix has no such grade, and stops at it */
  NULLMAIL_CIPHERS_NULL,
  NULLMAIL_CIPHERS_EXPORT,
  NULLMAIL_CIPHERS_LOW,
  NULLMAIL_CIPHERS_MEDIUM,
  NULLMAIL_CIPHERS_HIGH,
} NullmailCipherGrade;

NullmailCipherGrade _nullmail_cipher_grade_parse          (const char *text);

/* What TLS has to be at least, from main.cf or from a policy for the relay. Where it may come to
 * either of two sets of parameters, the weaker of both. */
typedef struct
{
  NullmailCipherGrade   grade;
  guint                 versions;  /* as tls-versions has them */
  char                **excluded;  /* (owned) names of ciphers */
} NullmailTlsStrength;

/* may_do_without: whether mail may leave without TLS, so that smtp_tls_ciphers and the like count.
 * requires: whether TLS may be required, so that smtp_tls_mandatory_ciphers and the like do. */
void                _nullmail_tls_strength_read           (NullmailTlsStrength *self,
                                                           NullmailEffective   *effective,
                                                           NullmailRelayPolicy *policy,
                                                           gboolean             may_do_without,
                                                           gboolean             requires);
void                _nullmail_tls_strength_clear          (NullmailTlsStrength *self);

/* Whether weaker TLS is taken than before. */
gboolean            _nullmail_tls_strength_is_less        (const NullmailTlsStrength *before,
                                                           const NullmailTlsStrength *after);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailTlsStrength, _nullmail_tls_strength_clear)

G_END_DECLS
