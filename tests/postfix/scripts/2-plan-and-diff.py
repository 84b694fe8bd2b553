# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
import sys, json, gi; gi.require_version('Nullmail', '1.0')
from gi.repository import Nullmail, GLib
postfix = Nullmail.PostfixInstance.new(None)
# 2 plan and diff (dry run; exit status for a configuration manager)
config = postfix.load_config()
config.set_relay_host(Nullmail.RelayHost.parse('[smtp.example.com]:587'))
config.set_tls_level(Nullmail.TlsLevel.SECURE)
plan = postfix.plan(config, None, Nullmail.PlanFlags.NONE)
print(plan.to_diff(), end=''); sys.exit(0 if plan.is_empty() else 2)
