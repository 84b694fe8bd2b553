#!@PYTHON@
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the page asks of this machine: one request on standard input, answers on standard output.

A request is one line of JSON with a “command”. Where it says that a password follows, that is the
rest of the input; it goes from the descriptor into the library and is never a value here. An answer
is a line of JSON: as many of “progress” as there is to tell, and at the end “result” or “error”."""

import ctypes
import json
import locale
import os
import sys
import time

LIBRARY = '@LIBRARY@'
TYPELIBS = '@TYPELIBS@'
MAX_REQUEST = 1 << 20
TAKE_MS = 10000  # for Postfix to take a message in, which has another id before
FOLLOW_MS = 2000  # between two looks at a message on its way
SERVICE_S = 5  # between two looks at the service, of which no file tells
SEND_S = 60

# The typelib names the library without a folder: one that is loaded already is found.
if os.path.exists(LIBRARY):
    ctypes.CDLL(LIBRARY, ctypes.RTLD_GLOBAL)
if os.path.isdir(TYPELIBS):
    os.environ['GI_TYPELIB_PATH'] = ':'.join(
        filter(None, [TYPELIBS, os.environ.get('GI_TYPELIB_PATH')]))


class Refused(Exception):
    """A request that no page makes, or a machine that lacks something."""


def say(kind, value):
    sys.stdout.write(json.dumps({kind: value}) + '\n')
    sys.stdout.flush()


def read_request():
    """The first line, and not a byte more: what follows may be a password."""
    line = b''
    while not line.endswith(b'\n') and len(line) < MAX_REQUEST:
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused('The request is no JSON') from None
    if not isinstance(request, dict):
        raise Refused('The request is no object')
    return request


def describe(error):
    """An error for the page: the library's words, and its code to act on."""
    if isinstance(error, Refused):
        return {'code': 'request', 'message': str(error)}
    code = 'failed'
    if error.matches(Nullmail.Error.quark(), error.code):
        code = Nullmail.Error(error.code).value_nick
    return {'domain': error.domain, 'code': code, 'message': error.message}


class Subject:
    """What a request is about: the settings of the form, a finding to fix, or the last change. It
    can be planned as often as wanted, though its password was there to be read once."""

    def __init__(self, postfix, request):
        self.postfix = postfix
        self.what = request.get('what', 'settings')
        self.request = request
        self.login = None
        if self.what == 'settings' and request.get('password-follows'):
            relay = self.make_config().get_relay_host()
            if relay is None:
                raise Refused('A password is for a relay: name its host')
            self.login = Nullmail.RelayCredentials.new_from_fd(
                relay, request.get('user', ''), 0, None)

    def make_config(self):
        if self.request.get('fresh'):
            config = Nullmail.NullClientConfig.new()
        else:
            config = self.postfix.load_config(None)
        relay = self.request.get('relay')
        if relay is not None:
            config.set_relay_host(Nullmail.RelayHost.new(
                relay['host'], relay['port'] or None, relay.get('mx-lookup', False)))
        for name, text in self.request.get('settings', {}).items():
            config.assign_text(name, text)
        return config

    def plan(self):
        if self.what == 'undo':
            return self.postfix.plan_undo(None)
        if self.what == 'fix':
            return self.plan_fix()
        if self.what != 'settings':
            raise Refused(f'There is nothing to plan for “{self.what}”')
        return self.postfix.plan(self.make_config(), self.login, Nullmail.PlanFlags.NONE, None)

    def plan_fix(self):
        wanted = self.request.get('finding', {})
        for finding in self.postfix.check(None):
            if identity(finding.to_variant().unpack()) == identity(wanted):
                document = self.postfix.load_main_cf(None)
                finding.fix(document)
                return self.postfix.plan_main_cf(document, None, Nullmail.PlanFlags.NONE, None)
        raise Refused('This is no longer so: somebody has changed it meanwhile')


def identity(finding):
    return tuple(finding.get(key) for key in ('code', 'subject', 'parameter', 'path'))


def flags_of(request):
    known = {'start': Nullmail.ApplyFlags.START, 'enable': Nullmail.ApplyFlags.ENABLE,
             'force': Nullmail.ApplyFlags.FORCE}
    flags = Nullmail.ApplyFlags.NONE
    words = request.get('flags', [])
    if not isinstance(words, list) or not set(words) <= known.keys():
        raise Refused(f'The flags are a list of {", ".join(known)}')
    for word in words:
        flags |= known[word]
    return flags


def show(plan):
    """A plan for the page, with what stands in its way; the words for that are the library's."""
    shown = plan.to_variant().unpack()
    shown.update(digest=plan.get_digest(), empty=plan.is_empty())
    try:
        plan.will_change(Nullmail.ApplyFlags.NONE, None)
    except GLib.Error as error:
        if not error.matches(Nullmail.Error.quark(), Nullmail.Error.UNSAFE):
            raise
        shown['unsafe'] = error.message
    return shown


def load(postfix, _request):
    """The overview, with the relay in the pieces that a form has."""
    overview = postfix.load_overview(None).unpack()
    relay = overview['config'].get('relay-host')
    if relay is not None:
        relay = Nullmail.RelayHost.parse(relay)
        overview['relay'] = {'host': relay.get_host(), 'port': relay.get_service() or '',
                             'mx-lookup': relay.get_mx_lookup()}
    return overview


def plan_request(postfix, request):
    return show(Subject(postfix, request).plan())


def apply_request(postfix, request):
    """Applies just what was shown: where the plan has become another, that is shown instead."""
    flags = flags_of(request)
    subject = Subject(postfix, request)
    plan = subject.plan()
    if plan.get_digest() == request.get('digest'):
        try:
            postfix.apply(plan, flags, None)
            return {'applied': True}
        except GLib.Error as error:
            if not error.matches(Nullmail.Error.quark(), Nullmail.Error.CONFLICT):
                raise
            plan = subject.plan()
    return {'applied': False, 'plan': show(plan)}


def probe_request(postfix, request):
    probe = Subject(postfix, request).plan().create_probe(None)
    probe.connect('step', lambda _, name, outcome, detail: say('progress', {
        'name': name, 'outcome': outcome.value_nick, 'detail': detail}))
    return probe.run(None).to_variant().unpack()


def send_request(postfix, request):
    """Sends a test message, and tells of each new thing that is known of it."""
    end = time.monotonic() + SEND_S
    report = postfix.send_test(request.get('recipient', ''), None, TAKE_MS, None)
    told = {}
    while True:
        known = report.to_variant().unpack()
        if {**known, 'delay-ms': 0} != told:
            say('progress', known)
            told = {**known, 'delay-ms': 0}
        if report.get_state() != Nullmail.DeliveryState.QUEUED or time.monotonic() > end:
            break
        try:
            report = postfix.follow_delivery(report.get_queue_id(), FOLLOW_MS, None)
        except GLib.Error as error:
            if not error.matches(Nullmail.Error.quark(), Nullmail.Error.NOT_FOUND):
                raise
            break  # it has been taken in meanwhile, and nobody tells under which id
    reason = report.get_reply() or ''
    remedy = Nullmail.DelayCause.get_remedy(report.get_cause(), reason) if reason else None
    return {**known, **({'remedy': remedy} if remedy else {})}


def queue_request(postfix, _request):
    """The messages that wait, by cause, the cause of most of them first."""
    causes = {}
    for entry in postfix.load_queue(None).get_entries():
        reasons = [reason for reason in entry.get_delay_reasons() if reason]
        cause = entry.get_cause()
        known = causes.setdefault(cause.value_nick, {
            'cause': cause.value_nick, 'entries': [],
            'remedy': Nullmail.DelayCause.get_remedy(cause, reasons[0]) if reasons else None})
        known['entries'].append(entry.to_variant().unpack())
    return {'causes': sorted(causes.values(), key=lambda cause: -len(cause['entries']))}


def flush_request(postfix, _request):
    postfix.flush_queue(None)
    return {}


def start_request(postfix, _request):
    postfix.activate(Nullmail.Activation.START, None)
    return {}


def enable_request(postfix, _request):
    postfix.set_enabled(True, None)
    return {}


def ask_service(postfix):
    """As the overview has it."""
    try:
        state = postfix.query_service(None)
    except GLib.Error:
        state = Nullmail.ServiceState.UNKNOWN
    return [word for word in state.value_nicks if word != 'none']


def watch(postfix, _request):
    """Tells of each change of the configuration, and again and again how the service is, until the
    page goes. Only the page knows whether it shows that: the service may have started and stopped
    in between."""
    loop = GLib.MainLoop()

    def look():
        say('progress', {'service': ask_service(postfix)})
        return GLib.SOURCE_CONTINUE

    def end(*_):
        if not os.read(0, 1024):
            loop.quit()
        return GLib.SOURCE_CONTINUE

    postfix.connect('changed', lambda _, path: say('progress', {'changed': path}))
    postfix.start_monitoring()
    GLib.timeout_add_seconds(SERVICE_S, look)
    GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, 0, GLib.IOCondition.IN | GLib.IOCondition.HUP,
                          end)
    say('progress', {'watching': True})
    loop.run()
    return {}


COMMANDS = {'load': load, 'plan': plan_request, 'apply': apply_request, 'probe': probe_request,
            'send': send_request, 'queue': queue_request, 'flush': flush_request,
            'start': start_request, 'enable': enable_request, 'watch': watch}


def main():
    try:
        request = read_request()
        command = COMMANDS.get(str(request.get('command')))
        if command is None:
            raise Refused(f'There is no command “{request.get("command")}”')
        say('result', command(Nullmail.PostfixInstance.new(None), request))
    except (Refused, GLib.Error) as error:
        say('error', describe(error))
        return 1
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        say('error', describe(Refused(f'The request is not understood: {error}')))
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the page has gone: nobody is left to be told
    return 0


try:
    import gi
    gi.require_version('Nullmail', '1.0')
    from gi.repository import GLib, Nullmail
except (ImportError, ValueError) as problem:
    say('error', {'code': 'library', 'message': f'libnullmail is not found: {problem}'})
    sys.exit(1)

if __name__ == '__main__':
    try:
        locale.setlocale(locale.LC_ALL, '')
    except locale.Error:
        pass  # the words are English then
    sys.exit(main())
