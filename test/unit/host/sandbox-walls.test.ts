import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { constantFolder } from '../../../src/host/sandbox/constant-folder.ts';
import { sweepLeftovers } from '../../../src/host/sandbox/leftovers.ts';
import { escapeMountPath, mountOf, mountsBelow, parseMountinfo } from '../../../src/host/sandbox/mountinfo.ts';
import { systemRoot } from '../../../src/host/sandbox/system-root.ts';
import { mountTable } from '../../../src/host/sandbox/unshare-stage.ts';
import type { ViewMount } from '../../../src/host/sandbox/view.ts';
import { viewOf } from '../../../src/host/sandbox/view.ts';
import { verification } from '../../../src/host/sandbox/walls.ts';

const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'bexpert-walls-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const machine = parseMountinfo(
  [
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 27 0:40 / /data rw,nosuid,noexec,relatime - ext4 /dev/vdb rw',
    '31 30 0:41 / /data/a\\040b rw,nodev - tmpfs tmpfs rw',
    '32 31 0:42 / /data/a\\040b ro,nosuid - tmpfs tmpfs rw',
    '33 30 0:43 / /data/a\\040b/\\303\\244 rw - tmpfs tmpfs rw',
    '34 27 0:44 / /database rw - tmpfs tmpfs rw',
    '',
  ].join('\n'),
);

describe('the mounts of the machine', () => {
  it('are read with their odd names, and the last one on a point counts', () => {
    expect(mountOf('/data/a b/file', machine)).toEqual({ point: '/data/a b', flags: ['nosuid'], readOnly: true });
    expect(mountOf('/data/other', machine)?.flags).toEqual(['nosuid', 'noexec']);
    expect(mountOf('/elsewhere', machine)?.point).toBe('/');
  });
  it('below a folder are found once each, and not those whose name only begins alike', () => {
    expect(mountsBelow('/data', machine).map(({ point }) => point)).toEqual(['/data/a b', machine[4]?.point]);
    expect(escapeMountPath('/a b\t\\')).toBe('/a\\040b\\011\\134');
  });
  it('that lie below a read-only one are made read-only one by one, with the flags that they had', () => {
    const mount: ViewMount = { from: '/data', at: '/workspace', mode: 'read-only', folder: true, point: 'there' };
    const table = mountTable({ walls: { mounts: [mount], memoryBytes: 1000 }, root: '/root here', machine });
    expect(
      table
        .split('\n')
        .filter((line) => line.includes('workspace'))
        .slice(0, 2),
    ).toEqual([
      '/data /root\\040here/workspace none rbind,ro,nosuid,nodev,noexec 0 0',
      'none /root\\040here/workspace/a\\040b none remount,bind,ro,nosuid,nodev 0 0',
    ]);
    const writable = mountTable({
      walls: { mounts: [{ ...mount, mode: 'read-write' }], memoryBytes: 1000 },
      root: '/r',
      machine,
    });
    expect(writable).toContain('/data /r/workspace none rbind,nosuid,nodev,noexec 0 0');
    expect(writable).not.toContain('remount');
  });
});

describe('the mounts of a start', () => {
  it('are those that no later one hides', () => {
    mkdirSync(path.join(home, 'a/b'), { recursive: true });
    const a = path.join(home, 'a');
    const view = viewOf(
      [
        { from: a, at: '/x/y', mode: 'read-write' },
        { from: a, at: '/x', mode: 'read-only' },
        { from: a, at: '/x/b', mode: 'read-write' },
      ],
      [],
    );
    expect(view.map(({ at, mode, point }) => [at, mode, point])).toEqual([
      ['/x', 'read-only', 'made'],
      ['/x/b', 'read-write', 'there'],
    ]);
  });
  it('go by no link on the way', () => {
    const tree = path.join(home, 'linked');
    mkdirSync(tree);
    symlinkSync('/etc', path.join(tree, 'deep'));
    const mounts = [
      { from: tree, at: '/workspace', mode: 'read-write' },
      { from: '/etc/hostname', at: '/workspace/deep/hostname', mode: 'read-only' },
    ] as const;
    expect(() => viewOf(mounts, [])).toThrow(
      `${tree}/deep is a link, and lies on the way to the mount point /workspace/deep/hostname`,
    );
  });
});

describe.runIf(process.platform === 'linux')('the last check before a command starts', () => {
  const check = (mounts: readonly ViewMount[]) => {
    const { status, stderr } = spawnSync('/bin/sh', ['-c', `${verification({ mounts, memoryBytes: 0 })}verify`], {
      encoding: 'utf8',
    });
    return { status, said: stderr.trim() };
  };
  const on = (at: string, mode: ViewMount['mode']): ViewMount => ({ from: '/', at, mode, folder: true, point: 'made' });

  it('stops a start in which more can be written than should be', () => {
    const { status, said } = check([]);
    expect(status).toBe(125);
    expect(said).toMatch(/^the mount at \/\S* could be written$/);
  });
  it('stops a start in which a protection is missing', () => {
    // All of the machine may be written in this one, so that only the missing mount is left to find.
    const everything = [
      ...new Set(
        parseMountinfo(spawnSync('cat', ['/proc/self/mountinfo'], { encoding: 'latin1' }).stdout).map(({ point }) => point),
      ),
    ];
    const open = everything.map((point) => on(point === '/' ? '' : point, 'read-write'));
    const { status, said } = check([...open.filter(({ at }) => at !== ''), on('/no/such', 'read-only')]);
    expect(status).toBe(125);
    expect(said).toMatch(/^(nothing is mounted at \/no\/such|the mount at \/ could be written)$/);
  });
});

describe('what a sandbox shows of the machine', () => {
  it('is its programs and settings, and the folder of the runner’s Node where that stands elsewhere', () => {
    const node = path.join(home, 'nvm/v20/bin/node');
    mkdirSync(path.dirname(node), { recursive: true });
    writeFileSync(node, '');
    const { folders } = systemRoot(node);
    expect(folders).toEqual(expect.arrayContaining(['/usr', '/etc', path.join(home, 'nvm/v20')]));
    expect(folders).not.toContain('/');
    expect(systemRoot('/usr/bin/env').folders.filter((folder) => folder.startsWith('/usr/'))).toEqual([]);
  });
});

describe('what killed runs left', () => {
  it('is swept when it is a day old', () => {
    const sandbox = path.join(home, 'swept/sandbox');
    mkdirSync(path.join(sandbox, 'probe-old'), { recursive: true });
    for (const name of ['mounts-old', 'mounts-new', 'constant']) writeFileSync(path.join(sandbox, name), '');
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    for (const name of ['probe-old', 'mounts-old', 'constant']) utimesSync(path.join(sandbox, name), yesterday, yesterday);
    sweepLeftovers(path.join(home, 'swept'));
    expect(readdirSync(sandbox).sort()).toEqual(['constant', 'mounts-new']);
    expect(() => sweepLeftovers(path.join(home, 'none'))).not.toThrow();
  });
});

describe('a constant folder', () => {
  it('is made once, and whole or not at all', () => {
    let builds = 0;
    const open = () =>
      constantFolder(home, ['content'], (fresh) => {
        builds += 1;
        writeFileSync(path.join(fresh, 'file'), '');
        chmodSync(path.join(fresh, 'file'), 0o444);
      });
    expect(open()).toBe(open());
    expect(builds).toBe(1);
    const before = readdirSync(path.join(home, 'sandbox'));
    const failing = () =>
      constantFolder(home, ['other'], () => {
        throw new Error('no space');
      });
    expect(failing).toThrow('no space');
    expect(readdirSync(path.join(home, 'sandbox')).filter((name) => !name.startsWith('.'))).toEqual(before);
  });
});
