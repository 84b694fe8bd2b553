# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the modules of this collection share: the library, an instance, errors, and passwords."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import sys

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.respawn import (
    has_respawned, probe_interpreters_for_module, respawn_module)
from ansible.module_utils.common.text.converters import to_bytes

# The interpreters of the distributions, for which their packages of PyGObject are.
INTERPRETERS = ('/usr/bin/python3', '/usr/libexec/platform-python')
PACKAGES = {
    '/etc/debian_version': 'gir1.2-nullmail-1.0 and python3-gi',
    '/etc/redhat-release': 'libnullmail and python3-gobject-base',
}
GLIB_DOMAIN = 'nullmail-error-quark'
MASKED = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'
SHORT = 8  # a shorter password is as likely to be a word of something else


def import_library():
    """The namespaces Nullmail and GLib, or the reason why this interpreter has none."""
    try:
        import gi
        gi.require_version('Nullmail', '1.0')
        from gi.repository import GLib, Nullmail
    except (ImportError, ValueError, AttributeError) as problem:
        return None, None, str(problem)
    return Nullmail, GLib, None


def load_library(module):
    """The namespaces Nullmail and GLib, if need be in the system's Python. That an interpreter has
    PyGObject says nothing about the library: what is imported there tells."""
    Nullmail, GLib, problem = import_library()
    if Nullmail is not None:
        return Nullmail, GLib
    if not has_respawned():
        # That of a virtual environment is a link to the system's, and yet another one.
        others = [path for path in INTERPRETERS if path != sys.executable]
        found = probe_interpreters_for_module(others, 'gi')
        if found:
            respawn_module(found)  # does not come back

    packages = [names for path, names in sorted(PACKAGES.items()) if os.path.exists(path)]
    module.fail_json(msg='%s Install %s on the host that is managed. (%s)' % (
        missing_required_lib('libnullmail', reason='to configure Postfix'),
        packages[0] if packages else 'libnullmail with its typelib, and PyGObject', problem))


def find_password_problem(name, given):
    """Why the parameter NAME as it was GIVEN is no password, or None. Among the module's parameters
    it is a text in any case: of a dictionary that of Python, of an unquoted no the word False."""
    if given is None or (isinstance(given, (str, int)) and not isinstance(given, bool)):
        return None
    return '%s is of type %s: give its text in quotation marks, or of what the lookup keyring ' \
           'returns the item password' % (name, type(given).__name__)


def take_password(module, name):
    """The value of the parameter NAME, which is then in no parameter any more.

    Ansible masks equal text in all that is returned. A password that is short, or that another
    parameter has as well, would have what is no secret masked: a port, a level, a name. The library
    itself returns no password, so that such a one need not be looked for."""
    password = module.params[name]
    if password is None:
        return None
    others = ' '.join(str(value) for key, value in module.params.items() if key != name)
    if len(password) < SHORT or password in others:
        module.no_log_values.discard(password)
    module.params[name] = MASKED
    return password


def make_credentials(Nullmail, relay_host, username, password):
    """The login, whose password goes through a descriptor: the library keeps it in memory that it
    wipes."""
    reader, writer = os.pipe()
    try:
        with os.fdopen(writer, 'wb') as pipe:
            pipe.write(to_bytes(password, errors='surrogate_or_strict')[:1 << 15])
        return Nullmail.RelayCredentials.new_from_fd(relay_host, username, reader, None)
    finally:
        os.close(reader)


def is_error(error, *names):
    """Whether it is one of these of the library's own."""
    from gi.repository import Nullmail
    return any(error.matches(Nullmail.Error.quark(), getattr(Nullmail.Error, name))
               for name in names)


def fail_with(module, error, plan=None):
    """Ends with an error of the library, and with the findings for which the PLAN was refused."""
    from gi.repository import Nullmail
    facts = dict(
        error=dict(domain=error.domain, code=str(error.code)),
        # With these the files are new although it failed.
        changed=is_error(error, 'ACTIVATION_KEPT', 'NOT_DURABLE', 'SUPERSEDED'))
    if error.domain == GLIB_DOMAIN:
        facts['error']['code'] = Nullmail.Error(error.code).value_nick
    if is_error(error, 'UNSAFE') and plan is not None:
        found = [finding for finding in plan.get_new_findings()
                 if finding.get_severity() == Nullmail.Severity.ERROR]
        facts['findings'] = [finding.to_variant().unpack() for finding in found]
        if found:
            facts['error']['remedy'] = found[0].get_remedy()
    module.fail_json(msg=error.message, **facts)


def list_versions(Nullmail, instance):
    """The versions of the library and of Postfix; the latter is null where it cannot be asked. It
    is among the defaults, for which Postfix is asked once, and inspect() would ask for more."""
    from gi.repository import GLib
    try:
        postfix = instance.get_defaults().get('mail_version')
    except GLib.Error:
        postfix = None
    return {'library': Nullmail.version_string(), 'postfix': postfix}


def list_nicks(state):
    """The words of a state of the service. That of no bit at all is not one of them."""
    return [nick for nick in state.value_nicks if nick != 'none']
