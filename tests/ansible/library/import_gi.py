#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A module that does nothing but import gi: what a task costs at the least."""

from ansible.module_utils.basic import AnsibleModule

import gi  # noqa: F401  pylint: disable=unused-import

AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(changed=False)
