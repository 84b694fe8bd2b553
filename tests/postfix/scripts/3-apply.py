# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, json, gi; gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail, GLib
postfix = Nullmail.PostfixInstance.new(None)
# 3 apply, password from standard input's descriptor
relay = Nullmail.RelayHost.parse('[smtp.example.com]:587')
config = Nullmail.NullClientConfig(relay_host=relay, origin='example.com', authentication=True)
creds = Nullmail.RelayCredentials.new_from_fd(relay, 'host7', 0)
try:
    postfix.apply(postfix.plan(config, creds, 0), Nullmail.ApplyFlags.START)
except GLib.Error as e:
    again = e.matches(Nullmail.Error.quark(), Nullmail.Error.CONFLICT)
    sys.exit('changed meanwhile, run again' if again else e.message)
