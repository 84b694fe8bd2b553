/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <sys/syscall.h>

/* The system calls that are counted and failed: all that have to do with files, pipes and
 * processes. Those of memory, time, signals and identity are left out: they cannot fail with the
 * errors of a disk. Which of these a program makes depends on the architecture. */
static const struct
{
  int         number;
  const char *name;
} fault_calls[] = {
#define CALL(name) { __NR_##name, #name },
#ifdef __NR_open
  CALL (open) CALL (creat) CALL (stat) CALL (lstat) CALL (access) CALL (readlink) CALL (rename)
  CALL (link) CALL (unlink) CALL (symlink) CALL (mkdir) CALL (rmdir) CALL (chmod) CALL (chown)
  CALL (lchown) CALL (pipe) CALL (poll) CALL (dup2) CALL (fork) CALL (vfork) CALL (getdents)
#endif
  CALL (openat) CALL (openat2) CALL (close) CALL (read) CALL (pread64) CALL (readv) CALL (write)
  CALL (pwrite64) CALL (writev) CALL (fstat) CALL (newfstatat) CALL (statx) CALL (fstatfs)
  CALL (faccessat) CALL (faccessat2) CALL (readlinkat) CALL (getdents64) CALL (lseek)
  CALL (renameat)
  CALL (renameat2) CALL (linkat) CALL (unlinkat) CALL (symlinkat) CALL (mkdirat) CALL (fchmod)
  CALL (fchmodat) CALL (fchown) CALL (fchownat) CALL (truncate) CALL (ftruncate) CALL (fallocate)
  CALL (utimensat) CALL (fsync) CALL (fdatasync) CALL (sync_file_range) CALL (flock) CALL (fcntl)
  CALL (getxattr) CALL (lgetxattr) CALL (fgetxattr) CALL (setxattr) CALL (lsetxattr)
  CALL (fsetxattr) CALL (listxattr) CALL (llistxattr) CALL (flistxattr) CALL (removexattr)
  CALL (fremovexattr) CALL (memfd_create) CALL (pipe2) CALL (dup) CALL (dup3) CALL (ppoll)
  CALL (pidfd_open) CALL (wait4) CALL (waitid) CALL (clone) CALL (clone3) CALL (execve)
  CALL (chdir) CALL (fchdir) CALL (sendfile) CALL (copy_file_range) CALL (ioctl) CALL (mlock)
  CALL (close_range)
#undef CALL
};
