/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* Paths on the bus, where libsecret's objects know too little of items that come and go. */
#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

G_BEGIN_DECLS

#define NULLMAIL_SECRET_SERVICE_NAME "org.freedesktop.secrets"

/* How long a service may take to answer, and a person to answer a prompt. */
#define NULLMAIL_SECRET_ANSWER_MS 10000
#define NULLMAIL_SECRET_PROMPT_MS 120000

/* What one call of the store needs of libsecret: begun first, ended last. */
typedef struct
{
  const char    *collection;   /* alias or D-Bus path */
  GCancellable  *cancellable;  /* (nullable) */
  SecretService *service;      /* (owned) (nullable) NULL where libsecret keeps a file instead */
  char          *path;         /* (owned) (nullable) of the collection; NULL while there is none */
  guint          limit_ms;     /* how long a service may take to answer */
  gboolean       has_file;     /* a file it is, and locked against other threads */
  gboolean       has_expired;  /* a limit was reached */
  gboolean       has_vanished; /* the service ended meanwhile */
} NullmailSecretCall;

/* FALSE with a message that says whether the session bus or the service is missing. */
gboolean _nullmail_secret_call_begin  (NullmailSecretCall  *self,
                                       GError             **error);
void     _nullmail_secret_call_end    (NullmailSecretCall  *self);

/* Begins one asynchronous function of libsecret. */
typedef void (* NullmailSecretStart)  (GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data,
                                       gpointer             data);

/* What such a function needs to know of an object on the bus. */
typedef struct
{
  SecretService *service;
  const char    *path;
} NullmailSecretPath;

/* Waits for its end without running anybody else's main context. NULL where it was given up. */
GAsyncResult *
_nullmail_secret_call_wait            (NullmailSecretCall  *self,
                                       guint                limit_ms,
                                       NullmailSecretStart  start,
                                       gpointer             data);

/* Says in the words of this library why a step failed; takes foreign, NULL where it was given up.
 * A cancelled call always says so. */
void     _nullmail_secret_call_fail   (NullmailSecretCall  *self,
                                       GError              *foreign,
                                       GError             **error);

/* The error of a keyring that is still locked after everybody was asked. */
void     _nullmail_secret_call_fail_locked (NullmailSecretCall  *self,
                                            GError             **error);

/* An object that is not there, or no longer. */
gboolean _nullmail_secret_is_gone     (const GError        *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailSecretCall, _nullmail_secret_call_end)

G_END_DECLS
