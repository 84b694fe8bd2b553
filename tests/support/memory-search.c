/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "memory-search.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char first_half[] = "Qx7-Canary-";
static const char second_half[] = "Pw9-Marker";

G_STATIC_ASSERT (MARKER_BYTES == sizeof first_half - 1 + sizeof second_half - 1);

/* AddressSanitizer maps terabytes of shadow memory, and keeps copies of what was freed. */
#if defined (__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
#define HAS_SHADOW_MEMORY 1
#endif
#endif

static guint
count_in_window (const char *window,
                 gsize       size)
{
  const gsize first_size = sizeof first_half - 1;
  const char *end = window + size;
  const char *at = window;
  guint n_found = 0;

  while ((at = memmem (at, end - at, first_half, first_size)) != NULL
         && at + MARKER_BYTES <= end)
    {
      n_found += memcmp (at + first_size, second_half, sizeof second_half - 1) == 0;
      at += first_size;
    }

  return n_found;
}

static guint
count_in_range (int     memory,
                guint64 start,
                guint64 end)
{
  gsize size = 1024 * 1024;
  /* Not on the heap, and wiped each time, so that the search does not find itself. */
  char *window = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  guint n_found = 0;

  g_assert_true (window != MAP_FAILED);
  for (guint64 at = start; at < end; at += size - MARKER_BYTES)
    {
      gssize n_read = pread (memory, window, MIN (size, end - at), (off_t) at);

      n_found += n_read > 0 ? count_in_window (window, (gsize) n_read) : 0;
      if (n_read <= 0 || at + n_read >= end)
        break;
    }

  memset (window, 0, size);
  munmap (window, size);
  return n_found;
}

/* How often the marker stands in memory that this process can read. */
guint
count_markers (void)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  char line[1024];
  guint n_found = 0;

  g_assert_nonnull (maps);
  g_assert_cmpint (memory, >=, 0);

  while (fgets (line, sizeof line, maps) != NULL)
    {
      guint64 start, end;
      char readable;

      if (sscanf (line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %c", &start, &end,
                  &readable) == 3 && readable == 'r')
        n_found += count_in_range (memory, start, end);
    }

  close (memory);
  fclose (maps);
  return n_found;
}

/* A page of its own with the marker, made from the halves. */
char *
new_marker_page (void)
{
  char *page = mmap (NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  g_assert_true (page != MAP_FAILED);
  memcpy (page, first_half, sizeof first_half - 1);
  memcpy (page + sizeof first_half - 1, second_half, sizeof second_half - 1);

  return page;
}

void
free_marker_page (char *page)
{
  explicit_bzero (page, PAGE_BYTES);
  munmap (page, PAGE_BYTES);
}

NullmailRelayCredentials *
new_marker_credentials (const char  *relay_text,
                        const char  *suffix,
                        GError     **error)
{
  g_autoptr(NullmailRelayHost) relay = nullmail_relay_host_parse (relay_text, NULL);
  NullmailRelayCredentials *self;
  char *page = new_marker_page ();
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], page, MARKER_BYTES), ==, MARKER_BYTES);
  g_assert_cmpint (write (fds[1], suffix, strlen (suffix)), ==, strlen (suffix));
  free_marker_page (page);
  close (fds[1]);

  self = nullmail_relay_credentials_new_from_fd (relay, "u", fds[0], NULL, error);
  close (fds[0]);

  return self;
}

guint
count_markers_in_file (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  guint n_found;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &info), ==, 0);
  n_found = count_in_range (fd, 0, (guint64) info.st_size);
  close (fd);
  return n_found;
}

/* Tools that keep copies of memory, or of what was freed, are no place to search. */
gboolean
can_search_memory (void)
{
#ifdef HAS_SHADOW_MEMORY
  return FALSE;
#else
  g_autofree char *maps = NULL;

  return g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL)
         && strstr (maps, "/vgpreload_") == NULL;
#endif
}
