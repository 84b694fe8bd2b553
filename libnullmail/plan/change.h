/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined (NULLMAIL_INSIDE) && !defined (NULLMAIL_COMPILATION)
#error "Only <libnullmail/nullmail.h> can be included directly"
#endif

#include <glib-object.h>
#include <libnullmail/base/version-macros.h>

G_BEGIN_DECLS

/**
 * NullmailChangeKind:
 * @NULLMAIL_CHANGE_KIND_UNKNOWN: no change
 * @NULLMAIL_CHANGE_KIND_PARAMETER: a parameter of main.cf gets another value
 * @NULLMAIL_CHANGE_KIND_CREDENTIALS: an entry of the password file is added, replaced or removed
 * @NULLMAIL_CHANGE_KIND_MAP: a compiled table is built, built anew or removed; the values are its
 *   type
 * @NULLMAIL_CHANGE_KIND_MODE: a file gets another mode; the values are octal text
 * @NULLMAIL_CHANGE_KIND_FILE: a file is created or removed, or changes without a parameter changing
 *   its value
 *
 * What kind of thing a [struct@Change] is about.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_CHANGE_KIND_UNKNOWN = 0,
  NULLMAIL_CHANGE_KIND_PARAMETER = 1,
  NULLMAIL_CHANGE_KIND_CREDENTIALS = 2,
  NULLMAIL_CHANGE_KIND_MAP = 3,
  NULLMAIL_CHANGE_KIND_MODE = 4,
  NULLMAIL_CHANGE_KIND_FILE = 5,
} NullmailChangeKind;

#define NULLMAIL_TYPE_CHANGE (nullmail_change_get_type ())

typedef struct _NullmailChange NullmailChange;

NULLMAIL_AVAILABLE_IN_1_0
GType               nullmail_change_get_type      (void);

NULLMAIL_AVAILABLE_IN_1_0
NullmailChange     *nullmail_change_ref           (NullmailChange *self);
NULLMAIL_AVAILABLE_IN_1_0
void                nullmail_change_unref         (NullmailChange *self);

NULLMAIL_AVAILABLE_IN_1_0
NullmailChangeKind  nullmail_change_get_kind      (NullmailChange *self);
NULLMAIL_AVAILABLE_IN_1_0
const char         *nullmail_change_get_path      (NullmailChange *self);
NULLMAIL_AVAILABLE_IN_1_0
const char         *nullmail_change_get_subject   (NullmailChange *self);
NULLMAIL_AVAILABLE_IN_1_0
const char         *nullmail_change_get_old_value (NullmailChange *self);
NULLMAIL_AVAILABLE_IN_1_0
const char         *nullmail_change_get_new_value (NullmailChange *self);

NULLMAIL_AVAILABLE_IN_1_0
gboolean            nullmail_change_equal         (NullmailChange *self,
                                                   NullmailChange *other);
NULLMAIL_AVAILABLE_IN_1_0
GVariant           *nullmail_change_to_variant    (NullmailChange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailChange, nullmail_change_unref)

G_END_DECLS
