/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "postfix/host-facts-private.h"
#include "postfix/installation-private.h"

G_BEGIN_DECLS

/* What a Postfix makes of a type of table. */
typedef struct
{
  NullmailFact  works;          /* whether its programs open such tables */
  const char   *served_as;      /* (nullable) the type that they open in its place */
  gboolean      is_deprecated;  /* they warn about it, or have left Berkeley DB */
} NullmailTypeProbe;

/* Reads what “postmap -q” says of such a table at NULLMAIL_PROBED_PATH, which is not there. */
#define NULLMAIL_PROBED_PATH "/nonexistent/x"
NullmailTypeProbe _nullmail_type_probe_parse           (const char            *map_type,
                                                        const char            *messages);

/* Asks Postfix for a table of a type that is not there, since what it then says tells on every
 * version what it makes of the type. “postconf -m” does not: it lists types whose plug-in is
 * missing, and those that Postfix serves as others, or not at all. It is asked where postmap cannot
 * be, and about types that have no file. texthash works everywhere. */
NullmailTypeProbe _nullmail_installation_probe_type    (NullmailInstallation  *self,
                                                        NullmailEffective     *effective,
                                                        const char            *map_type,
                                                        GCancellable          *cancellable);

/* Whether this Postfix opens tables of a type as such, and not as others. UNKNOWN where it cannot
 * be asked. */
NullmailFact  _nullmail_installation_query_map_type    (NullmailInstallation  *self,
                                                        NullmailEffective     *effective,
                                                        const char            *map_type,
                                                        GCancellable          *cancellable);

/* The type that a new table gets; NULL with error set if there is no Postfix to ask. */
const char   *_nullmail_installation_choose_map_type   (NullmailInstallation  *self,
                                                        NullmailEffective     *effective,
                                                        GCancellable          *cancellable,
                                                        GError               **error);

/* (transfer full): the types of tables, from “postconf -m”. */
char        **_nullmail_installation_query_map_types   (NullmailInstallation  *self,
                                                        GCancellable          *cancellable,
                                                        GError               **error);

G_END_DECLS
