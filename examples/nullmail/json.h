/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "command.h"

G_BEGIN_DECLS

/* Adds one object to standard output; a floating variant of the type a{sv} is taken over. */
void      json_print        (GVariant  *object);
/* The same for one of many, which is a line on a terminal too. */
void      json_print_line   (GVariant  *object);

/* (transfer full): the variants of a list of values, as one of the type aa{sv}, floating. */
typedef GVariant *(*ToVariant) (gconstpointer value);
GVariant *json_list         (GPtrArray *values,
                             ToVariant  to_variant);

/* The words of flags, as a floating variant. */
GVariant *json_flags        (GType      type,
                             guint      flags);

/* (nullable) The word of a value of an enumeration. */
const char *enum_get_nick   (GType      type,
                             int        value);
gboolean  enum_find         (GType      type,
                             const char *nick,
                             int       *value);

G_END_DECLS
