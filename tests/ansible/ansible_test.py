# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""“ansible-test ARGUMENTS”, without the network and with the library of the build.

For its sanity tests and units it makes virtual environments, into which it would fetch what they
run; here they see the distribution's packages in its place, but for the one in which modules are
imported with nothing but Python. And programs that it starts find the library, as the tests do."""

import os
import sys

sys.path[:0] = ['/usr/lib/python3/dist-packages']
import ansible_test._internal as ansible_test  # noqa: E402
from ansible_test._internal import util, venv  # noqa: E402
from ansible_test._internal.commands import sanity  # noqa: E402
from ansible_test._internal.commands import units  # noqa: E402

PASSED = ('GI_TYPELIB_PATH', 'LD_LIBRARY_PATH', 'PYTHONDONTWRITEBYTECODE')
make_environment = venv.create_virtual_environment
common_environment = util.common_environment


def create(args, python, path, system_site_packages=False, pip=False):
    is_bare = '/venv/sanity/' in path  # of the tests that need no package
    return make_environment(args, python, path, not is_bare, False)


def pass_library():
    return {**common_environment(),
            **{name: os.environ[name] for name in PASSED if name in os.environ}}


def fetch_nothing(*_args, **_options):
    pass


sanity.create_virtual_environment = create
sanity.run_pip = fetch_nothing
for module in list(sys.modules.values()):
    if getattr(module, '__name__', '').startswith('ansible_test.'):
        if getattr(module, 'common_environment', None) is common_environment:
            module.common_environment = pass_library
        if hasattr(module, 'install_requirements'):
            module.install_requirements = fetch_nothing
ansible_test.main(sys.argv)
