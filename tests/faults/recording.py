# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a piece of work, its children included, does to the files below a folder, by strace: as a
list of operations that disk_model.py can leave out, tear and reorder.

The work runs in a fork of this process, which strace is attached to, so that the bindings are
loaded once. A recording proves itself: replayed in full it must be what is on the disk."""

import collections
import ctypes
import os
import re
import select
import signal
import stat
import struct
import subprocess
import traceback

BEGIN, END = b'/marker-begin', b'/marker-end'
CALLS = ('open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,truncate,ftruncate,fallocate,'
         'rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,'
         'mkdirat,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,setxattr,'
         'lsetxattr,fsetxattr,fsync,fdatasync,sync,syncfs,lseek,copy_file_range,sendfile,umask,'
         'access,faccessat,faccessat2')
LINE = re.compile(r'(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\w+)')
LIMIT_S = 300
PR_SET_PTRACER, PR_SET_PTRACER_ANY = 0x59616d61, ctypes.c_ulong(-1)
CHILD_FAILED = 3
ACL_USER, ACL_GROUP, ACL_MASK, ACL_OTHER = 0x01, 0x04, 0x10, 0x20

# The operations. An inode is a number, a path is absolute and in bytes.
Write = collections.namedtuple('Write', 'inode offset data')
Truncate = collections.namedtuple('Truncate', 'inode size')
Allocate = collections.namedtuple('Allocate', 'inode size')
Mode = collections.namedtuple('Mode', 'inode mode')
Owner = collections.namedtuple('Owner', 'inode uid')
Names = collections.namedtuple('Names', 'call changes')  # {path: inode, or None where it goes}
Sync = collections.namedtuple('Sync', 'inode')
SyncDirectory = collections.namedtuple('SyncDirectory', 'path')
Done = collections.namedtuple('Done', '')

# A directory and a link have no data.
Image = collections.namedtuple('Image', 'data mode uid link', defaults=[None])


def image_of(path):
    info = os.lstat(path)
    data = link = None
    if stat.S_ISLNK(info.st_mode):
        link = os.readlink(path)
    elif stat.S_ISREG(info.st_mode):
        with open(path, 'rb') as file:
            data = file.read()
    return Image(data, info.st_mode & 0o7777, info.st_uid, link)


def scan(folder):
    """All files and directories below a folder."""
    found = {}
    for directory, directories, files in os.walk(os.fsencode(folder)):
        for name in directories + files:
            path = os.path.join(directory, name)
            found[path] = image_of(path)
    return found


def resized(data, size):
    return data[:size] + bytes(max(0, size - len(data)))


def changed(image, operation):
    """An image with one operation on its inode applied."""
    if isinstance(operation, Mode):
        return image._replace(mode=operation.mode)
    if isinstance(operation, Owner):
        return image._replace(uid=operation.uid)
    data = image.data
    if isinstance(operation, Write):
        end = operation.offset + len(operation.data)
        data = resized(data, max(len(data), operation.offset))
        data = data[:operation.offset] + operation.data + data[end:]
    elif isinstance(operation, Truncate):
        data = resized(data, operation.size)
    else:
        data = resized(data, max(len(data), operation.size))
    return image._replace(data=data)


def decode(text):
    return bytes.fromhex(text.replace('\\x', ''))


def string_of(argument):
    if argument.endswith('...'):
        raise AssertionError('a string was cut short')
    return decode(argument[1:-1])


def path_of(argument):
    """The path that strace shows beside a descriptor."""
    match = re.match(r'\w+<([^>]*)>', argument)
    return decode(match[1]) if match and match[1].startswith('\\x') else b''


def split(arguments):
    """Strings are in hexadecimal: commas and brackets are none of theirs."""
    found, depth, begin = [], 0, 0
    for i, char in enumerate(arguments):
        if char in '[{':
            depth += 1
        elif char in ']}':
            depth -= 1
        elif char == ',' and depth == 0:
            found.append(arguments[begin:i].strip())
            begin = i + 1
    return [*found, arguments[begin:].strip()]


def join_lines(text):
    """Calls that another process interrupted are on two lines; they count where they ended."""
    unfinished = {}
    for line in text.splitlines():
        pid = line.partition(' ')[0]
        if line.endswith('<unfinished ...>'):
            unfinished[pid] = line.removesuffix('<unfinished ...>').rstrip()
            continue
        if ' resumed>' in line:
            line = unfinished.pop(pid) + line.partition(' resumed>')[2]
        match = LINE.match(line)
        if match:
            yield match


class Recording:
    """The operations between the markers. “before” and “images” are the first and last images of
    each inode, “old” and “names” the first and last inodes of each path."""

    def __init__(self, folder, before, text):
        self.folder = os.fsencode(folder) + b'/'
        self.operations = []
        self.old = {path: inode for inode, path in enumerate(before)}
        self.before = dict(enumerate(before.values()))
        self.images = dict(self.before)
        self.names = dict(self.old)
        self.umasks = {}
        self.offsets = {}
        self.inside = False
        for match in join_lines(text):
            self.add(match)
        if not self.operations or not isinstance(self.operations[-1], Done):
            raise AssertionError('the work did not end: ' + text[-1000:])

    def add(self, match):
        name, arguments = match['name'], split(match['arguments'])
        if name in ('access', 'faccessat', 'faccessat2'):
            path = string_of(next(text for text in arguments if text.startswith('"')))
            if path == END:
                self.operations.append(Done())
            self.inside = path == BEGIN or (self.inside and path != END)
        elif self.inside and not match['result'].startswith('-') and match['result'] != '?':
            getattr(self, 'do_' + name)(match['pid'], arguments, int(match['result']), name)

    def append(self, operation):
        self.operations.append(operation)
        if isinstance(operation, (Write, Truncate, Allocate, Mode, Owner)):
            self.images[operation.inode] = changed(self.images[operation.inode], operation)
        elif isinstance(operation, Names):
            self.names.update(operation.changes)
            for path in [path for path, inode in operation.changes.items() if inode is None]:
                self.names.pop(path)

    def full(self, directory, name):
        """A path from a directory's descriptor and a name."""
        path = string_of(name)
        if not path.startswith(b'/'):
            if directory is None:
                raise AssertionError(f'a relative path: {path}')
            path = os.path.join(path_of(directory), path)
        return os.path.normpath(path)

    def owns(self, path):
        return path.startswith(self.folder)

    def inode_of(self, argument):
        return self.names.get(path_of(argument))

    def rename(self, call, changes):
        if any(map(self.owns, changes)):
            self.append(Names(call, changes))

    # One function a system call.

    def opened(self, pid, path, flags, mode, fd):
        self.offsets[pid, fd] = 0
        if not self.owns(path):
            return
        inode = self.names.get(path)
        if inode is None and 'O_CREAT' in flags:
            inode = len(self.images)
            image = Image(b'', int(mode, 8) & ~self.umasks.get(pid, os_umask()), os.geteuid())
            self.before[inode] = self.images[inode] = image
            self.append(Names('create', {path: inode}))
        elif 'O_TRUNC' in flags and self.images[inode].data:
            self.append(Truncate(inode, 0))

    def do_open(self, pid, arguments, result, _):
        self.opened(pid, self.full(None, arguments[0]), arguments[1], arguments[-1], result)

    def do_creat(self, pid, arguments, result, _):
        self.opened(pid, self.full(None, arguments[0]), 'O_CREAT|O_TRUNC', arguments[-1], result)

    def do_openat(self, pid, arguments, result, _):
        self.opened(pid, self.full(*arguments[:2]), arguments[2], arguments[-1], result)

    def written(self, argument, offset, data):
        inode = self.inode_of(argument)
        if inode is not None:
            self.append(Write(inode, offset, data))

    def do_write(self, pid, arguments, result, _):
        fd = pid, int(arguments[0].partition('<')[0])
        offset = self.offsets.get(fd, 0)
        data = b''.join(decode(text) for text in re.findall(r'"([^"]*)"', arguments[1]))
        if len(data) < result:
            raise AssertionError('not all that was written is in the log')
        self.written(arguments[0], offset, data[:result])
        self.offsets[fd] = offset + result

    do_writev = do_write

    def do_pwrite64(self, _pid, arguments, result, _):
        data = b''.join(decode(text) for text in re.findall(r'"([^"]*)"', arguments[1]))
        self.written(arguments[0], int(arguments[3], 0), data[:result])

    do_pwritev = do_pwritev2 = do_pwrite64

    def do_lseek(self, pid, arguments, result, _):
        self.offsets[pid, int(arguments[0].partition('<')[0])] = result

    def do_truncate(self, _pid, arguments, _result, _):
        inode = self.names.get(self.full(None, arguments[0]))
        if inode is not None:
            self.append(Truncate(inode, int(arguments[1])))

    def do_ftruncate(self, _pid, arguments, _result, _):
        inode = self.inode_of(arguments[0])
        if inode is not None:
            self.append(Truncate(inode, int(arguments[1])))

    def do_fallocate(self, _pid, arguments, _result, _):
        inode = self.inode_of(arguments[0])
        if inode is not None:
            if arguments[1] != '0':
                raise AssertionError('fallocate with flags')
            self.append(Allocate(inode, int(arguments[2]) + int(arguments[3])))

    def do_rename(self, _pid, arguments, _result, name):
        if name == 'rename':
            arguments = [None, arguments[0], None, arguments[1], '0']
        source, target = self.full(*arguments[:2]), self.full(*arguments[2:4])
        if 'RENAME_EXCHANGE' in arguments[-1]:
            self.rename('exchange', {target: self.names[source], source: self.names[target]})
        elif self.names.get(target) != self.names[source]:
            self.rename('rename', {target: self.names[source], source: None})

    do_renameat = do_renameat2 = do_rename

    def do_link(self, _pid, arguments, _result, name):
        if name == 'link':
            arguments = [None, arguments[0], None, arguments[1]]
        self.rename('link', {self.full(*arguments[2:4]): self.names[self.full(*arguments[:2])]})

    do_linkat = do_link

    def do_unlink(self, _pid, arguments, _result, name):
        path = self.full(*(arguments[:2] if name == 'unlinkat' else (None, arguments[0])))
        self.rename('remove', {path: None})

    do_unlinkat = do_rmdir = do_unlink

    def do_mkdir(self, pid, arguments, _result, name):
        path = self.full(*(arguments[:2] if name == 'mkdirat' else (None, arguments[0])))
        if self.owns(path):
            mode = int(arguments[-1], 8) & ~self.umasks.get(pid, os_umask())
            inode = len(self.images)
            self.before[inode] = self.images[inode] = Image(None, mode, os.geteuid())
            self.rename('mkdir', {path: inode})

    do_mkdirat = do_mkdir

    def do_chmod(self, _pid, arguments, _result, name):
        if name == 'fchmod':
            inode = self.inode_of(arguments[0])
        else:
            path = arguments[:2] if name == 'fchmodat' else (None, arguments[0])
            inode = self.names.get(self.full(*path))
        mode = next(text for text in arguments[1:] if text.isdigit())
        if inode is not None:
            self.append(Mode(inode, int(mode, 8)))

    do_fchmod = do_fchmodat = do_chmod

    def do_chown(self, _pid, arguments, _result, name):
        if name == 'fchown':
            inode = self.inode_of(arguments[0])
        else:
            path = arguments[:2] if name == 'fchownat' else (None, arguments[0])
            inode = self.names.get(self.full(*path))
        uid = int(arguments[2 if name == 'fchownat' else 1])
        if inode is not None and uid != -1:
            self.append(Owner(inode, uid))

    do_fchown = do_lchown = do_fchownat = do_chown

    def do_setxattr(self, _pid, arguments, _result, name):
        """An access list has the mode in it; other attributes are not modelled."""
        inode = self.inode_of(arguments[0]) if name == 'fsetxattr' \
            else self.names.get(self.full(None, arguments[0]))
        if inode is not None and string_of(arguments[1]) == b'system.posix_acl_access':
            mode = mode_of_access_list(string_of(arguments[2]))
            self.append(Mode(inode, (self.images[inode].mode & 0o7000) | mode))

    do_lsetxattr = do_fsetxattr = do_setxattr

    def do_fsync(self, _pid, arguments, _result, _):
        path = path_of(arguments[0])
        inode = self.names.get(path)
        if path + b'/' == self.folder or (inode is not None and self.images[inode].data is None):
            self.append(SyncDirectory(path))
        elif inode is not None:
            self.append(Sync(inode))

    do_fdatasync = do_fsync

    def do_umask(self, pid, arguments, _result, _):
        self.umasks[pid] = int(arguments[0], 8)

    def ignore(self, *_):
        pass

    def refuse(self, _pid, arguments, _result, name):
        raise AssertionError(f'{name}{arguments}: the model does not know this call')

    do_sync = do_syncfs = ignore  # never relied on: leaving them out makes the model weaker
    do_symlink = do_symlinkat = do_mknod = do_mknodat = refuse

    def do_sendfile(self, pid, arguments, result, name):
        if self.owns(path_of(arguments[2 if name == 'copy_file_range' else 0])):
            self.refuse(pid, arguments, result, name)

    do_copy_file_range = do_sendfile


def mode_of_access_list(data):
    rights = {tag: bits for tag, bits, _ in struct.iter_unpack('<HHI', data[4:])}
    group = rights.get(ACL_MASK, rights[ACL_GROUP])
    return rights[ACL_USER] << 6 | group << 3 | rights[ACL_OTHER]


def os_umask():
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def run_child(ready, log, work):
    """The fork: waits for strace, works, and ends without any cleaning up."""
    status = CHILD_FAILED
    try:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0)
        os.read(ready, 1)
        os.access(BEGIN, os.F_OK)
        work()
        os.access(END, os.F_OK)
        status = 0
    except BaseException:  # pylint: disable=broad-except
        log.write_text(traceback.format_exc())
    finally:
        os._exit(status)


def traced(work, options, scratch, follow=True):
    """Does the work in a fork, under strace. Returns its exit status and what strace wrote."""
    log, errors = scratch / 'strace.log', scratch / 'errors.log'
    errors.unlink(missing_ok=True)
    ready = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready[1])
        run_child(ready[0], errors, work)
    os.close(ready[0])
    command = ['strace', *(['-f'] if follow else []), '-p', str(pid), '-o', log, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        is_there, _, _ = select.select([strace.stderr], [], [], LIMIT_S)
        said = strace.stderr.readline() if is_there else b'strace says nothing'
        if not is_there:
            strace.kill()
        os.close(ready[1])
        strace.stderr.read()
        strace.wait(LIMIT_S)
    if b'attached' not in said:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if b'attached' not in said:
        raise AssertionError(said.decode())
    if status == CHILD_FAILED:
        raise AssertionError(errors.read_text())
    return status, log.read_text(encoding='ascii')


def record(folder, work, scratch, injected=()):
    """Records the work, which must succeed."""
    before = scan(folder)
    options = ['-y', '-xx', '-s', '16777216', '-e', 'trace=' + CALLS, '-e', 'signal=none']
    for inject in injected:
        options += ['-e', 'inject=' + inject]
    status, text = traced(work, options, scratch)
    if status != 0:
        raise AssertionError(f'the work ended with status {status}')

    recording = Recording(folder, before, text)
    replayed = {path: recording.images[inode] for path, inode in recording.names.items()}
    on_disk = scan(folder)
    for path in {*replayed, *on_disk}:
        if replayed.get(path) != on_disk.get(path):
            raise AssertionError(f'the recording is not what happened to {os.fsdecode(path)}: '
                                 f'{replayed.get(path)} is {on_disk.get(path)}')
    return recording
