/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <sys/types.h>

#include "credential-source.h"

/* A socket that listens, and who may connect to it. */
typedef struct _Server Server;

/* The socket that the service manager handed over, see sd_listen_fds(3), or one that is made at
 * path for the user alone. Connections of others than root and the user are refused in either
 * case. The source and the name are borrowed. */
Server *server_new  (const char        *path,
                     uid_t              user,
                     CredentialSource  *source,
                     const char        *map_name,
                     GError           **error);

/* Stops listening, and removes the socket that was made. What is being answered goes on, so that a
 * server is freed by the end of the process only. */
void    server_stop (Server            *self);
