# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The relay's side of the login mechanisms, and the attack on those with a password. Both ask the
same question: does what was said fit a user and a password? The relay asks it of the right
password, and whoever listens of each word of a dictionary.

A dialogue is a list of pairs, a challenge and its response, both as bytes. What a client says
before any challenge is the response to an empty one."""

import base64
import hashlib
import hmac
import re
import secrets

HOST = b"smtp.example.com"
ITERATIONS = 4096  # what SCRAM's standard asks for at least; an impostor would ask for 1


def serve(mechanism, user, password, initial, ask):
    """Hold the dialogue of a login; ASK sends a challenge and returns the response. Returns the
    dialogue. INITIAL is what came with the AUTH command; None: nothing."""
    dialogue = []

    def say(challenge):
        dialogue.append((challenge, ask(challenge)))
        return dialogue[-1][1]

    if mechanism not in FIRST_SAYS_SERVER and initial is None:
        say(b"")
    elif initial is not None:
        dialogue.append((b"", initial))
    if mechanism in SERVERS:
        SERVERS[mechanism](dialogue, say, user, password)
    return dialogue


def fits(mechanism, dialogue, user, password):
    """Whether the client of this dialogue had that USER and PASSWORD, both as bytes."""
    try:
        return mechanism in PROOFS and PROOFS[mechanism](dialogue, user, password)
    except (IndexError, KeyError, ValueError):
        return False  # a dialogue that ended early


def find_password(mechanism, dialogue, user, words):
    """The attack: the first of WORDS that fits the dialogue, or None."""
    return next((word for word in words if fits(mechanism, dialogue, user, word)), None)


def _serve_login(dialogue, say, _user, _password):
    if not dialogue:
        say(b"Username:")
    say(b"Password:")


def _serve_cram(_dialogue, say, _user, _password):
    say(b"<%s@%s>" % (secrets.token_hex(8).encode(), HOST))


def _serve_digest(dialogue, say, user, password):
    # A client that has been here before begins with a response to the challenge of that time.
    if not dialogue:
        say(b'realm="%s",nonce="%s",qop="auth",charset=utf-8,algorithm=md5-sess'
            % (HOST, secrets.token_hex(16).encode()))
    if fits("DIGEST-MD5", dialogue, user, password):
        said = _directives(dialogue[0][1])
        say(b"rspauth=" + _digest(said, user, password, b""))


def _serve_scram(dialogue, say, user, password):
    nonce = _attributes(dialogue[0][1])[b"r"] + secrets.token_hex(12).encode()
    say(b"r=%s,s=%s,i=%d" % (nonce, base64.b64encode(secrets.token_bytes(16)), ITERATIONS))
    if fits("SCRAM-SHA-256", dialogue, user, password):
        salted, message = _scram_parts(dialogue, password)
        server_key = _hmac(salted, b"Server Key")
        say(b"v=" + base64.b64encode(_hmac(server_key, message)))


def _plain_fits(dialogue, user, password):
    authorization, *login = dialogue[0][1].split(b"\0")
    return authorization in (b"", user) and login == [user, password]


def _login_fits(dialogue, user, password):
    return [response for _, response in dialogue] == [user, password]


def _cram_fits(dialogue, user, password):
    challenge, response = dialogue[0]
    digest = hmac.new(password, challenge, "md5").hexdigest().encode()
    return response == user + b" " + digest


def _digest_fits(dialogue, user, password):
    said = _directives(dialogue[0][1])  # it repeats all of the challenge that it answers
    return said["username"] == user \
        and said["response"] == _digest(said, user, password, b"AUTHENTICATE")


def _scram_fits(dialogue, user, password):
    salted, message = _scram_parts(dialogue, password)
    client_key = _hmac(salted, b"Client Key")
    signature = _hmac(hashlib.sha256(client_key).digest(), message)
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    first, final = _attributes(dialogue[0][1]), _attributes(dialogue[1][1])
    return first[b"n"] == user and final[b"p"] == base64.b64encode(proof)


def _directives(text):
    """The parts of a message of DIGEST-MD5 by name (RFC 2831)."""
    return {name.decode(): quoted or token for name, quoted, token in
            re.findall(rb'([a-z-]+)=(?:"([^"]*)"|([^",]+))', text)}


def _digest(said, user, password, verb):
    def md5(*parts):
        return hashlib.md5(b":".join(parts)).hexdigest().encode()

    secret = hashlib.md5(b":".join((user, said.get("realm", b""), password))).digest()
    owner = [said["authzid"]] if "authzid" in said else []
    return md5(md5(secret, said["nonce"], said["cnonce"], *owner), said["nonce"], said["nc"],
               said["cnonce"], said["qop"], md5(verb, said["digest-uri"]))


def _attributes(text):
    """The attributes of a message of SCRAM by letter (RFC 5802)."""
    return dict(part.split(b"=", 1) for part in text.split(b",") if b"=" in part)


def _scram_parts(dialogue, password):
    """The salted password, and the message that both sides sign."""
    (_, first), (challenge, final) = dialogue[:2]
    values = _attributes(challenge)
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(values[b"s"]),
                                 int(values[b"i"]))
    bare = first.split(b",", 2)[2]
    return salted, b",".join((bare, challenge, final.rpartition(b",p=")[0]))


def _hmac(key, message):
    return hmac.new(key, message, "sha256").digest()


SERVERS = {"LOGIN": _serve_login, "CRAM-MD5": _serve_cram, "DIGEST-MD5": _serve_digest,
           "SCRAM-SHA-256": _serve_scram}
PROOFS = {"PLAIN": _plain_fits, "LOGIN": _login_fits, "CRAM-MD5": _cram_fits,
          "DIGEST-MD5": _digest_fits, "SCRAM-SHA-256": _scram_fits}
FIRST_SAYS_SERVER = ("LOGIN", "CRAM-MD5", "DIGEST-MD5")
