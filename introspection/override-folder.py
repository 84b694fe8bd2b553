# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the folder below PREFIX for overrides of PyGObject: override-folder.py PREFIX

Where this interpreter looks for modules below the prefix, PyGObject finds the override there. Below
any other prefix it does with PYTHONPATH only.
"""

import os
import site
import sys
import sysconfig


def find_modules(prefix):
    local = os.path.join(prefix, 'local', '')  # of /usr, /usr/local is none of its folders
    for folder in site.getsitepackages():
        if folder.startswith(os.path.join(prefix, '')) and not folder.startswith(local):
            return folder
    return sysconfig.get_path('purelib', 'posix_prefix', {'base': prefix})


print(os.path.join(find_modules(sys.argv[1]), 'gi', 'overrides'))
