/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* This makes libsecret's functions for paths on the bus available. They are needed since its
 * objects do not tell an item that is gone from one that cannot be read. */
#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

G_BEGIN_DECLS

#define NULLMAIL_SECRET_SERVICE_NAME "org.freedesktop.secrets"

/* How long a service may take to answer, and a person to answer a prompt. */
#define NULLMAIL_SECRET_ANSWER_MS 10000
#define NULLMAIL_SECRET_PROMPT_MS 120000

/* What one call of the store needs to know. Every call begins with _nullmail_secret_call_begin ()
 * and ends with _nullmail_secret_call_end (). */
typedef struct
{
  const char    *collection;   /* alias or D-Bus path */
  GCancellable  *cancellable;  /* (nullable) */
  SecretService *service;      /* (owned) (nullable) NULL: libsecret keeps a file instead */
  char          *path;         /* (owned) (nullable) of the collection; NULL while there is none */
  guint          limit_ms;     /* how long a service may take to answer */
  gboolean       has_file;     /* libsecret keeps a file, and other threads are locked out */
  gboolean       has_expired;  /* a limit was reached */
  gboolean       has_vanished; /* the service ended meanwhile */
} NullmailSecretCall;

/* Finds the service. If there is none the message says whether it or the session bus is missing. */
gboolean _nullmail_secret_call_begin  (NullmailSecretCall  *self,
                                       GError             **error);
void     _nullmail_secret_call_end    (NullmailSecretCall  *self);

/* Begins one asynchronous function of libsecret. */
typedef void (* NullmailSecretStart)  (GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data,
                                       gpointer             data);

/* An object on the bus, as the data of a NullmailSecretStart. */
typedef struct
{
  SecretService *service;
  const char    *path;
} NullmailSecretPath;

/* Starts a function of libsecret and waits until it has ended, without running anybody else's main
 * context. NULL means that it did not end in time and was given up. */
GAsyncResult *
_nullmail_secret_call_wait            (NullmailSecretCall  *self,
                                       guint                limit_ms,
                                       NullmailSecretStart  start,
                                       gpointer             data);

/* Sets an error of this library that says why a step failed. foreign is libsecret's error, which is
 * taken over; NULL means that the step was given up. A cancelled call always ends with
 * CANCELLED. */
void     _nullmail_secret_call_fail   (NullmailSecretCall  *self,
                                       GError              *foreign,
                                       GError             **error);

/* Sets the error of a keyring that is still locked although the prompt to unlock it was shown. */
void     _nullmail_secret_call_fail_locked (NullmailSecretCall  *self,
                                            GError             **error);

/* Whether an error means that the object on the bus is not there, or not any more. */
gboolean _nullmail_secret_is_gone     (const GError        *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NullmailSecretCall, _nullmail_secret_call_end)

G_END_DECLS
