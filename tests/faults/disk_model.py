# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The disk states that a power cut may leave at each point of a recording.

The model promises little, as the weakest file systems do:

- Until fsync of an inode has returned, each operation on it may be missing, whichever came first:
  a write, a change of size, mode or owner. A write may also be torn, or have left zeros. Times are
  not modelled, for no check looks at them.
- Each operation on names, an exchange or a rename between two directories too, is there whole or
  not at all; but until fsync of each of its directories has returned it may be missing, whatever
  came later.
- Neither fsync says anything about the other: a file that was synchronised may have no name yet."""

import itertools
import os

import recording as rec

MAX_VARIANTS = 48  # of the contents of one inode


def describe(operation):
    """For people."""
    if isinstance(operation, rec.Names):
        names = ' and '.join(os.path.basename(path).decode() for path in operation.changes)
        return f'{operation.call} of {names}'
    return type(operation).__name__.lower()


class State:
    """What one power cut leaves: a path's inode, and an inode's image."""

    def __init__(self, disk, mask, names, images):
        self._disk, self._mask = disk, mask
        self.names = names
        self.images = images
        self.key = tuple(sorted((path, images[inode]) for path, inode in names.items()))

    def missing(self):
        """The lost operations on names, for people."""
        return [describe(names) for names, is_there in zip(self._disk.pending_names(), self._mask)
                if not is_there]


def variants_of(operation):
    """What may have become of one operation: nothing, all, or something between."""
    if not isinstance(operation, rec.Write):
        return (None, operation)
    half = operation._replace(data=operation.data[:len(operation.data) // 2])
    zeros = operation._replace(data=bytes(len(operation.data)))
    return (None, operation, half, zeros)


def product_size(axes):
    size = 1
    for axis in axes:
        size *= len(axis)
    return size


def choices(axes, limit, rand):
    """Distinct choices of one index of each axis: all of them, or the most telling and then any.
    Index 0 is “missing”, 1 is “there”."""
    if product_size(axes) <= limit:
        yield from itertools.product(*(range(len(axis)) for axis in axes))
        return

    n = len(axes)
    there, missing = (1,) * n, (0,) * n
    telling = [there, missing]
    for i in range(n):
        telling += [there[:i] + (other,) + there[i + 1:]
                    for other in range(len(axes[i])) if other != 1]
        telling.append(there[:i] + missing[i:])
        telling.append(missing[:i] + (1,) + missing[i + 1:])
    if len(telling) > limit // 2 > 2:
        telling = telling[:2] + rand.sample(telling[2:], limit // 2 - 2)
    found = dict.fromkeys(telling[:limit])
    for _ in range(4 * limit):
        if len(found) >= limit:
            break
        found[tuple(rand.randrange(len(axis)) for axis in axes)] = None
    yield from found


class Disk:
    """What is certain after the operations so far, and what is pending."""

    def __init__(self, recording, rand):
        self._rand = rand
        self._names = dict(recording.old)
        self._images = dict(recording.before)
        self._pending = {}        # inode: [operation]
        self._pending_names = []  # (operation, directories that are not yet synchronised)
        self._variants = {}       # inode: [image]
        self._interned = {}
        self.interned = []        # the images by number

    def pending_names(self):
        return [names for names, _ in self._pending_names]

    def apply(self, operation):
        if isinstance(operation, rec.Names):
            directories = {os.path.dirname(path) for path in operation.changes}
            self._pending_names.append((operation, directories))
        elif isinstance(operation, rec.SyncDirectory):
            self._sync_directory(operation.path)
        elif isinstance(operation, rec.Sync):
            for pending in self._pending.pop(operation.inode, ()):
                self._images[operation.inode] = rec.changed(self._images[operation.inode], pending)
            self._variants.pop(operation.inode, None)
        elif not isinstance(operation, rec.Done):
            self._pending.setdefault(operation.inode, []).append(operation)
            self._variants.pop(operation.inode, None)

    def _sync_directory(self, path):
        still = []
        for operation, directories in self._pending_names:
            directories.discard(path)
            if directories:
                still.append((operation, directories))
            else:
                self._rename(self._names, operation)
        self._pending_names = still

    @staticmethod
    def _rename(names, operation):
        for path, inode in operation.changes.items():
            if inode is None:
                names.pop(path, None)
            else:
                names[path] = inode

    def _intern(self, image):
        number = self._interned.setdefault(image, len(self.interned))
        if number == len(self.interned):
            self.interned.append(image)
        return number

    def _variants_of(self, inode):
        """The numbers of the images that an inode may have."""
        if inode not in self._variants:
            base, pending = self._images[inode], self._pending.get(inode, ())
            axes = [variants_of(operation) for operation in pending]
            found = {}
            for choice in choices(axes, MAX_VARIANTS, self._rand):
                image = base
                for axis, index in zip(axes, choice):
                    if axis[index] is not None:
                        image = rec.changed(image, axis[index])
                found[self._intern(image)] = None
            self._variants[inode] = list(found)
        return self._variants[inode]

    def states(self, limit):
        """At most so many distinct states of this moment."""
        pending = self.pending_names()
        n_masks = min(limit, max(64, limit // 4))
        masks = list(choices([(0, 1)] * len(pending), n_masks, self._rand))
        seen = set()
        for n_done, mask in enumerate(masks):
            names = dict(self._names)
            for operation, is_there in zip(pending, mask):
                if is_there:
                    self._rename(names, operation)
            inodes = list(dict.fromkeys(names.values()))
            axes = [self._variants_of(inode) for inode in inodes]
            quota = max(1, (limit - len(seen)) // (len(masks) - n_done))
            for choice in self._contents(axes, quota):
                images = {inode: axis[i] for inode, axis, i in zip(inodes, axes, choice)}
                state = State(self, mask, names, images)
                if state.key not in seen:
                    seen.add(state.key)
                    yield state

    def _contents(self, axes, quota):
        if product_size(axes) <= quota:
            yield from itertools.product(*(range(len(axis)) for axis in axes))
            return
        for _ in range(quota):
            yield tuple(self._rand.randrange(len(axis)) for axis in axes)
