/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why Postfix refuses a text as the name or the address of a host; NULL if it takes it. The rules
 * are those of valid_hostname () and valid_hostaddr () in Postfix, at which its programs stop, and
 * the words are for an error. A text with macros cannot be judged here. */
const char *_nullmail_host_name_find_fault    (const char *name);
const char *_nullmail_host_address_find_fault (const char *address);

/* Whether a text is an IPv6 address rather than a name, be it one that Postfix refuses. */
gboolean    _nullmail_host_is_ipv6            (const char *text);

G_END_DECLS
