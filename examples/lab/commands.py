# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The commands of “lab”, one function each; they take the parsed options."""

import os
import re
import shutil
import sys
import time

import client as client_node
import dns
import dovecot
import inbox
import layout
import linux
import packages as system_packages
import session
from node import LabError, Node
from state import NotPossible, State

CHECKOUT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


def up(options):
    began = time.monotonic()
    _check_possible()
    _check_name(options.client)
    state = State(options.state)
    with state.lock():
        if state.is_whole():
            if options.config_directory or not state.node(options.client).is_alive():
                raise LabError(f"A lab is already up in “{state.path}”; “lab down” ends it, "
                               "“lab client add” adds a client to it")
            print(f"The lab is already up (state: {state.path})")
            return 0
        state.clear()
        try:
            state.start_server(CHECKOUT)
            _add_client(state, options.client, options, stranger=False)
        except BaseException:
            state.clear(keep_logs=True)
            raise
    print(f"The lab is up after {time.monotonic() - began:.1f} s (state: {state.path})\n"
          f"  relay smtp.{layout.DOMAIN}, mailboxes imap.{layout.DOMAIN}, client node "
          f"“{options.client}”\n  its /etc/postfix is {state.config_of(options.client)}")
    return 0


def down(options):
    _check_rights()
    state = State(options.state)
    if not state.exists():
        print(f"No lab is up in “{state.path}”")
        return 0
    with state.lock():
        state.clear()
        state.remove()
    return 0


def status(options):
    state = State(options.state)
    if not state.exists():
        print(f"No lab is up in “{state.path}”")
        return 1
    for node in state.nodes():
        record = node.read_record() or {}
        print(f"{node.name:12} {'running' if node.is_alive() else 'DEAD':8} "
              f"{record.get('address', '-'):15} init {record.get('pid', '-')}  log {node.log_path}")
    return 0 if state.is_whole() else 1


def packages(options):
    names = system_packages.missing() if options.missing else system_packages.needed()
    if names:
        print("\n".join(names))
    return 0


def client(options):
    _check_rights()
    _check_name(options.name)
    state = State(options.state)
    state.must_be_up()
    with state.lock():
        if options.action == "remove":
            node = state.node(options.name)
            if node.read_record() is None:
                raise LabError(f"There is no node “{options.name}”")
            node.stop()
            shutil.rmtree(node.folder)
            return 0
        if state.node(options.name).is_alive():
            raise LabError(f"Node “{options.name}” exists already")
        shutil.rmtree(state.node(options.name).folder, ignore_errors=True)
        _add_client(state, options.name, options, options.stranger)
    return 0


def _add_client(state, name, options, stranger):
    state.start_client(name, config=options.config_directory, stranger=stranger,
                       checkout=CHECKOUT, binds=[os.path.abspath(path) for path in options.bind])
    if options.start_postfix:
        state.node(name).check(session.execute, ["postfix", "start"], None, {})


def run(options):
    _check_rights()
    state = State(options.state)
    state.must_be_up()
    return state.known_node(options.node).call(
        session.execute, options.command, options.user, session.variables(options.env))


def send(options):
    _check_rights()
    state = State(options.state)
    state.must_be_up()
    body = sys.stdin.buffer.read() if options.body == "-" else options.body.encode() + b"\n"
    return state.known_node(options.node).call(
        session.as_user, options.user, client_node.send, options.subject, options.to, body)


def fetch(options):
    _check_rights()
    state = State(options.state)
    state.must_be_up()
    password = options.password or layout.USERS.get(options.user)
    if password is None:
        raise LabError(f"Say the password of “{options.user}” with --password")
    return state.server().call(inbox.fetch, options.user, password, options.subject, options.wait)


def log(options):
    state = State(options.state)
    with open(state.known_node(options.node).log_path, "rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    return 0


def passwd(options):
    _check_rights()
    state = State(options.state)
    state.must_be_up()
    if options.user is not None:
        passwords = [(options.user, sys.stdin.buffer.readline().rstrip(b"\r\n"))]
    else:
        parts = [line.rstrip(b"\r\n").partition(b":") for line in sys.stdin.buffer]
        passwords = [(user.decode(), password) for user, _, password in parts]
    state.server().check(dovecot.set_passwords, passwords, options.keep_old)
    return 0


def fault(options):
    if options.fault is None:
        for name, text in layout.FAULTS.items():
            print(f"{name:10} {text}")
        return 0
    _check_rights()
    if options.fault not in layout.FAULTS:
        raise LabError(f"There is no fault “{options.fault}”; known: {', '.join(layout.FAULTS)}")
    if options.name not in layout.RELAY_NAMES:
        raise LabError(f"“{options.name}” is no relay; known: {', '.join(layout.RELAY_NAMES)}")
    state = State(options.state)
    state.must_be_up()
    state.server().check(dns.set_address, options.name,
                         layout.fault_address(options.name, options.fault))
    return 0


def _check_rights():
    if os.geteuid() != 0 or not linux.have_sys_admin():
        raise NotPossible("Making and entering nodes needs root with CAP_SYS_ADMIN; use sudo, or "
                          "run the container with --privileged")


def _check_possible():
    _check_rights()
    missing = system_packages.missing()
    if missing:
        raise NotPossible(f"Missing packages: {' '.join(missing)}; install them with "
                          f"“{system_packages.manager()} install {' '.join(missing)}”")


def _check_name(name):
    if name == "server" or not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        raise LabError(f"“{name}” is no name for a client: use small letters, digits and hyphens, "
                       "and not “server”")
