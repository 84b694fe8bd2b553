// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
imports.gi.versions.Nullmail = '1.0';
const {Nullmail} = imports.gi;
const System = imports.system;
const postfix = Nullmail.PostfixInstance.new(null);
// 2 plan and diff (dry run; exit status for a configuration manager)
const config = postfix.load_config(null);
config.set_relay_host(Nullmail.RelayHost.parse('[smtp.example.com]:587'));
config.set_tls_level(Nullmail.TlsLevel.SECURE);
const plan = postfix.plan(config, null, Nullmail.PlanFlags.NONE, null);
if (!plan.is_empty())
    print(plan.to_diff().replace(/\n$/, ''));
System.exit(plan.is_empty() ? 0 : 2);
