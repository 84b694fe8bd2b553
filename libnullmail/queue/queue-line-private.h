/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "queue/queue-entry.h"

G_BEGIN_DECLS

/* Reads a line that has to be one JSON object, as “postqueue -j” and “journalctl -o json” print
 * them: INVALID_FILE if it is not. Bytes that are no UTF-8 become U+FFFD, and what is nested so
 * deeply that reading it would take too much of the stack is refused. */
JsonParser         *_nullmail_json_line_parse  (const char  *line,
                                                gsize        length,
                                                GError     **error);
/* (transfer full) (nullable): a member that is a text, of which what is no UTF-8 has become U+FFFD;
 * NULL with no error for one of another type or none. */
char               *_nullmail_json_dup_text    (JsonObject  *object,
                                                const char  *name);

/* One message, as a line of “postqueue -j”. Members that are not known are ignored, and those that
 * are not there are empty, but for the queue id. causes: (nullable) see queue-entry-private.h. */
NullmailQueueEntry *_nullmail_queue_line_parse (const char  *line,
                                                gsize        length,
                                                GHashTable  *causes,
                                                GError     **error);

G_END_DECLS
