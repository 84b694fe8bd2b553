/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Postfix takes for a value. */
typedef enum
{
  NULLMAIL_VALUE_BOOLEAN,
  NULLMAIL_VALUE_NUMBER,
  NULLMAIL_VALUE_LIMIT,
  NULLMAIL_VALUE_TIME,
  NULLMAIL_VALUE_LEVEL,
  NULLMAIL_VALUE_PROTOCOLS,
  NULLMAIL_VALUE_DNS_SUPPORT,
  NULLMAIL_VALUE_CLASSES,
  NULLMAIL_VALUE_SASL_OPTIONS,
  NULLMAIL_VALUE_SASL_TYPE,
  NULLMAIL_VALUE_STYLE,
  NULLMAIL_VALUE_RELAY,
  NULLMAIL_VALUE_NETWORKS,
  NULLMAIL_VALUE_TABLES,
  NULLMAIL_VALUE_HOSTNAME,
  NULLMAIL_VALUE_ORIGIN,
  NULLMAIL_VALUE_COMPATIBILITY_LEVEL,
  NULLMAIL_VALUE_SEPARATOR,
  NULLMAIL_VALUE_HOST_LOOKUP,
  NULLMAIL_VALUE_ADDRESS_PREFERENCE,
  NULLMAIL_VALUE_CIPHER_GRADE,
  NULLMAIL_VALUE_TLS_PROTOCOLS,
  NULLMAIL_VALUE_DIGEST,
  NULLMAIL_VALUE_SERVERNAME,
  NULLMAIL_VALUE_TEXT,
  NULLMAIL_VALUE_COUNT,
  NULLMAIL_VALUE_RESOLVER_OPTIONS,
  NULLMAIL_VALUE_PERIOD,
  NULLMAIL_VALUE_SOMETHING,
  NULLMAIL_VALUE_EXTENSIONS,
  NULLMAIL_VALUE_OVERRIDES,
  NULLMAIL_VALUE_MESSAGE_CLASSES,
  NULLMAIL_VALUE_DANE_POLICY,
  NULLMAIL_VALUE_PROXIED,
} NullmailValueType;

gboolean    _nullmail_value_type_takes      (NullmailValueType  type,
                                             const char        *value);

/* What to write in place of a value that is not taken, as a sentence that is translated. */
const char *_nullmail_value_type_get_remedy (NullmailValueType  type);

/* (nullable): the name of a parameter with a type, and that; NULL behind the last one. */
const char *_nullmail_value_get_parameter   (guint              index,
                                             NullmailValueType *type);

gboolean    _nullmail_value_find_type       (const char        *parameter,
                                             NullmailValueType *type);

G_END_DECLS
