# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    DOCUMENTATION = r'''
options:
  config_directory:
    description:
      - The configuration directory of the Postfix instance.
    type: path
    default: /etc/postfix
requirements:
  - libnullmail 0.9 or newer with its typelib, and PyGObject, on the managed host. Packages for
    Debian and Ubuntu are C(gir1.2-nullmail-1.0) and C(python3-gi), for Fedora C(libnullmail) and
    C(python3-gobject-base).
notes:
  - Where the interpreter that runs the module has no PyGObject, it goes on in C(/usr/bin/python3).
author:
  - The libnullmail authors (@nullmail)
'''
