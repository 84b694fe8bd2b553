# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program in the lab's client that stays for all scenarios: it makes the machine that a scenario
begins with, breaks it, asks the library what is wrong, and does what the library said.

Standard input has a line of JSON for each piece of Python that is to be run, with the names below;
standard output gets one with what it has left in “answer”, or with the exception."""

import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback

from in_node import Flags, GLib, Nullmail, postfix

ETC = pathlib.Path("/etc/postfix")
CHROOT = pathlib.Path("/var/spool/postfix")
LOG = pathlib.Path("/var/log/mail.log")
USER, PASSWORD = "relayuser@example.com", "mysecretpassword"
STUDENT = "student@lab.example.com"
LIMIT_S = 60
OLD_S = 1000000000  # younger than a second, main.cf makes each program of Postfix wait
# What a test has no time for: each wait of smtp(8) that a scenario runs into, and of the resolver;
# and to stop and start Postfix for interfaces that are others than before.
BASE = {"inet_interfaces": "loopback-only", "smtp_connect_timeout": "3s", "smtp_helo_timeout": "2s",
        "smtp_starttls_timeout": "3s", "smtp_quit_timeout": "1s"}
RESOLVER = "search lab.example.com\nnameserver 192.0.2.10\noptions timeout:1 attempts:1\n"
PACKAGED = (ETC / "main.cf").read_bytes()


def run(*command, **options):
    return subprocess.run(command, check=False, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def credentials(config, password=PASSWORD):
    fd = os.memfd_create("password")
    try:
        os.write(fd, password.encode())
        os.lseek(fd, 0, os.SEEK_SET)
        return Nullmail.RelayCredentials.new_from_fd(config.get_relay_host(), USER, fd, None)
    finally:
        os.close(fd)


def write(path, contents):
    """As an editor does: neither Postfix nor the library is asked."""
    path.write_bytes(contents)
    os.utime(path, (OLD_S, OLD_S))


def resolve(text=RESOLVER, chroot=None):
    """What the machine, and smtp(8) in its chroot, know of DNS."""
    pathlib.Path("/etc/resolv.conf").write_text(text, encoding="ascii")
    copy = CHROOT / "etc" / "resolv.conf"
    if copy.exists():
        copy.write_text(text if chroot is None else chroot, encoding="ascii")


def assign(config, properties):
    for name, value in properties.items():
        if isinstance(value, str):
            config.assign_text(name.replace("_", "-"), value)
        else:
            getattr(config, "set_" + name)(value)


def begin(relay, password=PASSWORD, **properties):
    """The machine that a scenario begins with: nothing of the one before, and a null client of
    RELAY, made by the library. Without a password it does not log in."""
    if postfix.load_queue(None).get_n_entries() > 0:
        run("postsuper", "-d", "ALL")
    for path in (*ETC.glob("sasl_passwd*"), ETC / "nowhere.pem"):
        path.unlink(missing_ok=True)
    shutil.rmtree("/var/lib/nullmail", ignore_errors=True)
    resolve()
    write(ETC / "main.cf", PACKAGED)
    edit(reloads=False, **BASE)
    config = Nullmail.NullClientConfig.new_for_relay(relay)
    config.set_origin("lab.example.com")
    config.set_root_address(STUDENT)
    config.set_authentication(password is not None)
    assign(config, properties)
    apply(config, password)
    # What an earlier scenario has taught qmgr(8) and smtp(8) of a relay goes.
    reload()


def apply(config, password=None):
    login = credentials(config, password) if password is not None else None
    postfix.apply(postfix.plan(config, login, 0, None), Flags.START | Flags.FORCE, None)


def reload():
    """What “postfix reload” does in the end, without all that it looks at before."""
    os.kill(int((CHROOT / "pid" / "master.pid").read_text(encoding="ascii")), signal.SIGHUP)


def edit(reloads=True, **settings):
    """What somebody does by hand."""
    document = postfix.load_main_cf(None)
    for name, value in settings.items():
        document.set_value(name, value)
    write(ETC / "main.cf", document.to_bytes().get_data())
    if reloads:
        reload()


def change(password=None, removed=(), **properties):
    """What a remedy says, done by the library: these properties, perhaps a password, and parameters
    that go. Nothing is forced, for a remedy must not need that."""
    config = postfix.load_config(None)
    assign(config, properties)
    for name in removed:
        config.assign_parameter(name, None)
    login = credentials(config, password) if password is not None else None
    postfix.apply(postfix.plan(config, login, 0, None), Flags.START, None)


def fix(code):
    """The findings of that code mend the document themselves, and the library applies it."""
    document = postfix.load_main_cf(None)
    fixed = [finding.fix(document) for finding in postfix.check(None)
             if finding.get_code().value_nick == code]
    assert fixed and all(fixed), f"{code}: {fixed}"
    postfix.apply(postfix.plan_main_cf(document, None, 0, None), Flags.START, None)


def findings():
    return [{"code": finding.get_code().value_nick, "remedy": finding.get_remedy(),
             "severity": finding.get_severity().value_nick, "message": finding.get_message()}
            for finding in postfix.check(None)]


def probe():
    """With what the configuration gives Postfix, the password of its table included."""
    plan = postfix.plan(postfix.load_config(None), None, 0, None)
    made = plan.create_probe(None)
    made.set_timeout(2000)
    return made.run(None).to_variant().unpack()


def tell(report):
    """A report, with the way out that belongs to its cause and reply."""
    told = report.to_variant().unpack()
    cause = report.get_cause()
    told["remedy"] = Nullmail.DelayCause.get_remedy(cause, report.get_reply() or "")
    return told


def send(n_bytes=0):
    """A test message, or one of that size, and where it gets to."""
    if n_bytes == 0:
        return postfix.send_test(STUDENT, None, LIMIT_S * 1000, None)
    mark = LOG.stat().st_size
    subprocess.run(["sendmail", "-i", STUDENT], check=True, text=True,
                   input="Subject: Test message\n\n" + "Many words.\n" * (n_bytes // 12))
    return postfix.follow_delivery(queue_id_since(mark), LIMIT_S * 1000, None)


def queue_id_since(mark):
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        text = LOG.read_bytes()[mark:].decode()
        found = re.search(r"postfix/pickup\[\d+\]: (\w+): uid=", text)
        if found:
            return found[1]
        time.sleep(0.02)
    raise AssertionError("pickup(8) does not take the message")


def look(n_bytes=0):
    """All that the library says of the machine as it is now."""
    found = findings()
    probed = probe()
    report = send(n_bytes)
    return {"findings": found, "probe": probed, "report": tell(report)}


def requeue():
    """All mail that waits is taken in anew, by which it gets other senders; the one's new id."""
    mark = LOG.stat().st_size
    run("postsuper", "-r", "ALL")
    run("postqueue", "-f")  # pickup(8) would look only once a minute
    return queue_id_since(mark)


def deliver(queue_id, state):
    """After the remedy: the message that waits goes out; one that came back is sent once more."""
    if state != "deferred":
        return tell(send())
    deadline = time.monotonic() + LIMIT_S
    while True:
        postfix.flush_queue(None)
        report = postfix.follow_delivery(queue_id, LIMIT_S * 1000, None)
        if report.get_state() != Nullmail.DeliveryState.DEFERRED or time.monotonic() > deadline:
            return tell(report)
        time.sleep(0.2)


def main():
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # it ends with the test, however that ends
    for line in sys.stdin:
        names = dict(globals())
        try:
            exec(json.loads(line), names)  # pylint: disable=exec-used
            answer = {"answer": names.get("answer")}
        except (Exception, GLib.Error):  # pylint: disable=broad-except
            answer = {"problem": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
