/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "postfix/process-private.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEPT_OF_NAME 15
#define STATE_LISTENS 0x0a  /* TCP_LISTEN of the kernel */

/* The kernel counts from when it was started, whatever became of the clock since. /proc/uptime is
 * another thing in some containers. */
static gint64
convert_ticks (guint64 ticks)
{
  struct timespec up;

  clock_gettime (CLOCK_BOOTTIME, &up);
  return g_get_real_time () - up.tv_sec * G_USEC_PER_SEC - up.tv_nsec / 1000
         + (gint64) (ticks * G_USEC_PER_SEC / (guint64) sysconf (_SC_CLK_TCK));
}

gboolean
_nullmail_process_look (NullmailProcess *self,
                        pid_t            pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  char *name, *behind_name;
  guint64 ticks;
  int parent;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  name = strchr (text, '(');
  behind_name = strrchr (text, ')');
  if (name == NULL || behind_name == NULL
      || sscanf (behind_name, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
                              "%*d %*d %*d %" SCNu64, &parent, &ticks) != 2)
    return FALSE;

  *behind_name = '\0';
  self->pid = pid;
  self->parent = parent;
  g_strlcpy (self->name, name + 1, sizeof self->name);
  self->start_us = convert_ticks (ticks);
  return TRUE;
}

gboolean
_nullmail_process_find_child (NullmailProcess *self,
                              pid_t            parent,
                              const char      *name)
{
  g_autoptr(GDir) directory = g_dir_open ("/proc", 0, NULL);
  const char *entry;

  while (directory != NULL && (entry = g_dir_read_name (directory)) != NULL)
    if (g_ascii_isdigit (*entry) && _nullmail_process_look (self, atoi (entry))
        && self->parent == parent && strncmp (self->name, name, KEPT_OF_NAME) == 0)
      return TRUE;

  return FALSE;
}

/* The inodes of the sockets that a process has open; NULL where it lets nobody look. */
static GHashTable *
list_sockets (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) pid);
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  GHashTable *sockets;
  const char *entry;

  if (directory == NULL)
    return NULL;

  sockets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while ((entry = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, entry, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      if (target != NULL && g_str_has_prefix (target, "socket:[") && g_str_has_suffix (target, "]"))
        g_hash_table_add (sockets, g_strndup (target + 8, strlen (target) - 9));
    }

  return sockets;
}

/* An address as /proc/net/tcp has it: words of 32 bits, each in the byte order of the machine. */
static GInetAddress *
parse_address (const char *text)
{
  gsize n_words = strlen (text) / 8;
  guint32 words[4];

  if (n_words != 1 && n_words != 4)
    return NULL;

  for (gsize i = 0; i < n_words; i++)
    if (sscanf (text + 8 * i, "%8" SCNx32, &words[i]) != 1)
      return NULL;

  return g_inet_address_new_from_bytes ((const guint8 *) words,
                                        n_words == 1 ? G_SOCKET_FAMILY_IPV4
                                                     : G_SOCKET_FAMILY_IPV6);
}

static gboolean
add_listeners (GPtrArray  *listeners,
               GHashTable *sockets,
               pid_t       pid,
               const char *table)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/net/%s", (int) pid, table);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      char address[33], inode[24];
      guint port, state;
      g_autoptr(GInetAddress) parsed = NULL;

      if (sscanf (lines[i], " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %*u %*u "
                            "%23[0-9]", address, &port, &state, inode) != 4
          || state != STATE_LISTENS || !g_hash_table_contains (sockets, inode))
        continue;

      parsed = parse_address (address);
      if (parsed != NULL)
        g_ptr_array_add (listeners, g_inet_socket_address_new (parsed, port));
    }

  return TRUE;
}

GPtrArray *
_nullmail_process_list_listeners (pid_t pid)
{
  g_autoptr(GHashTable) sockets = list_sockets (pid);
  g_autoptr(GPtrArray) listeners = g_ptr_array_new_with_free_func (g_object_unref);

  if (sockets == NULL || !add_listeners (listeners, sockets, pid, "tcp"))
    return NULL;

  add_listeners (listeners, sockets, pid, "tcp6");  /* is not there without IPv6 */
  return g_steal_pointer (&listeners);
}
