/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <gio/gio.h>
#include <libnullmail/base/version-macros.h>

G_BEGIN_DECLS

#define NULLMAIL_TYPE_MAIN_CF (nullmail_main_cf_get_type ())

NULLMAIL_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (NullmailMainCf, nullmail_main_cf, NULLMAIL, MAIN_CF, GObject)

NULLMAIL_AVAILABLE_IN_1_0
NullmailMainCf  *nullmail_main_cf_new               (void);
NULLMAIL_AVAILABLE_IN_1_0
NullmailMainCf  *nullmail_main_cf_new_from_bytes    (GBytes          *bytes,
                                                     GError         **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailMainCf  *nullmail_main_cf_load              (const char      *path,
                                                     GCancellable    *cancellable,
                                                     GError         **error);
NULLMAIL_AVAILABLE_IN_1_0
NullmailMainCf  *nullmail_main_cf_copy              (NullmailMainCf  *self);

NULLMAIL_AVAILABLE_IN_1_0
GBytes          *nullmail_main_cf_to_bytes          (NullmailMainCf  *self);
NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_equal             (NullmailMainCf  *self,
                                                     NullmailMainCf  *other);

NULLMAIL_AVAILABLE_IN_1_0
char            *nullmail_main_cf_get_value         (NullmailMainCf  *self,
                                                     const char      *name);
NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_has_value         (NullmailMainCf  *self,
                                                     const char      *name);
NULLMAIL_AVAILABLE_IN_1_0
guint            nullmail_main_cf_get_line          (NullmailMainCf  *self,
                                                     const char      *name);
NULLMAIL_AVAILABLE_IN_1_0
char           **nullmail_main_cf_list_names        (NullmailMainCf  *self);
NULLMAIL_AVAILABLE_IN_1_0
char           **nullmail_main_cf_list_duplicates   (NullmailMainCf  *self);
NULLMAIL_AVAILABLE_IN_1_0
guint            nullmail_main_cf_count_bad_lines   (NullmailMainCf  *self);
NULLMAIL_AVAILABLE_IN_1_0
char            *nullmail_main_cf_expand            (NullmailMainCf  *self,
                                                     const char      *text,
                                                     GHashTable      *defaults,
                                                     GError         **error);

NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_set_value         (NullmailMainCf  *self,
                                                     const char      *name,
                                                     const char      *value,
                                                     GError         **error);
NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_unset             (NullmailMainCf  *self,
                                                     const char      *name);
NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_comment_out       (NullmailMainCf  *self,
                                                     const char      *name);
NULLMAIL_AVAILABLE_IN_1_0
gboolean         nullmail_main_cf_remove_duplicates (NullmailMainCf  *self,
                                                     const char      *name);

G_END_DECLS
