// SPDX-FileCopyrightText: 2026 The libnullmail authors
// SPDX-License-Identifier: LGPL-2.1-or-later
imports.gi.versions.Nullmail = '1.0';
const {Nullmail} = imports.gi;
const postfix = Nullmail.PostfixInstance.new(null);
// 1 read state
print(JSON.stringify(postfix.load_config(null).to_variant().recursiveUnpack(), null, 2));
const nicks = Object.entries(Nullmail.Severity);
for (const f of postfix.check(null)) {
    const [nick] = nicks.find(([, value]) => value === f.get_severity());
    print(nick.toLowerCase(), f.get_message(), f.get_remedy());
}
