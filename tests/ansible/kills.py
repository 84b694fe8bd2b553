# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""For a node: runs a module again and again, for one relay and another in turn, kills it, and runs
it once more to its end. kills.py MODULE COUNT <OPTIONS prints a line of JSON for each kill."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time

ETC = '/etc/postfix'
PYTHON = '/usr/bin/python3'
EARLIEST, LATEST = 0.2, 1.1  # of the time that the run before took, after which one is killed


def state():
    """What files there are, and what they say; a table's bytes differ from one to the next."""
    found = {}
    for name in sorted(os.listdir(ETC)):
        path = os.path.join(ETC, name)
        if os.path.isfile(path) and not name.endswith('.db'):
            with open(path, 'rb') as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
        else:
            found[name] = ''
    return found


def differences(one, other):
    """The names of the files that only one has, or that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def passwords():
    """The relays that have one."""
    with open(os.path.join(ETC, 'sasl_passwd'), encoding='ascii') as file:
        return [line.split()[0] for line in file]


def answers(relay):
    """What Postfix finds for the relay, in the file and in the table."""
    maps = subprocess.run(['postconf', '-h', 'smtp_sasl_password_maps'], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()
    return subprocess.run(['postmap', '-q', relay, maps], check=False, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def start(module, options):
    process = subprocess.Popen([PYTHON, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
    process.stdin.write(json.dumps({'ANSIBLE_MODULE_ARGS': options}))
    process.stdin.close()
    return process


def run(module, options):
    process = start(module, options)
    output = process.stdout.read()
    if process.wait() != 0:
        sys.exit(f'the module ended with {process.returncode}: {output}')
    return json.loads(output)


def main():
    module, count = sys.argv[1], int(sys.argv[2])
    both = json.load(sys.stdin)
    whole, seconds = [], 0
    for options in [*both, *both, *both]:  # at first there is no entry of the relay before
        began = time.monotonic()
        run(module, options)
        seconds = time.monotonic() - began
        whole = [*whole, state()][-4:]
    if whole[:2] != whole[2:]:
        sys.exit(f'the same task leaves other files: {whole}')
    n_kills = 0
    while n_kills < count:
        options = both[n_kills % 2]
        process = start(module, options)
        time.sleep(random.uniform(EARLIEST, LATEST) * seconds)
        os.killpg(process.pid, 9)
        process.stdout.read()
        if process.wait() != -9:
            run(module, both[1 - n_kills % 2])  # it was done before
            continue
        left = state()
        began = time.monotonic()
        healed = run(module, options)
        seconds = time.monotonic() - began
        again = run(module, options) if n_kills % 10 == 0 else {'changed': False}
        print(json.dumps({
            'left': [state_of == left for state_of in whole[:2]],
            'changed': healed['changed'], 'again': again['changed'],
            'differs': differences(state(), whole[n_kills % 2]), 'service': healed['service'],
            'passwords': passwords(),
            'answer': answers(options['relay_host']) == '{relay_user}:{relay_password}'.format(
                **options)}), flush=True)
        n_kills += 1


if __name__ == '__main__':
    main()
