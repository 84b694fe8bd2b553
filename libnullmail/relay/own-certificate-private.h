/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Loads what this machine shows a relay of itself: certificate and key, from files that Postfix
 * reads one behind the other as if they were one. Of several pairs the first is taken. Fails with
 * PERMISSION_DENIED where this user may not read a file, and with another code where the files are
 * no use. */
GTlsCertificate *_nullmail_own_certificate_load (const char * const  *files,
                                                 GError             **error);

G_END_DECLS
