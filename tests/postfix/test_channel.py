# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a running Postfix does with what the library wrote: no password over a weaker channel than
the TLS level says, no message without its password while relays change, and a service that follows
each change by as much as it needs and no more."""

import os
import re

import mail_lab
from mail_lab import LabCase

A = "[smtp.lab.example.com]:587"
B = "[smtp.example.com]:587"
ENDPOINT = {A: "relay-587", B: "auth-587"}
PASSWORD = "mysecretpassword"
USER = "relayuser@example.com"


class ChannelCase(LabCase):
    def log_in(self, relay=B, more="", **options):
        """Make the client one that logs in at RELAY; MORE are further properties."""
        return self.nullmail(f"print(apply_login('{relay}'{more}).get_activation().value_nick)",
                             text=PASSWORD, **options)

    def session_at(self, endpoint, mark):
        """What the relay logged of the client's session, once it is over."""
        self.wait_log("server", rf"postfix/{endpoint}/smtpd\[\d+\]: disconnect from client", mark)
        return "\n".join(line for line in self.log("server")[mark["server"]:].splitlines()
                         if "/smtpd[" in line)

    def assert_no_password(self, endpoint, mark):
        """The client was there and never began to log in."""
        session = self.session_at(endpoint, mark)
        self.assertRegex(session, rf"{endpoint}/smtpd.* disconnect .*\behlo=")
        self.assertNotRegex(session, r"\bauth=|sasl_|SASL")

    def assert_accepted(self, relay, mark):
        """The relay let USER in, and took the message."""
        session = self.session_at(ENDPOINT[relay], mark)
        self.assertRegex(session, rf"{ENDPOINT[relay]}/smtpd.*sasl_username={re.escape(USER)}")


class Password(ChannelCase):
    """Where does the relay see an AUTH?"""

    def try_to_send(self, subject, endpoint):
        """What becomes of a message while no password may go to ENDPOINT."""
        mark = self.mark()
        self.send(subject)
        status, dsn, line = self.outcome(mark)
        self.assert_no_password(endpoint, mark)
        self.empty_queue()
        return status, dsn, line

    def check_that_it_works_at_all(self):
        mark = self.mark()
        self.deliver("all is well")
        self.assert_accepted(B, mark)

    def test_policy_map_weaker_than_the_level(self):
        """A policy says “may” and somebody strips STARTTLS: the level's promise holds."""
        self.log_in()
        settings = {"smtp_tls_policy_maps": f"inline:{{ {{ {B} = may }} }}"}
        self.assertRegex(self.nullmail(f"print(*error_of(set_parameters, {settings}))"),
                         "^unsafe ")
        self.run_client("postconf", "-e", "=".join(*settings.items()))
        self.run_client("postfix", "reload")
        self.lab.call("fault", "stripped")
        status, dsn, line = self.try_to_send("policy", "stripped-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.0"), line)
        self.assertIn("no mechanism available", line)

    def test_forced_policy_map(self):
        """The same where somebody forces the library to write it."""
        self.log_in()
        self.nullmail(f"set_parameters({{'smtp_tls_policy_maps': 'inline:{{ {{ {B} = may }} }}'}}, "
                      "Flags.FORCE)")
        self.lab.call("fault", "stripped")
        status, dsn, line = self.try_to_send("policy", "stripped-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.0"), line)

    def test_stripped_at_secure(self):
        self.log_in()
        self.check_that_it_works_at_all()
        self.lab.call("fault", "stripped")
        status, dsn, line = self.try_to_send("stripped", "stripped-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.4"), line)

    def test_bad_certificates_at_secure(self):
        self.log_in()
        for fault in ("expired", "untrusted", "wrongname"):
            with self.subTest(fault):
                self.lab.call("fault", fault)
                status, dsn, line = self.try_to_send(fault, f"{fault}-587")
                self.assertEqual((status, dsn), ("deferred", "4.7.5"), line)
                self.assertIn("Server certificate not verified", line)
        self.lab.call("fault", "none")
        self.check_that_it_works_at_all()

    def test_stripped_at_encrypt(self):
        self.log_in(more=", tls_level=Nullmail.TlsLevel.ENCRYPT")
        self.assertEqual(self.postconf("smtp_tls_security_level", "smtp_sasl_security_options",
                                       "smtp_sasl_tls_security_options"),
                         ["encrypt", "noplaintext, noactive, nodictionary, noanonymous",
                          "noanonymous"])
        self.check_that_it_works_at_all()
        self.lab.call("fault", "stripped")
        status, dsn, line = self.try_to_send("stripped", "stripped-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.4"), line)

    def allow_null_ciphers(self):
        """The relay agrees to TLS that encrypts nothing."""
        self.lab.run("server", "postconf", "-e", "smtpd_tls_ciphers = null",
                     "smtpd_tls_mandatory_ciphers = null", "smtpd_tls_protocols = !TLSv1.3",
                     "smtpd_tls_mandatory_protocols = !TLSv1.3",
                     "tls_null_cipherlist = eNULL:!aNULL:@SECLEVEL=0")
        self.lab.run("server", "postfix", "reload")

    def test_null_ciphers_where_tls_is_required(self):
        """Neither password nor message goes out without encryption."""
        settings = {"smtp_tls_mandatory_ciphers": "null"}
        self.log_in(more=", tls_level=Nullmail.TlsLevel.ENCRYPT")
        self.assertRegex(self.nullmail(f"print(*error_of(set_parameters, {settings}))"),
                         "^unsafe .*smtp_tls_mandatory_ciphers")
        self.nullmail(f"set_parameters({settings}, Flags.FORCE)")
        status, dsn, line = self.try_to_send("no cipher is left", "auth-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.5"), line)

        self.nullmail("set_parameters({'smtp_tls_security_level': 'secure', "
                      "'smtp_tls_loglevel': '1'}, Flags.FORCE)")
        mark = self.mark()
        self.deliver("TLS 1.3 has no grades")
        self.wait_log("client", r"smtp\[\d+\]: Verified .* TLSv1\.3 with cipher TLS_", mark)
        self.allow_null_ciphers()
        status, dsn, line = self.try_to_send("nothing else is left", "auth-587")
        self.assertEqual((status, dsn), ("deferred", "4.7.5"), line)

    def test_null_ciphers_at_may(self):
        """Postfix takes the list of an encrypted channel, and the password goes out in clear."""
        self.log_in()
        self.nullmail("set_parameters({'smtp_tls_security_level': 'may', "
                      "'smtp_sasl_tls_security_options': 'noanonymous'}, Flags.FORCE)")
        settings = {"smtp_tls_ciphers": "null"}
        self.assertRegex(self.nullmail(f"print(*error_of(set_parameters, {settings}))"),
                         "^unsafe ")
        self.nullmail(f"set_parameters({settings}, Flags.FORCE)")
        self.run_client("postconf", "-e", "smtp_tls_loglevel = 1")
        self.run_client("postfix", "reload")
        self.allow_null_ciphers()
        mark = self.mark()
        self.deliver("in the clear over TLS")
        self.wait_log("client", r"smtp\[\d+\]: .* cipher \S*NULL\S* \(0/0 bits\)", mark)
        self.assert_accepted(B, mark)

    def test_control_taught_settings_lose_it(self):
        """The control: with the settings as taught, these tests do see the password go."""
        self.run_client("sh", "-c", "umask 077; cat >/etc/postfix/sasl_passwd",
                        text=f"{B} {USER}:{PASSWORD}\n")
        self.run_client("postconf", "-e", f"relayhost = {B}", "myorigin = lab.example.com",
                        "mydestination =", "smtp_tls_security_level = may",
                        "smtp_sasl_auth_enable = yes", "smtp_sasl_security_options = noanonymous",
                        "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd")
        self.lab.call("fault", "stripped")
        self.run_client("postfix", "start")
        mark = self.mark()
        self.deliver("in the clear")
        self.assertRegex(self.session_at("stripped-587", mark),
                         rf"(?s)sasl_username={USER}.*disconnect .*\bauth=1\b")
        with self.assertRaises(AssertionError):
            self.assert_no_password("stripped-587", mark)


class Change(ChannelCase):
    """One relay after another, and no message without its password."""

    def has_key(self, relay):
        table = self.postconf("smtp_sasl_password_maps")[0]
        out = self.run_client("sh", "-c", 'postmap -q "$1" "$2"; true', "sh", relay, table)
        self.assertIn(out, ("", f"{USER}:{PASSWORD}\n"))
        return out != ""

    def keys(self):
        return [self.has_key(relay) for relay in (A, B)]

    def test_old_key_stays_for_one_generation(self):
        self.log_in(A)
        self.assertEqual(self.keys(), [True, False])
        self.log_in(B)
        self.assertEqual(self.keys(), [True, True])
        self.nullmail("config = postfix.load_config()\nconfig.set_hostname('c.lab.example.com')\n"
                      "apply(config)")
        self.assertEqual(self.keys(), [False, True])
        mark = self.mark()
        self.deliver("to the new one")
        self.assert_accepted(B, mark)

    def test_undo_goes_back_whole(self):
        self.log_in(A)
        before = self.read_main_cf()
        self.log_in(B)
        mark = self.mark()
        self.deliver("there")
        self.assert_accepted(B, mark)

        self.nullmail("postfix.undo(Flags.NONE, None)")
        self.assertEqual(self.read_main_cf(), before)
        mark = self.mark()
        self.deliver("and back")
        self.assert_accepted(A, mark)

        self.nullmail("postfix.undo(Flags.NONE, None)")  # undone twice is done again
        mark = self.mark()
        self.deliver("there again")
        self.assert_accepted(B, mark)

    def test_end_of_authentication_stops_and_starts(self):
        self.log_in(B)
        pid, before = self.master_pid(), self.read_main_cf()
        end = ("made = plan(client_of('[smtp.lab.example.com]', authentication=False))\n"
               "print(*error_of(postfix.apply, made, Flags.{}, None))")
        self.assertRegex(self.nullmail(end.format("NO_ACTIVATE")), "^unsafe ")
        self.assertEqual((self.read_main_cf(), self.master_pid()), (before, pid))

        mark = self.mark()
        self.assertEqual(self.nullmail(end.format("NONE")), "none \n")
        self.wait_log("client", r"(?s)stopping the Postfix.*starting the Postfix", mark)
        self.assertTrue(self.is_running())
        self.assertNotEqual(self.master_pid(), pid)
        self.assertNotEqual(self.postconf("smtp_sasl_auth_enable"), ["yes"])
        mark = self.mark()
        self.deliver("by address")
        self.assert_no_password("relay-25", mark)

    def test_end_of_authentication_leaves_stopped(self):
        """What was stopped stays so."""
        self.log_in(B)
        self.run_client("postfix", "stop")
        self.nullmail("apply(client_of('[smtp.lab.example.com]'), flags=Flags.NONE)")
        self.assertFalse(self.is_running())


class Activation(ChannelCase):
    """As much as the change needs: nothing, a reload, or a restart."""

    def apply_clear(self, *assignments, flags="NONE"):
        """Load the configuration, assign, apply; returns the plan's activation."""
        return self.nullmail("config = postfix.load_config()\n"
                             + "".join(f"config.set_{line}\n" for line in assignments)
                             + f"print(apply(config, flags=Flags.{flags})"
                               ".get_activation().value_nick)").strip()

    def test_interfaces_restart(self):
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        pid = self.master_pid()
        self.assertEqual(self.apply_clear("interfaces(['127.0.0.1'])"), "restart")
        self.assertTrue(self.is_running())
        self.assertNotEqual(self.master_pid(), pid)
        sockets = [line.split()[3] for line in self.run_client("ss", "-Hltn").splitlines()]
        self.assertEqual(sockets, ["127.0.0.1:25"])

    def test_relay_reloads(self):
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        self.deliver("to the old")
        pid, mark = self.master_pid(), self.mark()
        relay = "Nullmail.RelayHost.parse('[smtp.example.com]')"
        self.assertEqual(self.apply_clear(f"relay_host({relay})"), "reload")
        self.deliver("to the new")
        self.session_at("auth-25", mark)
        self.assertEqual(self.master_pid(), pid)
        self.assertNotRegex(self.log("server")[mark["server"]:], "relay-25/smtpd")
        self.wait_log("client", r"postfix/master\[\d+\]: reload", mark)

    def test_new_password_needs_nothing(self):
        """The smtp(8) that has the table open sends the new password with the next message."""
        self.log_in(B)
        table = self.postconf("smtp_sasl_password_maps")[0]
        if table.startswith("texthash:"):
            self.skipTest("no compiled table here")
        mark = self.mark()
        self.deliver("the old password")
        self.assert_accepted(B, mark)

        self.lab.call("passwd", USER, text="rotated")
        mark = self.mark()
        activation = self.nullmail(f"print(apply_login('{B}').get_activation().value_nick)",
                                   text="rotated")
        self.assertEqual(activation, "none\n")
        self.deliver("the new password")
        self.assert_accepted(B, mark)
        self.assertEqual(self.run_client("postmap", "-q", B, table), f"{USER}:rotated\n")
        self.assertNotRegex(self.log("client")[mark["client"]:],
                            r"reload|refresh|st(opp|art)ing the Postfix|SASL authentication failed")

    def test_stopped_stays_stopped(self):
        self.nullmail("apply(client_of('[smtp.lab.example.com]'), flags=Flags.NONE)")
        self.assertFalse(self.is_running())
        relay = "Nullmail.RelayHost.parse('[smtp.example.com]')"
        self.assertEqual(self.apply_clear(f"relay_host({relay})"), "reload")
        self.assertFalse(self.is_running())
        self.assertEqual(self.apply_clear(flags="START"), "none")  # an empty plan starts, if told
        self.assertTrue(self.is_running())
        self.deliver("at last")

    def test_refused_start_puts_everything_back(self):
        """Postfix does not come up with the new settings: the old ones run again."""
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        before = self.read_main_cf()
        out = self.nullmail("config = postfix.load_config()\n"
                            "config.set_interfaces(['203.0.113.9'])\n"  # an address of nobody here
                            "made = postfix.plan(config, None, 0, None)\n"
                            "print(*error_of(postfix.apply, made, Flags.NONE, None))\n"
                            "print(*error_of(postfix.apply, made, Flags.FORCE, None))")
        self.assertRegex(out, "^unsafe .*\nactivation ")
        self.assertEqual(self.read_main_cf(), before)
        self.assertTrue(self.is_running())
        self.deliver("as before")

    def test_refused_reload_puts_everything_back(self):
        """A postfix(1) that fails to reload: settings, passwords and table are as they were."""
        self.log_in(A)
        before = self.contents()
        self.assertIn("sasl_passwd", before)
        self.run_client("sh", "-c", f"""
mkdir /etc/stand-in && ln -s /usr/sbin/post* /etc/stand-in && cd /etc/stand-in && rm postfix
cat >postfix && chmod 755 postfix""", text="""#!/bin/sh
case "$*" in *reload) echo 'postfix: fatal: no reload today' >&2; exit 1;; esac
exec /usr/sbin/postfix "$@"
""")
        out = self.nullmail("import in_node\n"
                            "in_node.postfix = Nullmail.PostfixInstance("
                            "command_directory='/etc/stand-in')\n"
                            f"print(*error_of(apply_login, '{B}'))", text=PASSWORD)
        self.assertRegex(out, "^activation .*no reload today")
        self.assertNotIn(PASSWORD, out)
        self.assertEqual(self.contents(), before)
        self.assertTrue(self.is_running())
        mark = self.mark()
        self.deliver("as before")
        self.assert_accepted(A, mark)

    def test_broken_master_cf(self):
        """Somebody breaks master.cf between the plan and its apply. “postfix status” cannot even
        say that Postfix runs, which must not be taken for stopped."""
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        before, pid = self.read_main_cf(), self.master_pid()
        out = self.nullmail("""
made = plan(client_of('[smtp.example.com]'))
with open("/etc/postfix/master.cf", "a") as file:
    file.write("broken\\n")
print(*postfix.query_service(None).value_nicks)
print(*error_of(postfix.apply, made, Flags.NONE, None))
""")
        self.assertRegex(out, r"\brunning\b.*\nactivation .*/master\.cf: line ")
        self.assertEqual(self.read_main_cf(), before)
        self.assertEqual(self.master_pid(), pid)

    def test_mended_main_cf_reaches_what_runs(self):
        """The same question where the plan itself takes away what Postfix stumbles over."""
        self.nullmail("apply(client_of('[smtp.lab.example.com]'))")
        pid = self.master_pid()
        self.run_client("postconf", "-e", "inet_protocols = ipv5")
        self.assertFalse(self.is_running())  # so it says
        self.nullmail("apply(client_of('[smtp.example.com]', "
                      "protocols=Nullmail.InetProtocols.IPV4), flags=Flags.NONE)")
        self.assertTrue(self.is_running())
        self.assertNotEqual(self.master_pid(), pid)
        mark = self.mark()
        self.deliver("to the new relay")
        self.session_at("auth-25", mark)

    def contents(self):
        """Everything in /etc/postfix that a plan could change, and nothing beside it."""
        found = {}
        for name in os.listdir(self.config_path("")):
            if re.match(r"main\.cf|\.?sasl_passwd|\.", name) and name != "main.cf.proto":
                with open(self.config_path(name), "rb") as file:
                    found[name] = file.read()
        found.pop("main.cf.tmp", None)  # the lock that postconf and the library share
        return found


def setUpModule():
    mail_lab.need_lab()
