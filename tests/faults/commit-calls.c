/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The functions below are defined, not called: no inline version of them may be in the way. */
#undef _FORTIFY_SOURCE

#include "commit-calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

uid_t commit_calls_user;
long commit_calls_later_s;
struct timespec commit_calls_now;
guint64 commit_calls_attributes;
gboolean commit_calls_read_only;

static CommitHook current_hook;
static gpointer current_data;
static gboolean is_held;
static guint n_calls;

void
commit_calls_start (CommitHook hook,
                    gpointer   data)
{
  n_calls = 0;
  current_data = data;
  current_hook = hook;
}

guint
commit_calls_stop (void)
{
  current_hook = NULL;
  return n_calls;
}

void
commit_calls_pause (gboolean is_paused)
{
  is_held = is_paused;
}

int
commit_fault_hook (const char *name,
                   guint       number G_GNUC_UNUSED,
                   gpointer    data)
{
  CommitFault *fault = data;

  if (fault->flags_error != 0
      && (g_str_equal (name, "exchange") || g_str_equal (name, "noreplace")))
    return fault->flags_error;
  if (fault->across != 0 && g_str_equal (name, "renameat"))
    return fault->across;
  if (fault->name != NULL && !g_str_equal (fault->name, name))
    return 0;

  fault->n_seen++;
  if (fault->n_seen < fault->at || fault->n_seen >= fault->end)
    return 0;

  fault->failed = name;
  return fault->error;
}

/* What the hook says; errno is set where the call is to fail, and else as it was. */
static int
ask_hook (const char *name)
{
  CommitHook hook = current_hook;
  int saved_errno = errno;
  int result;

  if (hook == NULL || is_held)
    return 0;

  current_hook = NULL;
  result = hook (name, ++n_calls, current_data);
  current_hook = hook;
  errno = result > 0 ? result : saved_errno;
  return result;
}

static gboolean
is_to_fail (const char *name)
{
  return ask_hook (name) > 0;
}

/* The C library's own function, with its name for large files if it has one. */
static guintptr
find_next (const char *name)
{
  g_autofree char *large = g_str_has_suffix (name, "64") ? NULL : g_strconcat (name, "64", NULL);
  gpointer next = large != NULL ? dlsym (RTLD_NEXT, large) : NULL;

  if (next == NULL)
    next = dlsym (RTLD_NEXT, name);
  g_assert_nonnull (next);
  return (guintptr) next;
}

/* Returns from the function it stands in. */
#define CALL_AS(shown, failure, name, ...) \
  static __typeof__ (&name) next; \
  if (next == NULL) \
    next = (__typeof__ (&name)) find_next (#name); \
  return is_to_fail (shown) ? (failure) : next (__VA_ARGS__)
#define CALL(name, ...) CALL_AS (#name, -1, name, __VA_ARGS__)

/* libattr is to use these, too, in spite of -fvisibility=hidden. */
#pragma GCC visibility push (default)

int
openat (int         directory,
        const char *name,
        int         flags,
        ...)
{
  mode_t mode = 0;
  va_list arguments;

  if ((flags & O_CREAT) != 0)
    {
      va_start (arguments, flags);
      mode = va_arg (arguments, mode_t);
      va_end (arguments);
    }

  CALL (openat, directory, name, flags, mode);
}

int
fstat (int          fd,
       struct stat *info)
{
  static __typeof__ (&fstat) next;
  int wish = ask_hook ("fstat"), result;

  if (next == NULL)
    next = (__typeof__ (&fstat)) find_next ("fstat");
  result = wish > 0 ? -1 : next (fd, info);
  if (wish == COMMIT_OTHER_DEVICE)
    info->st_dev++;
  return result;
}

int
fstatat (int          directory,
         const char  *name,
         struct stat *info,
         int          flags)
{
  static __typeof__ (&fstatat) next;
  int wish = ask_hook ("fstatat"), result;

  if (next == NULL)
    next = (__typeof__ (&fstatat)) find_next ("fstatat");
  result = wish > 0 ? -1 : next (directory, name, info, flags);
  if (wish == COMMIT_OTHER_DEVICE && result == 0)
    info->st_dev++;
  return result;
}

int
statx (int            directory,
       const char    *name,
       int            flags,
       unsigned int   mask,
       struct statx  *info)
{
  static __typeof__ (&statx) next;
  int result;

  if (next == NULL)
    next = (__typeof__ (&statx)) find_next ("statx");
  result = is_to_fail ("statx") ? -1 : next (directory, name, flags, mask, info);
  if (result == 0)
    info->stx_attributes |= commit_calls_attributes;
  return result;
}

int
fstatvfs (int             fd,
          struct statvfs *info)
{
  static __typeof__ (&fstatvfs) next;
  int result;

  if (next == NULL)
    next = (__typeof__ (&fstatvfs)) find_next ("fstatvfs");
  result = is_to_fail ("fstatvfs") ? -1 : next (fd, info);
  if (result == 0 && commit_calls_read_only)
    info->f_flag |= ST_RDONLY;
  return result;
}

uid_t
geteuid (void)
{
  static __typeof__ (&geteuid) next;

  if (next == NULL)
    next = (__typeof__ (&geteuid)) find_next ("geteuid");
  return commit_calls_user != 0 ? commit_calls_user : next ();
}

int
clock_gettime (clockid_t        clock,
               struct timespec *now)
{
  static __typeof__ (&clock_gettime) next;
  int result;

  if (next == NULL)
    next = (__typeof__ (&clock_gettime)) find_next ("clock_gettime");
  result = next (clock, now);
  if (clock == CLOCK_MONOTONIC)
    now->tv_sec += commit_calls_later_s;
  else if (clock == CLOCK_REALTIME && commit_calls_now.tv_sec != 0)
    *now = commit_calls_now;
  return result;
}

int
renameat2 (int           from_directory,
           const char   *from,
           int           to_directory,
           const char   *to,
           unsigned int  flags)
{
  const char *shown = flags == RENAME_EXCHANGE ? "exchange"
                      : flags == RENAME_NOREPLACE ? "noreplace" : "renameat2";

  CALL_AS (shown, -1, renameat2, from_directory, from, to_directory, to, flags);
}

int
renameat (int         from_directory,
          const char *from,
          int         to_directory,
          const char *to)
{
  CALL (renameat, from_directory, from, to_directory, to);
}

int
linkat (int         from_directory,
        const char *from,
        int         to_directory,
        const char *to,
        int         flags)
{
  CALL (linkat, from_directory, from, to_directory, to, flags);
}

int
faccessat (int         directory,
           const char *name,
           int         mode,
           int         flags)
{
  CALL (faccessat, directory, name, mode, flags);
}

int
unlinkat (int         directory,
          const char *name,
          int         flags)
{
  CALL (unlinkat, directory, name, flags);
}

int
mkdirat (int         directory,
         const char *name,
         mode_t      mode)
{
  CALL (mkdirat, directory, name, mode);
}

int
fchmodat (int         directory,
          const char *name,
          mode_t      mode,
          int         flags)
{
  CALL (fchmodat, directory, name, mode, flags);
}

int
fchmod (int    fd,
        mode_t mode)
{
  CALL (fchmod, fd, mode);
}

int
fchown (int   fd,
        uid_t user,
        gid_t group)
{
  CALL (fchown, fd, user, group);
}

/* Nothing here is about power cuts: what is synchronised need not be. */
int
fsync (int fd G_GNUC_UNUSED)
{
  return is_to_fail ("fsync") ? -1 : 0;
}

int
flock (int fd,
       int operation)
{
  CALL (flock, fd, operation);
}

/* Only what has to do with leases is shown. */
static const char *
show_command (int command,
              int argument)
{
  switch (command)
    {
    case F_SETOWN_EX:
      return "setown";
    case F_GETLEASE:
      return "getlease";
    case F_SETLEASE:
      return argument == F_UNLCK ? "unlease" : "setlease";
    default:
      return NULL;
    }
}

int
fcntl (int fd,
       int command,
       ...)
{
  static __typeof__ (&fcntl) next;
  const char *shown;
  void *argument;
  va_list arguments;

  va_start (arguments, command);
  argument = va_arg (arguments, void *);
  va_end (arguments);

  if (next == NULL)
    next = (__typeof__ (&fcntl)) find_next ("fcntl");
  shown = show_command (command, GPOINTER_TO_INT (argument));
  return shown != NULL && is_to_fail (shown) ? -1 : next (fd, command, argument);
}

int
ftruncate (int   fd,
           off_t size)
{
  CALL (ftruncate, fd, size);
}

int
fallocate (int   fd,
           int   mode,
           off_t offset,
           off_t size)
{
  CALL (fallocate, fd, mode, offset, size);
}

int
futimens (int                   fd,
          const struct timespec times[2])
{
  CALL (futimens, fd, times);
}

ssize_t
read (int     fd,
      void   *data,
      size_t  size)
{
  CALL (read, fd, data, size);
}

ssize_t
pread (int     fd,
       void   *data,
       size_t  size,
       off_t   offset)
{
  CALL (pread, fd, data, size, offset);
}

off_t
lseek (int   fd,
       off_t offset,
       int   whence)
{
  CALL (lseek, fd, offset, whence);
}

ssize_t
write (int         fd,
       const void *data,
       size_t      size)
{
  CALL (write, fd, data, size);
}

ssize_t
getdents64 (int     fd,
            void   *data,
            size_t  size)
{
  CALL (getdents64, fd, data, size);
}

ssize_t
readlinkat (int         directory,
            const char *name,
            char       *target,
            size_t      size)
{
  CALL (readlinkat, directory, name, target, size);
}

ssize_t
flistxattr (int     fd,
            char   *list,
            size_t  size)
{
  CALL (flistxattr, fd, list, size);
}

#pragma GCC visibility pop
