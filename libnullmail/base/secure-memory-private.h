/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A growing buffer for bytes that may hold a password. Its pages are locked into memory where the
 * limit RLIMIT_MEMLOCK allows, left out of core dumps, and wiped before they go back to the system.
 * The bytes are always followed by one NUL that size does not count. Reference counting is atomic;
 * changing the bytes is for the one owner that is building them. */
typedef struct
{
  gatomicrefcount ref_count;
  char           *data;
  gsize           size;
  gsize           allocated;
} NullmailSecureBuffer;

NullmailSecureBuffer *_nullmail_secure_buffer_new      (gsize reserve);
NullmailSecureBuffer *_nullmail_secure_buffer_new_from (const void *data,
                                                        gsize       size);
NullmailSecureBuffer *_nullmail_secure_buffer_ref      (NullmailSecureBuffer *self);
void                  _nullmail_secure_buffer_unref    (NullmailSecureBuffer *self);

/* Makes room for so many bytes in all, to be written behind size by read (2) and the like. */
void                  _nullmail_secure_buffer_reserve  (NullmailSecureBuffer *self,
                                                        gsize                 total);
void                  _nullmail_secure_buffer_append   (NullmailSecureBuffer *self,
                                                        const void           *data,
                                                        gsize                 size);
void                  _nullmail_secure_buffer_set_size (NullmailSecureBuffer *self,
                                                        gsize                 size);
gboolean              _nullmail_secure_buffer_equal    (const NullmailSecureBuffer *a,
                                                        const NullmailSecureBuffer *b);

/* Reads a descriptor to its end; FALSE with errno set, EFBIG where more than limit bytes come. */
gboolean              _nullmail_secure_buffer_read_fd  (NullmailSecureBuffer *self,
                                                        int                   fd,
                                                        gsize                 limit);

/* Overwrites bytes in a way that the compiler cannot leave out. */
void                  _nullmail_wipe                   (void  *data,
                                                        gsize  size);

/* Compares without telling by the time it takes where the difference is. */
gboolean              _nullmail_equal_constant_time    (const void *a,
                                                        const void *b,
                                                        gsize       size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullmailSecureBuffer, _nullmail_secure_buffer_unref)

G_END_DECLS
