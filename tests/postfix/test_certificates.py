# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Is the probe's verdict on a relay Postfix's? Ports with certificates and versions of TLS of all
kinds, each asked by the probe, by posttls-finger(1) and with a real message: the same answer. Where
it is no, not a byte of a login comes.

One message to one recipient a case; a table leads each to the case's relay."""

import json
import os
import re
import unittest

import mail_lab
import program
import relays
from authority import CA, SERVER, VALID, Certificate, dns
from mail_lab import Lab, LabCase

HOST, DOMAIN, ADDRESS = "smtp.example.com", "example.com", "192.0.2.11"
USER, PASSWORD = "relayuser@example.com", "sunshine42"
CASES = "cases.lab.example.com"
EXPIRED, FUTURE = ("20200101000000Z", "20200201000000Z"), ("20480101000000Z", VALID[1])
WEAK_KEY = ("rsa", "rsa_keygen_bits:1024")
NO_CA = ("basicConstraints=critical,CA:FALSE",)


class Case:
    """One port: what it shows, and how the relay is named and trusted."""

    def __init__(self, name, certificate, accepted, relay=f"[{HOST}]", level="secure",
                 version=None):
        self.name, self.certificate, self.accepted = name, certificate, accepted
        self.relay, self.level, self.version = relay, level, version
        self.port = None

    @property
    def nexthop(self):
        return f"{self.relay}:{self.port}"


class Maker:
    """The certificates, and the file of all authorities that the client believes in."""

    def __init__(self, folder):
        self.folder, self.n, self.anchors = folder, 0, []
        self.root = self.anchor(self.make("root", extensions=CA))

    def make(self, name=None, issuer=None, **options):
        self.n += 1
        return Certificate(self.folder, name or f"leaf{self.n}", issuer, **options)

    def anchor(self, certificate):
        self.anchors.append(certificate)
        return certificate

    def leaf(self, *names, more=SERVER, issuer=None, shows=(), **options):
        """The file of a server's certificate for these names, by the root unless it says another;
        without a name it has no alternative ones."""
        options.setdefault("subject", "/O=Test")
        made = self.make(issuer=issuer or self.root,
                         extensions=(*([dns(*names)] if names else []), *more), **options)
        return made.chain(*shows)

    def write_anchors(self):
        path = f"{self.folder}/anchors.pem"
        with open(path, "w", encoding="ascii") as file:
            file.writelines(anchor.text() for anchor in self.anchors)
        return path


def name_cases(make):
    leaf = make.leaf
    yield Case("the name", leaf(HOST), True)
    yield Case("in upper case", leaf(HOST.upper()), True)
    yield Case("the last of many", leaf(*(f"n{i}.example.net" for i in range(60)), HOST), True)
    yield Case("a wildcard", leaf("*.example.com"), True)
    yield Case("a wildcard of the parent's parent", leaf("*.com"), False)
    yield Case("a partial wildcard", leaf("s*.example.com"), False)
    yield Case("a wildcard within", leaf("smtp.*.com"), False)
    yield Case("two wildcards", leaf("*.*.com"), False)
    yield Case("a wildcard alone", leaf("*"), False)
    yield Case("a wildcard below", leaf("*.smtp.example.com"), True)
    yield Case("a name below", leaf("mail.smtp.example.com"), True)
    yield Case("a name two below", leaf("a.b.smtp.example.com"), True)
    yield Case("the parent", leaf(DOMAIN), False)
    yield Case("a sibling", leaf("imap.example.com"), False)
    yield Case("a name that ends in it", leaf("xsmtp.example.com"), False)
    yield Case("a name that begins with it", leaf("smtp.example.com.example.net"), False)
    yield Case("a trailing dot", leaf(HOST + "."), False)
    yield Case("common name only", leaf(subject=f"/CN={HOST}"), True)
    yield Case("a wildcard as common name only", leaf(subject="/CN=*.example.com"), True)
    yield Case("two common names", leaf(subject=f"/CN=other.example.net/CN={HOST}"), True)
    yield Case("common name beside another", leaf("a.example.net", subject=f"/CN={HOST}"), False)
    yield Case("common name beside an address", leaf("IP:" + ADDRESS, subject=f"/CN={HOST}"),
               True)
    yield Case("common name beside mail's", leaf(f"email:a@{HOST}", subject=f"/CN={HOST}"), True)
    yield Case("no name", leaf(), False)
    yield Case("an address", leaf("IP:" + ADDRESS), False)
    yield Case("a URI", leaf(f"URI:smtp://{HOST}/"), False)
    yield Case("an address for an address", leaf("IP:" + ADDRESS), False, relay=f"[{ADDRESS}]")
    yield Case("an address as a name", leaf(ADDRESS), False, relay=f"[{ADDRESS}]")
    yield Case("the domain of MX records", leaf(DOMAIN), True, relay=DOMAIN)
    yield Case("a server of MX records", leaf(HOST), True, relay=DOMAIN)
    yield Case("a name elsewhere with MX records", leaf("mail.example.net"), False, relay=DOMAIN)
    yield Case("verify: the name", leaf(HOST), True, level="verify")
    yield Case("verify: a server of MX records", leaf(HOST), True, relay=DOMAIN, level="verify")
    yield Case("verify: the domain of MX records", leaf(DOMAIN), False, relay=DOMAIN,
               level="verify")
    yield Case("verify: a name below", leaf("mail.smtp.example.com"), False, level="verify")


def chain_cases(make):
    leaf, root = make.leaf, make.root
    stranger = make.make("stranger", extensions=CA)
    middle = make.make("middle", root, extensions=CA)
    below = make.make("below", middle, extensions=CA)
    yield Case("an authority that nobody knows", leaf(HOST, issuer=stranger), False)
    yield Case("the same with its root", leaf(HOST, issuer=stranger, shows=(stranger,)), False)
    yield Case("self-signed", make.make(extensions=(dns(HOST), *SERVER)).chain(), False)
    known = make.anchor(make.make("known", extensions=(dns(HOST), *SERVER)))
    yield Case("self-signed and believed", known.chain(), True)
    yield Case("an intermediate", leaf(HOST, issuer=middle, shows=(middle,)), True)
    yield Case("two of them", leaf(HOST, issuer=below, shows=(below, middle)), True)
    yield Case("in the wrong order", leaf(HOST, issuer=below, shows=(middle, below)), True)
    yield Case("with one too many", leaf(HOST, issuer=middle, shows=(stranger, middle, root)),
               True)
    yield Case("a missing intermediate", leaf(HOST, issuer=middle), False)
    yield Case("the lower one missing", leaf(HOST, issuer=below, shows=(middle,)), False)
    unknown = make.make("unknown", extensions=CA)
    believed = make.anchor(make.make("believed", unknown, extensions=CA))
    yield Case("an intermediate as anchor", leaf(HOST, issuer=believed), False)
    yield Case("the same with its root", leaf(HOST, issuer=believed, shows=(believed, unknown)),
               False)
    common = make.make("common", root, extensions=NO_CA)
    yield Case("an issuer that is no authority", leaf(HOST, issuer=common, shows=(common,)), False)
    signer = make.make("signer", root, extensions=(CA[0], "keyUsage=critical,digitalSignature"))
    yield Case("an issuer that may not sign", leaf(HOST, issuer=signer, shows=(signer,)), False)
    last = make.make("last", root, extensions=("basicConstraints=critical,CA:TRUE,pathlen:0",
                                               CA[1]))
    further = make.make("further", last, extensions=CA)
    yield Case("a path too long", leaf(HOST, issuer=further, shows=(further, last)), False)
    for name, permitted, accepted in (("within", DOMAIN, True), ("beyond", "example.org", False)):
        bound = make.make("bound-" + name, root, extensions=(
            *CA, f"nameConstraints=critical,permitted;DNS:{permitted}"))
        yield Case(f"{name} what its authority may name",
                   leaf(HOST, issuer=bound, shows=(bound,)), accepted)
    weak = make.anchor(make.make("weak", extensions=CA, key=WEAK_KEY))
    yield Case("an authority with a key of 1024 bits", leaf(HOST, issuer=weak), True)
    old = make.anchor(make.make("old", extensions=CA, valid=EXPIRED))
    yield Case("an authority that has expired", leaf(HOST, issuer=old), False)
    gone = make.make("gone", root, extensions=CA, valid=EXPIRED)
    yield Case("an intermediate that has expired", leaf(HOST, issuer=gone, shows=(gone,)), False)


def strength_cases(make):
    leaf = make.leaf
    yield Case("expired", leaf(HOST, valid=EXPIRED), False)
    yield Case("not yet valid", leaf(HOST, valid=FUTURE), False)
    yield Case("expired, and for another", leaf("a.example.net", valid=EXPIRED), False)
    yield Case("no purpose", leaf(HOST, more=()), True)
    yield Case("for clients", leaf(HOST, more=("extendedKeyUsage=clientAuth",)), False)
    yield Case("for code", leaf(HOST, more=("extendedKeyUsage=codeSigning",)), False)
    yield Case("for both sides", leaf(HOST, more=("extendedKeyUsage=clientAuth,serverAuth",)),
               True)
    yield Case("for anything", leaf(HOST, more=("extendedKeyUsage=anyExtendedKeyUsage",)), False)
    yield Case("a key that may sign", leaf(HOST, more=("keyUsage=digitalSignature", *SERVER)), True)
    yield Case("a key that may only sign certificates", leaf(HOST, more=(*CA, *SERVER)), False)
    yield Case("an authority as server", leaf(HOST, more=(
        CA[0], "keyUsage=critical,digitalSignature,keyCertSign", *SERVER)), True)
    yield Case("RSA", leaf(HOST, key=("rsa", "rsa_keygen_bits:2048")), True)
    yield Case("RSA of 1024 bits", leaf(HOST, key=WEAK_KEY), True)
    yield Case("SHA-1", leaf(HOST, digest="sha1"), False)
    yield Case("SHA-384", leaf(HOST, digest="sha384"), True)
    yield Case("P-384", leaf(HOST, key=("ec", "ec_paramgen_curve:P-384")), True)
    yield Case("an unknown critical extension", leaf(HOST, more=(
        "1.2.3.4.5=critical,ASN1:UTF8String:x", *SERVER)), False)
    for version, accepted in (("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True),
                              ("TLSv1_3", True)):
        text = version.removeprefix("TLSv1").replace("_", "") or "0"
        yield Case(f"only TLS 1.{text}", leaf(HOST), accepted, version=version)
    yield Case("no TLS", None, False)
    yield Case("TLS that breaks off", "broken", False)


class Shared:
    lab = relay = cases = anchors = None


def setUpModule():
    mail_lab.need_lab()
    program.need("openssl")
    make = Maker(program.make_folder("certificates-"))
    Shared.cases = [*name_cases(make), *chain_cases(make), *strength_cases(make)]
    Shared.anchors = make.write_anchors()
    for port, case in enumerate(Shared.cases, 2000):
        case.port = port
    Shared.lab = Lab("certificates")
    unittest.addModuleCleanup(Shared.lab.destroy)
    Shared.lab.call("up", "--client", Certificates.node)
    Shared.relay = relays.Relay(Shared.lab, ADDRESS, (USER, PASSWORD), [
        {"port": case.port, "offer": "PLAIN LOGIN", "certificate": case.certificate,
         "version": case.version} for case in Shared.cases])
    unittest.addModuleCleanup(Shared.relay.stop)


class Certificates(LabCase):
    node = "certificates"

    def setUp(self):
        self.lab, self.relay = Shared.lab, Shared.relay

    def test_same_verdict(self):
        cases = Shared.cases
        self.set_up()
        fingers = self.run_fingers()
        delivered, seen_by_mail = self.deliver_all()
        probed, seen_by_probe = self.run_probes()
        n_same = n_bytes = 0
        for case in cases:
            with self.subTest(case.name, relay=case.nexthop, level=case.level):
                port = case.port
                says = (probed[port].outcome == "ok", fingers[port], delivered[port])
                n_same += len(set(says)) == 1
                self.assertEqual(set(says), {case.accepted},
                                 f"probe, posttls-finger, delivery: {says}; {probed[port]}")
                self.assertFalse(probed[port].has_secret)
                if not case.accepted:
                    for seen in (seen_by_mail[port], seen_by_probe[port]):
                        n_bytes += len(seen.beyond_greeting())
                else:
                    self.assertEqual(len(seen_by_mail[port].accepted), 1)
        print(f"{len(cases)} certificates and servers: {n_same} with the same answer of probe, "
              f"posttls-finger and delivery, {n_bytes} bytes of AUTH at those that are refused")
        self.assertGreaterEqual(len(cases), 40)
        self.assertEqual((n_same, n_bytes), (len(cases), 0))

    def set_up(self):
        """A client with the login, at level secure; tables lead each case to its relay and say
        whose level is another."""
        self.nullmail(f"""
password = sys.stdin.read()
config = client_of("[{HOST}]:587", authentication=True, tls_level=Nullmail.TlsLevel.SECURE,
                   tls_ca_file={Shared.anchors!r})
login = Nullmail.RelayCredentials.new(config.get_relay_host(), "{USER}", password)
apply(config, login, Flags.NONE)
for host in ("{HOST}", "{ADDRESS}"):
    postfix.get_sasl_passwd_store(None).store(Nullmail.RelayCredentials.new(
        Nullmail.RelayHost.parse(host), "{USER}", password), None)
""", text=PASSWORD)
        self.write_table("cases", {f"p{case.port}@{CASES}": f"smtp:{case.nexthop}"
                                   for case in Shared.cases})
        self.write_table("policies", {case.nexthop: case.level for case in Shared.cases
                                      if case.level != "secure"})
        self.run_client("postconf", "-e", "transport_maps = texthash:/etc/postfix/cases",
                        "smtp_tls_policy_maps = texthash:/etc/postfix/policies",
                        "smtp_starttls_timeout = 10s")
        os.utime(self.config_path("main.cf"), (0, 0))
        self.run_client("postfix", "start")

    def write_table(self, name, entries):
        with open(self.config_path(name), "w", encoding="ascii") as file:
            file.writelines(f"{key} {value}\n" for key, value in entries.items())

    def run_fingers(self):
        """Whether posttls-finger(1) takes the certificate for the relay's."""
        verdicts = {}
        for case in Shared.cases:
            match = ["hostname"] if case.level == "verify" else []
            out = self.run_client("posttls-finger", "-c", "-t", "10", "-T", "10", "-F",
                                  Shared.anchors, "-l", case.level, case.nexthop, *match, code=None)
            verdicts[case.port] = "Verified TLS connection established" in out
        return verdicts

    def deliver_all(self):
        """Whether a message to each case is sent, and what the ports saw."""
        mark, start = self.relay.mark(), len(self.read_log())
        self.run_client("sendmail", *(f"p{case.port}@{CASES}" for case in Shared.cases),
                        text="Hello.\n")
        relays.wait_for(lambda: len(self.outcomes(start)) == len(Shared.cases),
                        "not all cases have an outcome")
        return self.outcomes(start), self.seen(mark)

    def seen(self, mark):
        events = relays.wait_for(lambda: self.relay.events(mark), "a session does not end")
        return {case.port: relays.Seen([event for event in events if event["port"] == case.port],
                                       (USER, PASSWORD)) for case in Shared.cases}

    def read_log(self):
        with open(os.path.join(self.lab.state, self.node, "log"), encoding="utf-8") as file:
            return file.read()

    def outcomes(self, start):
        return {int(match[1]): match[2] == "sent" for match in re.finditer(
            rf"to=<p(\d+)@{CASES}>.* status=(\w+)", self.read_log()[start:])}

    def run_probes(self):
        """The probe of a plan for each case, with the login."""
        mark = self.relay.mark()
        cells = {case.port: (case.nexthop, case.level) for case in Shared.cases}
        found = json.loads(self.nullmail(f"""
password = sys.stdin.read()
found = {{}}
for port, (relay, level) in {cells!r}.items():
    document = postfix.load_main_cf(None)
    document.set_value("relayhost", relay)
    document.set_value("smtp_tls_policy_maps", f"inline:{{{{{{relay}}={{level}}}}}}")
    login = Nullmail.RelayCredentials.new(Nullmail.RelayHost.parse(relay), "{USER}", password)
    probe = postfix.plan_main_cf(document, login, Nullmail.PlanFlags.NONE, None).create_probe(None)
    report = probe.run(None)
    text = json.dumps(report.to_variant().unpack())
    found[port] = (report.get_outcome().value_nick, report.get_mechanism(),
                   report.get_login_tried(), report.get_message(), password in text)
print(json.dumps(found))
""", text=PASSWORD))
        return ({int(port): relays.Probed(*values) for port, values in found.items()},
                self.seen(mark))
