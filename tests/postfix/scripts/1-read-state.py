# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, json, gi; gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail, GLib
postfix = Nullmail.PostfixInstance.new(None)
# 1 read state
print(json.dumps(postfix.load_config().to_variant().unpack(), indent=2))
for f in postfix.check():
    print(f.get_severity().value_nick, f.get_message(), f.get_remedy())
