/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Postfix and a relay say, for people: valid UTF-8 in which what may be a password or a token
 * in base64 is a row of asterisks. A relay that refuses a login may repeat what it was sent, and
 * Postfix writes that into its log and its queue. */
char *_nullmail_reply_text_show (const char *text);

G_END_DECLS
