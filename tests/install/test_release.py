#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The libnullmail authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What “meson dist” packs: the checkout, and the Cockpit page as it was built, so that whoever
builds a release needs neither npm nor its registry."""

import os
import shutil
import sys
import tarfile

import tools

PAGE = ('index.css', 'index.js', 'po.de.js', 'po.manifest.de.js', 'po.zh_CN.js',
        'po.manifest.zh_CN.js')


class Release(tools.Case):
    def setUp(self):
        super().setUp()
        packed = tools.BUILD / 'meson-dist'
        self.addCleanup(shutil.rmtree, packed, ignore_errors=True)
        # What is not committed is not packed, and no reason to pack nothing.
        tools.run('meson', 'dist', '-C', tools.BUILD, '--no-tests', '--formats', 'gztar',
                  '--allow-dirty')
        archive, = packed.glob('*.tar.gz')
        with tarfile.open(archive) as file:
            file.extractall(self.folder)
        self.source, = self.folder.glob('libnullmail-*')

    def test_page(self):
        dist = self.source / 'examples' / 'cockpit' / 'dist'
        self.assertEqual({path.name for path in dist.iterdir()}, set(PAGE))
        for name in PAGE:
            built = tools.BUILD / 'examples' / 'cockpit' / name
            self.assertEqual((dist / name).read_bytes(), built.read_bytes(), name)

        commands = self.folder / 'commands'
        commands.mkdir()
        for name in ('node', 'npm'):
            self.write(f'commands/{name}', '#!/bin/sh\nexit 1\n').chmod(0o755)
        build, target = self.folder / 'build', self.folder / 'target'
        tools.run('meson', 'setup', build, self.source, '--prefix', target, '-Dtests=false',
                  f'-Dpython={tools.PYTHON}', '-Dcockpit=enabled',
                  env=tools.environment(PATH=f'{commands}:{os.environ["PATH"]}'))
        for name in PAGE:
            self.assertTrue((build / 'examples' / 'cockpit' / name).exists(), name)


if __name__ == '__main__':
    if os.environ['NULLMAIL_COCKPIT'] != 'enabled' or not (tools.SOURCE / '.git').exists():
        print('there is no page to pack, or no repository to pack it from')
        sys.exit(77)
    tools.main('git', 'meson')
