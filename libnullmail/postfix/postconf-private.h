/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What `postconf` tells of an installation; immutable, any thread. */
typedef struct
{
  gatomicrefcount   ref_count;

  char             *version;
  char            **map_types;
  char             *default_map_type;
  char             *queue_directory;
} NullmailInspection;

NullmailInspection *_nullmail_inspection_new   (const char          *config_directory,
                                                const char          *command_directory,
                                                GCancellable        *cancellable,
                                                GError             **error);
/* For a directory that has no main.cf yet: the default type of tables, and texthash. */
NullmailInspection *_nullmail_inspection_new_without_main_cf (const char    *config_directory,
                                                              const char    *command_directory,
                                                              GCancellable  *cancellable,
                                                              GError       **error);
NullmailInspection *_nullmail_inspection_ref   (NullmailInspection  *self);
void                _nullmail_inspection_unref (NullmailInspection  *self);
gboolean            _nullmail_inspection_has_map_type (const NullmailInspection *self,
                                                       const char               *map_type);

/* The defaults of this Postfix, `postconf -d`. */
GHashTable         *_nullmail_postconf_get_defaults (const char     *config_directory,
                                                     const char     *command_directory,
                                                     GCancellable   *cancellable,
                                                     GError        **error);

/* What `postconf NAME ...` prints; without names all parameters. Unknown ones are left out. */
GHashTable         *_nullmail_postconf_get_values   (const char          *config_directory,
                                                     const char          *command_directory,
                                                     const char * const  *names,
                                                     GCancellable        *cancellable,
                                                     GError             **error);

/* What master.cf says in a column of a service, “smtp/unix/chroot”; (transfer full) (nullable). */
char               *_nullmail_postconf_get_column   (const char          *config_directory,
                                                     const char          *command_directory,
                                                     const char          *column,
                                                     GCancellable        *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailInspection, _nullmail_inspection_unref)

G_END_DECLS
