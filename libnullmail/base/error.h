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

/**
 * NULLMAIL_ERROR:
 *
 * Error domain of this library; the codes are in [enum@Error].
 *
 * Since: 1.0
 */
#define NULLMAIL_ERROR (nullmail_error_quark ())

/**
 * NullmailError:
 * @NULLMAIL_ERROR_FAILED: anything without a code of its own; nothing on disk has changed
 * @NULLMAIL_ERROR_INVALID_ARGUMENT: a bad parameter name, a value with a newline or NUL, a variant
 *   of the wrong shape, or objects that do not belong together; nothing on disk has changed
 * @NULLMAIL_ERROR_INVALID_RELAY_HOST: the text of a relay host is not understood
 * @NULLMAIL_ERROR_INVALID_CREDENTIALS: a user name or password that is empty, not UTF-8 or cannot
 *   be written to a password file, or a descriptor that cannot be read
 * @NULLMAIL_ERROR_INVALID_CONFIG: settings that contradict each other; nothing on disk has changed
 * @NULLMAIL_ERROR_INVALID_FILE: a file, or the output of a command, that cannot be parsed; nothing
 *   on disk has changed
 * @NULLMAIL_ERROR_NOT_FOUND: no such directory, file, table, parameter or queue id; nothing on disk
 *   has changed
 * @NULLMAIL_ERROR_PERMISSION_DENIED: more rights are needed; nothing on disk has changed
 * @NULLMAIL_ERROR_BUSY: another writer, `postconf -e` included, held the lock for more than 10
 *   seconds; nothing on disk has changed
 * @NULLMAIL_ERROR_CONFLICT: a file has changed since the plan or the document was made, so plan
 *   again; nothing on disk has changed
 * @NULLMAIL_ERROR_UNSAFE: the plan brings in a finding of severity ERROR and FORCE was not given;
 *   nothing on disk has changed
 * @NULLMAIL_ERROR_WRITE: the disk is full, read-only or broken; nothing on disk has changed
 * @NULLMAIL_ERROR_MAP: `postmap` failed or the table type is not supported; nothing on disk has
 *   changed
 * @NULLMAIL_ERROR_ACTIVATION: reload, restart or enabling failed or took too long; files and
 *   service are back in the state before
 * @NULLMAIL_ERROR_COMMAND: a Postfix command is missing or failed; nothing on disk has changed
 * @NULLMAIL_ERROR_SECRET_SERVICE: there is no Secret Service, or it is locked and the prompt was
 *   dismissed
 * @NULLMAIL_ERROR_TIMED_OUT: a local command or D-Bus call took too long, before the commit;
 *   nothing on disk has changed
 * @NULLMAIL_ERROR_ACTIVATION_KEPT: as ACTIVATION, but another writer came in between, so that
 *   not all was put back: the new state is on disk, or a part of it
 * @NULLMAIL_ERROR_NOT_DURABLE: committed and visible, but the directory could not be synchronised,
 *   so that a power cut may lose it, or entries that were to go behind the commit are still there:
 *   the new state is on disk
 * @NULLMAIL_ERROR_SUPERSEDED: committed, but another writer came at the same moment: his file has
 *   taken the place of the new one, or could not be put back and is where the message says: look
 *   again
 * @NULLMAIL_ERROR_INSECURE_PATH: a component of the path belongs to somebody else, or can be
 *   written by somebody else; never forced; nothing on disk has changed
 * @NULLMAIL_ERROR_NOTHING_TO_UNDO: the library has changed nothing in this configuration directory,
 *   or kept no record of it; nothing on disk has changed
 *
 * What went wrong, in the words of what to do about it.
 *
 * Cancellation is reported as %G_IO_ERROR_CANCELLED; no other domain leaves the library. A message
 * never holds a password, and names the file and line where there is one.
 *
 * Since: 1.0
 */
typedef enum
{
  NULLMAIL_ERROR_FAILED = 0,
  NULLMAIL_ERROR_INVALID_ARGUMENT = 1,
  NULLMAIL_ERROR_INVALID_RELAY_HOST = 2,
  NULLMAIL_ERROR_INVALID_CREDENTIALS = 3,
  NULLMAIL_ERROR_INVALID_CONFIG = 4,
  NULLMAIL_ERROR_INVALID_FILE = 5,
  NULLMAIL_ERROR_NOT_FOUND = 6,
  NULLMAIL_ERROR_PERMISSION_DENIED = 7,
  NULLMAIL_ERROR_BUSY = 8,
  NULLMAIL_ERROR_CONFLICT = 9,
  NULLMAIL_ERROR_UNSAFE = 10,
  NULLMAIL_ERROR_WRITE = 11,
  NULLMAIL_ERROR_MAP = 12,
  NULLMAIL_ERROR_ACTIVATION = 13,
  NULLMAIL_ERROR_COMMAND = 14,
  NULLMAIL_ERROR_SECRET_SERVICE = 15,
  NULLMAIL_ERROR_TIMED_OUT = 16,
  NULLMAIL_ERROR_ACTIVATION_KEPT = 17,
  NULLMAIL_ERROR_NOT_DURABLE = 18,
  NULLMAIL_ERROR_SUPERSEDED = 19,
  NULLMAIL_ERROR_INSECURE_PATH = 20,
  NULLMAIL_ERROR_NOTHING_TO_UNDO = 21,
} NullmailError;

NULLMAIL_AVAILABLE_IN_1_0
GQuark nullmail_error_quark (void);

G_END_DECLS
