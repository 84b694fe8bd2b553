/* SPDX-FileCopyrightText: 2026 The libnullmail authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* seccomp_unotify (2): the kernel stops a process before a system call and asks us what to do. The
 * filter stays in force across fork and exec, so that a child of the library is seen as well. */

#include "supervisor.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault-calls.h"

#define LIMIT_S          300
#define MAX_STICKY_EINTR 20      /* a signal does not come for ever */
#define MAX_SHORT_BYTES  (1 << 20)
#define END_MARK         0x6e756c6c  /* as argument of the call that marks the end of the action */

/* What the child tells: in memory, for every system call of it is looked at. */
typedef struct
{
  gboolean is_finished;
  gboolean ok;
  int      code;
  char     message[1024];
} Report;

typedef struct
{
  const Run   *run;
  const Fault *fault;
  Outcome     *outcome;
  Report      *report;
  int          listener;
  pid_t        main_pid;
  GArray      *pids;      /* (element-type pid_t) by role */
  GArray      *counts;    /* (element-type guint) calls so far, by role */
  gboolean     is_over;   /* the action has ended: nothing more is failed */
  guint        n_sticky;
} Supervisor;

const char *
supervisor_call_name (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (fault_calls); i++)
    {
      if (fault_calls[i].number == number)
        return fault_calls[i].name;
    }

  return "?";
}

char *
supervisor_read_text (pid_t   pid,
                      guint64 address)
{
  char buffer[4096 + 1] = { 0 };
  gsize size = 0;

  /* In pieces that lie in one page, for behind it there may be nothing. */
  while (size < sizeof buffer - 1)
    {
      struct iovec local = { buffer + size, MIN (256 - (address + size) % 256,
                                                 sizeof buffer - 1 - size) };
      struct iovec remote = { (void *) (gsize) (address + size), local.iov_len };

      if (process_vm_readv (pid, &local, 1, &remote, 1, 0) != (gssize) local.iov_len
          || memchr (local.iov_base, '\0', local.iov_len) != NULL)
        break;
      size += local.iov_len;
    }

  return g_strdup (buffer);
}

/* Every call of the table, and the one that marks the end, is asked about. */
static int
install_filter (void)
{
  g_autoptr(GArray) program = g_array_new (FALSE, FALSE, sizeof (struct sock_filter));
  const struct sock_filter load =
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr));
  const struct sock_filter allow = BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const struct sock_filter ask = BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  struct sock_fprog filter;

  g_array_append_val (program, load);
  for (guint i = 0; i <= G_N_ELEMENTS (fault_calls); i++)
    {
      guint number = i < G_N_ELEMENTS (fault_calls) ? fault_calls[i].number : __NR_personality;
      const struct sock_filter jump = BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);

      g_array_append_val (program, jump);
      g_array_append_val (program, ask);
    }
  g_array_append_val (program, allow);

  filter.len = program->len;
  filter.filter = (struct sock_filter *) (void *) program->data;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return -1;

  return (int) syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &filter);
}

static gboolean
send_descriptor (int socket_fd,
                 int fd)
{
  char control[CMSG_SPACE (sizeof fd)] = { 0 };
  struct iovec part = { .iov_base = (char *) "x", .iov_len = 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                            .msg_controllen = sizeof control };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (header), &fd, sizeof fd);
  return sendmsg (socket_fd, &message, 0) == 1;
}

static int
receive_descriptor (int socket_fd)
{
  char control[CMSG_SPACE (sizeof (int))];
  char byte;
  struct iovec part = { .iov_base = &byte, .iov_len = 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                            .msg_controllen = sizeof control };
  int fd = -1;

  if (recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR (&message) != NULL)
    memcpy (&fd, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof fd);

  return fd;
}

static void
note_result (Report   *report,
             gboolean  ok,
             GError   *error)
{
  report->ok = ok;
  if (!ok)
    {
      report->code = error != NULL
                     && g_str_equal (g_quark_to_string (error->domain), "nullmail-error-quark")
                     ? error->code : -1;
      g_strlcpy (report->message, error != NULL ? error->message : "(no error)",
                 sizeof report->message);
    }
  report->is_finished = TRUE;
}

static G_NORETURN void
run_child (const Run *run,
           gboolean   is_supervised,
           Report    *report,
           int        socket_fd)
{
  g_autoptr(GError) error = NULL;
  gboolean ok;
  int listener;

  prctl (PR_SET_PDEATHSIG, SIGKILL);  /* nobody else would answer its calls */
  setpgid (0, 0);
  umask (run->mask);
  dup2 (run->output, STDOUT_FILENO);
  dup2 (run->output, STDERR_FILENO);
  ok = run->begin == NULL || run->begin (run->action_data, &error);
  if (ok && is_supervised)
    {
      listener = install_filter ();
      if (listener < 0 || !send_descriptor (socket_fd, listener))
        _exit (2);
    }
  ok = ok && run->action (run->action_data, &error);
  note_result (report, ok, error);
  if (is_supervised)
    syscall (__NR_personality, END_MARK);
  exit (0);  /* not _exit: a build that measures coverage writes its figures now */
}

static guint
get_role (Supervisor *self,
          pid_t       pid)
{
  guint zero = 0;

  for (guint i = 0; i < self->pids->len; i++)
    {
      if (g_array_index (self->pids, pid_t, i) == pid)
        return i;
    }

  g_array_append_val (self->pids, pid);
  g_array_append_val (self->counts, zero);
  return self->pids->len - 1;
}

/* Half of a read or write, done in the name of the process. */
static gboolean
do_half (const struct seccomp_notif *request,
         __s64                      *result)
{
  gsize size = MIN (request->data.args[2] / 2, MAX_SHORT_BYTES);
  struct iovec remote = { (void *) (gsize) request->data.args[1], size };
  g_autofree char *buffer = g_malloc (size + 1);
  struct iovec local = { buffer, size };
  int process = (int) syscall (SYS_pidfd_open, request->pid, 0);
  int fd = process >= 0 ? (int) syscall (SYS_pidfd_getfd, process, (int) request->data.args[0], 0)
                        : -1;
  struct pollfd ready = { .fd = fd, .events = POLLIN | POLLOUT };
  gboolean ok = fd >= 0 && size > 0 && poll (&ready, 1, 0) == 1;  /* and never wait for it */

  if (ok && request->data.nr == __NR_read && (ready.revents & POLLIN) != 0)
    {
      *result = read (fd, buffer, size);
      local.iov_len = MAX (*result, 0);
      ok = *result >= 0
           && process_vm_writev (request->pid, &local, 1, &remote, 1, 0) == *result;
    }
  else if (ok && request->data.nr != __NR_read)
    {
      ok = process_vm_readv (request->pid, &local, 1, &remote, 1, 0) == (gssize) size;
      if (ok && request->data.nr == __NR_pwrite64)
        *result = pwrite (fd, buffer, size, request->data.args[3]);
      else if (ok)
        *result = write (fd, buffer, size);
      ok = ok && *result >= 0;
    }

  else
    ok = FALSE;

  if (fd >= 0)
    close (fd);
  if (process >= 0)
    close (process);
  return ok;
}

static gboolean
is_hit (Supervisor *self,
        const Call *call)
{
  const Fault *fault = self->fault;

  if (self->is_over || fault->kind == FAULT_NONE || call->role != fault->call.role)
    return FALSE;
  if (call->index == fault->call.index)
    {
      /* A run need not make just the same calls as the one that was recorded. */
      self->outcome->is_reached = call->number == fault->call.number;
      return self->outcome->is_reached;
    }
  if (!fault->is_sticky || !self->outcome->is_reached || call->number != fault->call.number)
    return FALSE;

  return fault->error != EINTR || self->n_sticky++ < MAX_STICKY_EINTR;
}

static gboolean
lacks_flag (Supervisor                 *self,
            const struct seccomp_notif *request)
{
  return self->fault->no_exchange && request->data.nr == __NR_renameat2
         && request->data.args[4] != 0 && request->pid == (guint) self->main_pid;
}

/* TRUE: the answer is the process's end. */
static gboolean
decide (Supervisor                 *self,
        const struct seccomp_notif *request,
        const Call                 *call,
        struct seccomp_notif_resp  *answer)
{
  gboolean hit = is_hit (self, call);

  if (hit && (self->fault->kind == FAULT_KILL || self->fault->kind == FAULT_KILL_MAIN))
    {
      pid_t victim = self->fault->kind == FAULT_KILL ? (pid_t) request->pid : self->main_pid;

      self->outcome->is_killed = victim == self->main_pid;
      kill (victim, SIGKILL);
      if (victim == (pid_t) request->pid)
        return TRUE;
    }

  if (hit && self->fault->kind == FAULT_INTRUDE)
    self->run->intrude (self->fault->error, self->run->action_data);

  answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  if (hit && self->fault->kind == FAULT_ERROR)
    {
      answer->flags = 0;
      answer->error = -self->fault->error;
    }
  else if (hit && self->fault->kind == FAULT_SHORT && do_half (request, &answer->val))
    answer->flags = 0;
  else if (lacks_flag (self, request))
    {
      answer->flags = 0;
      answer->error = -EINVAL;
    }

  return FALSE;
}

static void
answer_request (Supervisor *self)
{
  struct seccomp_notif request = { 0 };
  struct seccomp_notif_resp answer = { 0 };
  Call call;

  if (ioctl (self->listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
    return;  /* whoever asked is dead */

  answer.id = request.id;
  if (request.data.nr == __NR_personality)
    {
      self->is_over = self->is_over || request.data.args[0] == END_MARK;
      answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
      ioctl (self->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
      return;
    }

  call.number = request.data.nr;
  call.role = get_role (self, request.pid);
  call.index = g_array_index (self->counts, guint, call.role)++;
  if (!self->is_over && self->run->calls != NULL)
    g_array_append_val (self->run->calls, call);
  if (!self->is_over && self->run->instant != NULL)
    self->run->instant (request.pid, &call, (const guint64 *) request.data.args,
                        self->run->instant_data);
  if (!decide (self, &request, &call, &answer))
    ioctl (self->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* Until the last process that has the filter is gone, the children that outlive theirs included. */
static void
supervise (Supervisor *self)
{
  gint64 deadline_us = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  struct pollfd asked = { .fd = self->listener, .events = POLLIN };

  while (poll (&asked, 1, 1000) >= 0 && (asked.revents & (POLLHUP | POLLERR)) == 0)
    {
      if ((asked.revents & POLLIN) != 0)
        answer_request (self);
      if (g_get_monotonic_time () > deadline_us)
        {
          self->outcome->is_hung = TRUE;
          for (guint i = 0; i < self->pids->len; i++)
            kill (g_array_index (self->pids, pid_t, i), SIGKILL);
          return;
        }
    }
}

static void
collect (Supervisor *self)
{
  Outcome *outcome = self->outcome;
  int status = 0;

  while (waitpid (self->main_pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (WIFSIGNALED (status) && !outcome->is_killed)
    outcome->signal = WTERMSIG (status);
  if (!self->report->is_finished && !outcome->is_killed && outcome->signal == 0)
    outcome->signal = SIGABRT;
  outcome->ok = self->report->is_finished && self->report->ok;
  outcome->code = self->report->code;
  g_strlcpy (outcome->message, self->report->message, sizeof outcome->message);
}

void
supervisor_run (const Run   *run,
                const Fault *fault,
                Outcome     *outcome)
{
  g_autoptr(GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr(GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint));
  Supervisor self = { .run = run, .fault = fault, .outcome = outcome, .pids = pids,
                      .counts = counts };
  int sockets[2];

  memset (outcome, 0, sizeof *outcome);
  self.report = mmap (NULL, sizeof (Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                      -1, 0);
  g_assert_true (self.report != MAP_FAILED);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
  self.main_pid = fork ();
  g_assert_cmpint (self.main_pid, >=, 0);
  if (self.main_pid == 0)
    run_child (run, fault != NULL, self.report, sockets[1]);

  close (sockets[1]);
  get_role (&self, self.main_pid);
  self.listener = fault != NULL ? receive_descriptor (sockets[0]) : -1;
  close (sockets[0]);
  if (self.listener >= 0)
    {
      supervise (&self);
      close (self.listener);
    }
  collect (&self);
  munmap (self.report, sizeof (Report));
}

static gboolean
do_nothing (gpointer   user_data G_GNUC_UNUSED,
            GError   **error G_GNUC_UNUSED)
{
  return syscall (SYS_getppid) > 0 && close (dup (STDERR_FILENO)) == 0;
}

gboolean
supervisor_is_possible (void)
{
  g_autoptr(GArray) calls = g_array_new (FALSE, FALSE, sizeof (Call));
  const Run run = { .action = do_nothing, .output = STDERR_FILENO, .calls = calls };
  const Fault fault = { .kind = FAULT_NONE };
  Outcome outcome;

  supervisor_run (&run, &fault, &outcome);
  return outcome.ok && calls->len == 2;
}
