/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Each of these functions runs postconf(1) once. The error is COMMAND if postconf is missing or
 * refuses the configuration, TIMED_OUT or CANCELLED. */

/* The defaults, from “postconf -d”. It does not read main.cf, so that it never waits for one that
 * was changed this second. */
GHashTable *_nullmail_postconf_query_defaults  (const char          *postconf,
                                                const char          *config_directory,
                                                GCancellable        *cancellable,
                                                GError             **error);

/* The types of lookup tables, from “postconf -m”. */
char      **_nullmail_postconf_query_map_types (const char    *postconf,
                                                const char    *config_directory,
                                                GCancellable  *cancellable,
                                                GError       **error);

/* What “postconf NAME ...” prints, or without names that of all parameters. Names that Postfix does
 * not know are left out. */
GHashTable *_nullmail_postconf_query_values    (const char          *postconf,
                                                const char          *config_directory,
                                                const char * const  *names,
                                                GCancellable        *cancellable,
                                                GError             **error);

/* (transfer full) (nullable): what master.cf has in a column of a service, named as in
 * “smtp/unix/chroot”. */
char       *_nullmail_postconf_query_column    (const char          *postconf,
                                                const char          *config_directory,
                                                const char          *column,
                                                GCancellable        *cancellable);

G_END_DECLS
