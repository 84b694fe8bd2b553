/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/secure-memory-private.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A secure buffer keeps a password out of the places where it would outlive its use: the swap, a
 * core dump, and memory that was freed and is given to somebody else. It hides nothing from this
 * process, from root, or from a debugger, which can read all memory anyway.
 *
 * 1. The buffer has pages of its own from mmap (2), which it shares with nothing else. On the heap
 *    its neighbours would be locked as well and, worse, be unlocked with it: mlock (2) does not
 *    nest. Nor would anybody know which copies realloc () leaves behind.
 * 2. The pages are locked into memory, and left out of core dumps, before the first byte is in
 *    them. A process may lock only so much (RLIMIT_MEMLOCK). Beyond that the pages stay unlocked,
 *    for a password that may be swapped out is better than a machine that cannot be configured.
 * 3. A buffer that grows gets new pages. The bytes are copied, and the old pages go as in 4. One
 *    that shrinks wipes what it no longer holds.
 * 4. When the last reference goes the pages are wiped first, then unlocked, then returned to the
 *    system. In any other order there would be a moment at which the bytes can be swapped out.
 *
 * Wiping is done with explicit_bzero (3), which the compiler cannot leave out although nobody reads
 * the bytes again. Comparing passwords looks at every byte, so that the time does not tell how many
 * of them were right. */

void
_nullmail_wipe (void  *data,
                gsize  size)
{
  explicit_bzero (data, size);
}

gboolean
_nullmail_equal_constant_time (const void *a,
                               const void *b,
                               gsize       size)
{
  const volatile guchar *x = a, *y = b;
  guchar difference = 0;

  for (gsize i = 0; i < size; i++)
    difference |= x[i] ^ y[i];

  return difference == 0;
}

static char *
map_pages (gsize size)
{
  char *pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (pages == MAP_FAILED)
    g_error ("Could not map %" G_GSIZE_FORMAT " bytes of memory", size);

  /* If either fails the pages are used nevertheless. */
  mlock (pages, size);
  madvise (pages, size, MADV_DONTDUMP);

  return pages;
}

static void
unmap_pages (char  *pages,
             gsize  size)
{
  _nullmail_wipe (pages, size);
  munlock (pages, size);
  munmap (pages, size);
}

static gsize
round_to_pages (gsize size)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  return (size + page) / page * page;  /* at least one byte more than asked, for the NUL */
}

NullmailSecureBuffer *
_nullmail_secure_buffer_new (gsize reserve)
{
  NullmailSecureBuffer *self = g_new0 (NullmailSecureBuffer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->allocated = round_to_pages (reserve);
  self->data = map_pages (self->allocated);

  return self;
}

NullmailSecureBuffer *
_nullmail_secure_buffer_new_from (const void *data,
                                  gsize       size)
{
  NullmailSecureBuffer *self = _nullmail_secure_buffer_new (size);

  _nullmail_secure_buffer_append (self, data, size);
  return self;
}

NullmailSecureBuffer *
_nullmail_secure_buffer_ref (NullmailSecureBuffer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
_nullmail_secure_buffer_unref (NullmailSecureBuffer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  unmap_pages (self->data, self->allocated);
  g_free (self);
}

void
_nullmail_secure_buffer_reserve (NullmailSecureBuffer *self,
                                 gsize                 total)
{
  gsize allocated;
  char *data;

  if (total < self->allocated)
    return;

  allocated = round_to_pages (MAX (total, self->allocated * 2));
  data = map_pages (allocated);
  memcpy (data, self->data, self->size);
  unmap_pages (self->data, self->allocated);
  self->data = data;
  self->allocated = allocated;
}

void
_nullmail_secure_buffer_append (NullmailSecureBuffer *self,
                                const void           *data,
                                gsize                 size)
{
  if (size == 0)
    return;

  _nullmail_secure_buffer_reserve (self, self->size + size);
  memcpy (self->data + self->size, data, size);
  _nullmail_secure_buffer_set_size (self, self->size + size);
}

void
_nullmail_secure_buffer_set_size (NullmailSecureBuffer *self,
                                  gsize                 size)
{
  g_return_if_fail (size < self->allocated);

  if (size < self->size)
    _nullmail_wipe (self->data + size, self->size - size);
  self->size = size;
  self->data[size] = '\0';
}

gboolean
_nullmail_secure_buffer_equal (const NullmailSecureBuffer *a,
                               const NullmailSecureBuffer *b)
{
  return a->size == b->size && _nullmail_equal_constant_time (a->data, b->data, a->size);
}

gboolean
_nullmail_secure_buffer_read_fd (NullmailSecureBuffer *self,
                                 int                   fd,
                                 gsize                 limit)
{
  while (TRUE)
    {
      gssize n_read;

      _nullmail_secure_buffer_reserve (self, self->size + 1024);
      n_read = read (fd, self->data + self->size, self->allocated - self->size - 1);
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return FALSE;
      if (n_read == 0)
        return TRUE;

      _nullmail_secure_buffer_set_size (self, self->size + n_read);
      if (self->size > limit)
        {
          errno = EFBIG;
          return FALSE;
        }
    }
}
