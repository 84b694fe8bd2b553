# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What another process has in its memory: seen from outside, so that looking leaves nothing."""

import ctypes
import mmap
import re

LOCKED_BYTES = 1 << 18


def can_lock():
    """Whether this process, and those that it starts, may lock as much as they need."""
    page = mmap.mmap(-1, LOCKED_BYTES)
    address = ctypes.c_char.from_buffer(page)
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.mlock(ctypes.byref(address), ctypes.c_size_t(LOCKED_BYTES)) == 0


def regions(pid):
    """(start, end, whether it is locked) of all that can be read."""
    found = []
    with open(f'/proc/{pid}/smaps', encoding='utf-8', errors='replace') as smaps:
        for line in smaps:
            head = re.match(r'([0-9a-f]+)-([0-9a-f]+) (r?)\S+ ', line)
            if head:
                readable = head[3] == 'r' and not re.search(r'\[(vvar|vsyscall)', line)
                region = [int(head[1], 16), int(head[2], 16), False]
            elif line.startswith('VmFlags:') and readable:
                region[2] = 'lo' in line.split()
                found.append(region)
    return found


def count(pid, secret):
    """How often the secret stands there, and how often of these where it may be paged out."""
    total = unlocked = 0
    with open(f'/proc/{pid}/mem', 'rb', 0) as memory:
        for start, end, is_locked in regions(pid):
            try:
                memory.seek(start)
                times = memory.read(end - start).count(secret)
            except OSError:  # what the kernel itself has there
                continue
            total += times
            unlocked += 0 if is_locked else times
    return total, unlocked
