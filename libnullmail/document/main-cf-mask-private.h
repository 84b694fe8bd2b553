/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A password has no place in main.cf, which everybody can read, but static: and inline: tables let
 * one be written there. What follows those words in a parameter named *_password_maps is shown as
 * asterisks. */

/* (transfer full) (nullable): the value as it may be shown; NULL for NULL. */
char     *_nullmail_mask_value     (const char *parameter,
                                    const char *value);
gboolean  _nullmail_value_is_secret (const char *parameter,
                                     const char *value);

/* (transfer full): the text of main.cf as it may be shown, line for line. */
char     *_nullmail_mask_main_cf   (GBytes     *bytes);

G_END_DECLS
