# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Process 1 of a node: its private folders, its /dev/log, and the reaping of orphans."""

import os
import select
import signal
import socket
import sys

import tree

GONE_CHECK_MS = 2000


def main(spec, log_fd, go_read, ready_write):
    """Never returns."""
    try:
        if os.read(go_read, 1) != b"g":
            os._exit(1)
        os.setsid()
        os.umask(0o022)
        _leave_callers_descriptors(log_fd, ready_write)
        socket.sethostname(spec["hostname"])
        tree.build(spec)
        log_socket = _open_syslog()
        wakeup = _watch_children()
        os.chdir("/")
        os.write(ready_write, b"ready")
        os.close(ready_write)
        _serve(log_socket, wakeup, log_fd, spec["hostname"].partition(".")[0].encode())
    except BaseException as error:  # there is nobody left who could catch it
        try:
            os.write(ready_write, str(error).encode())
        except OSError:
            pass
    os._exit(1)


def _leave_callers_descriptors(*keep):
    """Drop the caller's pipes and terminal: whoever reads them to their end must not hang."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        if fd > 2 and fd not in keep:
            try:
                os.close(fd)
            except OSError:
                pass
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+", encoding="utf-8")


def _open_syslog():
    log_socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log_socket.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    log_socket.setblocking(False)
    return log_socket


def _watch_children():
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    return read_end


def _serve(log_socket, wakeup, log_fd, host):
    poller = select.poll()
    poller.register(log_socket, select.POLLIN)
    poller.register(wakeup, select.POLLIN)
    while True:
        ready = poller.poll(GONE_CHECK_MS)
        if not ready and os.fstat(log_fd).st_nlink == 0:
            return  # somebody removed the state directory: nobody could end this node any more
        for fd, _ in ready:
            if fd == wakeup:
                _drain(wakeup)
        _reap()
        _copy_log(log_socket, log_fd, host)


def _drain(fd):
    try:
        while os.read(fd, 512):
            pass
    except BlockingIOError:
        pass


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def _copy_log(log_socket, log_fd, host):
    """Write waiting messages as syslogd does: “<22>Jan  2 03:04:05 tag: text” loses its
    priority and gains the host name."""
    while True:
        try:
            message = log_socket.recv(65536)
        except BlockingIOError:
            return
        if message.startswith(b"<"):
            message = message.partition(b">")[2]
        line = message.rstrip(b"\n\0").replace(b"\n", b" ")
        os.write(log_fd, line[:16] + host + b" " + line[16:] + b"\n")
