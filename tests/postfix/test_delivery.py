# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test message with real Postfix and each fault of a relay: where it got to, why, and the line of
the log behind it; and the queue afterwards, which says the same."""

import json
import os

import mail_lab
from mail_lab import HERE, LabCase

NAME = "smtp.example.com"
RELAY = f"[{NAME}]:587"
PASSWORD = "mysecretpassword"
USER = "relayuser@example.com"
STUDENT = "student@lab.example.com"
TRICK_PORT = 2525
PID_FILE = "/run/trick_relay.pid"

# What the scripts in the client begin with: a report as a line of JSON.
REPORT = """
def show(report):
    print(json.dumps(report.to_variant().unpack()))
def send(to='student@lab.example.com', sender=None, timeout_ms=60000):
    report = postfix.send_test(to, sender, timeout_ms, None)
    show(report)
    return report
"""


def setUpModule():
    mail_lab.need_lab()


class DeliveryCase(LabCase):
    def log_in(self, more="", relay=RELAY):
        return self.nullmail(f"apply_login('{relay}'{more})", text=PASSWORD)

    def configure(self, *settings):
        """By hand, as nobody should, so that each fault can be had."""
        self.run_client("postconf", "-e", *settings)
        self.run_client("sh", "-c", "postfix reload 2>/dev/null || postfix start")

    def reports(self, script, **options):
        output = self.nullmail(REPORT + script, **options)
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]

    def send_test(self, arguments="", **options):
        return self.reports(f"send({arguments})", **options)[0]

    def queue(self):
        output = self.nullmail("print(json.dumps(postfix.load_queue(None).to_variant().unpack()))")
        return json.loads(output)["entries"]

    def assert_report(self, report, **expected):
        for key, value in expected.items():
            self.assertEqual(report.get(key.replace("_", "-")), value, report)

    def assert_waits(self, report, cause):
        """The queue has the message and says the same of it."""
        entry, = [entry for entry in self.queue() if entry["queue-id"] == report["queue-id"]]
        self.assertEqual((entry["queue-name"], entry["cause"]), ("deferred", cause), entry)
        self.assertEqual([reason for reason in entry["delay-reasons"] if reason],
                         [report["reply"]])
        self.empty_queue()


class Faults(DeliveryCase):
    def check_fault(self, fault, dsn, cause, detail=None, **expected):
        self.lab.call("fault", fault)
        report = self.send_test()
        self.assert_report(report, state="deferred", dsn=dsn, cause=cause, **expected)
        if detail is not None:
            self.assertRegex(report.get("detail", ""), detail)
        self.assertNotIn(PASSWORD, json.dumps(report))
        self.assert_waits(report, cause)

    def test_a_relay_that_verifies(self):
        """All is well, and then each thing that may be wrong with a certificate or channel."""
        self.log_in()
        report = self.send_test()
        self.assert_report(report, state="sent", recipient=STUDENT, dsn="2.0.0",
                           cause="no-reason", detail=None)
        self.assertRegex(report["relay"], rf"^{NAME}\[192\.0\.2\.11\]:587$")
        self.assertRegex(report["reply"], "^250 2.0.0 Ok: queued as ")
        self.assertGreater(report["delay-ms"], 0)
        self.assertEqual(self.queue(), [])
        self.fetch("Test message")

        words = "Server certificate not verified"
        self.check_fault("untrusted", "4.7.5", "tls", "untrusted issuer", reply=words)
        self.check_fault("expired", "4.7.5", "tls", "certificate has expired", reply=words)
        self.check_fault("wrongname", "4.7.5", "tls", "hostname mismatch|peername", reply=words)
        self.check_fault("stripped", "4.7.4", "tls")
        self.check_fault("refused", "4.4.1", "network", relay=None)
        self.lab.call("fault", "none")
        self.assert_report(self.send_test(), state="sent")

    def test_what_the_log_says_of_the_channel(self):
        self.log_in()
        self.configure("smtp_tls_loglevel = 1")
        self.assertRegex(self.send_test()["tls"], "^Verified: TLSv1")

    def test_wrong_password(self):
        self.nullmail(f"apply_login('{RELAY}')", text="not the password")
        report = self.send_test()
        self.assert_report(report, state="deferred", dsn="4.7.8", cause="authentication")
        self.assertNotIn("not the password", json.dumps(report))
        self.assert_waits(report, "authentication")

    def test_faults_of_this_machine(self):
        """A table that is not there, no mechanism, a CA file that cannot be read, no DNS."""
        self.log_in()
        table, = self.postconf("smtp_sasl_password_maps")
        for settings, dsn, cause, detail in (
                (["smtp_sasl_password_maps=texthash:/etc/postfix/nowhere"], "4.3.0", "local",
                 "nowhere.*No such file"),
                ([f"smtp_sasl_password_maps={table}", "smtp_sasl_mechanism_filter=nothing"],
                 "4.7.0", "local", None),
                (["smtp_sasl_mechanism_filter=plain, login", "smtp_tls_CAfile=/etc/nowhere.pem"],
                 "4.7.5", "tls", "cannot load|nowhere.pem"),
                (["smtp_tls_CAfile=/etc/nullmail-lab/ca.crt",
                  "relayhost=[nowhere.example.com]:587"], "4.3.5", "dns", None)):
            self.configure(*settings)
            report = self.send_test()
            self.assert_report(report, state="deferred", dsn=dsn, cause=cause)
            if detail is not None:
                self.assertRegex(report.get("detail", ""), detail)
            self.empty_queue()

    def test_refused_for_good(self):
        """The relay's own words, and by what queue id the message went back."""
        self.configure("relayhost = [smtp.lab.example.com]", "myorigin = lab.example.com",
                       "mydestination =")
        report = self.send_test("'nobody@lab.example.com', 'user@lab.example.com'")
        self.assert_report(report, state="bounced", dsn="5.1.1", cause="recipient-refused")
        self.assertRegex(report["bounce-id"], r"^\w+$")
        bounce, = self.reports(f"show(postfix.follow_delivery('{report['bounce-id']}', 60000, "
                               "None))")
        self.assert_report(bounce, state="sent", recipient="user@lab.example.com")

        report = self.send_test("'user@example.net'")
        self.assert_report(report, state="bounced", cause="relay-denied")
        self.assertIn("Relay access denied", report["reply"])

    def test_not_logged_in(self):
        """A relay that wants a login, and in clear: the reply tells the one from the other."""
        self.configure(f"relayhost = {RELAY}", "myorigin = lab.example.com", "mydestination =",
                       "smtp_tls_security_level = none")
        self.assert_report(self.send_test(), state="bounced", dsn="5.7.0", cause="tls")
        self.configure("smtp_tls_security_level = encrypt")
        self.assert_report(self.send_test(), state="bounced", dsn="5.7.1", cause="relay-denied")


class Relay(DeliveryCase):
    """A relay that says what the test wants, once or for ever."""

    def setUp(self):
        super().setUp()
        self.configure(f"relayhost = [{NAME}]:{TRICK_PORT}", "myorigin = lab.example.com",
                       "mydestination =", "smtp_connect_timeout = 10s", "smtp_helo_timeout = 2s",
                       "smtp_quit_timeout = 1s")

    def serve(self, **replies):
        """In the server's namespaces, in the place of the one before; it ends with them."""
        self.lab.run("server", "sh", "-c", f"""
[ ! -e {PID_FILE} ] || kill $(cat {PID_FILE})
rm -f {PID_FILE}
setsid /usr/bin/python3 "$1" 192.0.2.11 {TRICK_PORT} {PID_FILE} "$2" >/dev/null 2>&1 </dev/null &
until [ -s {PID_FILE} ]; do sleep 0.05; done
""", "sh", os.path.join(HERE, "trick_relay.py"), json.dumps(replies))

    def test_greylisted_and_taken_later(self):
        """The first attempt is told at once; a later one, which is asked for, is then followed."""
        self.serve(RCPT=["450 4.2.0 <x>: Recipient address rejected: Greylisted, see "
                         "http://postgrey.schweikert.ch/help/a.html"])
        report, later = self.reports("""
report = send()
postfix.flush_queue(None)
for _ in range(600):
    later = postfix.follow_delivery(report.get_queue_id(), 60000, None)
    if later.get_state() != Nullmail.DeliveryState.DEFERRED:
        break
show(later)
""")
        self.assert_report(report, state="deferred", dsn="4.2.0", cause="rate-limit")
        self.assert_report(later, state="sent", reply="250 2.0.0 Taken",
                           queue_id=report["queue-id"])

    def test_silent(self):
        """It takes the connection and says nothing."""
        self.serve(greeting=[""])
        report = self.send_test()
        self.assert_report(report, state="deferred", cause="network")
        self.assertIn("timed out while receiving the initial server greeting", report["reply"])

    def test_refusals(self):
        for replies, state, cause in (
                ({"greeting": ["554 5.7.1 Blocked - see https://www.spamhaus.org/query"]},
                 "deferred", "blocked"),
                ({"greeting": ["421 4.7.0 Too many connections"]}, "deferred", "rate-limit"),
                ({"MAIL": ["553 5.7.1 <a>: Sender address rejected: not owned by user b"]},
                 "bounced", "sender-refused"),
                ({"RCPT": ["550 5.1.1 <a>: User unknown"]}, "bounced", "recipient-refused"),
                ({"end": ["552 5.3.4 Message size exceeds fixed limit"]}, "bounced",
                 "message-refused"),
                ({"end": ["554-5.7.1 Message refused,", "554 5.7.1 content rejected"]}, "bounced",
                 "message-refused"),
                ({"end": ["550 5.4.5 Daily user sending quota exceeded."]}, "bounced",
                 "rate-limit")):
            with self.subTest(cause=cause, replies=replies):
                self.serve(**replies)
                report = self.send_test()
                self.assert_report(report, state=state, cause=cause)
                self.empty_queue()

    def test_out_of_time_and_held(self):
        self.serve(greeting=[""])
        self.configure("smtp_helo_timeout = 300s")
        report, held = self.reports("""
report = send(timeout_ms=3000)
import subprocess
subprocess.run(['postsuper', '-h', report.get_queue_id()], check=True, capture_output=True)
show(postfix.follow_delivery(report.get_queue_id(), 600000, None))
""")
        self.assert_report(report, state="queued", cause="no-reason", recipient=STUDENT)
        self.assert_report(held, state="queued", queue_id=report["queue-id"])
        self.assertIn("postsuper -H", held["detail"])


class Circumstances(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.configure("relayhost = [smtp.lab.example.com]", "myorigin = lab.example.com",
                       "mydestination =")

    def test_own_log(self):
        """Postfix writes its log itself, and it is rotated between two messages."""
        self.configure("maillog_file = /var/log/postfix.log")
        self.run_client("postfix", "stop")
        self.run_client("postfix", "start")
        self.assert_report(self.send_test(), state="sent")
        self.run_client("postfix", "logrotate")
        self.assert_report(self.send_test(), state="sent")

    def test_long_and_short_ids(self):
        ids = []
        for setting in ("yes", "no"):
            self.configure(f"enable_long_queue_ids = {setting}")
            report = self.send_test()
            self.assert_report(report, state="sent")
            ids.append(report["queue-id"])
        self.assertGreater(len(ids[0]), len(ids[1]))

    def test_ordinary_user(self):
        """Whoever cannot read the log is told so, and an attempt that fails shows in the queue."""
        self.run_client("chmod", "600", "/var/log/mail.log")
        script = REPORT + "send(timeout_ms=20000)"
        output = self.lab.call("run", self.node, "--user", "user", "--env",
                               f"PYTHONPATH={HERE}", *[word for name in (
                                   "LD_LIBRARY_PATH", "GI_TYPELIB_PATH")
                                   for word in ("--env", f"{name}={os.environ[name]}")],
                               "--", "/usr/bin/python3", "-c", "from in_node import *\n" + script)
        report = json.loads(output)
        self.assert_report(report, state="unknown", recipient=STUDENT)
        self.assertIn("as root", report["detail"])

    def test_not_running(self):
        """The message waits to be taken in, and is when Postfix starts."""
        self.run_client("postfix", "stop")
        report = self.send_test("timeout_ms=3000")
        self.assert_report(report, state="queued")
        self.assertIn("Postfix runs", report["detail"])
        self.assertEqual([entry["queue-name"] for entry in self.queue()], ["maildrop"])
        self.assertRegex(self.nullmail("print(*error_of(postfix.flush_queue, None))"), "^command ")
        self.run_client("postfix", "start")
        self.fetch("Test message")

    def test_root(self):
        """An address without a domain, and one that an alias leads elsewhere."""
        self.configure("virtual_alias_maps = inline:{root=student@lab.example.com}")
        self.assert_report(self.send_test("'root'"), state="sent", recipient=STUDENT)

    def test_many_wait(self):
        """A test message is found among many others that wait, for the same recipient too."""
        self.configure("relayhost = [refused.lab.example.com]:587", "defer_transports = smtp")
        self.run_client("sh", "-c", "for i in 1 2 3 4 5; do echo | sendmail "
                        f"{STUDENT}; done; until [ $(postqueue -j | wc -l) = 5 ]; do sleep 0.1; "
                        "done")
        report = self.send_test()
        self.assert_report(report, state="deferred", cause="local", reply="deferred transport")
        self.assertEqual(len(self.queue()), 6)
