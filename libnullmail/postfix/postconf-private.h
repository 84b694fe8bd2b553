/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Each runs postconf(1) once; NULL with error set: COMMAND where it is missing or refuses the
 * configuration, TIMED_OUT, CANCELLED. */

/* “postconf -d”: the defaults. It does not read main.cf, and so never waits for one that was
 * changed this second. */
GHashTable *_nullmail_postconf_get_defaults  (const char          *postconf,
                                              const char          *config_directory,
                                              GCancellable        *cancellable,
                                              GError             **error);

/* “postconf -m”: the types of lookup tables. */
char      **_nullmail_postconf_get_map_types (const char    *postconf,
                                              const char    *config_directory,
                                              GCancellable  *cancellable,
                                              GError       **error);

/* What “postconf NAME ...” prints; without names all parameters. Unknown ones are left out. */
GHashTable *_nullmail_postconf_get_values    (const char          *postconf,
                                              const char          *config_directory,
                                              const char * const  *names,
                                              GCancellable        *cancellable,
                                              GError             **error);

/* What master.cf says in a column of a service, “smtp/unix/chroot”; (transfer full) (nullable). */
char       *_nullmail_postconf_get_column    (const char          *postconf,
                                              const char          *config_directory,
                                              const char          *column,
                                              GCancellable        *cancellable);

G_END_DECLS
